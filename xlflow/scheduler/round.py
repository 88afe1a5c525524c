"""One round: whatever is due is claimed, done and noted, one job after the other.

Of the slots that a job has missed only the newest is caught up, and none that is older than three
days. A job that fails does not stop the others; it is tried again later. A slot whose holder was
killed is tried again, too: what jobs do twice has the effect of once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from xlflow.errors import XlflowError
from xlflow.jobs.keeping import AnotherRun
from xlflow.jobs.waiting import Clock
from xlflow.languages import LANGUAGES, say
from xlflow.ledger import Ending, Ledger, SlotKey
from xlflow.scheduler.back_off import after_failure, after_waiting
from xlflow.scheduler.tasks import Job, Task, tasks_of
from xlflow.scheduler.works import WORKS, Doing, Done, Work
from xlflow.settings import Company
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.share import WorkbookChanged, WorkbookOpen

OLDEST = timedelta(days=3)
"""A slot that was missed for longer is not caught up."""

_SOMEBODY_AT_WORK = (WorkbookOpen, WorkbookChanged, AnotherRun)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a task.

    `at`: its slot. `failure`: why it was not done. `error_id`: by which the log knows a fault of
    the program. `was_failing`: it had failed before and is well again.
    """

    task: Task
    at: datetime
    tries: int
    ending: Ending
    began_at: datetime
    ended_at: datetime
    done: Done | None = None
    failure: Exception | None = None
    error_id: str | None = None
    was_failing: bool = False


@dataclass(frozen=True)
class Office:
    """Where jobs run by themselves: the settings of a company, the clock, and what each job does.

    `holder`: by which the ledger tells one process from another. `is_stopped`: whether to end
    before the next job.
    """

    company: Company
    calendar: WorkingCalendar
    clock: Clock
    holder: str
    kind: str = "tick"
    works: Mapping[Job, Doing] = field(default_factory=lambda: WORKS)
    is_stopped: Callable[[], bool] = lambda: False


def go_round(office: Office, ledger: Ledger, *, alone: bool) -> Iterator[Ended]:
    """Do whatever is due, and tell of each as soon as it is over.

    `alone`: nobody else can be at work, so that what is claimed was left behind by a kill.

    Raises:
        LedgerError: The ledger cannot be used; what was not noted is done again.
    """
    tasks = tasks_of(office.company, office.calendar)
    ledger.slots.beat(office.kind, office.holder, office.clock.now())
    yield from _abandoned(office, ledger, tasks, alone=alone)
    for task in tasks:
        if office.is_stopped():
            break
        if task.off is not None:
            ledger.slots.switched_off(task.job, task.register)
        elif ended := _Turn(office, ledger, task).ended():
            yield ended
    ledger.slots.beat(office.kind, office.holder, office.clock.now())


def due_slot(task: Task, since: datetime, now: datetime) -> datetime | None:
    """The slot that is to be done now: the newest, if it is not too old."""
    return task.slots.newest(now, max(since, now - OLDEST)) if task.slots else None


