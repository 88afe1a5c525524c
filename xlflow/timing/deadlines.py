"""Every deadline of every record: what it is, who has to meet it, by when, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import starmap
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xlflow.record.memory import NO_MEMORY, Memory
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.timing.calendar import Dates, WorkingCalendar
from xlflow.timing.clocks import CLOCKS, Clock, Reading
from xlflow.timing.situation import Situation
from xlflow.timing.spells import moved_by_spells

State = Literal["met", "on time", "due soon", "overdue", "paused"]

LAST_DAY = np.datetime64(date.max, "D")


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline of one record.

    A `due` without a time runs until that day is over. `days_late` are the working days after it:
    until today, until it was met, or until the record was blocked; a late one is at least 1 late,
    a day off included. A paused one stands still because its record is blocked.
    """

    id: str
    row: int  # of the record in the register
    number: str  # "" while it has none
    field: str  # whose cell meets it
    cell: str  # "Register!N7"; in the Issues sheet for an answer
    responsible: str  # the person; the raising department where no person is named
    started_on: date | None
    due: date | datetime  # aware of its zone where hours count
    state: State
    days_late: int = 0
    opens_on: date | None = None  # before that day there is nothing to do yet
    days_at_risk: int = 0  # working days by which what is promised comes later than `due`

    @property
    def due_on(self) -> date:
        """The day on which it is due."""
        return self.due.date() if isinstance(self.due, datetime) else self.due

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to meet it."""
        return self.state != "met"


def deadlines(
    register: Register,
    settings: Settings,
    calendar: WorkingCalendar,
    now: datetime,
    memory: Memory = NO_MEMORY,
    *,
    open_only: bool = False,
) -> list[Deadline]:
    """All deadlines of all records, by kind and then by row; `now` is aware of its zone.

    Cancelled records have none, closed ones only met ones. A date that cannot be read gives none.
    `open_only` leaves out those that are met, most of an old register's.
    """
    situation = Situation(register, settings, calendar, now, memory)
    found: list[Deadline] = []
    for clock in CLOCKS:
        found.extend(_deadlines_of(clock, situation, open_only=open_only))
    return found


def uncertain_years(
    found: Iterable[Deadline], calendar: WorkingCalendar, today: date
) -> tuple[int, ...]:
    """The years, from this one on, in which open deadlines fall on days that are not published.

    The text "calendar.provisional" tells people what to do about each.
    """
    due = {it.due_on for it in found if it.is_open and it.due_on >= date(today.year, 1, 1)}
    return calendar.provisional_years(due)


def _deadlines_of(clock: Clock, s: Situation, *, open_only: bool) -> Iterable[Deadline]:
    reading = clock.read(s)
    if clock.moves and s.memory.blocked:
        reading = moved_by_spells(reading, s)
    reading = replace(reading, due=np.minimum(reading.due, LAST_DAY))
    lines = s.issues if clock.sheet == "issues" else s.records
    owners = np.arange(len(lines)) if reading.owners is None else reading.owners
    status = s.status[owners] if len(s.records) else np.full(len(lines), "cancelled", object)
    exists = ~np.isnat(reading.due) & (status != "cancelled")
    exists &= reading.met | (status != "closed")
    if open_only:
        exists &= ~reading.met
    chosen = np.flatnonzero(exists)
    states, days_late = _states(clock, reading, s, status, owners)
    where = owners[chosen].tolist()
    rows, numbers, who = s.records.rows, s.records.texts("number"), _responsible(clock, s)
    prefix = lines.table.cell(0, clock.field)[:-1]
    return starmap(
        Deadline,
        zip(
            [clock.id] * len(where),
            [rows[n] for n in where],
            [numbers[n] for n in where],
            [clock.field] * len(where),
            [f"{prefix}{lines.rows[n]}" for n in chosen.tolist()],
            [who[n] for n in where],
            _listed(reading.started, chosen),
            _due(reading, chosen, s),
            states[chosen].tolist(),
            days_late[chosen].tolist(),
            _listed(reading.opens, chosen),
            reading.days_at_risk[chosen].tolist()
            if reading.days_at_risk is not None
            else [0] * len(where),
            strict=True,
        ),
    )


def _states(
    clock: Clock,
    reading: Reading,
    s: Situation,
    status: NDArray[np.object_],
    owners: NDArray[np.int64],
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """How each deadline stands, and how many working days it is late."""
    today, count = np.datetime64(s.today, "D"), s.calendar.working_days_between
    now = np.datetime64(s.now.astimezone(UTC).replace(tzinfo=None), "s")
    due, met, none = reading.due, reading.met, np.full(len(reading.due), "NaT", "datetime64[D]")
    due_at = reading.due_at if reading.due_at is not None else none.astype("datetime64[s]")
    overdue = np.where(np.isnat(due_at), today > due, now > due_at)
    since = np.where(clock.repeats, 0, s.spans.due_soon)
    soon = (count(np.full(len(due), today), due) <= since) & ~overdue
    if reading.opens is not None:
        soon |= (reading.opens <= today) & ~overdue
    paused = np.asarray(status == "blocked", bool) & ~met & clock.pauses

    until = np.where(met, none if reading.met_on is None else reading.met_on, today)
    if clock.pauses and len(s.records):
        until = np.where(paused, s.blocked_since[owners], until)
    late = until > due
    if reading.met_at is not None:
        both = met & ~np.isnat(due_at) & ~np.isnat(reading.met_at)
        late = np.where(both, reading.met_at > due_at, late)
    late = np.where(met | paused, late, overdue)
    days_late = np.where(late, np.maximum(count(due, until), 1), 0)
    states = np.select(
        [met, paused, overdue, soon], ["met", "paused", "overdue", "due soon"], "on time"
    )
    return states.astype(object), days_late


def _responsible(clock: Clock, s: Situation) -> Sequence[str]:
    who = s.records.texts("department")
    for field in reversed(clock.responsible):
        who = [name or other for name, other in zip(s.records.texts(field), who, strict=True)]
    return who


def _listed(days: Dates | None, chosen: NDArray[np.int64]) -> Sequence[date | None]:
    listed: list[date | None] = [None] * len(chosen) if days is None else days[chosen].tolist()
    return listed


def _due(reading: Reading, chosen: NDArray[np.int64], s: Situation) -> Sequence[date | datetime]:
    due: list[date | datetime] = reading.due[chosen].tolist()
    if reading.due_at is not None:
        for n, moment in enumerate(reading.due_at[chosen].tolist()):
            if moment is not None:
                due[n] = s.local(moment)
    return due
