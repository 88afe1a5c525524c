"""All that the clocks look at: the register's cells, the settings, the calendar and the hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xlflow.record.memory import Memory
from xlflow.record.register import Register
from xlflow.record.stages import MAIN_LINE
from xlflow.settings import Settings
from xlflow.settings.sections import DeadlineSettings
from xlflow.timing.calendar import Dates, WorkingCalendar
from xlflow.timing.cells import Cells, Codes, Flags

Moments = NDArray[np.datetime64]
"""Moments as datetime64[s] in UTC; NaT where there is none."""


@dataclass(frozen=True, eq=False)
class Situation:
    """The register at one moment, seen for its deadlines. Arrays have one element a record."""

    register: Register
    settings: Settings
    calendar: WorkingCalendar
    now: datetime  # aware
    memory: Memory

    @cached_property
    def records(self) -> Cells:
        """The requirements."""
        return Cells(self.register.requirements)

    @cached_property
    def progress(self) -> Cells:
        """The Progress lines."""
        return Cells(self.register.progress)

    @cached_property
    def issues(self) -> Cells:
        """The Issues lines."""
        return Cells(self.register.issues)

    @property
    def spans(self) -> DeadlineSettings:
        """How long each step may take."""
        return self.settings.deadlines

    @cached_property
    def today(self) -> date:
        """The day in the settings' time zone."""
        return self.now.astimezone(self.settings.calendar.zone).date()

    @cached_property
    def status(self) -> Codes:
        """Status codes; "" where blank or off the list."""
        return self.records.codes("status")

    @cached_property
    def is_urgent(self) -> Flags:
        """Which records are answered fast."""
        return np.asarray(self.records.codes("type") == "urgent", bool)

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Where each record stands on the main line, from 0; -1 where nobody knows.

        For a blocked one it is the status that it came from, if the ledger remembers.
        """
        places = {status: n for n, status in enumerate(MAIN_LINE)}
        found = np.array([places.get(status, -1) for status in self.status], np.int64)
        for position, number in self._remembered(self.memory.blocked):
            if self.status[position] == "blocked":
                found[position] = places.get(self.memory.came_from(number) or "", -1)
        return found

    @cached_property
    def positions(self) -> dict[str, int]:
        """Number -> position of the record."""
        numbers = self.records.texts("number")
        return {number: n for n, number in reversed(list(enumerate(numbers))) if number}

    def positions_of(self, lines: Cells) -> NDArray[np.int64]:
        """The record of each line of a child sheet; -1 where its number is unknown."""
        numbers = lines.texts("number")
        return np.array([self.positions.get(number, -1) for number in numbers], np.int64)

    def since(self, told: Dates, *statuses: str) -> Dates:
        """When a clock began: the newest of what the cells tell and of the entries into `statuses`.

        Where a record was seen first in one of them, it may have entered it long before: that
        counts only where the cells tell nothing.
        """
        started, first = told, np.full(len(told), "NaT", "datetime64[D]")
        for status in statuses:
            started = np.fmax(started, self._days_in(self.memory.seen_entering, status))
            first = np.fmax(first, self._days_in(self.memory.entered, status))
        return np.where(np.isnat(started), first, started)

    def _days_in(self, moments: Mapping[str, Mapping[str, datetime]], status: str) -> Dates:
        """The days of a status, from what the ledger remembers by number."""
        days = np.full(len(self.records), "NaT", "datetime64[D]")
        for position, number in self._remembered(moments):
            if moment := moments[number].get(status):
                days[position] = self.day_of(moment)
        return days

    @cached_property
    def blocked_since(self) -> Dates:
        """The day since which each blocked record is blocked; NaT where it is not, or unknown.

        Where no run saw it blocked: the first of its newest Progress lines that are all marked so,
        else when a run first saw it.
        """
        entered = self._days_in(self.memory.seen_entering, "blocked")
        days = np.where(np.isnat(entered), _marked_blocked_since(self), entered)
        first_seen = self._days_in(self.memory.entered, "blocked")
        days = np.where(np.isnat(days), first_seen, days)
        days[self.status != "blocked"] = np.datetime64("NaT", "D")
        return days

    def day_of(self, moment: datetime) -> date:
        """The day of a moment in the settings' time zone."""
        return moment.astimezone(self.settings.calendar.zone).date()

    def moments(self, local: list[datetime | None]) -> Moments:
        """Local times, as they stand in cells, as moments."""
        zone = self.settings.calendar.zone
        moments = np.full(len(local), "NaT", "datetime64[s]")
        for n, time in enumerate(local):
            if time is not None:
                moments[n] = time.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
        return moments

    def local(self, moment: datetime) -> datetime:
        """A moment in UTC without a zone, as a time of the settings' zone, aware of it."""
        return moment.replace(tzinfo=UTC).astimezone(self.settings.calendar.zone)

    def _remembered(self, numbers: Iterable[str]) -> Iterable[tuple[int, str]]:
        positions = self.positions
        return ((positions[number], number) for number in numbers if number in positions)


def hours_later(situation: Situation, starts: Cells, key: str, hours: int) -> tuple[Dates, Moments]:
    """When `hours` real hours after `key` are over: the day, and the moment where a time is known.

    A date without a time counts from the end of its day, so that whole days end with a day.
    """
    begun = starts.days(key)
    moments = situation.moments(starts.moments(key))
    timed = ~np.isnat(moments)
    due_at = moments + np.timedelta64(hours, "h")
    whole_days, rest = divmod(hours, 24)
    due = begun + np.timedelta64(whole_days + (rest > 0), "D")
    for n in np.flatnonzero(timed).tolist():
        due[n] = situation.local(due_at[n].item()).date()
    if rest:
        untimed = ~timed & ~np.isnat(begun)
        ends: list[datetime | None] = [None] * len(begun)
        for n in np.flatnonzero(untimed).tolist():
            midnight = datetime.combine(begun[n].item(), datetime.min.time())
            ends[n] = midnight + timedelta(days=1, hours=hours)
        due_at = np.where(untimed, situation.moments(ends), due_at)
    return due, due_at


def _marked_blocked_since(situation: Situation) -> Dates:
    since = np.full(len(situation.records), "NaT", "datetime64[D]")
    lines = situation.progress
    owners, days, marks = situation.positions_of(lines), lines.days("date"), lines.codes("mark")
    chosen = np.flatnonzero((owners >= 0) & ~np.isnat(days))
    chosen = chosen[situation.status[owners[chosen]] == "blocked"]
    for n in chosen[np.argsort(days[chosen], kind="stable")].tolist():
        owner = owners[n]
        if marks[n] != "blocked":
            since[owner] = np.datetime64("NaT", "D")
        elif np.isnat(since[owner]):
            since[owner] = days[n]
    return since
