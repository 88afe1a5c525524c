"""Forecasts from a real ledger: the courses are those that happened, and what if is answered."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from company import NOW, Company, new
from forecast.observing import course, day_of, number_of
from forecast.watching import Watched
from forecast.worlds import World
from registers import clean

from xlflow.jobs.forecasting.courses import DayNumbers, courses_of
from xlflow.jobs.forecasting.job import Forecasts, PersonUnknown, Scenario, forecast
from xlflow.jobs.progress import quiet
from xlflow.timing.calendar import WorkingCalendar

TODAY = 115
REAL = Scenario()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Half a year and more of a company, as its ledger saw it day by day."""
    world = World(per_day=0.7, blocks=3, cancelled=0.1)
    company = Watched(tmp_path_factory.mktemp("watched") / "company", world.lives(200, 11))
    company.lives(TODAY)
    return company


def asked(
    company: Company, scenario: Scenario = REAL, now: int = TODAY, **more: object
) -> Forecasts:
    assert isinstance(company, Watched)
    return forecast((company.settings,), company.at(now), scenario, **more)  # type: ignore[arg-type]


def test_the_courses_are_what_happened_also_of_those_that_left_the_register(company: Watched):
    calendar = WorkingCalendar.from_settings(company.settings)
    numbers = DayNumbers(calendar)
    found = courses_of(company.settings, company.at(TODAY), numbers, quiet)
    shift = numbers(day_of(0))

    def told(one: int) -> int:
        return one - shift

    seen = {
        int(one.facts.number[-3:]): [
            (visit.stage, told(visit.entered), visit.left and told(visit.left), visit.outcome)
            for visit in one.visits
        ]
        for one in found
    }
    happened = {
        item.number + 1: [
            (visit.stage, visit.entered, visit.left, visit.outcome)
            for visit in course(item, TODAY).visits
        ]
        for item in company.items
        if item.until(TODAY)
    }
    assert seen == happened
    gone = [one for one in found if one.facts.row is None]
    assert len(gone) >= 10
    assert all(one.live_on is not None for one in gone)


def test_most_go_live_by_the_dates_that_were_told(company: Watched):
    found = asked(company)
    assert found.real.outlook.finished >= 50
    assert not found.real.outlook.is_by_estimates
    assert found.real.since == day_of(min(item.path[0][0] for item in company.items))
    came = {
        item.number + 1: day_of(item.live_on) for item in company.items if item.live_on is not None
    }
    cases = [
        (one, came[number])
        for one in found.real.outlook.records
        if (number := int(one.facts.number[-3:])) in came
    ]
    assert len(cases) >= 12
    within = [
        sum(found.real.live_on(one, percent) >= day for one, day in cases) / len(cases)  # type: ignore[operator]
        for percent in (50, 85, 95)
    ]
    assert 0.25 <= within[0] <= 0.80, within
    assert within[1] >= 0.70, within
    assert within[0] <= within[1] <= within[2]


def test_the_same_day_gives_the_same_answer_and_single_ones_are_those_of_all(company: Watched):
    found, again = asked(company), asked(company)
    assert found.real.outlook.records == again.real.outlook.records
    number = found.real.outlook.records[3].facts.number
    (one,) = asked(company, numbers=[("main", number)]).real.outlook.records
    assert one == found.real.outlook.records[3]


def test_days_off_move_every_date_behind_them(company: Watched):
    off = tuple(day_of(TODAY) + timedelta(days=n) for n in range(1, 8))  # five working days
    found = asked(company, Scenario(holidays=off))
    assert found.supposed is not None
    assert not set(off) & set(found.supposed.dates)
    for before, after in zip(
        found.real.outlook.records, found.supposed.outlook.records, strict=True
    ):
        assert before.days == after.days
        first, then = found.real.live_on(before, 85), found.supposed.live_on(after, 85)
        assert first is not None
        assert then is not None
        assert number_of(then) - number_of(first) == 5
        assert after.risk >= before.risk


def test_without_somebody_all_that_is_theirs_has_somebody_else(company: Watched):
    found = asked(company, Scenario(without=("p1*",)))
    assert found.scenario.without == ("P1*",)
    assert found.supposed is not None
    touched = [one for one in found.supposed.outlook.records if one.taken_by]
    assert len(touched) >= 5
    for one in touched:
        assert set(one.taken_by.values()) <= {"P0*", "P2*", "P3*"}
    assert "P1*" not in {person.name for person in found.supposed.outlook.people}


def test_nobody_of_that_name_is_told_with_those_who_are_there(company: Watched):
    with pytest.raises(PersonUnknown, match=r"P\d\*, P\d\*"):
        asked(company, Scenario(without=("P9*",)))


def test_without_a_ledger_the_dates_in_the_cells_and_the_estimates_tell(tmp_path: Path):
    company = Company(tmp_path / "company")
    company.has(
        clean("testing", number="2024-001", title="One", estimate=5),
        clean("closed", number="2024-002", title="Two"),
        clean("cancelled", number="2024-003", title="Three"),
        new("Four"),
    )
    found = forecast((company.settings,), NOW, REAL)
    assert found.real.outlook.is_by_estimates
    assert found.real.outlook.finished == 1
    assert [one.facts.title for one in found.real.outlook.records] == ["One", "Four"]
    first, fourth = found.real.outlook.records
    assert (first.stage, fourth.stage) == (4, 0)
    assert first.days is not None
    assert fourth.days is not None
    assert first.days[85] < fourth.days[85]
    assert first.promises[-1].on == date(2024, 3, 15)
    assert first.promises[-1].risk == 1.0
    assert not (company.settings.folder / "xlflow.db").exists()


def test_an_empty_register_has_an_empty_forecast(tmp_path: Path):
    company = Company(tmp_path / "company")
    company.has()
    assert forecast((company.settings,), NOW, REAL).real.outlook.records == ()
