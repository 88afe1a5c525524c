"""Timetables, and the slots that follow from them: the moments at which a job is to run.

A timetable is told in the clock's time of the company's zone. Where the clock is put forward, a
time that it leaves out is at the moment of the change; where it is put back, a time that it shows
twice is the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from xlflow.timing.calendar import WorkingCalendar

_DAY = timedelta(days=1)
_AHEAD_DAYS = 100  # the next time of a monthly job, and that of a weekly one across any holidays
_LONGEST_REST_WEEKS = 5  # no holidays last longer


class Timetable(Protocol):
    """At which times of which days."""

    @property
    def text(self) -> str:
        """It in one word, the same as long as it is the same: "daily 12:15"."""

    def on(self, day: date, calendar: WorkingCalendar) -> tuple[time, ...]:
        """The times of a day, in order."""


@dataclass(frozen=True, slots=True)
class Often:
    """Every so many minutes of working days, from one time of day to another."""

    minutes: int
    begin: time
    end: time

    @property
    def text(self) -> str:
        """It in one word."""
        return f"every {self.minutes} min {self.begin:%H:%M}-{self.end:%H:%M}"

    def on(self, day: date, calendar: WorkingCalendar) -> tuple[time, ...]:
        """The times of a day."""
        if not calendar.is_working_day(day):
            return ()
        first = datetime.combine(day, self.begin)
        span = datetime.combine(day, self.end) - first
        count = span // timedelta(minutes=self.minutes) + 1
        return tuple((first + n * timedelta(minutes=self.minutes)).time() for n in range(count))


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day, or once a working day."""

    at: time
    working: bool

    @property
    def text(self) -> str:
        """It in one word."""
        return f"{'workdays' if self.working else 'daily'} {self.at:%H:%M}"

    def on(self, day: date, calendar: WorkingCalendar) -> tuple[time, ...]:
        """The times of a day."""
        return (self.at,) if not self.working or calendar.is_working_day(day) else ()


@dataclass(frozen=True, slots=True)
class Weekly:
    """Once a week; where that day is off, on the next working day. 0 = Monday."""

    weekday: int
    at: time

    @property
    def text(self) -> str:
        """It in one word."""
        return f"weekday {self.weekday} {self.at:%H:%M}"

    def on(self, day: date, calendar: WorkingCalendar) -> tuple[time, ...]:
        """The times of a day."""
        named = day - timedelta(days=(day.weekday() - self.weekday) % 7)
        for _ in range(_LONGEST_REST_WEEKS):
            if calendar.add_working_days(named, 0) == day:
                return (self.at,)
            named -= 7 * _DAY
        return ()


@dataclass(frozen=True, slots=True)
class Monthly:
    """Once a month, worked or not."""

    day: int
    at: time

    @property
    def text(self) -> str:
        """It in one word."""
        return f"day {self.day} {self.at:%H:%M}"

    def on(self, day: date, calendar: WorkingCalendar) -> tuple[time, ...]:  # noqa: ARG002
        """The times of a day."""
        return (self.at,) if day.day == self.day else ()


@dataclass(frozen=True, slots=True)
class Slots:
    """The moments of a timetable, in UTC."""

    timetable: Timetable
    calendar: WorkingCalendar
    zone: ZoneInfo

    def newest(self, upto: datetime, since: datetime) -> datetime | None:
        """The last one up to a moment, with it; None if there is none `since` another, with it."""
        last, first = self._day_of(upto) + _DAY, self._day_of(since) - _DAY
        for back in range((last - first).days + 1):
            held = [slot for slot in self._on(last - back * _DAY) if slot <= upto]
            if held:
                return held[-1] if held[-1] >= since else None
        return None

    def following(self, moment: datetime) -> datetime | None:
        """The first one after a moment; None if there is none in months."""
        first = self._day_of(moment) - _DAY
        for ahead in range(_AHEAD_DAYS):
            for slot in self._on(first + ahead * _DAY):
                if slot > moment:
                    return slot
        return None

    def between(self, after: datetime, upto: datetime) -> Iterator[datetime]:
        """All after a moment, up to another and with it."""
        slot = self.following(after)
        while slot is not None and slot <= upto:
            yield slot
            slot = self.following(slot)

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _on(self, day: date) -> list[datetime]:
        """Those of a day, each once: several that a change leaves out are one."""
        times = self.timetable.on(day, self.calendar)
        return sorted({moment_of(datetime.combine(day, at), self.zone) for at in times})


def moment_of(shown: datetime, zone: ZoneInfo) -> datetime:
    """When the clock shows this; when it was put forward, if it leaves that out. In UTC."""
    first = shown.replace(tzinfo=zone, fold=0)
    later = shown.replace(tzinfo=zone, fold=1)
    if later.utcoffset() == first.utcoffset() or _is_shown(first):
        return first.astimezone(UTC)
    return _change_between(later.astimezone(UTC), first.astimezone(UTC), zone)


def _is_shown(moment: datetime) -> bool:
    back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment, to the second, at which the zone's offset changed."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
