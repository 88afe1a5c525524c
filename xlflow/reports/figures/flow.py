"""What flows through a register by week, how long it takes, and how old the open records are.

All of it goes by the dates in the cells, so that it can be told from the first day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xlflow.record.stages import FINISHED
from xlflow.reports.figures.lives import LIVE, Life
from xlflow.reports.figures.week import Week
from xlflow.timing.calendar import WorkingCalendar

WEEKS = 12

AGES = ((0, 5), (6, 10), (11, 20), (21, 40), (41, None))
"""Buckets of working days since submission: a week, two, a month, two, longer."""


@dataclass(frozen=True, slots=True)
class WeekFlow:
    """A week from Monday to Sunday: the records that came, went live and were closed in it.

    `cycle_days`: the working days from submission to go-live of each that went live in it, the
    shortest first; a record with unreadable or swapped dates has none.
    """

    week: Week
    submitted: int
    live: int
    closed: int
    cycle_days: tuple[int, ...]

    def took(self, percent: int) -> int | None:
        """So many in a hundred of those that went live took at most these working days."""
        return nearest_rank(self.cycle_days, percent)

    @property
    def median_days(self) -> int | None:
        """Half of them took at most these working days."""
        return self.took(50)

    @property
    def p85_days(self) -> int | None:
        """85 in a hundred took at most these working days."""
        return self.took(85)


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Open records by working days since submission; `least` is None where nobody knows them."""

    least: int | None
    most: int | None  # None: or older
    records: int


def nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The least of the values that so many percent of all do not exceed; None of none.

    >>> nearest_rank((1, 2, 3, 4), 50), nearest_rank((1, 2, 3, 4), 85), nearest_rank((), 50)
    (2, 4, None)
    """
    if not ordered:
        return None
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def weeks_of(
    lives: Sequence[Life], calendar: WorkingCalendar, today: date, count: int = WEEKS
) -> tuple[WeekFlow, ...]:
    """The last weeks, the oldest first; the last one holds `today` and may not be over."""
    monday = Week.of(today).first
    weeks = [Week.of(monday - timedelta(weeks=n)) for n in reversed(range(count))]
    flows: dict[Week, _Flow] = {week: _Flow([], [], [], []) for week in weeks}
    for life in lives:
        if flow := _week_of(life.submitted_on, flows, today):
            flow.submitted.append(life)
        if life.status in LIVE and (flow := _week_of(life.live_on, flows, today)):
            flow.live.append(life)
            if (days := cycle_days(life, calendar)) is not None:
                flow.cycle_days.append(days)
        if life.status == "closed" and (flow := _week_of(life.closed_on, flows, today)):
            flow.closed.append(life)
    return tuple(
        WeekFlow(
            week,
            len(flow.submitted),
            len(flow.live),
            len(flow.closed),
            tuple(sorted(flow.cycle_days)),
        )
        for week, flow in flows.items()
    )


def cycle_days(life: Life, calendar: WorkingCalendar) -> int | None:
    """Working days from submission to go-live; None where a date is missing or both are swapped."""
    if life.submitted_on is None or life.live_on is None or life.live_on < life.submitted_on:
        return None
    return calendar.working_days_between(life.submitted_on, life.live_on)


def age_days(life: Life, calendar: WorkingCalendar, today: date) -> int | None:
    """Working days since submission; None where nobody knows when that was."""
    if life.submitted_on is None:
        return None
    return max(calendar.working_days_between(life.submitted_on, today), 0)


def ages_of(lives: Iterable[Life], calendar: WorkingCalendar, today: date) -> tuple[AgeGroup, ...]:
    """The open records by age, the youngest first; those of unknown age last, if there are any."""
    standing = [life for life in lives if life.status not in FINISHED]
    # Many were submitted on one day, and the calendar is slow to ask.
    one_of_day = {life.submitted_on: life for life in standing}
    age_of = {day: age_days(life, calendar, today) for day, life in one_of_day.items()}
    ages = [age_of[life.submitted_on] for life in standing]
    groups = [AgeGroup(least, most, _between(ages, least, most)) for least, most in AGES]
    unknown = ages.count(None)
    return (*groups, *([AgeGroup(None, None, unknown)] if unknown else []))


def added_weeks(registers: Sequence[Sequence[WeekFlow]]) -> tuple[WeekFlow, ...]:
    """The weeks of several registers as one; each register has the same weeks."""
    return tuple(
        WeekFlow(
            week=same[0].week,
            submitted=sum(flow.submitted for flow in same),
            live=sum(flow.live for flow in same),
            closed=sum(flow.closed for flow in same),
            cycle_days=tuple(sorted(days for flow in same for days in flow.cycle_days)),
        )
        for same in zip(*registers, strict=True)
    )


def added_ages(registers: Iterable[Iterable[AgeGroup]]) -> tuple[AgeGroup, ...]:
    """The ages of the open records of several registers as one."""
    sums: dict[tuple[int | None, int | None], int] = dict.fromkeys(AGES, 0)
    for groups in registers:
        for group in groups:
            bounds = (group.least, group.most)
            sums[bounds] = sums.get(bounds, 0) + group.records
    return tuple(AgeGroup(least, most, records) for (least, most), records in sums.items())


@dataclass(frozen=True, slots=True)
class _Flow:
    submitted: list[Life]
    live: list[Life]
    closed: list[Life]
    cycle_days: list[int]


def _week_of(day: date | None, flows: dict[Week, _Flow], today: date) -> _Flow | None:
    return None if day is None or day > today else flows.get(Week.of(day))


def _between(ages: Iterable[int | None], least: int, most: int | None) -> int:
    return sum(age is not None and age >= least and (most is None or age <= most) for age in ages)
