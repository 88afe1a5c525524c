"""Read the sheets of a register or an archive with every column that holds anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from xlflow.record.schema import Schema
from xlflow.workbook.archive import Limits
from xlflow.workbook.compaction.formats import column_styles
from xlflow.workbook.compaction.removal import Removal
from xlflow.workbook.compaction.survey import Survey
from xlflow.workbook.contents.columns import Column, columns_of
from xlflow.workbook.contents.records import CHILD_SHEETS, Line, WholeRecord, is_rewritten
from xlflow.workbook.package import Package
from xlflow.workbook.reader_cells import Book, Cells
from xlflow.workbook.reader_columns import Head, Layout, layout_of
from xlflow.workbook.reader_layout import find_sheets
from xlflow.workbook.reader_refusals import LayoutRefused
from xlflow.workbook.reader_values import Values
from xlflow.workbook.refusals import SheetUnsupported, WorkbookRefused
from xlflow.workbook.schema import FIRST_ROW
from xlflow.workbook.sheet_xml import AlternativeRowsError, SheetXml


@dataclass(frozen=True)
class SheetContents:
    """One sheet: its columns by name, and its rows: those that name a requirement, and the others.

    `last_row` is the last row that holds anything, `typed` the columns below whose header anything
    is typed, `styles` the number of each column's format.
    """

    sheet: str
    title: str
    columns: Mapping[str, Column]
    first_row: int
    last_row: int
    lines: Mapping[int, Line]
    unnumbered: Mapping[int, Line]
    typed: frozenset[int]
    styles: Mapping[str, int]

    def place(self, row: int, name: str) -> tuple[str, int, int]:
        """Tab, row and column of a cell."""
        return self.title, row, self.columns[name].number


@dataclass(frozen=True)
class Contents:
    """The record sheets of a workbook; `doubled` are numbers that more than one record has."""

    file: str
    sheets: Mapping[str, SheetContents]
    records: Mapping[str, WholeRecord]
    doubled: frozenset[str]


def read_contents(
    data: bytes, file: str, schema: Schema, *, limits: Limits | None = None
) -> Contents:
    """All records with a number, and their lines, with all that their rows hold.

    Raises:
        WorkbookRefused: No workbook, or one that is damaged, hostile or too large.
        LayoutRefused: A sheet of it is missing or doubled, or has no header.
    """
    package = Package.open(data, file, limits)
    book = Book(package)
    held = dict(_cells(book))
    found = find_sheets((Head(title, cells.head()) for title, cells in held.items()), schema)
    if found.faults:
        raise LayoutRefused(file, found.faults, "en")
    sheets = {
        sheet: _sheet(package, layout_of(sheet, head, schema), head, held[head.title])
        for sheet, head in ((sheet, found.heads[sheet]) for sheet in schema.sheets)
    }
    return Contents(file, MappingProxyType(sheets), *_records(sheets))


def _cells(book: Book) -> Iterator[tuple[str, Cells]]:
    for title in book.titles:
        try:
            yield title, book.cells(title)
        except WorkbookRefused:  # staff may keep what they like on other sheets
            continue


def _sheet(package: Package, layout: Layout, head: Head, cells: Cells) -> SheetContents:
    columns = columns_of(layout, head, cells.last_column + 1)
    first_row = layout.first_row + 1 if layout.columns else FIRST_ROW
    last_row = max(cells.last_row + 1, first_row - 1)
    numbers = [column.number for column in columns]
    xml = _xml(package, head.title)
    formulas = _formulas(xml, head.title, first_row, last_row, numbers)
    rows = _Rows(layout.sheet, cells, columns, first_row, formulas)
    styles = map(int, column_styles(xml, numbers))
    return SheetContents(
        sheet=layout.sheet,
        title=head.title,
        columns=MappingProxyType({column.name: column for column in columns}),
        first_row=first_row,
        last_row=last_row,
        lines=MappingProxyType(rows.lines),
        unnumbered=MappingProxyType(rows.unnumbered),
        typed=frozenset(rows.typed),
        styles=MappingProxyType(
            {column.name: style for column, style in zip(columns, styles, strict=True)}
        ),
    )


def _xml(package: Package, title: str) -> SheetXml:
    part = package.worksheet(title)
    with package.refusing(part):
        try:
            return SheetXml(package.read(part))
        except AlternativeRowsError as err:
            raise SheetUnsupported(package.file, sheet=title) from err


def _formulas(
    xml: SheetXml, title: str, first_row: int, last_row: int, columns: list[int]
) -> Mapping[int, frozenset[int]]:
    """Row -> its columns that compute their value."""
    found: dict[int, set[int]] = defaultdict(set)
    if xml.has_formula and columns and last_row >= first_row:
        nothing = Removal(title, (), first_row=first_row, last_row=last_row, columns=columns)
        for row, column in Survey(xml, nothing).formulas:
            found[row].add(column)
    return {row: frozenset(held) for row, held in found.items()}


class _Rows:
    """The rows of a sheet in which anything is typed, and the columns in which anything is."""

    def __init__(
        self,
        sheet: str,
        cells: Cells,
        columns: tuple[Column, ...],
        first_row: int,
        formulas: Mapping[int, frozenset[int]],
    ) -> None:
        self.lines: dict[int, Line] = {}
        self.unnumbered: dict[int, Line] = {}
        self.typed: set[int] = set()
        self._columns = columns
        self._values = Values()
        place = next((column.number for column in columns if column.key == "number"), None)
        before = [""] * cells.first_column
        for row, held in enumerate(islice(cells.rows(), first_row - 1, None), first_row):
            full = [*before, *held]
            computed = formulas.get(row, frozenset())
            self.typed |= {
                number
                for number, value in enumerate(full, 1)
                if value not in ("", None) and number not in computed
            }
            number = full[place - 1] if place else None
            line = self._line(row, full, computed)
            if isinstance(number, str) and number.strip():
                self.lines[row] = line
            elif any(
                name not in line.formulas and not is_rewritten(sheet, name) for name in line.cells
            ):
                self.unnumbered[row] = line

    def _line(self, row: int, full: list[object], computed: frozenset[int]) -> Line:
        values = self._values.convert(full)
        held = [
            (column.name, value)
            for column, value in zip(self._columns, values, strict=True)
            if value is not None
        ]
        names = frozenset(column.name for column in self._columns if column.number in computed)
        return Line(row, MappingProxyType(dict(held)), names)


def _records(
    sheets: Mapping[str, SheetContents],
) -> tuple[Mapping[str, WholeRecord], frozenset[str]]:
    """The records by number, and the numbers that more than one has."""
    of_number: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for sheet in CHILD_SHEETS:
        for line in sheets[sheet].lines.values():
            of_number[_number(line)][sheet].append(line)
    records: dict[str, WholeRecord] = {}
    doubled: set[str] = set()
    for line in sheets["register"].lines.values():
        number = _number(line)
        if number in records:
            doubled.add(number)
        lines = {sheet: tuple(held) for sheet, held in of_number[number].items()}
        records[number] = WholeRecord(number, line, MappingProxyType(lines))
    return MappingProxyType(records), frozenset(doubled)


def _number(line: Line) -> str:
    return str(line.cells["number"]).strip()
