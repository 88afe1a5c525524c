"""The clocks of the process, one small function each: its start, its due date, its end.

Source: process standard, steps 1 to 6; the days and hours are settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlflow.record.stages import MAIN_LINE
from xlflow.timing.calendar import Dates
from xlflow.timing.cells import Flags
from xlflow.timing.situation import Moments, Situation, hours_later

_LIVE = MAIN_LINE.index("live")


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """A clock read for all records (or lines of a child sheet); arrays of one length.

    A clock does not run where `due` is NaT.
    """

    due: Dates
    met: Flags
    started: Dates | None = None
    met_on: Dates | None = None  # NaT where the cells do not tell
    started_at: Moments | None = None  # where hours count; NaT where the start has no time
    due_at: Moments | None = None
    met_at: Moments | None = None
    opens: Dates | None = None  # before that day there is nothing to do yet
    days_at_risk: NDArray[np.int64] | None = None
    owners: NDArray[np.int64] | None = None  # for lines: the positions of their records


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of deadline."""

    id: str
    read: Callable[[Situation], Reading]
    field: str  # whose cell meets it
    responsible: tuple[str, ...]  # the fields that name who has to act; the first that is filled
    sheet: str = "register"
    repeats: bool = False  # starts anew each time it is met
    moves: bool = True  # a blocked spell moves its due date; dates that people wish for stay
    pauses: bool = True  # stands still while the record is blocked


def confirm(s: Situation) -> Reading:
    """The technical contact confirms within 1 working day; an urgent record on the same day."""
    started, met_on = s.records.days("submitted_on"), s.records.days("confirmed_on")
    days = np.where(s.is_urgent, s.spans.urgent_confirm, s.spans.confirm)
    due = s.calendar.add_working_days(started, days)
    return _before_live(s, Reading(due, ~np.isnat(met_on), started, met_on), "confirmed_on")


def assess(s: Situation) -> Reading:
    """A confirmed record is assessed within 2 working days; an urgent one on the same day."""
    started, met_on = s.records.days("confirmed_on"), s.records.days("assessed_on")
    days = np.where(s.is_urgent, s.spans.urgent_assess, s.spans.assess)
    due = s.calendar.add_working_days(started, days)
    met = ~np.isnat(met_on) & (s.records.codes("feasible") != "")
    return _before_live(s, Reading(due, met, started, met_on), "assessed_on")


def design(s: Situation) -> Reading:
    """The solution is finished, so that development begins, by its date of the schedule."""
    return _scheduled(s, "design_due", "designing")


def development(s: Situation) -> Reading:
    """Development is finished, so that testing begins, by its date of the schedule."""
    return _scheduled(s, "development_due", "developing")


def test(s: Situation) -> Reading:
    """Tests are finished by their date of the schedule: live, or the acceptance passed."""
    reading = _scheduled(s, "test_due", "testing")
    passed = s.records.codes("result") == "pass"
    return Reading(reading.due, np.asarray(reading.met | passed, bool), reading.started)


def golive(s: Situation) -> Reading:
    """The record goes live by its date of the schedule."""
    reading = _scheduled(s, "golive_due", "testing")
    return Reading(reading.due, reading.met, reading.started, _went_live(s, reading.met))


def progress(s: Situation) -> Reading:
    """While it is developed and tested, a Progress line is written every working day."""
    lines = s.progress
    owners, days = s.positions_of(lines), lines.days("date")
    known = (owners >= 0) & ~np.isnat(days)
    newest = np.full(len(s.records), np.iinfo(np.int64).min)  # the number of NaT
    np.maximum.at(newest, owners[known], days[known].astype(np.int64))
    started = s.since(newest.astype("datetime64[D]"), "developing", "testing")
    return _while_built(s, started, s.spans.progress)


def business_check(s: Situation) -> Reading:
    """While it is developed and tested, business looks at it at least every 2 working days."""
    started = s.since(s.records.days("checked_on"), "developing")
    started[s.records.unreadable_days("checked_on")] = np.datetime64("NaT", "D")
    return _while_built(s, started, s.spans.business_check)


def answer(s: Situation) -> Reading:
    """Business answers a question within 24 hours; one that was solved needs no answer."""
    lines = s.issues
    owners = s.positions_of(lines)
    started, met_on = lines.days("raised_at"), lines.days("answered_at")
    due, due_at = hours_later(s, lines, "raised_at", s.spans.answer)
    met = ~np.isnat(met_on)
    asked = (lines.codes("needs_answer") == "yes") & (owners >= 0)
    asked &= met | (lines.codes("state") != "solved")
    due[~asked.astype(bool) | lines.unreadable_days("answered_at")] = np.datetime64("NaT", "D")
    return Reading(
        due=due,
        met=met,
        started=started,
        met_on=met_on,
        started_at=s.moments(lines.moments("raised_at")),
        due_at=due_at,
        met_at=s.moments(lines.moments("answered_at")),
        owners=owners,
    )


