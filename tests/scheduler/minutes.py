"""The slots of timetables, found by looking at a clock minute after minute: slow, and plain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


def worked_in_china(day: date) -> bool:
    return chinese_calendar.is_workday(day)


def worked_on_weekdays(day: date) -> bool:
    return day.weekday() < 5


@dataclass(frozen=True)
class Rule:
    """What a timetable asks of the clock: whether it is to run at a time of a day."""

    is_slot: Callable[[date, time], bool]


def often(minutes: int, begin: time, end: time, worked: Callable[[date], bool]) -> Rule:
    def is_slot(day: date, at: time) -> bool:
        since = (at.hour - begin.hour) * 60 + at.minute - begin.minute
        return worked(day) and begin <= at <= end and since % minutes == 0

    return Rule(is_slot)


def daily(at: time, worked: Callable[[date], bool] | None = None) -> Rule:
    return Rule(lambda day, now: now == at and (worked is None or worked(day)))


def weekly(weekday: int, at: time, worked: Callable[[date], bool]) -> Rule:
    def is_slot(day: date, now: time) -> bool:
        if now != at or not worked(day):
            return False
        # the first worked day since the last day of that name, or since an earlier one
        while day.weekday() != weekday:
            day -= _DAY
            if worked(day):
                return False
        return True

    return Rule(is_slot)


def monthly(day_of_month: int, at: time) -> Rule:
    return Rule(lambda day, now: now == at and day.day == day_of_month)


def slots(rule: Rule, zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Each minute from `begin` to `end` at which the job is to run, in UTC."""
    moment = begin.astimezone(UTC)
    shown_before = None
    while moment <= end:
        here = moment.astimezone(zone)
        shown = here.replace(tzinfo=None, fold=0)
        is_repeated = here.fold == 1
        seen = [shown] if not is_repeated else []
        if shown_before is not None:
            left_out = shown_before + _MINUTE
            while left_out < shown:
                seen.append(left_out)
                left_out += _MINUTE
        if any(rule.is_slot(each.date(), each.time()) for each in seen):
            yield moment
        shown_before = shown
        moment += _MINUTE
