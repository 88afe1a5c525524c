"""What a run did, and what it tells people of the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlflow.checks.waivers import WaiverNote
    from xlflow.errors import XlflowError
    from xlflow.jobs.inspection import Inspection
    from xlflow.jobs.recovery import Recovered
    from xlflow.record.memory import Misnumbered
    from xlflow.workbook.refusals import EditsRefused
    from xlflow.workbook.share import Placed, WorkbookChanged, WorkbookOpen


@dataclass(frozen=True, slots=True)
class Figures:
    """The register in figures, at the moment of a run."""

    path: str
    register_id: str
    records: int
    findings: Mapping[str, int]  # by severity
    overdue: int
    provisional_years: tuple[int, ...]
    waived: int  # findings that are not counted
    waiver_notes: tuple[WaiverNote, ...]

    @classmethod
    def of(cls, inspection: Inspection) -> Figures:
        """The figures of what was found."""
        return cls(
            path=inspection.register.path,
            register_id=inspection.register.register_id,
            records=len(inspection.register.requirements),
            findings={name: inspection.count(name) for name in ("error", "warning", "info")},
            overdue=inspection.overdue,
            provisional_years=inspection.provisional_years,
            waived=len(inspection.waived),
            waiver_notes=inspection.waiver_notes,
        )


@dataclass(frozen=True)
class RunOutcome:
    """What a run did. `placed` is None where the workbook was up to date, or the run deferred.

    `deferred`: why numbers and results wait for the next run; then nothing was written, no number
    was used up, and the inspection is that of the workbook as people left it.

    `inspection` is None where all stands that the last run found. `report`: the status workbook;
    `unreported`: why there is none.
    """

    figures: Figures
    at: datetime
    sha256: str  # of the workbook as it is now
    inspection: Inspection | None = None
    numbered: Mapping[int, str] = field(default_factory=dict)  # row -> number
    change_numbers: Mapping[int, str] = field(default_factory=dict)  # row of Changes -> number
    put_back: Mapping[int, Misnumbered] = field(default_factory=dict)  # row -> what it was
    cells: int = 0  # cells written
    placed: Placed | None = None
    refused: EditsRefused | None = None  # own cells that cannot be written, such as merged ones
    recovered: tuple[Recovered, ...] = ()
    deferred: WorkbookOpen | WorkbookChanged | None = None
    report: Path | None = None
    unreported: XlflowError | None = None


def counts(outcome: RunOutcome | None) -> dict[str, int]:
    """What the ledger keeps of a run; nothing of one that failed."""
    if outcome is None:
        return {}
    return {
        "records": outcome.figures.records,
        "numbered": len(outcome.numbered),
        "cells": outcome.cells,
        "errors": outcome.figures.findings["error"],
        "warnings": outcome.figures.findings["warning"],
        "overdue": outcome.figures.overdue,
    }