def rectify(s: Situation) -> Reading:
    """What failed in acceptance is put right, and passes, by the date agreed for it."""
    passed = s.records.codes("result") == "pass"
    return Reading(s.records.days("rectify_by"), np.asarray(passed, bool))


def monitor(s: Situation) -> Reading:
    """The outcome of the first 24 hours after go-live is written down when they are over."""
    due, due_at = hours_later(s, s.records, "live_on", s.spans.monitor)
    met = s.records.filled("monitoring")
    started_at = s.moments(s.records.moments("live_on"))
    return Reading(due, met, s.records.days("live_on"), started_at=started_at, due_at=due_at)


def close(s: Situation) -> Reading:
    """After 3 working days of stable running the record is closed, after 5 it is late."""
    started = s.records.days("live_on")
    met = np.asarray(s.status == "closed", bool)
    return Reading(
        due=s.calendar.add_working_days(started, max(s.spans.close_due, s.spans.close_overdue)),
        met=met,
        started=started,
        met_on=_where(met, s.records.days("closed_on")),
        opens=s.calendar.add_working_days(started, s.spans.close_due),
    )


def unblock(s: Situation) -> Reading:
    """What blocks a record is out of the way within 3 working days."""
    due = s.calendar.add_working_days(s.blocked_since, s.spans.unblock)
    return Reading(due, np.zeros(len(due), bool), s.blocked_since)


def expected(s: Situation) -> Reading:
    """It is live by the day that business expects; a later promise is a risk from the start."""
    due, promised = s.records.days("expected_on"), s.records.days("golive_due")
    met = _has_passed(s, _LIVE - 1)
    late = s.calendar.working_days_between(due, promised)
    at_risk = np.where(~met & (promised > due), np.maximum(late, 1), 0)
    return Reading(due, met, met_on=_went_live(s, met), days_at_risk=at_risk)


CLOCKS: tuple[Clock, ...] = (
    Clock("confirm", confirm, "confirmed_on", ("contact", "requester")),
    Clock("assess", assess, "assessed_on", ("owner", "contact")),
    Clock("design", design, "status", ("design_owner", "owner")),
    Clock("development", development, "status", ("development_owner", "owner")),
    Clock("test", test, "result", ("test_owner", "owner")),
    Clock("golive", golive, "status", ("golive_owner", "owner")),
    Clock("progress", progress, "progress", ("development_owner", "owner"), repeats=True),
    Clock("business-check", business_check, "checked_on", ("requester",), repeats=True),
    Clock("answer", answer, "answered_at", ("requester",), sheet="issues"),
    Clock("rectify", rectify, "result", ("development_owner", "owner"), moves=False),
    Clock("monitor", monitor, "monitoring", ("golive_owner", "owner")),
    Clock("close", close, "status", ("requester",)),
    Clock("unblock", unblock, "status", ("owner", "contact"), moves=False, pauses=False),
    Clock("expected", expected, "live_on", ("owner", "contact"), moves=False),
)
"""Every deadline of the process, in the order in which a record meets them."""


def _scheduled(s: Situation, due: str, during: str) -> Reading:
    """A date of the schedule, met when the status is past `during`.

    The clock starts when both sides have signed the schedule: from then on a blocked spell moves
    it, while an unsigned one can still be retyped.
    """
    signed = np.maximum(s.records.days("business_signed_on"), s.records.days("technical_signed_on"))
    return Reading(s.records.days(due), _has_passed(s, MAIN_LINE.index(during)), signed)


def _while_built(s: Situation, started: Dates, days: int) -> Reading:
    """A clock that runs in development and test; a blocked record is in neither for certain."""
    building = (s.place == MAIN_LINE.index("developing")) | (s.place == MAIN_LINE.index("testing"))
    building |= (s.status == "blocked") & (s.place < 0)
    due = s.calendar.add_working_days(_where(building, started), days)
    return Reading(due, np.zeros(len(due), bool), started)


def _before_live(s: Situation, reading: Reading, field: str) -> Reading:
    """Without the deadlines that nobody can meet any more, and those with an unreadable answer."""
    pointless = (s.place >= _LIVE) & ~reading.met
    due = _where(~pointless & ~s.records.unreadable_days(field), reading.due)
    return Reading(due, reading.met, reading.started, reading.met_on)


def _has_passed(s: Situation, place: int) -> Flags:
    return np.asarray(s.place > place, bool)


def _went_live(s: Situation, met: Flags) -> Dates:
    return _where(met, s.records.days("live_on"))


def _where(condition: Flags, days: Dates) -> Dates:
    return np.where(condition, days, np.datetime64("NaT", "D"))
