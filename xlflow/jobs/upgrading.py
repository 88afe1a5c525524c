"""Bringing an existing register to the fields and choices of its settings.

settle what was left open -> snapshot -> put back, add columns, put on their rules -> prove each
    -> commit only if nobody touched the file
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from xlflow.jobs.changing import Change, change_register
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import limits_of, take_snapshot
from xlflow.jobs.recovery import Recovered, settle_left_open
from xlflow.ledger import Ledger
from xlflow.settings import Settings
from xlflow.workbook.reader_refusals import RegisterRefused
from xlflow.workbook.share import Placed, Snapshot, Step, no_step
from xlflow.workbook.upgrading import ColumnOf as ColumnOf
from xlflow.workbook.upgrading import Upgraded, upgrade


@dataclass(frozen=True, slots=True)
class UpgradeOutcome:
    """What the register at `path` got; `placed` is None where nothing was written."""

    path: str
    upgraded: Upgraded
    placed: Placed | None = None
    recovered: tuple[Recovered, ...] = ()


def planned_upgrade(settings: Settings, now: datetime) -> UpgradeOutcome:
    """What an upgrade would do; nothing is changed.

    Raises:
        XlflowError: As `upgrade_register`, but that somebody is at work.
    """
    with drive_of(settings) as drive:
        taken = take_snapshot(settings, now, drive)
    return UpgradeOutcome(taken.path, _upgraded(taken, settings))


def upgrade_register(
    settings: Settings, ledger: Ledger, now: datetime, *, step: Step = no_step
) -> UpgradeOutcome:
    """Bring the register to the settings. `step` is told before each change.

    A second upgrade writes nothing.

    Raises:
        WorkbookOpen, WorkbookChanged: Somebody is at work; nothing was changed.
        LayoutRefused: A sheet or column is gone and nothing tells where it was; it names all.
        UpgradeRefused: It gets no more columns as it is.
        XlflowError: It is no register, cannot be read, or not be written.
    """
    with drive_of(settings) as drive:
        recovered: tuple[Recovered, ...] = ()
        with suppress(RegisterRefused):  # of which the upgrade itself tells
            recovered = settle_left_open(settings, ledger, drive, now, step)
        seen: list[tuple[str, Upgraded]] = []

        def decide(taken: Snapshot, _intent: str) -> Change:
            made = _upgraded(taken, settings)
            seen.append((taken.path, made))
            counts = {"columns": len(made.added), "put_back": len(made.put_back)}
            return Change(made.data, counts)

        placed = change_register(settings, ledger, drive, now, decide, by="upgrade", step=step)
    path, made = seen[-1]
    return UpgradeOutcome(path, made, placed, recovered)


def _upgraded(taken: Snapshot, settings: Settings) -> Upgraded:
    return upgrade(taken.data, settings, file=taken.path, limits=limits_of(settings))
