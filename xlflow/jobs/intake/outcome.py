"""What an intake came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlflow.errors import XlflowError
from xlflow.jobs.intake.dropped import Dropped
from xlflow.jobs.intake.examining import Examined
from xlflow.jobs.recovery import Recovered
from xlflow.ledger import Intake
from xlflow.workbook.share import Placed, WorkbookChanged, WorkbookOpen


@dataclass(frozen=True)
class Again:
    """A form whose answers were taken in before, as the record `before`."""

    file: str
    before: Intake


@dataclass(frozen=True)
class IntakeOutcome:
    """What became of the inbox at `folder`.

    `taken`: forms that are records now; `receipts`: their files' names -> where the receipt lies.
    `faulty`: forms with something to mend; `ready`: those without, where nothing was written, be it
    a dry run or `deferred`. `unusable` files are told beside them, `others` once, here. `stuck`:
    files that could not be moved or written to; the next call tries again.
    """

    folder: str
    taken: tuple[Intake, ...] = ()
    receipts: dict[str, str] = field(default_factory=dict)
    again: tuple[Again, ...] = ()
    faulty: tuple[Examined, ...] = ()
    ready: tuple[Examined, ...] = ()
    unusable: tuple[Dropped, ...] = ()
    waiting: tuple[Dropped, ...] = ()
    others: tuple[Dropped, ...] = ()
    stuck: tuple[XlflowError, ...] = ()
    deferred: WorkbookOpen | WorkbookChanged | None = None
    placed: Placed | None = None
    recovered: tuple[Recovered, ...] = ()
