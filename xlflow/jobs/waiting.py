"""Trying again while people or another run are at work, for as long as one is willing to wait."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from xlflow.errors import UsageError
from xlflow.jobs.keeping import AnotherRun
from xlflow.jobs.outcome import RunOutcome
from xlflow.workbook.share import WorkbookOpen

if TYPE_CHECKING:
    from xlflow.jobs.recovery import Recovered

PAUSE_SECONDS = 15.0

_LENGTH = re.compile(r"([1-9]\d{0,4})([smh])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


class Clock(Protocol):
    """What time it is, and a way to let it pass."""

    def now(self) -> datetime:
        """The moment, with a time zone."""

    def pause(self, seconds: float) -> None:
        """Come back that much later."""


class RunningClock:
    """The machine's clock, but it shows `moment` when it is made."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The moment, as much later as time has passed."""
        return self._moment + timedelta(seconds=time.monotonic() - self._began)

    def pause(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


def run_when_free(
    attempt: Callable[[datetime], RunOutcome], wait: timedelta, clock: Clock
) -> RunOutcome:
    """Run until the outcome is not deferred, or the time is over; at least once.

    `attempt` makes a whole run at a moment, from a fresh snapshot. Between two of them nothing is
    held, neither the workbook nor the ledger nor the lock of one run at a time.

    Raises:
        WorkbookOpen: Somebody was writing into it all the time, so it could not even be read.
        AnotherRun: Another run was at work all the time.
    """
    began = clock.now()
    give_up_at = began + wait
    recovered: tuple[Recovered, ...] = ()
    while True:
        try:
            outcome = attempt(clock.now())
        except WorkbookOpen:
            if clock.now() >= give_up_at:
                raise
        except AnotherRun as err:
            if clock.now() >= give_up_at:
                waited = (clock.now() - began).total_seconds()
                raise AnotherRun(err.path, max(waited, err.seconds)) from err
        else:
            recovered += outcome.recovered
            if outcome.deferred is None or clock.now() >= give_up_at:
                return replace(outcome, recovered=recovered)
        left = (give_up_at - clock.now()).total_seconds()
        clock.pause(max(min(PAUSE_SECONDS, left), 0))


def length_of_time(text: str) -> timedelta:
    """A length of time as typed.

    >>> length_of_time("10m"), length_of_time("30s")
    (datetime.timedelta(seconds=600), datetime.timedelta(seconds=30))

    Raises:
        UsageError: It is none.
    """
    found = _LENGTH.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError("jobs.no-length-of-time", found=text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
