"""Why a register cannot be given more columns. Nothing was written when one of these is raised."""

from __future__ import annotations

from typing import Any

from xlflow.errors import XlflowError
from xlflow.workbook.refusals import WorkbookRefused


class UpgradeRefused(WorkbookRefused):
    """A register that gets no more columns as it is. `sheet` is the name on the tab."""

    def __init__(self, file: str, **facts: Any) -> None:
        XlflowError.__init__(self, f"upgrade.refused.{self.reason}", file=file, **facts)


class HeadersInTable(UpgradeRefused):
    """Somebody made a table of the rows: new columns would stay outside, and sorting tear rows."""

    reason = "headers-in-table"


class NoRoom(UpgradeRefused):
    """Something stands in the last columns of the sheet."""

    reason = "no-room"
