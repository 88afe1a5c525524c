"""The copies of the register that runs have put aside, and what the ledger knows about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from xlflow.jobs.drive import drive_of
from xlflow.ledger import JournalEntry, Ledger
from xlflow.settings import Settings
from xlflow.workbook.share import Host, prune_asides
from xlflow.workbook.share.errors import explained
from xlflow.workbook.share.intent import made_at

BackupKind = Literal[
    "run", "repair", "undo", "restore", "archive", "unarchive", "intake", "upgrade", "unknown"
]


@dataclass(frozen=True, slots=True)
class Backup:
    """The register as it was until a commit replaced it.

    `path`: where the drive has it. `commit`: what replaced it; None where the ledger does not know.
    """

    path: str
    name: str
    made_at: datetime
    size_bytes: int
    commit: JournalEntry | None

    @property
    def kind(self) -> BackupKind:
        """What replaced it: a run, another job, or the undoing of one of them."""
        if self.commit is None:
            return "unknown"
        if self.undoes:
            return "undo"
        by: BackupKind = self._described.get("by", "run")
        return by

    @property
    def undoes(self) -> str | None:
        """The id of the commit that was undone, if this was kept by an undo."""
        return self._described.get("undoes")

    @property
    def put_back(self) -> tuple[str, ...]:
        """The numbers of archived records that the commit put back into the register."""
        return tuple(self._described.get("unarchived", ()))

    @property
    def cells(self) -> int | None:
        """How many cells the commit changed."""
        return self._described.get("cells")

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that the commit gave, or took back if it was an undo."""
        return tuple(self._described.get("numbers", ()))

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "file": self.path,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "size_bytes": self.size_bytes,
            "before": self.kind,
            "run": self.commit.run if self.commit else None,
            "cells": self.cells,
            "numbers": sorted(self.numbers),
        }

    @property
    def _described(self) -> dict[str, Any]:
        return (self.commit.cells if self.commit else None) or {}


def backups(settings: Settings, ledger: Ledger) -> tuple[Backup, ...]:
    """The copies beside the register, newest first.

    Those of other registers in the same folder are left out, as far as the ledger knows them.

    Raises:
        ShareError: The folder cannot be read.
    """
    with drive_of(settings) as drive:
        return backups_on(drive, settings, ledger)


def backups_on(drive: Host, settings: Settings, ledger: Ledger) -> tuple[Backup, ...]:
    """The same, on a drive that is connected already."""
    register = drive.locate(settings.register_location)
    folder, _ = drive.split(register)
    with explained(register):
        asides = sorted(name for name in drive.names(folder) if name.endswith(".bak"))
        found = [_backup(drive, folder, name, ledger) for name in asides]
    held = [backup for backup in found if backup is not None]
    of_register = [
        backup
        for backup in held
        if backup.commit is None or backup.commit.register == settings.workbook.id
    ]
    return tuple(sorted(of_register, key=lambda backup: backup.made_at, reverse=True))


def prune_backups(settings: Settings, ledger: Ledger, now: datetime) -> int:
    """Remove the copies beside the register that were kept long enough; how many there were.

    Raises:
        XlflowError: The drive cannot be reached or changed.
    """
    with drive_of(settings) as drive:
        folder, _ = drive.split(drive.locate(settings.register_location))
        in_use = ledger.intents.files_in_use()
        days = settings.ledger.keep_days
        return len(prune_asides(folder, days, now, keep=in_use, host=drive))


def _backup(drive: Host, folder: str, name: str, ledger: Ledger) -> Backup | None:
    """The copy of this name; None if it is none of xlflow's, or was removed in this moment."""
    made = made_at(name)
    if made is None:
        return None
    path = drive.within(folder, name)
    try:
        size_bytes = drive.size(path)
    except FileNotFoundError:
        return None
    try:
        commit = ledger.intents.get(name.removeprefix(".xlflow-").removesuffix(".bak"))
    except KeyError:
        return Backup(path, name, made, size_bytes, None)
    return Backup(path, name, commit.opened_at, size_bytes, commit)
