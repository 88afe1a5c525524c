"""Working days of mainland China, counted on one's fingers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import chinese_calendar

ONE = timedelta(days=1)


@cache
def is_worked(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def after(day: date, n: int) -> date:
    """The n-th working day after a day; for 0 the day itself, or the next one that is worked."""
    if n == 0:
        while not is_worked(day):
            day += ONE
        return day
    while n:
        day += ONE
        n -= is_worked(day)
    return day


def between(start: date, end: date) -> int:
    """The working days after `start`, up to and with `end`; negative if `end` comes first."""
    if end < start:
        return -between(end, start)
    found, day = 0, start
    while day < end:
        day += ONE
        found += is_worked(day)
    return found


def worked_days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if is_worked(day):
            yield day
        day += ONE


def next_off(day: date) -> date:
    """The first day after a day that nobody works."""
    day += ONE
    while is_worked(day):
        day += ONE
    return day
