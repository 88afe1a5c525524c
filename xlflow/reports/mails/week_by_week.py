"""The figures of a week beside those of the week before, as a mail tells them: in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from xlflow.languages import Language, say
from xlflow.reports.figures.movement import Movement
from xlflow.reports.figures.overview import Figures
from xlflow.reports.mails.letter import Change, FigureRow, FigureTable, Tile

Wanted = Literal["", "more", "fewer"]
"""Which way is the better one."""

HAPPENED: Sequence[tuple[str, Wanted]] = (
    ("new", ""),
    ("moved", "more"),
    ("live", "more"),
    ("closed", "more"),
    ("cancelled", ""),
    ("changed", ""),
)
"""The figures that tell what happened in a week."""

STANDS: Sequence[tuple[str, Wanted]] = (
    ("open", ""),
    ("late", "fewer"),
    ("stuck", "fewer"),
    ("blocked", "fewer"),
    ("due", ""),
)
"""The figures that tell how it stood at the end of a week."""


def change(
    now: int | None, before: int | None, wanted: Wanted, words: str, language: Language
) -> Change:
    """How a figure changed, in the `words` of the catalogue; nothing where one is not known."""
    if now is None or before is None:
        return Change("")
    if now == before:
        return Change(say(language, f"weekly.{words}.same"))
    way: Wanted = "more" if now > before else "fewer"
    text = say(language, f"weekly.{words}.{way}", count=abs(now - before))
    if not wanted:
        return Change(text)
    return Change(text, "better" if way == wanted else "worse")


def tiles(view: Figures, movement: Movement, language: Language) -> list[Tile]:
    """The headline figures."""
    now, before = movement.this_week, movement.week_before

    def tile(
        name: str, figure: int, then: int | None, wanted: Wanted, words: str, **facts: int
    ) -> Tile:
        return Tile(
            name=say(language, f"weekly.tile.{name}"),
            figure=figure,
            change=change(figure, then, wanted, words, language),
            note=say(language, f"weekly.note.{name}", **facts),
            alarm=wanted == "fewer" and figure > 0,
        )

    blocked = view.in_status("blocked")
    ago, week = "than-a-week-ago", "than-the-week-before"
    return [
        tile("open", view.open, before.open, "", ago, records=view.records),
        tile("late", view.overdue_records, before.late, "fewer", ago, count=len(view.overdue)),
        tile("stuck", len(movement.stuck), before.stuck, "fewer", ago, count=blocked),
        tile(
            *("finished", now.finished, before.finished, "more", week),
            live=now.live,
            closed=now.closed,
        ),
    ]


def tables(movement: Movement, language: Language) -> list[FigureTable]:
    """What happened in both weeks, and how it stood at their ends."""
    return [
        _table(movement, HAPPENED, ("week", "week-before"), language),
        _table(movement, STANDS, ("today", "week-ago"), language),
    ]


def remarks(movement: Movement, language: Language) -> list[str]:
    """What must be known of the figures: since when there are any, and how long records take."""
    told = []
    if movement.is_partial:
        since = movement.known_since
        told.append(
            say(language, "weekly.since", day=since.astimezone(movement.now.tzinfo).date())
            if since
            else say(language, "weekly.no-memory")
        )
    if live := sum(len(flow.cycle_days) for flow in movement.weeks):
        told.append(
            say(
                language,
                "weekly.cycle",
                weeks=len(movement.weeks),
                count=live,
                half=movement.took(50),
                most=movement.took(85),
            )
        )
    return told


def _table(
    movement: Movement,
    figures: Sequence[tuple[str, Wanted]],
    heads: tuple[str, str],
    language: Language,
) -> FigureTable:
    rows = []
    for name, wanted in figures:
        now = getattr(movement.this_week, name)
        before = getattr(movement.week_before, name)
        rows.append(
            FigureRow(
                name=say(language, f"weekly.row.{name}"),
                now=_shown(now, language),
                before=_shown(before, language),
                change=change(now, before, wanted, "change", language),
            )
        )
    names = (*heads, "change")
    over = tuple(say(language, f"weekly.head.{name}") for name in names)
    return FigureTable((over[0], over[1], over[2]), rows)


def _shown(figure: int | None, language: Language) -> str:
    return say(language, "weekly.unknown") if figure is None else str(figure)
