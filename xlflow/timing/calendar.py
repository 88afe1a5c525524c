"""The working calendar: which days are worked, and counting in working days.

Counting is a lookup in a table of days, so that 100,000 additions take milliseconds. The table
spans the years whose holidays are known; outside it only the weekends count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast, overload

import numpy as np
from numpy.typing import NDArray

from xlflow.settings import Settings
from xlflow.timing.company_days import CompanyYear, read_company_days
from xlflow.timing.public_holidays import KnownDays, public_holidays

Dates = NDArray[np.datetime64]
"""Days as datetime64[D]; NaT where there is none."""

_MONDAY = np.int64(-3)  # 1969-12-29, in days since 1970-01-01
_EARLIEST = np.datetime64(date.min, "D").astype(np.int64)
_LATEST = np.datetime64(date.max, "D").astype(np.int64)
_NO_DAY = np.datetime64("NaT", "D").astype(np.int64)


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """The days that a company works.

    Its methods take one day (`datetime.date`) or an array of days (datetime64[D]), and answer in
    kind.
    """

    known: KnownDays
    _first: np.int64  # the first day of the table, in days since 1970-01-01
    _counts: NDArray[np.int64]  # working days from the start of the table to the end of each day
    _nth: NDArray[np.int64]  # the table's working days in order, in days since 1970-01-01

    @classmethod
    def of(
        cls, country: str = "CN", company: Mapping[int, CompanyYear] | None = None
    ) -> WorkingCalendar:
        """The calendar of a country ("CN", "TW", "DE-BY", "none" = weekends only).

        `company` holds the company's own days by year; they win over the country's.

        Raises:
            CalendarUnknownError: No public holidays are known for `country`.
            CalendarLibraryMissingError: They are known to a library that is not installed.
        """
        return cls.over(public_holidays(country).overridden(company or {}))

    @classmethod
    def from_settings(cls, settings: Settings) -> WorkingCalendar:
        """The calendar that the settings ask for, with the company's file where they name one.

        Raises:
            SettingsError: As `of` and `read_company_days` say.
        """
        file = settings.calendar.file
        company = read_company_days(settings.locate(file)) if file else {}
        return cls.of(settings.calendar.country, company)

    @classmethod
    def over(cls, known: KnownDays) -> WorkingCalendar:
        """The calendar that follows from known days."""
        years = {day.year for day in known.off | known.work} | {2000}
        first = np.datetime64(date(min(years), 1, 1), "D").astype(np.int64)
        last = np.datetime64(date(max(years), 12, 31), "D").astype(np.int64)
        days = np.arange(first, last + 1, dtype=np.int64)
        worked = _week(known)[(days - _MONDAY) % 7]
        worked[_positions(known.off, first)] = False
        worked[_positions(known.work, first)] = True
        return cls(known, first, np.cumsum(worked, dtype=np.int64), days[worked])

    @overload
    def is_working_day(self, dates: date) -> bool: ...
    @overload
    def is_working_day(self, dates: Dates) -> NDArray[np.bool_]: ...
    def is_working_day(self, dates: date | Dates) -> bool | NDArray[np.bool_]:
        """Whether the day is worked; False where there is no day."""
        days, one = _days(dates)
        worked = (self._count(days) > self._count(days - 1)) & (days != _NO_DAY)
        return bool(worked[0]) if one else worked

    @overload
    def add_working_days(self, dates: date, n: int) -> date: ...
    @overload
    def add_working_days(self, dates: Dates, n: int | NDArray[np.int64]) -> Dates: ...
    def add_working_days(self, dates: date | Dates, n: int | NDArray[np.int64]) -> date | Dates:
        """The n-th working day after the day; the day itself never counts.

        +1 from a Friday is Monday, and so is +1 from the Saturday and Sunday between. +0 is the day
        itself, or the next working day if it is off. -1 is the last working day before it. What
        would lie after the year 9999 is its last day.
        """
        days, one = _days(dates)
        upto = self._count(days)
        off = self._count(days - 1) == upto
        steps = np.asarray(n, dtype=np.int64)
        target = upto + steps + np.where(steps == 0, off, (steps < 0) & off)
        result = np.clip(self._day(target), _EARLIEST, _LATEST)
        result = np.where(days == _NO_DAY, _NO_DAY, result)
        moved: Dates = result.astype("datetime64[D]")
        return _as_date(moved[0]) if one else moved

    @overload
    def working_days_between(self, start: date, end: date) -> int: ...
    @overload
    def working_days_between(self, start: Dates, end: date | Dates) -> NDArray[np.int64]: ...
    @overload
    def working_days_between(self, start: date | Dates, end: Dates) -> NDArray[np.int64]: ...
    def working_days_between(
        self, start: date | Dates, end: date | Dates
    ) -> int | NDArray[np.int64]:
        """The working days after `start`, up to and with `end`; negative if `end` comes first.

        From Friday to Monday it is 1, from Friday to Saturday 0, from Monday to Friday before -1.
        0 where either day is missing.
        """
        (starts, one), (ends, other) = _days(start), _days(end)
        between = self._count(ends) - self._count(starts)
        between = np.where((starts == _NO_DAY) | (ends == _NO_DAY), 0, between)
        return int(between[0]) if one and other else between

    def provisional_years(self, dates: Dates | Iterable[date]) -> tuple[int, ...]:
        """The years among `dates` whose days off are not published, or not known to xlflow.

        In them statutory holidays are off and make-up days unknown. A year's notice may still move
        days of the week before it, so 25 December belongs to the next year here, where days move.
        """
        held = dates if isinstance(dates, np.ndarray) else np.array(list(dates), "datetime64[D]")
        days = np.unique(held.astype("datetime64[D]"))
        days = days[~np.isnat(days)]
        if self.known.moves_days:
            days = days + np.timedelta64(7, "D")
        years = np.unique(days.astype("datetime64[Y]").astype(np.int64) + 1970)
        return tuple(int(year) for year in years if not self.known.is_published(int(year)))

    def _count(self, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Working days from the start of the table to the end of each day (negative before it)."""
        last = self._first + len(self._counts) - 1
        counts = self._counts[np.clip(days - self._first, 0, last - self._first)]
        before = _weekly_count(days, self.known) - _weekly_count(self._first - 1, self.known)
        after = self._counts[-1] + _weekly_count(days, self.known) - _weekly_count(last, self.known)
        return np.where(days < self._first, before, np.where(days > last, after, counts))

    def _day(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The day on which `_count` reaches each count."""
        last = self._first + len(self._counts) - 1
        total = self._counts[-1]
        inside = self._nth[np.clip(counts - 1, 0, total - 1)]
        before = _weekly_day(counts + _weekly_count(self._first - 1, self.known), self.known)
        after = _weekly_day(counts - total + _weekly_count(last, self.known), self.known)
        return np.where(counts < 1, before, np.where(counts > total, after, inside))


def _week(known: KnownDays) -> NDArray[np.bool_]:
    """Which days of the week are worked, Monday first."""
    return np.array([weekday not in known.weekend for weekday in range(7)])


def _weekly_count(days: NDArray[np.int64] | np.int64, known: KnownDays) -> NDArray[np.int64]:
    """Days of the week that are worked, counted from a Monday in 1969 to the end of each day."""
    week = np.cumsum(_week(known), dtype=np.int64)
    whole, rest = np.divmod(np.asarray(days) - _MONDAY, 7)
    return np.asarray(week[-1] * whole + week[rest])


def _weekly_day(counts: NDArray[np.int64], known: KnownDays) -> NDArray[np.int64]:
    """The inverse of `_weekly_count`."""
    worked = np.flatnonzero(_week(known))
    whole, rest = np.divmod(counts - 1, len(worked))
    return np.asarray(7 * whole + worked[rest] + _MONDAY)


def _positions(days: Iterable[date], first: np.int64) -> NDArray[np.int64]:
    return np.array(sorted(days), "datetime64[D]").astype(np.int64) - first


def _days(dates: date | Dates) -> tuple[NDArray[np.int64], bool]:
    """Days since 1970-01-01, and whether it was a single day."""
    if isinstance(dates, np.ndarray):
        return dates.astype("datetime64[D]").astype(np.int64), False
    return np.array([dates], "datetime64[D]").astype(np.int64), True


def _as_date(day: np.datetime64) -> date:
    return cast(date, day.item())
