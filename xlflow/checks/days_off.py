"""Rules: dates beside the working calendar."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlflow.checks.column import Dates
from xlflow.checks.dates import RECORDED, plausible
from xlflow.checks.finding import Weekday
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View

_DUE = ("design_due", "development_due", "test_due", "golive_due", "rectify_by")


@rule("due-on-day-off", fields=_DUE, severity="warning", source="step 3")
def due_on_day_off(r: View) -> Iterator[Fault]:
    """What is due is due on a working day."""
    for key in _DUE if r.book.calendar else ():
        yield _on_day_off(r, key)


@rule("recorded-on-day-off", fields=RECORDED["register"], severity="info", source="record")
def recorded_on_day_off(r: View) -> Iterator[Fault]:
    """What is recorded on a day off may be a slip of the date."""
    for key in RECORDED["register"] if r.book.calendar else ():
        yield _on_day_off(r, key)


@rule("closed-too-early", fields="closed_on", since="live", source="step 6")
def closed_too_early(r: View) -> Iterator[Fault]:
    """A requirement is closed after three working days of stable running."""
    if r.book.calendar:
        days = r.book.settings.deadlines.close_due
        live, closed = plausible(r, "live_on"), plausible(r, "closed_on")
        run = r.book.calendar.working_days_between(live, closed)
        first = r.book.calendar.add_working_days(live, days)
        early = (closed >= live) & (run < days)
        yield fault(early, "closed_on", expected=first, first=first, days=days, run=run)


@rule(
    "schedule-shorter-than-estimate",
    fields="golive_due",
    severity="warning",
    source="step 3",
)
def schedule_shorter_than_estimate(r: View) -> Iterator[Fault]:
    """From the signatures to the planned go-live there are the working days of the estimate."""
    if r.book.calendar:
        signed = np.fmax(plausible(r, "business_signed_on"), plausible(r, "technical_signed_on"))
        begin = np.where(np.isnat(signed), plausible(r, "assessed_on"), signed)
        end = plausible(r, "golive_due")
        days = r.book.calendar.working_days_between(_day_before(begin), end)
        short = (end >= begin) & (days < r.number("estimate"))
        yield fault(short, "golive_due", days=days, estimate=r.number("estimate"), begin=begin)


_WEEKDAYS = np.array([Weekday(day) for day in range(7)], np.object_)


def _day_before(days: Dates) -> Dates:
    return (days - np.timedelta64(1, "D")).astype("datetime64[D]")


def _on_day_off(r: View, key: str) -> Fault:
    days = plausible(r, key)
    calendar = r.book.calendar
    assert calendar is not None  # noqa: S101 - the rules above ask
    off = ~calendar.is_working_day(days) & ~np.isnat(days)
    weekday = _WEEKDAYS[(days.astype(np.int64) + 3) % 7]
    follow = calendar.add_working_days(days, 0)
    return fault(off, key, expected=follow, day=days, weekday=weekday, follow=follow)


RULES: tuple[Rule, ...] = (
    due_on_day_off,
    recorded_on_day_off,
    closed_too_early,
    schedule_shorter_than_estimate,
)
