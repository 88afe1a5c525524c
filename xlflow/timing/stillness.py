"""Since when nothing has moved in a record, as far as anybody wrote it down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlflow.record.stages import FINISHED
from xlflow.timing.calendar import Dates
from xlflow.timing.cells import Flags
from xlflow.timing.situation import Situation

STEPS = (
    *("submitted_on", "confirmed_on", "assessed_on"),
    *("business_signed_on", "technical_signed_on", "live_on"),
)
"""The fields whose dates say that a record came a step further."""


def still_since(s: Situation) -> Dates:
    """The newest sign of life of each record, one element a record; NaT where there is none.

    Signs are the dates of its steps, its Progress lines, and the change of status that a run saw
    last; those of days to come are none. A record of which nothing of that is known counts from
    when a run first saw it.
    """
    today = np.datetime64(s.today, "D")
    known = _no_days(s)
    for key in STEPS:
        days = s.records.days(key)
        known = np.fmax(known, _until(days, today))
    known = np.fmax(known, _newest_progress(s, today))
    moved, first_seen = _no_days(s), _no_days(s)
    for position, number in enumerate(s.records.texts("number")):
        if spells := s.memory.spells.get(number):
            first_seen[position] = s.day_of(spells[0].entered_at)
            if len(spells) > 1:
                moved[position] = s.day_of(spells[-1].entered_at)
    known = np.fmax(known, moved)
    return np.where(np.isnat(known), first_seen, known)


def still_days(s: Situation, since: Dates) -> NDArray[np.int64]:
    """For how many working days nothing has moved; 0 where nobody knows."""
    return s.calendar.working_days_between(since, np.full(len(since), s.today, "datetime64[D]"))


def stuck(s: Situation, days: NDArray[np.int64], most: int) -> Flags:
    """Which open records are blocked, or have not moved for `most` working days or longer."""
    is_open = ~np.isin(s.status.astype(str), FINISHED)
    return np.asarray(is_open & ((s.status == "blocked") | (days >= most)), bool)


def _newest_progress(s: Situation, today: np.datetime64) -> Dates:
    owners, days = s.positions_of(s.progress), _until(s.progress.days("date"), today)
    known = (owners >= 0) & ~np.isnat(days)
    newest = np.full(len(s.records), np.iinfo(np.int64).min)  # the number of NaT
    np.maximum.at(newest, owners[known], days[known].astype(np.int64))
    return newest.astype("datetime64[D]")


def _no_days(s: Situation) -> Dates:
    return np.full(len(s.records), "NaT", "datetime64[D]")


def _until(days: Dates, today: np.datetime64) -> Dates:
    return np.where(days <= today, days, np.datetime64("NaT", "D"))
