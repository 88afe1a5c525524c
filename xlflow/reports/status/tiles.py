"""The headline figures of the summary, each beside the week before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from xlflow.reports.status.report import Report

_PAGES: Mapping[str, str] = MappingProxyType(
    {
        "new": "this-week",
        "moved": "this-week",
        "finished": "this-week",
        "changed": "records",
        "open": "board",
        "late": "overdue",
        "stuck": "stuck",
        "due": "due-soon",
    }
)
"""The figures of the week, then those of the moment, and the page that tells more."""

_MORE_IS_WORSE = ("late", "stuck")
_MORE_IS_BETTER = ("finished",)


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure; `mood` tells whether it went for the better or the worse."""

    name: str
    figure: int | str
    note: str
    page: str
    mood: Literal["", "-better", "-worse"]
    is_alarm: bool


def tiles(report: Report) -> list[Tile]:
    """The eight figures."""
    return [_tile(name, page, report) for name, page in _PAGES.items()]


def _tile(name: str, page: str, report: Report) -> Tile:
    now: int | None = getattr(report.movement.this_week, name)
    before: int | None = getattr(report.movement.week_before, name)
    return Tile(
        name=report.say(f"tile.{name}"),
        figure=report.say("not-known") if now is None else now,
        note=_beside(now, before, report),
        page=report.say(f"page.{page}"),
        mood=_mood(name, now, before),
        is_alarm=name in _MORE_IS_WORSE and bool(now),
    )


def _beside(now: int | None, before: int | None, report: Report) -> str:
    if before is None:
        return report.say("before.unknown")
    if now is None or now == before:
        return report.say("before.same", before=before)
    way = "more" if now > before else "less"
    return report.say(f"before.{way}", before=before, by=abs(now - before))


def _mood(name: str, now: int | None, before: int | None) -> Literal["", "-better", "-worse"]:
    if now is None or before is None or now == before:
        return ""
    if name in _MORE_IS_BETTER:
        return "-better" if now > before else ""
    if name in _MORE_IS_WORSE:
        return "-worse" if now > before else "-better"
    return ""
