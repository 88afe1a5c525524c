"""Whether a forecast of the simulated company goes by what the runs saw."""

from __future__ import annotations

from datetime import date

from simulation.office import Office, Requirement

from xlflow.forecast.courses import Course
from xlflow.jobs.forecasting.courses import DayNumbers, courses_of
from xlflow.jobs.forecasting.job import Scenario, forecast
from xlflow.jobs.progress import quiet
from xlflow.timing.calendar import WorkingCalendar

_ENDS = ("live", "closed")


def is_forecast(offices: tuple[Office, ...]) -> int:
    """Compare; returns how many open requirements were forecast."""
    for office in offices:
        _courses_are_right(office)
    settings = tuple(office.settings for office in offices)
    found = forecast(settings, offices[0].now, Scenario()).real
    told = {(one.facts.register, one.facts.number): one for one in found.outlook.records}
    wanted = {
        (office.id, one.number)
        for office in offices
        for one in office.requirements
        if one.number and one.row is not None and _is_open(one)
    }
    assert told.keys() >= wanted
    assert {key for key in told if key[1]} == wanted
    for one in told.values():
        assert one.days is not None
        assert 1 <= one.days[50] <= one.days[85] <= one.days[95]
    assert found.outlook.finished >= 1
    return len(wanted)


def _courses_are_right(office: Office) -> None:
    numbers = DayNumbers(WorkingCalendar.from_settings(office.settings))
    courses = {
        course.facts.number: course
        for course in courses_of(office.settings, office.now, numbers, quiet)
        if course.facts.number
    }
    for one in office.requirements:
        if one.number and one.statuses and one.row is not None:
            course = courses[one.number]
            went_live = _went_live(one)
            assert course.live_on == (went_live and numbers(went_live)), _apart(one, course)
            assert course.is_open == _is_open(one), _apart(one, course)


def _is_open(one: Requirement) -> bool:
    return bool(one.statuses) and one.statuses[-1][1] not in (*_ENDS, "cancelled")


def _went_live(one: Requirement) -> date | None:
    """The day from which on it was seen live or closed without a break, up to now."""
    day = None
    for at, status in reversed(one.statuses):
        if status not in _ENDS:
            break
        day = at.date()
    return day


def _apart(one: Requirement, course: Course) -> str:
    return f"{one.number} {one.statuses} {course}"
