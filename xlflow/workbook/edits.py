"""An edit of a cell, asked for by address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from xlflow.workbook.addresses import MAX_COLUMN, MAX_ROW, address, column_number
from xlflow.workbook.cell_values import Value


@dataclass(frozen=True, slots=True)
class CellEdit:
    """Put `value` into one cell; None or an empty text empties it, its format stays.

    `sheet` is the name on the tab, `row` counts from 1, `column` is a number from 1 or its letters.
    Dates become serial numbers of the workbook's date system; they carry no time zone.
    A formula in the cell is refused unless `overwrite_formulas`. `style` is the number of the cell
    format that the cell gets; None leaves the cell's own, or that of its row or column.

    Raises:
        ValueError: No such row or column, or a time zone.
    """

    sheet: str
    row: int
    column: int | str
    value: Value
    overwrite_formulas: bool = False
    style: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.row <= MAX_ROW or not 1 <= self.column_index <= MAX_COLUMN:
            raise ValueError(f"no such cell: row {self.row}, column {self.column}")
        if isinstance(self.value, datetime) and self.value.tzinfo is not None:
            raise ValueError("a workbook knows no time zones: give the local time")

    @property
    def column_index(self) -> int:
        """The column, counted from 1."""
        return column_number(self.column) if isinstance(self.column, str) else self.column

    @property
    def address(self) -> str:
        """``F12``."""
        return address(self.row, self.column_index)


Grid = dict[int, dict[int, CellEdit]]
"""The edits of one sheet: row -> column -> edit, both ascending."""


def grids(edits: Iterable[CellEdit]) -> dict[str, Grid]:
    """The edits by sheet.

    Raises:
        ValueError: Two edits want different values in one cell.
    """
    found: dict[str, Grid] = {}
    for edit in edits:
        row = found.setdefault(edit.sheet, {}).setdefault(edit.row, {})
        known = row.setdefault(edit.column_index, edit)
        same = known.value == edit.value and type(known.value) is type(edit.value)
        if known is not edit and not same:
            raise ValueError(f"two values for {edit.sheet}!{edit.address}")
    return {
        sheet: {number: dict(sorted(grid[number].items())) for number in sorted(grid)}
        for sheet, grid in found.items()
    }
