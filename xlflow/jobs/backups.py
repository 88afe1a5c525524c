"""The copies of the register that runs have put aside, and what the ledger knows about each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from xlflow.ledger import JournalEntry, Ledger
from xlflow.settings import Settings
from xlflow.workbook.share.errors import explained
from xlflow.workbook.share.intent import made_at

BackupKind = Literal["run", "undo", "unknown"]


@dataclass(frozen=True, slots=True)
class Backup:
    """The register as it was until a commit replaced it.

    `commit`: what replaced it; None where the ledger does not know.
    """

    path: Path
    made_at: datetime
    size_bytes: int
    commit: JournalEntry | None

    @property
    def kind(self) -> BackupKind:
        """What replaced it: a run, or the undoing of one."""
        if self.commit is None:
            return "unknown"
        return "undo" if self.undoes else "run"

    @property
    def undoes(self) -> str | None:
        """The id of the commit that was undone, if this was kept by an undo."""
        return self._described.get("undoes")

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
            "file": str(self.path),
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
    register = Path(os.path.realpath(settings.locate(settings.workbook.path)))
    with explained(str(register)):
        asides = sorted(register.parent.glob(".xlflow-*.bak"))
    held = [backup for path in asides if (backup := _backup(path, ledger)) is not None]
    of_register = [
        backup
        for backup in held
        if backup.commit is None or backup.commit.register == settings.workbook.id
    ]
    return tuple(sorted(of_register, key=lambda backup: backup.made_at, reverse=True))


def _backup(path: Path, ledger: Ledger) -> Backup | None:
    """The copy at `path`; None if it is none of xlflow's, or was removed in this moment."""
    made = made_at(path.name)
    if made is None:
        return None
    try:
        size_bytes = path.stat().st_size
    except FileNotFoundError:
        return None
    try:
        commit = ledger.intents.get(path.name.removeprefix(".xlflow-").removesuffix(".bak"))
    except KeyError:
        return Backup(path, made, size_bytes, None)
    return Backup(path, commit.opened_at, size_bytes, commit)
