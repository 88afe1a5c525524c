"""Settling what a killed or refused commit left: the workbook and the ledger agree afterwards."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xlflow.errors import XlflowError
from xlflow.jobs.inspection import read, take_snapshot
from xlflow.jobs.numbering import serials_in
from xlflow.ledger import JournalEntry, Ledger
from xlflow.settings import Settings
from xlflow.workbook.share import Host, Intent, Step, WorkbookMissing, no_step, recover


@dataclass(frozen=True, slots=True)
class Recovered:
    """How a commit ended that was left open. `kept`: where a second version lies to look at."""

    state: Literal["done", "undone", "changed"]
    kept: str | None


def settle_left_open(
    settings: Settings, ledger: Ledger, drive: Host, now: datetime, step: Step = no_step
) -> tuple[Recovered, ...]:
    """Settle every commit of this register that was left open; twice equals once.

    Raises:
        XlflowError: The workbook cannot be reached or read now; it stays open until it can.
    """
    return tuple(
        _settle(entry, settings, ledger, drive, now, step)
        for entry in ledger.intents.open(settings.workbook.id)
    )


def settle_as_it_ended(
    intent_id: str,
    settings: Settings,
    ledger: Ledger,
    drive: Host,
    now: datetime,
    step: Step = no_step,
) -> None:
    """Settle a commit that was refused. What cannot be settled now, the next run settles."""
    with suppress(XlflowError):
        _settle(ledger.intents.get(intent_id), settings, ledger, drive, now, step)


def _settle(
    entry: JournalEntry,
    settings: Settings,
    ledger: Ledger,
    drive: Host,
    now: datetime,
    step: Step,
) -> Recovered:
    described = entry.cells or {}
    undoes = described.get("undoes")
    try:
        ended = recover(Intent(**entry.facts), host=drive, step=step)
    except WorkbookMissing:
        if "archive" not in described:
            raise
        # Somebody has moved an archive away. Its records are in the register still: they leave it
        # only when that commit is settled.
        ledger.release(entry.id, now)
        return Recovered("undone", None)
    if ended.state == "done":
        ledger.settle(entry.id, now, undoes=undoes)
        return Recovered("done", ended.kept)
    if ended.state == "changed" and not undoes:
        # Somebody saved since: numbers that are in what they saved stay given. Those of a run whose
        # undo was interrupted stay given anyway: a gap does less harm than a number given twice.
        register = read(take_snapshot(settings, now, drive), settings)
        workbook = settings.workbook
        with ledger.transaction():
            ledger.numbers.take_turn(workbook.scope, workbook.id)
            ledger.numbers.observe(workbook.scope, serials_in(register))
    ledger.release(entry.id, now)
    return Recovered(ended.state, ended.kept)
