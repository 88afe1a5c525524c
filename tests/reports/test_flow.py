"""Throughput, cycle times and ages of a few records, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from registers import clean, register
from samples import CALENDAR

from xlflow.reports.figures.flow import AgeGroup, WeekFlow, added_ages, ages_of, weeks_of
from xlflow.reports.figures.lives import Life, lives_of
from xlflow.reports.figures.week import Week

TODAY = date(2026, 3, 18)  # a Wednesday


def lives(*rows: dict[str, Any]) -> list[Life]:
    numbered = [{"number": f"2026-{n:03d}", **row} for n, row in enumerate(rows, 1)]
    return list(lives_of(register(numbered).requirements, {}, {}))


def went(status: str, submitted_on: date | None, live_on: date | None) -> dict[str, Any]:
    return clean(status, submitted_on=submitted_on, live_on=live_on, closed_on=None)


def test_a_week_tells_who_came_and_how_long_those_took_that_went_live():
    held = lives(
        went("live", date(2026, 3, 2), date(2026, 3, 9)),  # Monday to Monday
        went("closed", date(2026, 3, 6), date(2026, 3, 9)),  # over a weekend
        went("live", date(2026, 3, 12), date(2026, 3, 12)),
        went("developing", date(2026, 3, 10), date(2026, 3, 11)),  # not live, whatever it says
    )
    last, this = weeks_of(held, CALENDAR, TODAY, count=2)
    assert last == WeekFlow(Week(2026, 11), 2, 3, 0, (0, 1, 5))
    assert this == WeekFlow(Week(2026, 12), 0, 0, 0, ())
    assert (last.median_days, last.p85_days) == (1, 5)
    assert (this.median_days, this.p85_days) == (None, None)


def test_swapped_and_missing_dates_have_no_cycle_time():
    held = lives(
        went("live", date(2026, 3, 12), date(2026, 3, 10)),
        went("live", None, date(2026, 3, 10)),
    )
    (last, _) = weeks_of(held, CALENDAR, TODAY, count=2)
    assert (last.live, last.cycle_days) == (2, ())


def test_days_to_come_count_in_no_week():
    held = lives(went("live", date(2026, 3, 19), date(2026, 3, 20)))
    assert weeks_of(held, CALENDAR, TODAY, count=1) == (WeekFlow(Week(2026, 12), 0, 0, 0, ()),)


def test_the_weeks_go_over_the_turn_of_the_year():
    weeks = [flow.week for flow in weeks_of([], CALENDAR, date(2027, 1, 6), count=3)]
    assert weeks == [Week(2026, 52), Week(2026, 53), Week(2027, 1)]


@pytest.mark.parametrize(
    ("submitted_on", "bounds"),
    [
        (date(2026, 3, 18), (0, 5)),
        (date(2026, 3, 11), (0, 5)),  # 5 working days
        (date(2026, 3, 10), (6, 10)),
        (date(2026, 3, 4), (6, 10)),
        (date(2026, 3, 3), (11, 20)),
        (date(2025, 3, 3), (41, None)),
        (date(2026, 4, 1), (0, 5)),  # a slip: it is not younger than new
        (None, (None, None)),
    ],
)
def test_an_open_record_has_the_age_of_its_submission(submitted_on, bounds):
    groups = ages_of(lives(went("developing", submitted_on, None)), CALENDAR, TODAY)
    assert [(it.least, it.most) for it in groups if it.records] == [bounds]


def test_what_is_over_has_no_age():
    held = lives(went("closed", date(2026, 3, 2), None), went("cancelled", date(2026, 3, 2), None))
    assert {group.records for group in ages_of(held, CALENDAR, TODAY)} == {0}


def test_unknown_ages_of_one_register_stay_last_among_all():
    known = ages_of(lives(went("live", date(2026, 3, 17), None)), CALENDAR, TODAY)
    unknown = ages_of(lives(went("live", None, None)), CALENDAR, TODAY)
    both = added_ages([unknown, known])
    assert both[0] == AgeGroup(0, 5, 1)
    assert both[-1] == AgeGroup(None, None, 1)
    assert len(both) == 6
