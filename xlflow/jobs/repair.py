"""Putting back what people have pasted over or deleted in the register's layout.

settle what was left open -> snapshot -> compare with what the template would have
    -> write rules and texts of the layout -> prove that nothing else changed -> commit

What people typed stays as it is, and so does what they added. The values of xlflow's own columns
are not looked at here: a run puts them back.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from xlflow.jobs.changing import Change, change_register
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import limits_of
from xlflow.jobs.recovery import Recovered, settle_left_open
from xlflow.ledger import Ledger
from xlflow.settings import Settings
from xlflow.workbook.mending.comparing import compare
from xlflow.workbook.mending.differences import Difference as Difference
from xlflow.workbook.mending.mending import Mended, mend
from xlflow.workbook.package import Package
from xlflow.workbook.reader_refusals import RegisterRefused
from xlflow.workbook.refusals import EditsRefused
from xlflow.workbook.share import Placed, Snapshot, Step, no_step


@dataclass(frozen=True, slots=True)
class RepairOutcome:
    """What was put back in the register at `path`, and what is left for people to do.

    `placed` is None where nothing was written. `refused`: texts that cannot be written, such as
    those of merged cells.
    """

    path: str
    put_back: tuple[Difference, ...]
    left: tuple[Difference, ...]
    refused: EditsRefused | None
    placed: Placed | None
    recovered: tuple[Recovered, ...]


def differences(settings: Settings, taken: Snapshot) -> tuple[Difference, ...]:
    """In what the register differs from what the template would have; nothing is changed.

    Raises:
        WorkbookRefused: No register, or a damaged workbook.
        LayoutRefused: A sheet or column is gone and nothing tells where it was; it names all.
    """
    package = Package.open(taken.data, taken.path, limits_of(settings))
    return compare(package, settings).differences


def repair(
    settings: Settings, ledger: Ledger, now: datetime, *, step: Step = no_step
) -> RepairOutcome:
    """Put back what the register's layout has lost. `step` is told before each change.

    A second repair writes nothing.

    Raises:
        WorkbookOpen, WorkbookChanged: Somebody is at work; nothing was changed.
        LayoutRefused: A sheet or column is gone and nothing tells where it was; it names all.
        XlflowError: It is no register, cannot be read, or not be written.
    """
    with drive_of(settings) as drive:
        recovered: tuple[Recovered, ...] = ()
        with suppress(RegisterRefused):  # what a repair is for: the next run settles it then
            recovered = settle_left_open(settings, ledger, drive, now, step)
        seen: list[tuple[str, Mended]] = []

        def decide(taken: Snapshot, _intent: str) -> Change:
            mended = mend(taken.data, settings, file=taken.path, limits=limits_of(settings))
            seen.append((taken.path, mended))
            put_back = len(mended.put_back)
            data = mended.data if put_back else taken.data
            return Change(data, {"cells": mended.cells, "put_back": put_back})

        placed = change_register(settings, ledger, drive, now, decide, by="repair", step=step)
    path, mended = seen[-1]
    return RepairOutcome(
        path=path,
        put_back=mended.put_back,
        left=mended.left,
        refused=mended.refused,
        placed=placed,
        recovered=recovered,
    )
