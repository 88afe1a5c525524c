"""The forecast of a company: records, promises, people, and what if somebody is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from forecast.observing import courses, day_of, number_of
from forecast.test_courses import BASE
from forecast.test_coverage import USUAL_DAYS
from forecast.worlds import World

from xlflow.forecast.courses import LIVE, Course, Visit
from xlflow.forecast.outlook import PERCENTS, Outlook, Question, outlook

NOW = 400


def ask(held: list[Course], seed: int = 1, today: int = NOW, **more: Any) -> Outlook:
    def days_until(day: date) -> int:
        return number_of(day) - today

    return outlook(held, Question(today, seed, USUAL_DAYS, 5.5, days_until, **more))


def done(days: int, left: int, who: str = "Li *") -> Course:
    """A record that was tested for so many days, and went live."""
    facts = replace(BASE, owners=("", "", "", "", who))
    return Course(facts, (Visit(4, left - days, left, LIVE),), left)


def under_test(number: str, who: str = "Li *", **more: Any) -> Course:
    """A record that is being tested."""
    facts = replace(BASE, number=number, status="testing", owners=("", "", "", "", who), **more)
    return Course(facts, (Visit(4, NOW),))


def past(*names: str, every: int = 4, days: int = 4) -> list[Course]:
    """A history in which each of these people always had one record, for so many days."""
    return [done(days, left, name) for name in names for left in range(NOW - 150, NOW, every)]


def test_the_same_day_and_history_give_the_same_answer():
    held = courses(World().lives(300, 3), 260)
    first, again = ask(held, today=260), ask(list(held), today=260)
    assert first.records == again.records
    assert first.people == again.people
    assert ask(held, seed=2, today=260).records != first.records


def test_the_three_dates_follow_one_another():
    found = ask(courses(World().lives(300, 3), 260), today=260)
    assert found.finished >= 60
    assert not found.is_by_estimates
    for one in found.records:
        assert one.days is not None
        assert 1 <= one.days[50] <= one.days[85] <= one.days[95]


def test_a_promise_that_is_past_is_missed_and_one_far_away_is_kept():
    promises = {"expected_on": day_of(NOW - 3), "golive_due": day_of(NOW + 200)}
    (one,) = ask([*past("Li *"), under_test("1", days={**promises})]).records
    assert [(promise.field, promise.risk) for promise in one.promises] == [
        ("expected_on", 1.0),
        ("golive_due", 0.0),
    ]
    assert one.risk == 1.0


def test_the_risk_of_a_promise_is_what_the_dates_say():
    (one,) = ask([*past("Li *", days=8, every=8), under_test("1")]).records
    assert one.days is not None
    day = day_of(NOW + one.days[85])
    (same,) = ask(
        [*past("Li *", days=8, every=8), under_test("1", days={"expected_on": day})]
    ).records
    assert same.promises[0].risk <= 0.15


@pytest.mark.parametrize("estimate", [2.0, 20.0])
def test_with_too_little_history_the_estimates_tell(estimate: float):
    held = [done(3, NOW - 10), Course(replace(BASE, estimate=estimate), (Visit(3, NOW),))]
    found = ask(held)
    assert found.is_by_estimates
    assert found.finished == 1
    (one,) = found.records
    assert one.days is not None
    assert 0.5 * estimate <= one.days[50] <= 2.5 * estimate + 2
    assert found.calibration.cases == 0
    assert not any(person.is_overloaded for person in found.people)


def test_who_has_much_more_than_the_recent_pace_allows_is_overloaded():
    history = past("Li *", "Wu *")
    pile = [under_test(f"L{n}", who="Li *") for n in range(8)]
    found = ask([*history, *pile, under_test("W", who="Wu *")])
    li, wu = found.people
    assert (li.name, li.open, li.usual) == ("Li *", 8, 1)
    assert (wu.name, wu.open) == ("Wu *", 1)
    assert li.weekly_days == pytest.approx(5, abs=1)
    assert li.is_overloaded
    assert not wu.is_overloaded
    assert li.weeks is not None
    assert li.weeks == pytest.approx(8 * 4 / 5, rel=0.5)


def test_without_somebody_others_take_over_and_get_slower_when_it_is_too_much():
    history = past("Li *", "Wu *", "Xu *", every=8, days=8)
    held = [
        *history,
        under_test("L1", who="Li *"),
        under_test("L2", who="Li *"),
        under_test("W1", who="Wu *"),
        under_test("X1", who="Xu *"),
    ]
    real, without = ask(held), ask(held, away=("Li *",))
    assert {one.facts.number: dict(one.taken_by) for one in without.records} == {
        "L1": {4: "Wu *"},
        "L2": {4: "Xu *"},
        "W1": {},
        "X1": {},
    }
    for before, after in zip(real.records, without.records, strict=True):
        assert before.days is not None
        assert after.days is not None
        assert after.days[85] >= 1.5 * before.days[85]  # two at once, where one is usual
    assert "Li *" not in {person.name for person in without.people}


def test_who_has_room_takes_over_at_no_cost():
    busy = [*past("Wu *", every=4, days=16), *past("Li *", every=8, days=8)]  # four at once
    held = [*busy, under_test("L1", who="Li *"), under_test("W1", who="Wu *")]
    real, without = ask(held), ask(held, away=("Li *",))
    assert without.records[0].taken_by == {4: "Wu *"}
    assert real.records[1].days == without.records[1].days


def test_who_has_nothing_to_do_with_it_is_forecast_as_before():
    history = past("Li *", "Wu *", "Yu *", every=8, days=8)
    held = [*history, under_test("L1", who="Li *"), under_test("Y1", who="Yu *")]
    real, without = ask(held), ask(held, away=("Li *",))
    assert without.records[0].taken_by == {4: "Wu *"}
    assert without.records[1] == real.records[1]


def test_what_nobody_else_can_do_has_no_date():
    held = [
        *past("Li *"),
        under_test("L1"),
        under_test("W1", who="Wu *", days={"expected_on": day_of(900)}),
    ]
    without = ask(held, away=("Li *", "Wu *"))
    assert [one.days for one in without.records] == [None, None]
    assert without.records[1].risk == 1.0
    assert without.records[0].taken_by == {4: ""}


def test_a_company_without_records_has_an_empty_forecast():
    assert ask([]).records == ()
    assert ask(past("Li *")).records == ()


@pytest.mark.parametrize("person", ["fast", "slow"])
def test_somebody_who_takes_longer_than_others_is_known_for_it(person: str):
    history = [*past("fast *", every=3, days=3), *past("slow *", every=12, days=12)]
    found = ask([*history, under_test("F", who="fast *"), under_test("S", who="slow *")])
    medians = {one.facts.number: one.days[50] for one in found.records if one.days}
    assert medians["S"] >= 1.6 * medians["F"]
    assert set(PERCENTS) == {50, 85, 95}


def test_past_forecasts_that_were_too_narrow_widen_the_present_one():
    held = courses(World(slow=0.8).lives(300, 5), 260)
    found = ask(held, today=260)
    assert found.calibration.cases > 40
    assert found.calibration.records > 20
    _, most, _ = found.calibration.within
    factor = found.calibration.factors[10]
    assert (factor > 1) == (most < 0.85)
