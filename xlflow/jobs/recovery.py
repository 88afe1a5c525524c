"""Settling what a killed or refused commit left: the workbook and the ledger agree afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xlflow.errors import XlflowError
from xlflow.jobs.inspection import read, take_snapshot
from xlflow.jobs.numbering import serials_in
from xlflow.ledger import Ledger
from xlflow.settings import Settings
from xlflow.workbook.share import Intent, recover
from xlflow.workbook.share.host import Step, no_step


@dataclass(frozen=True, slots=True)
class Recovered:
    """How a commit ended that was left open. `kept`: where a second version lies to look at."""

    state: Literal["done", "undone", "changed"]
    kept: str | None


def settle_left_open(
    settings: Settings, ledger: Ledger, now: datetime, step: Step = no_step
) -> tuple[Recovered, ...]:
    """Settle every commit of this register that was left open; twice equals once.

    Raises:
        XlflowError: The workbook cannot be reached or read now; it stays open until it can.
    """
    return tuple(
        _settle(Intent(**entry.facts), settings, ledger, now, step)
        for entry in ledger.intents.open(settings.workbook.id)
    )


def settle_as_it_ended(
    intent: Intent, settings: Settings, ledger: Ledger, now: datetime, step: Step = no_step
) -> None:
    """Settle a commit that was refused. What cannot be settled now, the next run settles."""
    try:
        _settle(intent, settings, ledger, now, step)
    except XlflowError:
        return


def _settle(
    intent: Intent, settings: Settings, ledger: Ledger, now: datetime, step: Step
) -> Recovered:
    ended = recover(intent, step=step)
    if ended.state == "done":
        ledger.settle(intent.id, now)
        return Recovered("done", ended.kept)
    if ended.state == "changed":
        # Somebody saved since: numbers that are in what they saved stay given.
        register = read(take_snapshot(settings, now), settings)
        ledger.numbers.observe(settings.workbook.id, serials_in(register))
    ledger.release(intent.id, now)
    return Recovered(ended.state, ended.kept)
