"""What each job does when its time has come: it calls the job, and tells what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from xlflow.errors import XlflowError
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.waiting import Clock
from xlflow.scheduler.tasks import Job, Task
from xlflow.settings import Company, Settings

SLOTS_KEPT = timedelta(days=100)  # a quarter, and what a monthly job needs to be judged by


@dataclass(frozen=True, slots=True)
class Work:
    """A task whose time has come; `company`: the settings of all registers."""

    task: Task
    company: Company
    clock: Clock
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


@dataclass(frozen=True, slots=True)
class Done:
    """What a job did, in figures. `note`: what people should know all the same.

    `has_worked`: false where there was nothing to do, and nothing to tell.
    """

    figures: Mapping[str, int] = field(default_factory=dict)
    run: str | None = None
    note: XlflowError | None = None
    has_worked: bool = True


Doing = Callable[[Work], Done]


def intake(work: Work) -> Done:
    """Take in the forms that lie in the inbox of a register, if it has one.

    Raises:
        WorkbookOpen, WorkbookChanged, AnotherRun: Somebody is at work on it; the forms wait.
        XlflowError
    """
    from xlflow.jobs.intake.inbox import has_inbox

    settings = work.task.settings
    if not has_inbox(settings):
        return Done({"taken": 0, "faulty": 0}, has_worked=False)
    from xlflow.jobs.intake.job import intake as main_job  # heavy, and many have none

    with one_run_at_a_time(settings), open_ledger(settings) as ledger:
        outcome = main_job(settings, ledger, work.clock.now(), work.company.ids)
    if outcome.deferred is not None and outcome.ready:
        raise outcome.deferred
    figures = {
        "taken": len(outcome.taken),
        "faulty": len(outcome.faulty) + len(outcome.unusable),
    }
    note = outcome.stuck[0] if outcome.stuck else None
    return Done(figures, note=note, has_worked=note is not None or any(figures.values()))


def validate(work: Work) -> Done:
    """Check, number and report on a register.

    Raises:
        WorkbookOpen, WorkbookChanged, AnotherRun: Somebody is at work on it; it waits.
        XlflowError
    """
    from xlflow.jobs.main_job import run_and_report

    settings = work.task.settings
    outcome = run_and_report(settings, work.clock)
    if outcome.deferred is not None:
        raise outcome.deferred
    figures = outcome.figures
    with open_ledger(settings) as ledger:
        (run,) = ledger.runs.latest(settings.workbook.id)
    return Done(
        {
            "records": figures.records,
            "errors": figures.findings["error"],
            "warnings": figures.findings["warning"],
            "overdue": figures.overdue,
            "numbered": len(outcome.numbered),
            "cells": outcome.cells,
        },
        run=run.id,
        note=outcome.unreported or outcome.refused,
    )


def archive(work: Work) -> Done:
    """Move closed requirements of a register to its archive.

    Raises:
        WorkbookOpen, AnotherRun: Somebody is at work on it; it waits.
        XlflowError
    """
    from xlflow.jobs.archiving.archive import archive as main_job
    from xlflow.jobs.archiving.choosing import Wish

    settings = work.task.settings
    with one_run_at_a_time(settings), open_ledger(settings) as ledger:
        outcome = main_job(settings, ledger, work.clock.now(), Wish())
    if outcome.held_up:
        raise outcome.held_up[0]
    figures = {
        "moved": len(outcome.moved),
        "stayed": len(outcome.stayed),
        "conflicts": len(outcome.conflicts),
    }
    return Done(figures)


def prune(work: Work) -> Done:
    """Remove the old copies of a register; forget the texts of old mails, and old slots.

    Raises:
        XlflowError
    """
    from xlflow.jobs.backups import prune_backups
    from xlflow.jobs.mailing.sending import forget_old_mails

    settings, now = work.task.settings, work.clock.now()
    with open_ledger(settings) as ledger:
        copies = prune_backups(settings, ledger, now)
        mails = forget_old_mails(ledger, settings, now)
        ledger.slots.forget(now - SLOTS_KEPT)
    return Done({"copies": copies, "mails": mails})


def board(work: Work) -> Done:
    """Make the board of all registers anew.

    Raises:
        XlflowError: None of the registers can be read, or the board not be written.
    """
    from xlflow.jobs.inspection import Inspection, inspect_register
    from xlflow.jobs.reporting.board import write_board

    now, registers = work.clock.now(), work.company.registers
    inspected: list[tuple[Settings, Inspection]] = []
    failed: dict[str, XlflowError] = {}
    for settings in registers:
        try:
            inspected.append((settings, inspect_register(settings, now)))
        except XlflowError as err:
            failed[settings.workbook.id] = err
    first = _first_of(failed)
    if first is not None and not inspected:
        raise first
    language = inspected[0][1].register.language
    write_board(inspected, {id_: err.message(language) for id_, err in failed.items()})
    records = sum(len(found.register.requirements) for _, found in inspected)
    return Done({"records": records}, note=first)


def digest(work: Work) -> Done:
    """Put everybody's mail of the day into the outbox, and send what waits there.

    Raises:
        XlflowError
    """
    from xlflow.jobs.mailing.digest import send_digests
    from xlflow.jobs.mailing.sending import password_of

    common, registers = work.task.settings, work.company.registers
    password = password_of(common, work.environment)
    with open_ledger(common) as ledger:
        outcome = send_digests(registers, ledger, password, work.clock.now(), send=True)
    failed = outcome.digests.failed
    if len(failed) == len(registers):
        raise next(iter(failed.values()))
    return Done({"mails": len(outcome.queued)}, note=_first_of(failed))


def weekly(work: Work) -> Done:
    """Put the weekly summary into the outbox, once a manager and week.

    Raises:
        XlflowError
    """
    from xlflow.jobs.mailing.weekly import prepare_weekly

    now = work.clock.now()
    prepared = prepare_weekly(work.company.registers, now)
    with open_ledger(work.task.settings) as ledger:
        count = sum(mail.put(ledger, now) for mail in prepared.mails)
    return Done({"mails": count}, note=_first_of(prepared.failed))


def send(work: Work) -> Done:
    """Send what is due in the outbox.

    Raises:
        MailRefused: No mail goes out.
        XlflowError
    """
    from xlflow.jobs.mailing.sending import connection_of, password_of, send_waiting, setback_of
    from xlflow.mail.failures import MailRefused

    settings = work.task.settings
    with open_ledger(settings) as ledger:
        waiting = ledger.outbox.counts()
        if not (waiting.get("pending") or waiting.get("failed")):
            return Done(has_worked=False)
        password = password_of(settings, work.environment)
        sent = send_waiting(ledger, connection_of(settings), password, work.clock.now())
    if failure := setback_of(sent):
        raise MailRefused(failure)
    figures = {
        "sent": sum(bool(each.accepted) for each in sent),
        "waiting": sum(each.next_try_at is not None for each in sent),
        "dead": sum(each.is_dead for each in sent),
    }
    return Done(figures, has_worked=bool(sent))


WORKS: Mapping[Job, Doing] = {
    "intake": intake,
    "validate": validate,
    "board": board,
    "digest": digest,
    "weekly": weekly,
    "archive": archive,
    "prune": prune,
    "send": send,
}


def _first_of(failed: Mapping[str, XlflowError]) -> XlflowError | None:
    return next(iter(failed.values()), None)
