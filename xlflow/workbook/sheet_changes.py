"""Decide, for one sheet, which of the edits change anything, and which are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from xlflow.workbook import cell_contents, cell_values
from xlflow.workbook.addresses import area
from xlflow.workbook.cell_contents import SharedStrings
from xlflow.workbook.cell_values import EMPTY, Content
from xlflow.workbook.edits import CellEdit, Grid
from xlflow.workbook.guarded import Guards, array_reason
from xlflow.workbook.markup import Tag
from xlflow.workbook.package import Package
from xlflow.workbook.refusals import CellRefusal
from xlflow.workbook.row_cells import RowCells
from xlflow.workbook.sheet_xml import Element, SheetXml, TangledError


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell to be written at the offset `position`: in place of `cell`, or (None) anew."""

    edit: CellEdit
    column: int
    content: Content
    cell: Element | None
    position: int
    drops_formula: bool


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row with cells to be written, at the offset `position`: `row`, or (None) a new one."""

    number: int
    row: Element | None
    position: int
    cells: tuple[CellChange, ...]


class SheetChanges:
    """The edits of one worksheet, each weighed against what the cell holds now.

    `rows` are the changes from top to bottom; `refused` the cells that may not be written.
    """

    def __init__(
        self, package: Package, part: str, sheet: SheetXml, grid: Grid, strings: SharedStrings
    ) -> None:
        """Weigh them all.

        Raises:
            WorkbookRefused, markup.MarkupError: A part is damaged.
        """
        self.part = part
        self.sheet = sheet
        self.refused: list[CellRefusal] = []
        self.rows: list[RowChange] = []
        self._package = package
        self._grid = grid
        self._strings = strings
        for number, edits in grid.items():
            try:
                changes = self._row(number, edits)
            except TangledError:
                self.refused += (_refusal(edit, "out-of-order") for edit in edits.values())
            else:
                self.rows += [changes] if changes.cells else []

    @property
    def edits(self) -> Iterator[CellEdit]:
        """The edits that change something."""
        return (change.edit for row in self.rows for change in row.cells)

    @property
    def drops_formula(self) -> bool:
        """Whether a formula is overwritten."""
        return any(change.drops_formula for row in self.rows for change in row.cells)

    @cached_property
    def _guards(self) -> Guards:
        return Guards(self._package, self.part, self.sheet, self._grid)

    def _row(self, number: int, edits: dict[int, CellEdit]) -> RowChange:
        sheet = self.sheet
        index = sheet.rows.find(number)
        if index is not None:
            row = sheet.row(index)
            cells = RowCells(sheet, row, number)
            found = (self._cell(edit, column, cells) for column, edit in edits.items())
            return RowChange(number, row, row.tag.start, tuple(c for c in found if c))
        missing = (self._change(edit, column, None, 0) for column, edit in edits.items())
        changes = tuple(change for change in missing if change)
        return RowChange(number, None, self._row_position(number) if changes else 0, changes)

    def _row_position(self, number: int) -> int:
        rows = self.sheet.rows
        index = rows.next_after(number)
        return rows.starts[index] if index < len(rows.starts) else self.sheet.data.inner_end

    def _cell(self, edit: CellEdit, column: int, cells: RowCells) -> CellChange | None:
        try:
            cell = cells.find(column)
            position = cell.tag.start if cell else cells.end_before(column)
        except TangledError:
            self.refused.append(_refusal(edit, "out-of-order"))
            return None
        return self._change(edit, column, cell, position)

    def _change(
        self, edit: CellEdit, column: int, cell: Element | None, position: int
    ) -> CellChange | None:
        """The change that the edit asks for: None if it changes nothing, or is refused."""
        try:
            wanted = cell_values.content(edit.value, date_1904=self._package.date_1904)
        except cell_values.ValueRefusedError as err:
            self.refused.append(_refusal(edit, err.reason))
            return None
        formula = cell_contents.formula(self.sheet, cell) if cell else None
        if formula is None:
            now = cell_contents.held(self.sheet, cell, self._strings) if cell else EMPTY
            if now.equals(wanted) and _has_style(cell, edit.style):
                return None
        reason = self._guards.reason(edit.row, column)
        if formula and not reason:
            reason = _formula_reason(formula, overwrite=edit.overwrite_formulas)
        if reason:
            self.refused.append(_refusal(edit, reason))
            return None
        return CellChange(edit, column, wanted, cell, position, formula is not None)


def _has_style(cell: Element | None, wanted: int | None) -> bool:
    """Whether a cell has the format that is asked for, if one is."""
    if wanted is None:
        return True
    return cell is not None and (cell.tag.get(b"s") or "0") == str(wanted)


def _formula_reason(formula: Tag, *, overwrite: bool) -> str | None:
    if reason := array_reason(formula):
        return reason
    shared = area(formula.get(b"ref") or "") if formula.get(b"t") == "shared" else None
    if shared and not shared.is_cell:
        return "shared-formula"
    return None if overwrite else "formula"


def _refusal(edit: CellEdit, reason: str) -> CellRefusal:
    return CellRefusal(edit.sheet, edit.address, reason)
