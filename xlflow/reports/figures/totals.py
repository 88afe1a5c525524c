"""The figures of several registers added up, as if they were one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter
from typing import Any

from xlflow.languages import fold
from xlflow.reports.figures.overview import (
    SEVERITIES,
    Figures,
    Group,
    Line,
    Load,
    Overview,
    busiest_department,
    busiest_first,
    latest_first,
    next_first,
)


@dataclass(frozen=True)
class Totals(Figures):
    """How the chosen registers stand together; `views` are they, in the order of the settings."""

    views: tuple[Overview, ...]

    @property
    def are_several(self) -> bool:
        """Whether there is more than one register to tell apart."""
        return len(self.views) > 1

    @property
    def registers(self) -> tuple[Group, ...]:
        """The records of each register."""
        return tuple(
            Group(view.name, view.records, view.open, view.overdue_records, view.due_soon_records)
            for view in self.views
        )


def totals(views: Sequence[Overview]) -> Totals:
    """Add the registers up; they are seen at the same moment, and at least one.

    Departments count as one where they are spelled alike, people where name and mail address are
    the same, or name and department where there is no address.
    """
    first = views[0]

    def added(name: str) -> tuple[Group, ...]:
        return _added(chain.from_iterable(getattr(view, name) for view in views))

    def lines(name: str, order: Callable[[Line], Any]) -> tuple[Line, ...]:
        return tuple(sorted(chain.from_iterable(map(attrgetter(name), views)), key=order))

    severities: Counter[str] = Counter()
    for view in views:
        severities.update(view.severities)
    return Totals(
        now=first.now,
        schema=first.schema,
        statuses=added("statuses"),
        departments=tuple(sorted(added("departments"), key=busiest_department)),
        priorities=added("priorities"),
        types=added("types"),
        overdue=lines("overdue", latest_first),
        longest_overdue=lines("longest_overdue", latest_first),
        due_soon=lines("due_soon", next_first),
        due_this_week=lines("due_this_week", next_first),
        people=_people(view.people for view in views),
        severities=dict.fromkeys(SEVERITIES, 0) | severities,
        faulty_records=sum(view.faulty_records for view in views),
        views=tuple(views),
    )


def _added(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Groups of the same name as one; what is on no list stays last."""
    known: dict[str, Group] = {}
    for group in groups:
        key = fold(group.name)
        known[key] = _sum(known[key], group) if key in known else group
    return tuple(sorted(known.values(), key=lambda group: not group.name))


def _sum(one: Group, other: Group) -> Group:
    return replace(
        one,
        records=one.records + other.records,
        open=one.open + other.open,
        overdue=one.overdue + other.overdue,
        due_soon=one.due_soon + other.due_soon,
    )


def _people(loads: Iterable[Sequence[Load]]) -> tuple[Load, ...]:
    known: dict[tuple[str, str], Load] = {}
    for load in chain.from_iterable(loads):
        key = (load.name, load.mail.casefold() or load.department)
        known[key] = _together(known[key], load) if key in known else load
    return tuple(sorted(known.values(), key=busiest_first))


def _together(one: Load, other: Load) -> Load:
    return replace(
        one,
        open=one.open + other.open,
        late_records=one.late_records + other.late_records,
        overdue=one.overdue + other.overdue,
        days_late=max(one.days_late, other.days_late),
        due_soon=one.due_soon + other.due_soon,
        errors=one.errors + other.errors,
    )