class _Turn:
    """A task's turn in a round."""

    def __init__(self, office: Office, ledger: Ledger, task: Task) -> None:
        self._office = office
        self._ledger = ledger
        self._task = task

    def ended(self) -> Ended | None:
        """What became of the task; None if it is not its time."""
        now = self._office.clock.now()
        return self._continual(now) if self._task.slots is None else self._at_its_slot(now)

    def _at_its_slot(self, now: datetime) -> Ended | None:
        task, slots = self._task, self._ledger.slots
        assert task.slots is not None  # noqa: S101 - tells the type checker
        timetable = task.slots.timetable.text
        since = slots.known_since(task.job, task.register, timetable, now)
        at = due_slot(task, since, now)
        if at is None:
            return None
        key = SlotKey(task.job, task.register, at)
        if not slots.is_open(key, now):
            return None
        tries = slots.claim(key, self._office.holder, now)
        return None if tries is None else self._done(key, tries)

    def _continual(self, now: datetime) -> Ended | None:
        """A task without times: noted only if there was something to do."""
        task, slots = self._task, self._ledger.slots
        last = slots.latest(task.job, task.register)
        if last is not None and last.next_try_at is not None and last.next_try_at > now:
            return None
        key = SlotKey(task.job, task.register, now)
        tries = 1 + len(slots.failing(task.job, task.register))
        ended = self._worked(key, tries)
        if ended.done is not None and not ended.done.has_worked:
            return None
        if slots.claim(key, self._office.holder, now) is None:
            return None  # another has begun at the same moment
        return self._noted(key, ended)

    def _done(self, key: SlotKey, tries: int) -> Ended:
        return self._noted(key, self._worked(key, tries))

    def _worked(self, key: SlotKey, tries: int) -> Ended:
        """Do the work, whatever comes of it."""
        office, task = self._office, self._task
        began_at = office.clock.now()
        done, failure, error_id = None, None, None
        try:
            done = office.works[task.job](Work(task, office.company, office.clock))
        except Exception as err:  # noqa: BLE001 - no job may stop the others
            failure = err
            error_id = None if isinstance(err, XlflowError) else secrets.token_hex(4)
        now = office.clock.now()
        ending = self._ending(tries, done, failure, error_id, now)
        return Ended(task, key.at, tries, ending, began_at, now, done, failure, error_id)

    def _ending(
        self,
        tries: int,
        done: Done | None,
        failure: Exception | None,
        error_id: str | None,
        now: datetime,
    ) -> Ending:
        following = self._task.following(now)
        if done is not None:
            note = done.note
            error, reason = (note.key, _told(note)) if note is not None else (None, {})
            return Ending("done", done.figures, done.run, error, reason)
        if isinstance(failure, _SOMEBODY_AT_WORK):
            reason = _told(failure)
            again_at = after_waiting(now, following)
            return Ending("deferred", error=failure.key, reason=reason, next_try_at=again_at)
        again_at = after_failure(tries, now, following)
        if isinstance(failure, XlflowError):
            reason = _told(failure)
            return Ending("failed", error=failure.key, reason=reason, next_try_at=again_at)
        facts = {"kind": type(failure).__name__, "id": error_id}
        reason = {str(each): say(each, "schedule.unexpected", **facts) for each in LANGUAGES}
        return Ending("failed", error=error_id, reason=reason, next_try_at=again_at)

    def _noted(self, key: SlotKey, ended: Ended) -> Ended:
        """Tell the ledger."""
        task, slots = self._task, self._ledger.slots
        was_failing = bool(slots.failing(task.job, task.register)) or ended.tries > 1
        slots.end(key, self._office.holder, ended.ending, ended.ended_at)
        is_well = ended.ending.state == "done" and was_failing
        return replace(ended, was_failing=is_well)


def _abandoned(
    office: Office, ledger: Ledger, tasks: Sequence[Task], *, alone: bool
) -> Iterator[Ended]:
    """Let the slots of those who were killed be tried again: at once the first time."""
    now = office.clock.now()
    reason = {str(each): say(each, "schedule.killed") for each in LANGUAGES}
    of_key = {(str(task.job), task.register): task for task in tasks}
    for slot in ledger.slots.abandoned(now, alone=alone):
        task = of_key.get((slot.key.job, slot.key.register))
        again_at = now if slot.tries == 1 else after_failure(slot.tries - 1, now, None)
        ending = Ending("failed", error="killed", reason=reason, next_try_at=again_at)
        if ledger.slots.give_up(slot, ending, now) and task is not None:
            yield Ended(task, slot.key.at, slot.tries, ending, slot.claimed_at, now)


def _told(err: XlflowError) -> dict[str, str]:
    """What the error says, by language: who reads it later may speak another one."""
    return {str(each): err.message(each) for each in LANGUAGES}
