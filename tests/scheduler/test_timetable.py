from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scheduler import minutes

from xlflow.scheduler.timetable import Daily, Monthly, Often, Slots, Timetable, Weekly
from xlflow.timing.calendar import WorkingCalendar

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
CHINA, WEEKDAYS = WorkingCalendar.of("CN"), WorkingCalendar.of("none")


def shown(slots: list[datetime], zone: ZoneInfo) -> list[str]:
    return [f"{slot.astimezone(zone):%m-%d %H:%M}" for slot in slots]


def all_slots(slots: Slots, begin: datetime, end: datetime) -> list[datetime]:
    return list(slots.between(begin - timedelta(seconds=1), end))


def on(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begin = datetime.combine(day, time(0), tzinfo=zone)
    return begin, begin + timedelta(days=1)


def test_a_make_up_saturday_is_worked_and_a_holiday_is_not():
    slots = Slots(Daily(time(8, 30), working=True), CHINA, SHANGHAI)
    # Spring Festival 2026: off from 15 to 23 February, worked on the Saturdays 14 and 28
    begin, end = datetime(2026, 2, 13, tzinfo=SHANGHAI), datetime(2026, 3, 1, tzinfo=SHANGHAI)
    assert shown(all_slots(slots, begin, end), SHANGHAI) == [
        f"02-{day} 08:30" for day in (13, 14, 24, 25, 26, 27, 28)
    ]


def test_a_monday_off_moves_the_weekly_job_to_the_next_working_day():
    slots = Slots(Weekly(0, time(8)), CHINA, SHANGHAI)
    begin, end = datetime(2026, 9, 28, tzinfo=SHANGHAI), datetime(2026, 10, 13, tzinfo=SHANGHAI)
    # National Day 2026: off from 1 to 7 October, so Monday 5 goes over to Thursday 8
    assert shown(all_slots(slots, begin, end), SHANGHAI) == [
        "09-28 08:00",
        "10-08 08:00",
        "10-12 08:00",
    ]


def test_times_that_the_clock_leaves_out_are_one_slot_right_after():
    slots = Slots(Often(20, time(1, 40), time(3, 20)), WorkingCalendar.of("none"), BERLIN)
    every_day = Slots(_EveryDay(slots.timetable), WEEKDAYS, BERLIN)
    # 29 March 2026: 01:59 is followed by 03:00
    assert shown(all_slots(every_day, *on(date(2026, 3, 29), BERLIN)), BERLIN) == [
        "03-29 01:40",
        "03-29 03:00",
        "03-29 03:20",
    ]


def test_a_time_that_the_clock_shows_twice_is_one_slot():
    daily = Slots(Daily(time(2, 30), working=False), WEEKDAYS, BERLIN)
    (slot,) = all_slots(daily, *on(date(2026, 10, 25), BERLIN))
    assert slot == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two


def test_the_newest_slot_is_not_older_than_asked_for():
    slots = Slots(Daily(time(8, 30), working=True), CHINA, SHANGHAI)
    monday = datetime(2026, 3, 16, 8, 0, tzinfo=SHANGHAI)
    friday = datetime(2026, 3, 13, 8, 30, tzinfo=SHANGHAI)
    assert slots.newest(monday, friday) == friday
    assert slots.newest(monday, friday + timedelta(seconds=1)) is None
    assert slots.following(monday) == monday.replace(minute=30)


def test_a_timetable_without_a_working_day_has_no_next_slot():
    never = WorkingCalendar.over(CHINA.known.overridden({}))
    slots = Slots(_Never(), never, SHANGHAI)
    assert slots.following(datetime(2026, 3, 16, tzinfo=SHANGHAI)) is None


KINDS: dict[str, tuple[Timetable, minutes.Rule]] = {
    "often": (
        Often(45, time(0, 15), time(23, 30)),
        minutes.often(45, time(0, 15), time(23, 30), minutes.worked_in_china),
    ),
    "office hours": (
        Often(30, time(8), time(18, 30)),
        minutes.often(30, time(8), time(18, 30), minutes.worked_in_china),
    ),
    "working days": (
        Daily(time(2, 30), working=True),
        minutes.daily(time(2, 30), minutes.worked_in_china),
    ),
    "every day": (Daily(time(2, 10), working=False), minutes.daily(time(2, 10))),
    "Sundays": (
        Weekly(6, time(2, 30)),
        minutes.weekly(6, time(2, 30), minutes.worked_in_china),
    ),
    "Mondays": (Weekly(0, time(8)), minutes.weekly(0, time(8), minutes.worked_in_china)),
    "monthly": (Monthly(28, time(2, 30)), minutes.monthly(28, time(2, 30))),
}
STRETCHES = {
    "spring in Berlin": (BERLIN, datetime(2026, 3, 20, tzinfo=UTC)),
    "autumn in Berlin": (BERLIN, datetime(2026, 10, 18, tzinfo=UTC)),
    "year's end": (SHANGHAI, datetime(2025, 12, 22, tzinfo=UTC)),
    "Spring Festival": (SHANGHAI, datetime(2026, 2, 10, tzinfo=UTC)),
    "half an hour in Lord Howe": (
        ZoneInfo("Australia/Lord_Howe"),
        datetime(2026, 9, 28, tzinfo=UTC),
    ),
    "a change at midnight in Beirut": (ZoneInfo("Asia/Beirut"), datetime(2026, 3, 22, tzinfo=UTC)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stretch", STRETCHES)
def test_slots_are_those_that_a_look_at_each_minute_finds(kind, stretch):
    timetable, rule = KINDS[kind]
    zone, begin = STRETCHES[stretch]
    end = begin + timedelta(days=14)
    expected = list(minutes.slots(rule, zone, begin, end))
    slots = Slots(timetable, CHINA, zone)
    assert list(slots.between(begin, end)) == [slot for slot in expected if slot > begin]
    for upto in (begin + timedelta(hours=n) for n in range(1, 14 * 24, 5)):
        before = [slot for slot in expected if slot <= upto]
        assert slots.newest(upto, begin) == (before[-1] if before else None)


@given(
    st.integers(0, 365 * 24 * 60 - 1),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Africa/Casablanca", "Asia/Shanghai"]),
)
def test_the_following_slot_is_the_newest_one_once_it_is_there(minute, name):
    slots = Slots(Often(17, time(0), time(23, 59)), WEEKDAYS, ZoneInfo(name))
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    following = slots.following(at)
    assert following is not None
    assert following > at
    assert slots.newest(following, at) == following
    just_before = slots.newest(following - timedelta(seconds=1), at - timedelta(days=5))
    assert just_before is not None
    assert just_before <= at


class _EveryDay:
    """A timetable of working days on all days."""

    text = "every day"

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable

    def on(self, day, calendar):
        return self._timetable.on(date(2026, 3, 18), WEEKDAYS)


class _Never:
    text = "never"

    def on(self, day, calendar):
        return ()
