from __future__ import annotations

import pickle
from datetime import date, timedelta

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.company_days import CompanyYear
from xlflow.timing.mainland import statutory_holidays
from xlflow.timing.public_holidays import CalendarUnknownError

CHINA = WorkingCalendar.of("CN")
WEEKENDS = WorkingCalendar.of("none")

# Days off that are not weekends, and weekend days worked.
# Source: General Office of the State Council, notices on the holidays of 2023 to 2026.
NOTICES = {
    2023: (
        "01-02 01-23..27 04-05 05-01..03 06-22..23 09-29 10-02..06",
        "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    ),
    2024: (
        "01-01 02-12..16 04-04..05 05-01..03 06-10 09-16..17 10-01..04 10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-28..31 02-03..04 04-04 05-01..02 05-05 06-02 10-01..03 10-06..08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01 01-02 02-16..20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01..02 10-05..07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


def _spread(year: int, spans: str) -> set[date]:
    days: set[date] = set()
    for span in spans.split():
        first, _, last = span.partition("..")
        start = date.fromisoformat(f"{year}-{first}")
        end = date.fromisoformat(f"{year}-{first[: 5 - len(last)]}{last}")
        days |= {start + timedelta(n) for n in range((end - start).days + 1)}
    return days


@pytest.mark.parametrize("year", NOTICES)
def test_the_published_years_are_as_the_notices_say(year: int) -> None:
    off, work = (_spread(year, spans) for spans in NOTICES[year])
    days = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    odd = {
        day
        for day, worked in zip(days.tolist(), CHINA.is_working_day(days), strict=True)
        if worked != (day.weekday() < 5)
    }
    assert odd == off | work


def test_every_published_day_is_as_the_library_says() -> None:
    days = np.arange("2004-01-01", "2027-01-01", dtype="datetime64[D]")
    theirs = [chinese_calendar.is_workday(day) for day in days.tolist()]
    assert CHINA.is_working_day(days).tolist() == theirs


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2024-03-01", 1, "2024-03-04"),  # Friday -> Monday
        ("2024-03-02", 1, "2024-03-04"),  # a Saturday off -> Monday
        ("2024-03-03", 1, "2024-03-04"),
        ("2024-03-01", 0, "2024-03-01"),  # a working day stays
        ("2024-03-02", 0, "2024-03-04"),  # a day off waits for the next working day
        ("2024-03-04", -1, "2024-03-01"),
        ("2024-03-03", -1, "2024-03-01"),
        ("2024-02-02", 1, "2024-02-04"),  # a worked Sunday
        ("2024-02-04", 5, "2024-02-09"),  # New Year's Eve was worked in 2024
        ("2024-02-09", 1, "2024-02-18"),
        ("2024-09-30", 5, "2024-10-12"),  # Saturday after the National Day week
    ],
)
def test_working_days_are_added(start: str, n: int, expected: str) -> None:
    found = CHINA.add_working_days(date.fromisoformat(start), n)
    assert found == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-03-01", "2024-03-01", 0),
        ("2024-03-01", "2024-03-02", 0),
        ("2024-03-01", "2024-03-04", 1),
        ("2024-03-04", "2024-03-01", -1),
        ("2024-02-09", "2024-02-19", 2),
        ("2024-09-27", "2024-10-12", 7),
    ],
)
def test_working_days_are_counted(start: str, end: str, expected: int) -> None:
    between = CHINA.working_days_between(date.fromisoformat(start), date.fromisoformat(end))
    assert between == expected


def _added_by_hand(worked: set[date], start: date, n: int) -> date:
    day, step = start, 1 if n >= 0 else -1
    while n == 0 and day not in worked:
        day += timedelta(1)
    while n:
        day += timedelta(step)
        n -= step if day in worked else 0
    return day


def _counted_by_hand(worked: set[date], start: date, end: date) -> int:
    if end < start:
        return -_counted_by_hand(worked, end, start)
    days = (start + timedelta(n) for n in range(1, (end - start).days + 1))
    return sum(day in worked for day in days)


def _worked(calendar: WorkingCalendar) -> set[date]:
    days = np.arange("2001-01-01", "2054-01-01", dtype="datetime64[D]")
    return set(days[calendar.is_working_day(days)].tolist())


calendars = st.sampled_from([(CHINA, _worked(CHINA)), (WEEKENDS, _worked(WEEKENDS))])
# Both edges of the table of days (2004, 2050) lie within.
near = st.dates(date(2003, 6, 1), date(2051, 6, 1)) | st.dates(date(2003, 12, 1), date(2004, 2, 1))


@settings(deadline=None)
@given(calendars, near, st.integers(-90, 90))
def test_adding_is_walking_day_by_day(
    held: tuple[WorkingCalendar, set[date]], start: date, n: int
) -> None:
    calendar, worked = held
    assert calendar.add_working_days(start, n) == _added_by_hand(worked, start, n)


@settings(deadline=None)
@given(calendars, near, st.integers(-400, 400))
def test_counting_is_walking_day_by_day(
    held: tuple[WorkingCalendar, set[date]], start: date, n: int
) -> None:
    calendar, worked = held
    end = start + timedelta(n)
    assert calendar.working_days_between(start, end) == _counted_by_hand(worked, start, end)


