"""A requirement's way through the stages: as runs saw it, else as its dates tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from forecast.observing import number_of
from hypothesis import given, settings
from hypothesis import strategies as st

from xlflow.forecast.courses import LIVE, Course, Facts, Visit, course_of
from xlflow.record.memory import Spell
from xlflow.record.stages import STATUSES

TODAY = date(2020, 3, 2)  # a Monday
BASE = Facts("main", "2020-001", "Title", "", "", "", False, None, {}, ("", "", "", "", ""))


def n(month: int, day: int) -> int:
    return number_of(date(2020, month, day))


def of(*seen: tuple[str, int, int], days: dict[str, date] | None = None, **more: Any) -> Course:
    """The course of a record that runs saw in these statuses, from which day on."""
    at = [datetime.combine(date(2020, month, day), time(9), UTC) for _, month, day in seen]
    spells = [
        Spell(status, entered, left)
        for (status, *_), entered, left in zip(seen, at, [*at[1:], None][: len(at)], strict=True)
    ]
    status = more.pop("status", seen[-1][0] if seen else "submitted")
    facts = replace(BASE, status=status, days=days or {})
    gone_on = more.pop("gone_on", None)
    return course_of(facts, spells, number_of(TODAY), number_of, datetime.date, gone_on)


def test_a_course_is_what_the_runs_saw():
    course = of(
        *(("submitted", 1, 6), ("assessing", 1, 7), ("designing", 1, 10), ("developing", 1, 20)),
        *(("testing", 2, 3), ("live", 2, 10), ("closed", 2, 14)),
        days={"submitted_on": date(2020, 1, 3)},
    )
    assert course.live_on == n(2, 10)
    assert not course.is_open
    assert [(one.stage, one.entered, one.left) for one in course.visits] == [
        (0, n(1, 3), n(1, 7)),
        (1, n(1, 7), n(1, 10)),
        (2, n(1, 10), n(1, 20)),
        (3, n(1, 20), n(2, 3)),
        (4, n(2, 3), n(2, 10)),
    ]
    assert [one.outcome for one in course.visits] == [1, 2, 3, 4, LIVE]


def test_blocked_time_belongs_to_the_stage_but_is_told_apart():
    course = of(
        ("submitted", 1, 6),
        ("assessing", 1, 7),
        ("blocked", 1, 9),
        ("assessing", 1, 14),
        ("designing", 1, 16),
    )
    assert course.visits[1] == Visit(
        1, n(1, 7), n(1, 16), 2, ((n(1, 9), n(1, 14)),), is_partial=False
    )
    assert course.is_open
    assert not course.is_blocked
    assert of(("submitted", 1, 6), ("blocked", 1, 9)).is_blocked
    first_seen_blocked = of(
        ("blocked", 2, 3),
        days={
            "submitted_on": date(2020, 1, 6),
            "confirmed_on": date(2020, 1, 7),
            "assessed_on": date(2020, 1, 9),
        },
    )
    assert first_seen_blocked.visits[-1] == Visit(2, n(1, 9), blocked=((n(2, 3), None),))


def test_who_goes_back_to_development_visits_it_twice():
    course = of(
        ("developing", 1, 6),
        ("testing", 1, 10),
        ("developing", 1, 14),
        ("testing", 1, 17),
        ("live", 1, 20),
    )
    assert [one.stage for one in course.visits] == [3, 4, 3, 4]
    assert [one.outcome for one in course.visits] == [4, 3, 4, LIVE]
    assert course.visits[0].is_partial  # nobody knows when it got there


def test_what_was_cancelled_or_vanished_did_not_finish():
    cancelled = of(("submitted", 1, 6), ("assessing", 1, 8), ("cancelled", 1, 20))
    assert (cancelled.visits[-1].left, cancelled.visits[-1].outcome) == (n(1, 20), None)
    assert not cancelled.is_open
    vanished = of(("submitted", 1, 6), ("assessing", 1, 8), gone_on=date(2020, 1, 22))
    assert (vanished.visits[-1].left, vanished.visits[-1].outcome) == (n(1, 22), None)
    assert cancelled.live_on is vanished.live_on is None


def test_a_going_live_that_was_taken_back_was_none():
    course = of(("developing", 1, 6), ("testing", 1, 10), ("live", 1, 14), ("testing", 1, 15))
    assert course.live_on is None
    assert course.visits[-1] == Visit(4, n(1, 10))
    course = of(("testing", 1, 10), ("live", 1, 14), ("testing", 1, 15), ("cancelled", 1, 20))
    assert (course.live_on, course.is_open) == (None, False)


DATES = {
    "submitted_on": date(2020, 1, 6),
    "confirmed_on": date(2020, 1, 7),
    "assessed_on": date(2020, 1, 9),
    "business_signed_on": date(2020, 1, 15),
    "technical_signed_on": date(2020, 1, 16),
    "live_on": date(2020, 2, 6),
}


def test_where_the_ledger_began_late_the_dates_tell():
    course = of(("closed", 2, 20), days=DATES)
    assert [(one.stage, one.entered) for one in course.visits[:4]] == [
        (0, n(1, 6)),
        (1, n(1, 7)),
        (2, n(1, 9)),
        (3, n(1, 16)),
    ]
    assert course.live_on == n(2, 6)
    planned = {"development_due": date(2020, 1, 27), "golive_due": date(2020, 1, 31)}
    course = of(("closed", 2, 20), days=DATES | planned)
    assert course.visits[-1].entered == n(1, 16) + round(15 * 7 / 11)  # as planned: 7 of 11 days


def test_an_open_one_that_was_seen_late_has_been_there_since_its_dates_say():
    course = of(("designing", 2, 20), days=DATES)
    assert course.visits[-1] == Visit(2, n(1, 9))
    without = of(("designing", 2, 20), days={"submitted_on": date(2020, 1, 6)})
    assert without.visits == (Visit(2, n(2, 20), is_partial=True),)


def test_without_any_ledger_the_dates_alone_tell():
    course = of(status="designing", days=DATES)
    assert course.visits[-1] == Visit(2, n(1, 9))
    assert course.is_open
    assert of(status="cancelled", days=DATES).visits == ()
    assert of(status="", days=DATES).visits == ()


@pytest.mark.parametrize("wrong", [date(2020, 5, 1), date(1920, 1, 7), date(2019, 12, 30)])
def test_a_date_that_cannot_be_tells_nothing(wrong: date):
    course = of(("designing", 2, 20), days=DATES | {"confirmed_on": wrong})
    assert course.visits[-1] == Visit(2, n(1, 9))
    if wrong.year != 2019:
        assert [one.stage for one in course.visits] == [2]


def test_who_has_no_status_that_is_known_is_not_followed_into_a_block():
    course = of(("assessing", 1, 6), ("blocked", 1, 14), status="")
    assert course.visits[-1] == Visit(1, n(1, 6), n(1, 6), is_partial=True)


@settings(deadline=None)
@given(
    seen=st.lists(st.sampled_from(["", *STATUSES]), max_size=8),
    status=st.sampled_from(["", *STATUSES]),
    days=st.dictionaries(st.sampled_from(sorted(DATES)), st.dates(date(2019, 11, 1), TODAY)),
    gone=st.none() | st.integers(0, 60),
)
def test_whatever_was_typed_the_times_are_in_order(
    seen: list[str], status: str, days: dict[str, date], gone: int | None
):
    begun = date(2020, 1, 1)
    when = [begun + timedelta(days=3 * at) for at in range(len(seen))]
    spells = [(one, day.month, day.day) for one, day in zip(seen, when, strict=True) if one]
    gone_on = None if gone is None else begun + timedelta(days=gone)
    course = of(*spells, status=status, days=days, gone_on=gone_on)
    for visit in course.visits:
        assert visit.left is None or visit.entered <= visit.left
        for start, end in visit.blocked:
            assert visit.entered <= start
            assert end is None or start <= end
            assert visit.left is None or (end is not None and end <= visit.left)
