"""Taking the last run back: the register as it was before it, under the same commit protocol.

settle what was left open -> snapshot -> find the run that made it -> commit the copy put aside
    -> its numbers are free again

Only the bytes that a run has written are ever undone. Whoever saved the register since has built
on them, and one step back is all there is: what an undo took back, the next run writes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from xlflow.errors import XlflowError
from xlflow.jobs.backups import Backup, backups_on
from xlflow.jobs.committing import carry_out
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import take_snapshot
from xlflow.jobs.recovery import Recovered, settle_left_open
from xlflow.ledger import JournalEntry, Ledger
from xlflow.settings import Settings
from xlflow.workbook.share import (
    Host,
    Placed,
    ShareError,
    Snapshot,
    Step,
    new_id,
    no_step,
    prepare,
)
from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.snapshot import sha256


class UndoRefused(XlflowError):
    """The last run cannot be undone; nothing was changed."""


class NothingToUndo(UndoRefused):
    """No copy is kept of the register as it was before a run."""


class AlreadyUndone(UndoRefused):
    """The register is as an undo left it."""


class EditedSince(UndoRefused):
    """Somebody saved the register after the last run; `backup` is its state before that run."""


class PutBack(UndoRefused):
    """The last job put archived records back; they have left the archive, so none would have them.

    `numbers` are theirs.
    """


class BackupDamaged(UndoRefused):
    """The copy is not what the run put aside."""


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """The register is as it was before `undone` was made. `numbers` are the next to be given."""

    undone: Backup
    numbers: tuple[str, ...]
    placed: Placed
    recovered: tuple[Recovered, ...]


def undo(settings: Settings, ledger: Ledger, now: datetime, *, step: Step = no_step) -> UndoOutcome:
    """Put the register back as it was before the last run. `step` is told before each change.

    Raises:
        UndoRefused: There is nothing to undo, or somebody would lose work by it.
        WorkbookOpen, WorkbookChanged: Somebody is at work; nothing was changed.
        XlflowError: It cannot be read, or not be written.
    """
    with drive_of(settings) as drive:
        return _undo(settings, ledger, drive, now, step)


def _undo(
    settings: Settings, ledger: Ledger, drive: Host, now: datetime, step: Step
) -> UndoOutcome:
    recovered = settle_left_open(settings, ledger, drive, now, step)
    taken = take_snapshot(settings, now, drive)
    last, entry = _last_commit(taken, backups_on(drive, settings, ledger))
    if put_back := last.put_back:
        numbers = " ".join(put_back)
        raise PutBack("jobs.undo.put-back", path=taken.path, numbers=numbers)
    data = _bytes_of(last, entry, drive)
    taken.refuse_if_opened()
    run = ledger.runs.start(settings.workbook.id, now)
    intent = prepare(taken, data, intent_id=new_id(now), host=drive)
    described = {"undoes": entry.id, "numbers": list(last.numbers), "cells": last.cells}
    ledger.intents.store(asdict(intent), settings.workbook.id, now, run=run, cells=described)
    try:
        # No record has the numbers of the undone run: it took them because none had them before,
        # and whoever saved the register since would have changed it, so that nothing was undone.
        placed = carry_out(intent, data, settings, ledger, drive, now, step, undoes=entry.id)
    except ShareError:
        ledger.runs.end(run, "failed", {}, now)
        raise
    with ledger.transaction():
        ledger.history.forget_numbers(settings.workbook.id, last.numbers, run)
        ledger.runs.end(run, "undo", {"cells": last.cells or 0}, now)
    return UndoOutcome(last, last.numbers, placed, recovered)


def _last_commit(taken: Snapshot, held: Sequence[Backup]) -> tuple[Backup, JournalEntry]:
    """The commit that wrote the register as it is now, and what it put aside."""
    commits = [
        (backup, backup.commit)
        for backup in held
        if backup.commit and backup.commit.state == "done"
    ]
    if any(backup.undoes and entry.sha_after == taken.sha256 for backup, entry in commits):
        raise AlreadyUndone("jobs.undo.already", path=taken.path)
    undone = {backup.undoes for backup, _ in commits}
    runs = [
        (backup, entry) for backup, entry in commits if not backup.undoes and entry.id not in undone
    ]
    if not runs:
        raise NothingToUndo("jobs.undo.nothing", path=taken.path)
    for backup, entry in runs:
        if entry.sha_after == taken.sha256:
            return backup, entry
    raise EditedSince("jobs.undo.edited", path=taken.path, backup=runs[0][0].path)


def _bytes_of(backup: Backup, entry: JournalEntry, drive: Host) -> bytes:
    """The register before the commit, as the run had read it."""
    try:
        data = drive.read(backup.path)
    except (OSError, HeldElsewhere) as err:
        raise BackupDamaged("jobs.undo.damaged", backup=backup.path) from err
    if sha256(data) != entry.sha_before:
        raise BackupDamaged("jobs.undo.damaged", backup=backup.path)
    return data