@settings(deadline=None)
@given(st.lists(near, min_size=1), st.integers(-30, 30))
def test_an_array_answers_as_its_days_do(days: list[date], n: int) -> None:
    held = np.array(days, "datetime64[D]")
    assert CHINA.is_working_day(held).tolist() == [CHINA.is_working_day(day) for day in days]
    added = CHINA.add_working_days(held, n)
    assert added.tolist() == [CHINA.add_working_days(day, n) for day in days]
    today = date(2024, 3, 1)
    found = CHINA.working_days_between(held, today)
    assert found.tolist() == [CHINA.working_days_between(day, today) for day in days]


def test_a_missing_day_stays_missing() -> None:
    days = np.array(["NaT", "2024-03-01"], "datetime64[D]")
    assert np.isnat(CHINA.add_working_days(days, 1)).tolist() == [True, False]
    assert CHINA.working_days_between(days, date(2024, 3, 4)).tolist() == [0, 1]
    assert CHINA.is_working_day(days).tolist() == [False, True]
    assert CHINA.provisional_years(days) == ()


@pytest.mark.parametrize("year", [1, 1900, 2003, 2051, 2099, 9999])
def test_years_far_away_count_weekends_only(year: int) -> None:
    for month in (1, 6, 12):
        day = date(year, month, 28)
        assert CHINA.is_working_day(day) == (day.weekday() < 5)
    assert CHINA.provisional_years([date(year, 6, 1)]) == (year,)


def test_the_end_of_time_does_not_overflow() -> None:
    assert CHINA.add_working_days(date.max, 3) == date.max
    assert CHINA.add_working_days(date.min, -3) == date.min
    assert CHINA.working_days_between(date.min, date.max) > 2_600_000 - 10_000


def test_an_unpublished_year_has_its_statutory_holidays_and_says_so() -> None:
    off = ["01-01", "02-05", "02-08", "04-05", "06-09", "09-15", "10-01"]
    days = np.array([f"2027-{day}" for day in off], "datetime64[D]")
    assert not CHINA.is_working_day(days).any()
    assert CHINA.is_working_day(date(2027, 2, 9))
    assert CHINA.provisional_years(days) == (2027,)


def test_the_published_years_are_certain() -> None:
    days = [date(2004, 1, 1), date(2024, 12, 31), date(2026, 12, 24)]
    assert CHINA.provisional_years(days) == ()


def test_the_last_week_before_an_unpublished_year_may_still_change() -> None:
    assert CHINA.provisional_years([date(2026, 12, 25)]) == (2027,)
    assert CHINA.provisional_years([date(2025, 12, 25)]) == ()


def test_the_statutory_holidays_are_those_of_an_independent_source() -> None:
    holidays = pytest.importorskip("holidays")
    theirs = holidays.country_holidays("CN", years=range(2027, 2051), observed=False)
    assert statutory_holidays(after=2026) == set(theirs)


def test_a_company_overrides_both_ways() -> None:
    company = {
        2027: CompanyYear(
            off=frozenset({date(2027, 3, 8)}),  # a Monday
            work=frozenset({date(2027, 3, 6), date(2027, 4, 5)}),  # a Saturday; Qingming
            is_settled=True,
        )
    }
    calendar = WorkingCalendar.of("CN", company)
    assert calendar.add_working_days(date(2027, 3, 5), 2) == date(2027, 3, 9)
    assert calendar.is_working_day(date(2027, 4, 5))
    assert calendar.provisional_years([date(2027, 3, 8), date(2028, 3, 8)]) == (2028,)


def test_a_company_that_names_no_make_up_days_has_not_settled_the_year() -> None:
    company = {2027: CompanyYear(off=frozenset({date(2027, 3, 8)}))}
    calendar = WorkingCalendar.of("CN", company)
    assert not calendar.is_working_day(date(2027, 3, 8))
    assert calendar.provisional_years([date(2027, 3, 8)]) == (2027,)


def test_a_company_far_out_of_the_table_is_heard() -> None:
    company = {2099: CompanyYear(off=frozenset({date(2099, 6, 1)}))}
    calendar = WorkingCalendar.of("none", company)
    assert calendar.add_working_days(date(2099, 5, 29), 1) == date(2099, 6, 2)


def test_weekends_only_is_never_provisional() -> None:
    assert WEEKENDS.is_working_day(date(2024, 10, 1))
    assert WEEKENDS.provisional_years([date(1900, 1, 1), date(2099, 1, 1)]) == ()


def test_other_countries_know_their_make_up_days() -> None:
    taiwan = WorkingCalendar.of("TW")
    assert taiwan.is_working_day(date(2023, 1, 7))  # a Saturday, made up
    assert not taiwan.is_working_day(date(2023, 2, 28))
    assert not WorkingCalendar.of("DE-BY").is_working_day(date(2026, 8, 15))
    assert not WorkingCalendar.of("DE-BY").is_working_day(date(2026, 1, 6))
    assert WorkingCalendar.of("DE").is_working_day(date(2026, 1, 6))


def test_a_country_whose_dates_are_estimated_says_so() -> None:
    singapore = WorkingCalendar.of("SG")
    assert singapore.provisional_years([date(2024, 5, 1), date(2040, 5, 1)]) == (2040,)


@pytest.mark.parametrize("country", ["XX", "DE-XX"])
def test_an_unknown_country_is_a_fault_of_the_settings(country: str) -> None:
    with pytest.raises(CalendarUnknownError, match=country) as caught:
        WorkingCalendar.of(country)
    assert caught.value.exit_code == 2


def test_a_calendar_travels_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(CHINA))
    assert there.add_working_days(date(2024, 3, 1), 1) == date(2024, 3, 4)
