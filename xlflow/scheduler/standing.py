"""How each job that runs by itself stands: when it ran last, how that went, when it runs next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xlflow.languages import Language, say
from xlflow.ledger import Ledger, Slot
from xlflow.ledger.reading import reading
from xlflow.scheduler.tasks import Task, tasks_of
from xlflow.settings import Company
from xlflow.timing.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands.

    `since`: from when on the schedule knows its timetable; None where it never saw it. `next_at`:
    its next slot, or the next try of one that failed; None where it is off.
    """

    task: Task
    since: datetime | None = None
    last: Slot | None = None
    last_done: Slot | None = None
    next_at: datetime | None = None

    def reason(self, language: Language) -> str:
        """Why the last slot was not done, or what to know about it; "" where all is well."""
        if self.task.off is not None:
            return say(language, f"schedule.off.{self.task.off}")
        return self.last.reason.get(language, "") if self.last else ""

    def to_dict(self, language: Language) -> dict[str, Any]:
        """For JSON."""
        zone = self.task.settings.calendar.zone
        last, slots = self.last, self.task.slots

        def shown(moment: datetime | None) -> str | None:
            return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None

        return {
            "job": self.task.job,
            "register": self.task.register or None,
            "is_on": self.task.off is None,
            "off": self.task.off,
            "timetable": slots.timetable.text if slots else None,
            "known_since": shown(self.since),
            "next": shown(self.next_at),
            "last": last
            and {
                "slot": shown(last.key.at),
                "outcome": last.state,
                "began_at": shown(last.claimed_at),
                "ended_at": shown(last.ended_at),
                "tries": last.tries,
                "next_try": shown(last.next_try_at),
                "run": last.run,
                "figures": dict(last.figures),
                "error": last.error,
                "reason": last.reason.get(language),
            },
            "last_done": shown(self.last_done.key.at if self.last_done else None),
        }


@contextmanager
def ledger_of(company: Company) -> Iterator[Ledger | None]:
    """The company's ledger, for looking only; None where there is none yet.

    Raises:
        LedgerError: It cannot be used.
    """
    common = company.common
    with reading(common.ledger.url, beside=common.folder) as ledger:
        yield ledger


def standings(company: Company, ledger: Ledger | None, now: datetime) -> tuple[Standing, ...]:
    """How all tasks stand.

    Raises:
        SettingsError: The calendar is not known.
        LedgerError
    """
    calendar = WorkingCalendar.from_settings(company.common)
    return tuple(_standing(task, ledger, now) for task in tasks_of(company, calendar))


def _standing(task: Task, ledger: Ledger | None, now: datetime) -> Standing:
    next_at = task.following(now)
    if ledger is None:
        return Standing(task, next_at=next_at)
    slots, key = ledger.slots, (task.job, task.register)
    since = slots.timetable_since(*key, task.slots.timetable.text) if task.slots else None
    last = slots.latest(*key)
    again_at = last.next_try_at if last and task.off is None else None
    if again_at is not None and (next_at is None or again_at < next_at):
        next_at = max(again_at, now)
    return Standing(task, since, last, slots.latest(*key, ("done",)), next_at)
