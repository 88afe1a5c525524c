"""The figures of a week, and the records that they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """A week in figures; None = the ledger does not reach back that far.

    The first ones tell what happened in the week, the others how it stood at the week's end.
    """

    new: int  # records that came into the register
    live: int  # records that went live
    closed: int
    finished: int  # went live or were closed: each record once
    moved: int | None  # records that reached another step; being blocked or cancelled is none
    cancelled: int | None
    changed: int | None  # records in which people wrote, of those there at the week's beginning
    open: int | None
    late: int | None  # records with a deadline that is overdue
    blocked: int | None
    stuck: int | None  # open records that are blocked, or have not moved for `reports.stuck_days`
    due: int | None  # deadlines due from the week's last day to the Sunday after it

    def __add__(self, other: WeekFigures) -> WeekFigures:
        """The figures of both registers."""
        return WeekFigures(
            new=self.new + other.new,
            live=self.live + other.live,
            closed=self.closed + other.closed,
            finished=self.finished + other.finished,
            moved=_plus(self.moved, other.moved),
            cancelled=_plus(self.cancelled, other.cancelled),
            changed=_plus(self.changed, other.changed),
            open=_plus(self.open, other.open),
            late=_plus(self.late, other.late),
            blocked=_plus(self.blocked, other.blocked),
            stuck=_plus(self.stuck, other.stuck),
            due=_plus(self.due, other.due),
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A record that a figure counts.

    `on`: the day on which it happened; of a stuck one, since when it is blocked, or nothing moved.
    `days`: working days from submission to go-live; of a stuck one, since then. None = not known.
    """

    register: str  # the id of its register
    row: int | None  # None: it lies in an archive
    number: str  # "" while it has none
    title: str
    department: str
    status: str  # its code now; "" where blank or off the list
    who: str  # in whose charge it is
    on: date | None
    days: int | None = None
    reason: str = ""  # why it is blocked, as typed


def newest_last(case: Case) -> tuple[object, ...]:
    """The order of lists of what happened."""
    return (case.on or date.min, case.register, case.number, case.row or 0)


def longest_first(case: Case) -> tuple[object, ...]:
    """The order of lists of what is stuck."""
    return (-(case.days or 0), case.on or date.max, case.register, case.number, case.row or 0)


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
