"""Carrying out what was decided: the workbook and the ledger agree, however it ends."""

from __future__ import annotations

from datetime import datetime

from xlflow.jobs.recovery import settle_as_it_ended
from xlflow.ledger import Ledger
from xlflow.settings import Settings
from xlflow.workbook.share import Host, Intent, Placed, ShareError, Step, put_in_place


def carry_out(
    intent: Intent,
    data: bytes,
    settings: Settings,
    ledger: Ledger,
    drive: Host,
    now: datetime,
    step: Step,
    *,
    undoes: str | None = None,
) -> Placed:
    """Put `data` in the register's place by an intent that the ledger holds, and settle it.

    `undoes`: the commit that is taken back by it; its numbers are free again.

    Raises:
        ShareError: It was refused. The intent is settled as it ended, or by the next run.
    """
    try:
        placed = put_in_place(intent, data, now, host=drive, step=step)
    except ShareError:
        settle_as_it_ended(intent.id, settings, ledger, drive, now, step)
        raise
    ledger.settle(intent.id, now, undoes=undoes)
    return placed
