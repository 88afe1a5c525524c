"""One change of the register by another job than the run, under the same protocol.

snapshot -> decide the new bytes -> store the intent -> commit only if nobody touched the file
    -> settle; if somebody saved meanwhile, begin again

Each job proves what it decides: by `workbook.verification`, or the proof of mending or compaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from xlflow.jobs.committing import carry_out
from xlflow.ledger import Ledger
from xlflow.settings import Settings
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.share import (
    Host,
    Placed,
    ShareError,
    Snapshot,
    Step,
    WorkbookChanged,
    new_id,
    no_step,
    prepare,
    snapshot,
)
from xlflow.workbook.verification import verify

_ATTEMPTS = 3  # people save seldom; three collisions in a row mean that somebody is at work


@dataclass(frozen=True)
class Change:
    """The register as it is going to be: the very bytes of the snapshot where nothing changes.

    `described`: what the ledger's journal says of it, such as ``{"restored": ["2024-015"]}``.
    """

    data: bytes
    described: Mapping[str, Any]


Decide = Callable[[Snapshot, str], Change]
"""From the register as it is, and the id of the intent that reserved numbers belong to."""


def change_register(
    settings: Settings,
    ledger: Ledger,
    drive: Host,
    now: datetime,
    decide: Decide,
    *,
    by: str,
    step: Step = no_step,
) -> Placed | None:
    """Put what `decide` makes of the register in its place; None if it is so already.

    `decide` is called within the transaction of the ledger that stores the intent: what it notes
    there holds if and only if the intent is stored. It is called again if somebody saved
    meanwhile. `by` is the job's name, for the ledger ("restore"). Settle first what was left open.

    Raises:
        WorkbookOpen: Somebody has it open; nothing was written.
        WorkbookChanged: Somebody saved it again and again; nothing was written.
        XlflowError: It cannot be read, or not be written.
    """
    location = settings.register_location
    return change_workbook(location, settings, ledger, drive, now, decide, by=by, step=step)


def change_workbook(
    location: str,
    settings: Settings,
    ledger: Ledger,
    drive: Host,
    now: datetime,
    decide: Decide,
    *,
    by: str,
    step: Step = no_step,
) -> Placed | None:
    """The same for another workbook of the register: one of its archives."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(WorkbookChanged):
            return _attempt(location, settings, ledger, drive, now, decide, by, step)
    return _attempt(location, settings, ledger, drive, now, decide, by, step)


def patched(taken: Snapshot, edits: Iterable[CellEdit], **described: Any) -> Change:
    """The change that sets these cells and nothing else, proved.

    Raises:
        EditsRefused: Cells that may not be written, all of them.
    """
    result = patch(taken.data, edits, file=taken.path)
    if result.edits:
        verify(taken.data, result.data, result.edits, file=taken.path)
    return Change(result.data, {"cells": len(result.edits), **described})


def _attempt(
    location: str,
    settings: Settings,
    ledger: Ledger,
    drive: Host,
    now: datetime,
    decide: Decide,
    by: str,
    step: Step,
) -> Placed | None:
    taken = snapshot(location, now, host=drive)
    intent_id = new_id(now)
    with ledger.transaction():
        change = decide(taken, intent_id)
        if change.data is taken.data:
            return None
        taken.refuse_if_opened()
        run = ledger.runs.start(settings.workbook.id, now)
        intent = prepare(taken, change.data, intent_id=intent_id, host=drive)
        described = {"by": by, "numbers": [], **change.described}
        ledger.intents.store(asdict(intent), settings.workbook.id, now, run=run, cells=described)
    counts = {name: held for name, held in described.items() if isinstance(held, int)}
    try:
        placed = carry_out(intent, change.data, settings, ledger, drive, now, step)
    except ShareError:
        ledger.runs.end(run, "failed", {}, now)
        raise
    ledger.runs.end(run, by, counts, now)
    return placed
