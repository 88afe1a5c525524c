"""Telling the administrator what fails by itself, and when it is well again."""

from __future__ import annotations

from pathlib import Path

from xlflow.errors import UsageError
from xlflow.jobs.mailing.alerting import (
    Trouble,
    alert_of_dead_letters,
    alert_of_failure,
    alert_of_recovery,
    language_of_alerts,
)
from xlflow.ledger import Ledger
from xlflow.scheduler.round import Ended

TRIES = 3
"""A drive or a server may be away for a minute: so many tries must fail before anybody is told."""


def alert(ended: Ended, ledger: Ledger, log: Path) -> bool:
    """Put a mail to the administrator into the outbox, where there is something to tell.

    Raises:
        XlflowError: It cannot be made or kept; then a log must do.
    """
    task, now = ended.task, ended.ended_at
    register = task.register if task.settings.siblings else ""
    name = f"schedule.job.{task.job}"
    if task.job == "send":  # a mail cannot tell that no mail goes out
        is_out = ended.ending.state == "done"
        return is_out and alert_of_dead_letters(task.settings, ledger, now, log)
    if ended.was_failing:
        return alert_of_recovery(task.settings, ledger, task.subject, name, now, register)
    if ended.ending.state != "failed":
        return False
    failing = ledger.slots.failing(task.job, task.register)
    times = sum(slot.tries for slot in failing)
    if times < TRIES and not isinstance(ended.failure, UsageError):
        return False
    language = language_of_alerts(task.settings)
    trouble = Trouble(
        subject=task.subject,
        name=name,
        reason=ended.ending.reason[language],
        since=failing[0].key.at if failing else ended.at,
        times=times,
        register=register,
        next_try_at=ended.ending.next_try_at or task.following(now),
        log=log,
    )
    return alert_of_failure(task.settings, ledger, trouble, now)
