"""The unattended loop: round after round, until somebody ends it; and the single round of `tick`.

One process at a time works for a company: the lock lies where the ledger lies.
"""

from __future__ import annotations

import os
import platform
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Literal

from xlflow.errors import SettingsError, XlflowError
from xlflow.jobs.keeping import open_ledger, refuse_share
from xlflow.jobs.waiting import Clock
from xlflow.ledger import LedgerBusy, LedgerError, ledger_file, schedule_lock
from xlflow.scheduler.alerts import alert
from xlflow.scheduler.log import Log
from xlflow.scheduler.round import Ended, Office, go_round
from xlflow.scheduler.tasks import Job
from xlflow.scheduler.ticker import Ticker
from xlflow.scheduler.works import WORKS, Doing
from xlflow.settings import Company, Settings, load_company
from xlflow.timing.calendar import WorkingCalendar

ROUND_SECONDS = 30
_HEARTBEAT_SECONDS = 60.0


class AnotherSchedule(XlflowError):
    """Another process looks after the company; `path` is its lock."""

    def __init__(self, path: str) -> None:
        super().__init__("schedule.another", path=path)


@dataclass(frozen=True)
class Teller:
    """Who is told what: the beginning, each task that ended, what stands in the way of all."""

    ended: Callable[[Ended], None]
    trouble: Callable[[XlflowError], None]
    began: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Desk:
    """Where the schedule of a company is kept."""

    settings_file: Path
    clock: Clock
    teller: Teller
    kind: Literal["run", "tick"] = "run"
    stop: threading.Event = field(default_factory=threading.Event)
    works: Mapping[Job, Doing] = field(default_factory=lambda: WORKS)
    round_seconds: int = ROUND_SECONDS
    holder: str = field(
        default_factory=lambda: f"{platform.node()}:{os.getpid()}:{secrets.token_hex(4)}"
    )


def tick(desk: Desk) -> int:
    """Go one round; how many tasks ended in it.

    Raises:
        AnotherSchedule: Another process is at it.
        XlflowError: The settings or the ledger cannot be used.
    """
    company = load_company(desk.settings_file)
    return _Schedule(replace(desk, kind="tick"), company).once()


def run(desk: Desk) -> None:
    """Go round after round until `stop` is set; between two jobs, never within one.

    Settings that were changed count from the next round on; faulty ones leave the earlier in force.

    Raises:
        AnotherSchedule: Another process is at it.
        XlflowError: The settings or the ledger could not even be used at first.
    """
    _Schedule(desk, load_company(desk.settings_file)).until_stopped()


class _Schedule:
    """A company's rounds."""

    def __init__(self, desk: Desk, company: Company) -> None:
        self._desk = desk
        self._company = company
        self._told: dict[str, str] = {}  # what is in trouble -> the trouble, told once

    def once(self) -> int:
        """One round."""
        with self._log() as log, self._alone():
            return self._round(log)

    def until_stopped(self) -> None:
        """Round after round."""
        desk = self._desk
        WorkingCalendar.from_settings(self._company.common)  # is it known at all?
        has_begun = False
        while not desk.stop.is_set():
            try:
                with self._alone() as held, self._heart():
                    if not has_begun:
                        self._begin()
                    has_begun = True
                    self._rounds(held)
            except (AnotherSchedule, LedgerError) as err:
                # A ledger that was there comes back, and so does its lock.
                if not has_begun:
                    raise
                self._tell_trouble("ledger", err)
                desk.stop.wait(desk.round_seconds)
        with self._log() as log:
            log.note("stop", kind=desk.kind)

    def _begin(self) -> None:
        desk = self._desk
        with self._log() as log:
            log.note("start", kind=desk.kind, settings=str(desk.settings_file.absolute()))
        desk.teller.began()

    def _rounds(self, held: Callable[[], None]) -> None:
        """Until stopped, or until the ledger lies elsewhere by the settings.

        Raises:
            LedgerError: The lock is lost.
        """
        desk, ledger = self._desk, _ledger_of(self._company.common)

        def one_round() -> None:
            self._reload()
            held()
            if _ledger_of(self._company.common) == ledger:
                self._guarded_round()

        one_round()
        ticker = Ticker(desk.round_seconds, one_round)
        while not desk.stop.is_set() and _ledger_of(self._company.common) == ledger:
            desk.stop.wait(ticker.turn())

    def _guarded_round(self) -> None:
        """A round; an error that is not a job's ends this one only."""
        try:
            with self._log() as log:
                self._round(log)
        except XlflowError as err:
            self._tell_trouble("round", err)
        else:
            self._told.pop("round", None)
            self._told.pop("ledger", None)

    def _round(self, log: Log) -> int:
        desk, company = self._desk, self._company
        calendar = WorkingCalendar.from_settings(company.common)
        office = Office(
            company,
            calendar,
            _In(company.common.calendar.zone, desk.clock),
            desk.holder,
            desk.kind,
            desk.works,
            desk.stop.is_set,
        )
        # A server may have forgotten the lock of one who is still at work.
        alone = ledger_file(company.common.ledger.url, company.common.folder) is not None
        count = 0
        with open_ledger(company.common) as ledger:
            for ended in go_round(office, ledger, alone=alone):
                count += 1
                log.note_ended(ended)
                desk.teller.ended(ended)
                try:
                    alert(ended, ledger, log.path)
                except XlflowError as err:
                    log.note_failure("alert", err)
        return count

    def _reload(self) -> None:
        """The settings as they are now; as they were where they are faulty."""
        try:
            self._company = load_company(self._desk.settings_file)
        except SettingsError as err:
            self._tell_trouble("settings", err)
        else:
            self._told.pop("settings", None)

    def _tell_trouble(self, what: str, err: XlflowError) -> None:
        message = err.message("en")
        if self._told.get(what) == message:
            return
        self._told[what] = message
        self._desk.teller.trouble(err)
        with suppress(XlflowError), self._log() as log:
            log.note_failure(what, err)

    @contextmanager
    def _heart(self) -> Iterator[None]:
        """Give signs of life meanwhile, also during a job that takes long."""
        desk, common = self._desk, self._company.common
        is_over = threading.Event()

        def beat() -> None:
            while not is_over.wait(_HEARTBEAT_SECONDS):
                with suppress(XlflowError), open_ledger(common) as ledger:
                    ledger.slots.beat(desk.kind, desk.holder, desk.clock.now())

        thread = threading.Thread(target=beat, name="xlflow heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def _log(self) -> Log:
        return Log(self._company.common)

    @contextmanager
    def _alone(self) -> Iterator[Callable[[], None]]:
        common = self._company.common
        refuse_share(common)
        with ExitStack() as stack:
            try:
                lock = schedule_lock(common.ledger.url, beside=common.folder)
                held = stack.enter_context(lock)
            except LedgerBusy as err:
                raise AnotherSchedule(err.facts["where"]) from err
            yield held


class _In:
    """A clock that shows the time of a zone."""

    def __init__(self, zone: tzinfo, clock: Clock) -> None:
        self._zone = zone
        self._clock = clock

    def now(self) -> datetime:
        """The moment."""
        return self._clock.now().astimezone(self._zone)

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._clock.pause(seconds)


def _ledger_of(settings: Settings) -> tuple[str, Path]:
    return settings.ledger.url, settings.folder
