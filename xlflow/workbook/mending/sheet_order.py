"""Where an element goes behind the rows of a worksheet. Source: ECMA-376 18.3.1.99 (worksheet)."""

from __future__ import annotations

from xlflow.workbook.mending.outline import SheetFrame

BEHIND_ROWS = (
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
)
"""The elements from the rows to the last that a register is given."""


def position_of(name: str, frame: SheetFrame) -> int:
    """The offset at which an element of that name goes on a sheet that has none."""
    earlier = BEHIND_ROWS[: BEHIND_ROWS.index(name)]
    return max(node.end for node in frame.root.children if node.name in earlier)
