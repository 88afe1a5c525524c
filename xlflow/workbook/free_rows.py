"""Where the next lines of a sheet belong: the rows below the last one, where nobody keeps anything.

A row is free when none of its cells holds anything, in the columns that people added too. Formats
do not count, nor formulas that were filled down, ready for the next line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlflow.errors import XlflowError
from xlflow.workbook import guarded, markup
from xlflow.workbook.addresses import MAX_ROW, Area
from xlflow.workbook.compaction.formats import DEFAULT, column_styles
from xlflow.workbook.compaction.row_content import Cell, cells_of
from xlflow.workbook.compaction.survey import RowLook
from xlflow.workbook.number_formats import NumberFormats
from xlflow.workbook.package import Package
from xlflow.workbook.refusals import SheetUnsupported
from xlflow.workbook.sheet_xml import AlternativeRowsError, SheetXml, TangledError

_STRAY_ROWS = 100
"""A line this far below all others was typed there by accident: the list ends above it."""

_ROWS_SEARCHED = 200
"""How many of the last lines are asked how a column is formatted."""


class NoRoom(XlflowError):
    """`sheet` has no `count` free rows below its list. `file` is the workbook."""

    def __init__(self, file: str, sheet: str, count: int) -> None:
        super().__init__("appending.no-room", file=file, sheet=sheet, count=count)


class NoDateFormat(XlflowError):
    """`file` has no cell format that would show a date in `sheet`."""

    def __init__(self, file: str, sheet: str) -> None:
        super().__init__("appending.no-date-format", file=file, sheet=sheet)


@dataclass(frozen=True, slots=True)
class FreeRow:
    """A row for the next line; nobody sees it while it is hidden by hand or by a filter."""

    number: int
    is_hidden: bool


class EndOfList:
    """The rows below the last line of one sheet."""

    def __init__(
        self, package: Package, title: str, lines: Collection[int], first_row: int
    ) -> None:
        """Find the end; `lines` are the rows that hold one, `first_row` the row of the first.

        Raises:
            WorkbookRefused: No such sheet, a damaged one, or one whose rows nobody can tell.
        """
        self._package = package
        self._title = title
        self._part = package.worksheet(title)
        xml = package.read(self._part)
        with package.refusing(self._part):
            try:
                self._sheet = SheetXml(xml)
            except AlternativeRowsError as err:
                raise SheetUnsupported(package.file, sheet=title) from err
        self.last_row = _last_of_list(lines, first_row)
        self._lines = sorted((row for row in lines if row <= self.last_row), reverse=True)
        self._styles: dict[tuple[int, bool], int | None] = {}

    def free(
        self, count: int, columns: Collection[int], written: Collection[int]
    ) -> tuple[FreeRow, ...]:
        """The next `count` free rows.

        `columns` (from 1) are those of the list, `written` those that new lines have values for.

        Raises:
            NoRoom: The sheet ends before.
        """
        found: list[FreeRow] = []
        rows = self._free(frozenset(columns), frozenset(written))
        while len(found) < count:
            row = next(rows, None)
            if row is None:
                raise NoRoom(self._package.file, self._title, count)
            found.append(row)
        return tuple(found)

    def style(self, column: int, *, holds_date: bool) -> int | None:
        """The cell format for a new value: the column's own, else that of the lines above.

        A date gets one that shows a date, from elsewhere in the workbook if need be. None: nothing
        tells, and any will do.

        Raises:
            NoDateFormat: The workbook has none.
        """
        wanted = (column, holds_date)
        if wanted not in self._styles:
            self._styles[wanted] = self._find_style(column, holds_date)
        return self._styles[wanted]

    def _free(self, columns: frozenset[int], written: frozenset[int]) -> Iterator[FreeRow]:
        areas = self._guarded(columns)
        filled_down = self._filled_down - written
        for number in range(self.last_row + 1, MAX_ROW + 1):
            if any(area.top <= number <= area.bottom for area in areas):
                continue
            try:
                index = self._sheet.rows.find(number)
                if index is None:
                    yield FreeRow(number, is_hidden=False)
                    continue
                row = self._sheet.row(index)
                cells, _ = cells_of(self._sheet, row, number)
            except (TangledError, markup.MalformedError):
                continue
            held = (cell for cell in cells if cell[3])
            if all(cell[0] in filled_down and self._is_formula(cell) for cell in held):
                yield FreeRow(number, RowLook.of(row.tag).is_hidden)

    def _guarded(self, columns: frozenset[int]) -> list[Area]:
        """Merged cells, tables' heads and totals, pivot tables, arrays: below the list."""
        with self._package.refusing(self._part):
            return [
                area
                for area, _ in guarded.guards(self._package, self._part, self._sheet)
                if area.bottom > self.last_row
                and any(area.left <= column <= area.right for column in columns)
            ]

    @cached_property
    def _filled_down(self) -> frozenset[int]:
        """The columns in which the last line holds a formula."""
        return frozenset(
            cell[0] for cell in self._cells(self.last_row) if cell[3] and self._is_formula(cell)
        )

    def _is_formula(self, cell: Cell) -> bool:
        return b"<%sf" % self._sheet.prefix in cell[3]

    def _cells(self, number: int) -> Sequence[Cell]:
        """The cells of a row; none where nobody can tell."""
        try:
            index = self._sheet.rows.find(number)
            if index is None:
                return ()
            return cells_of(self._sheet, self._sheet.row(index), number)[0]
        except (TangledError, markup.MalformedError):
            return ()

    def _find_style(self, column: int, holds_date: bool) -> int | None:
        of_column = int(column_styles(self._sheet, [column])[0])
        known = [of_column, *self._styles_in_lines.get(column, [])]
        likely = [style for style in known if style != int(DEFAULT)]
        if not holds_date:
            return likely[0] if likely else None
        for style in (*likely, *self._any_date):
            if style in self._formats.dates:
                return style
        raise NoDateFormat(self._package.file, self._title)

    @cached_property
    def _styles_in_lines(self) -> dict[int, list[int]]:
        """Column -> the formats of its cells in the last lines, the lowest first."""
        found: dict[int, list[int]] = {}
        for row in self._lines[:_ROWS_SEARCHED]:
            for column, style, _, inner, *_ in self._cells(row):
                if inner:
                    found.setdefault(column, []).append(int(style or DEFAULT))
        return found

    @cached_property
    def _formats(self) -> NumberFormats:
        return NumberFormats.of(self._package)

    @cached_property
    def _any_date(self) -> list[int]:
        """Formats that show dates: those of this sheet's cells first, then any."""
        near = [style for styles in self._styles_in_lines.values() for style in styles]
        return [style for style in near if style in self._formats.dates] + sorted(
            self._formats.dates
        )


def _last_of_list(lines: Collection[int], first_row: int) -> int:
    """The row of the last line, strays far below left out; the one before the first if none."""
    last = first_row - 1
    for row in sorted(lines):
        if row > last + _STRAY_ROWS:
            break
        last = max(row, last)
    return last
