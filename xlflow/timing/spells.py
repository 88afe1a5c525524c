"""A blocked record's clocks stand still: what that does to due dates once the spell is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np

from xlflow.record.memory import Spell
from xlflow.timing.clocks import Reading
from xlflow.timing.situation import Situation


def moved_by_spells(reading: Reading, s: Situation) -> Reading:
    """With due dates later by as much as their records were blocked while the clock ran.

    Working days are moved by working days, hours by real time. A spell that still runs moves
    nothing yet: until it ends, the deadline is paused.
    """
    if reading.started is None:
        return reading
    due = reading.due.copy()
    due_at = None if reading.due_at is None else reading.due_at.copy()
    for n, spells in _blocked(reading, s):
        met_on = None if reading.met_on is None else reading.met_on[n].item()
        started_on = reading.started[n].item()
        for spell in spells:
            start = max(s.day_of(spell.entered_at), started_on)
            end = s.day_of(spell.left_at or s.now)
            if spell.left_at is None or end < started_on or (met_on and start > met_on):
                continue
            if due_at is not None and not np.isnat(due_at[n]):
                due_at[n] += np.timedelta64(_overlap(reading, n, spell, s))
                due[n] = s.local(due_at[n].item()).date()
            elif reading.due_at is not None:
                due[n] += np.timedelta64(end - start)
            else:
                lost = s.calendar.working_days_between(start, end)
                due[n] = s.calendar.add_working_days(due[n].item(), lost) if lost else due[n]
    return replace(reading, due=due, due_at=due_at)


def _blocked(reading: Reading, s: Situation) -> Iterator[tuple[int, tuple[Spell, ...]]]:
    """The running clocks whose records have been blocked, with the spells."""
    numbers = s.records.texts("number")
    owners = np.arange(len(reading.due)) if reading.owners is None else reading.owners
    runs = ~np.isnat(reading.due) & (owners >= 0)
    if reading.started is not None:
        runs &= ~np.isnat(reading.started)
    for n in np.flatnonzero(runs).tolist():
        if spells := s.memory.blocked.get(numbers[owners[n]]):
            yield n, spells


def _overlap(reading: Reading, n: int, spell: Spell, s: Situation) -> timedelta:
    """For how long the spell held up a clock of hours."""
    end = spell.left_at or s.now
    begun = None if reading.started_at is None else reading.started_at[n].item()
    start = max(spell.entered_at, s.local(begun)) if begun else spell.entered_at
    return max(end - start, timedelta())
