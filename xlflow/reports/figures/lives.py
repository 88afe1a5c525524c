"""The way of each record, by its own dates and by what runs saw: when it came, was live, ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xlflow.record.memory import Misnumbered, Spell
from xlflow.record.register import Table
from xlflow.record.stages import MAIN_LINE
from xlflow.reports.figures.overview import in_charge
from xlflow.timing.cells import Cells

LIVE = ("live", "closed")

Moment = datetime | date
"""When something happened: to the second where a run saw it, else the day that a cell tells."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time after a moment, up to and with another; both in the zone in which days begin."""

    after: datetime
    until: datetime

    @classmethod
    def week_to(cls, until: datetime) -> Span:
        """The seven days that end with a moment."""
        return cls(until - timedelta(days=7), until)

    @property
    def before(self) -> Span:
        """The seven days before it."""
        return Span.week_to(self.after)

    def holds(self, when: Moment | None) -> bool:
        """Whether it lies within; a day belongs to the span in which it ends or goes on.

        >>> week = Span.week_to(datetime(2024, 3, 18, 9))
        >>> [week.holds(date(2024, 3, day)) for day in (11, 12, 18, 19)]
        [False, True, True, False]
        """
        if when is None:
            return False
        if isinstance(when, datetime):
            return self.after < when <= self.until
        return self.after.date() < when <= self.until.date()


@dataclass(frozen=True, slots=True)
class Life:
    """A record's way so far. `row` is None where it lies in an archive; days are those of cells."""

    row: int | None
    number: str
    title: str
    department: str
    status: str  # its code; "" where blank or off the list
    who: str  # in whose charge it is
    submitted_on: date | None
    live_on: date | None
    closed_on: date | None
    spells: tuple[Spell, ...]

    def arrived(self, known_since: datetime | None) -> Moment | None:
        """When a run first saw it; its submission where it was there at the first look of all."""
        if known_since and self.spells and self.spells[0].entered_at > known_since:
            return self.spells[0].entered_at
        return self.submitted_on

    @property
    def went_live(self) -> Moment | None:
        """When it went live, if it is live or closed now."""
        return self._reached(LIVE) or self.live_on if self.status in LIVE else None

    @property
    def ended(self) -> Moment | None:
        """When it was closed, if it is."""
        return self._reached(("closed",)) or self.closed_on if self.status == "closed" else None

    @property
    def cancelled(self) -> Moment | None:
        """When a run saw it cancelled, if it is; no cell tells that."""
        return self._reached(("cancelled",)) if self.status == "cancelled" else None

    def moves(self, span: Span) -> list[Spell]:
        """The steps that runs saw it reach within a span; being blocked or cancelled is none."""
        return [
            spell
            for spell in self.spells[1:]
            if spell.status in MAIN_LINE and span.holds(spell.entered_at)
        ]

    def _reached(self, statuses: Collection[str]) -> datetime | None:
        """When a run last saw it come into these statuses from outside."""
        for earlier, spell in reversed(list(zip(self.spells, self.spells[1:], strict=False))):
            if spell.status in statuses and earlier.status not in statuses:
                return spell.entered_at
        return None


def lives_of(
    table: Table,
    spells: Mapping[str, tuple[Spell, ...]],
    misnumbered: Mapping[int, Misnumbered],
    *,
    archived: bool = False,
) -> Iterator[Life]:
    """The lives of the records of a table."""
    cells = Cells(table)
    days = [cells.days(key).tolist() for key in ("submitted_on", "live_on", "closed_on")]
    texts = [cells.texts(key) for key in ("number", "title", "department")]
    statuses: list[str] = cells.codes("status").tolist()
    for row, number, title, department, status, who, submitted_on, live_on, closed_on in zip(
        cells.rows, *texts, statuses, in_charge(cells), *days, strict=True
    ):
        own = misnumbered[row].number if row in misnumbered else number
        yield Life(
            row=None if archived else row,
            number=own,
            title=title,
            department=department,
            status=status,
            who=who,
            submitted_on=submitted_on,
            live_on=live_on,
            closed_on=closed_on,
            spells=spells.get(own, ()),
        )
