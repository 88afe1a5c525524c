"""Whether what runs by itself does run: for monitoring, in a moment, changing nothing.

A job is late when no good run is known of a slot that lies back longer than its allowance. Slots
lie in working time only, so that nothing is late on a Sunday that was well on Friday evening.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_WORLD
from xlflow.languages import Language, say
from xlflow.ledger import Heartbeat, Ledger, LedgerError
from xlflow.scheduler.standing import Standing, ledger_of, standings
from xlflow.scheduler.tasks import Job
from xlflow.scheduler.timetable import Often
from xlflow.settings import Company
from xlflow.settings.unattended import LOG_FILE

State = Literal["good", "bad", "unknown"]
_ALLOWANCE: Mapping[Job, timedelta] = {
    "digest": timedelta(hours=2),
    "weekly": timedelta(hours=2),
    "archive": timedelta(days=1),
    "prune": timedelta(days=1),
}
_INTERVALS = 3  # so many validations may be missed
_LEAST = timedelta(hours=1)
_HELD_UP = timedelta(days=1)  # a register may be open all day
_SILENCE: Mapping[str, timedelta] = {"run": timedelta(minutes=10), "tick": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `subject`: the job and its register, "ledger", "outbox"."""

    subject: str
    state: State
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    error: LedgerError | None = None

    def message(self, language: Language) -> str:
        """How it stands, and what to do next."""
        if self.error is not None:
            return self.error.message(language)
        facts = {
            name: fact(language) if callable(fact) else fact for name, fact in self.facts.items()
        }
        return say(language, f"schedule.health.{self.key}", **facts)


@dataclass(frozen=True, slots=True)
class Health:
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing needs doing."""
        return all(check.state == "good" for check in self.checks)

    @property
    def exit_code(self) -> int:
        """0: all is well; 1: something needs doing; 3: it cannot be seen."""
        states = {check.state for check in self.checks}
        if "unknown" in states:
            return EXIT_WORLD
        return EXIT_FINDINGS if "bad" in states else EXIT_CLEAN

    def to_dict(self, language: Language) -> dict[str, Any]:
        """For JSON."""
        checks = [
            {
                "subject": check.subject,
                "state": check.state,
                "check": check.key,
                "message": check.message(language),
            }
            for check in self.checks
        ]
        return {"healthy": self.is_good, "checks": checks}


def health(company: Company, now: datetime, older_than: timedelta | None = None) -> Health:
    """Look at everything; `older_than` stands in for each job's own allowance.

    Raises:
        SettingsError: The calendar is not known.
    """
    try:
        with ledger_of(company) as ledger:
            held = standings(company, ledger, now)
            if ledger is None:
                return Health(tuple(_without_ledger(held)))
            return Health(tuple(_checks(held, ledger, now, older_than)))
    except LedgerError as err:
        return Health((Check("ledger", "unknown", "ledger", error=err),))


def _without_ledger(held: Sequence[Standing]) -> Iterator[Check]:
    if any(standing.task.off is None for standing in held):
        yield Check("schedule", "bad", "never")
    else:
        yield Check("schedule", "good", "nothing-on")


def _checks(
    held: Sequence[Standing], ledger: Ledger, now: datetime, older_than: timedelta | None
) -> Iterator[Check]:
    is_on = [standing for standing in held if standing.task.off is None]
    if is_on:
        yield _life(ledger.slots.heartbeats(), is_on[0], now)
    else:
        yield Check("schedule", "good", "nothing-on")
    for standing in is_on:
        yield _job(standing, now, older_than)
    dead = ledger.outbox.counts().get("dead", 0)
    if dead:
        yield Check("outbox", "bad", "dead", {"count": dead})
    else:
        yield Check("outbox", "good", "no-dead")


def _life(beats: Sequence[Heartbeat], standing: Standing, now: datetime) -> Check:
    """Whether the schedule is alive."""
    if not beats:
        return Check("schedule", "bad", "never")
    at = beats[0].beat_at.astimezone(standing.task.settings.calendar.zone)
    is_alive = any(now - beat.beat_at <= _SILENCE.get(beat.kind, _LEAST) for beat in beats)
    return Check(
        "schedule", "good" if is_alive else "bad", "alive" if is_alive else "silent", {"at": at}
    )


def _job(standing: Standing, now: datetime, older_than: timedelta | None) -> Check:
    """Whether a job ran when it should have."""
    task, zone = standing.task, standing.task.settings.calendar.zone
    last, done = standing.last, standing.last_done
    facts: dict[str, object] = {"job": task.name}
    if task.slots is None:
        if last is not None and last.state == "failed":
            return Check(task.subject, "bad", "failing", {**facts, "reason": standing.reason})
        return Check(task.subject, "good", "well", facts)
    wanted = _wanted(standing, now, older_than or _allowance(standing))
    if wanted is None or (done is not None and done.key.at >= wanted):
        if done is None:
            return Check(task.subject, "good", "not-yet", facts)
        return Check(task.subject, "good", "done", {**facts, "at": done.key.at.astimezone(zone)})
    log = task.settings.locate(task.settings.log.folder) / LOG_FILE
    facts |= {"at": wanted.astimezone(zone), "done": _last_done(standing), "log": log}
    if last is not None and last.key.at >= wanted:
        facts["reason"] = standing.reason
        if last.state == "deferred":
            long_ago = _wanted(standing, now, _HELD_UP)
            is_long = long_ago is not None and (done is None or done.key.at < long_ago)
            return Check(task.subject, "bad" if is_long else "good", "held-up", facts)
        if last.state == "failed":
            return Check(task.subject, "bad", "failed", facts)
        facts["at"] = last.claimed_at.astimezone(zone)
        return Check(task.subject, "bad", "at-work", facts)
    return Check(task.subject, "bad", "missed", facts)


def _allowance(standing: Standing) -> timedelta:
    if standing.task.job in _ALLOWANCE:
        return _ALLOWANCE[standing.task.job]
    slots = standing.task.slots
    minutes = slots.timetable.minutes if slots and isinstance(slots.timetable, Often) else 0
    return max(_LEAST, _INTERVALS * timedelta(minutes=minutes))


def _wanted(standing: Standing, now: datetime, allowance: timedelta) -> datetime | None:
    """The slot of which a good run must be known by now; None where none is."""
    slots, since = standing.task.slots, standing.since
    if slots is None or since is None or since > now - allowance:
        return None
    return slots.newest(now - allowance, since)


def _last_done(standing: Standing) -> object:
    """When it last went well, in words."""
    done, zone = standing.last_done, standing.task.settings.calendar.zone

    def told(language: Language) -> str:
        if done is None:
            return say(language, "schedule.health.done-never")
        return say(language, "schedule.health.done-last", at=done.key.at.astimezone(zone))

    return told
