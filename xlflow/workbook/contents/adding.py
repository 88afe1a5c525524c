"""Put whole records into a workbook, in free rows or in place of older copies, and prove it.

What it gives is read again before anybody uses it: each cell holds its value with its type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from xlflow.errors import XlflowError
from xlflow.record.register import CellError, Value
from xlflow.record.schema import Schema
from xlflow.workbook.addresses import address
from xlflow.workbook.archive import Limits
from xlflow.workbook.contents.columns import Column
from xlflow.workbook.contents.heights import with_heights
from xlflow.workbook.contents.reading import Contents, SheetContents, read_contents
from xlflow.workbook.contents.records import FACTS, Cells, Line, WholeRecord, is_rewritten, spelled
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.free_rows import EndOfList
from xlflow.workbook.number_formats import NumberFormats
from xlflow.workbook.package import Package
from xlflow.workbook.patch import patch
from xlflow.workbook.row_cells import RowCells
from xlflow.workbook.schema import HEADER_ROW, KEY_ROW
from xlflow.workbook.sheet_xml import SheetXml
from xlflow.workbook.verification import verify

Facts = Mapping[str, Value]

NO_FACTS: Facts = MappingProxyType({})


class ColumnsMissing(XlflowError):
    """The workbook `file` lacks the columns `columns` of a record, on the sheets that they name."""

    def __init__(self, file: str, columns: Iterable[str]) -> None:
        super().__init__("contents.columns-missing", file=file, columns=", ".join(columns))


class NotCarried(XlflowError):
    """`cells` of `file` would not hold what they should: nothing was written."""

    def __init__(self, file: str, cells: Iterable[str]) -> None:
        super().__init__("contents.not-carried", file=file, cells=", ".join(cells))


@dataclass(frozen=True)
class Source:
    """Records of another workbook, and the columns that they come from, by sheet and name."""

    contents: Contents
    records: tuple[WholeRecord, ...]

    def column(self, sheet: str, name: str) -> Column:
        """The column in which a value stood."""
        return self.contents.sheets[sheet].columns[name]


def with_records(
    data: bytes,
    file: str,
    source: Source,
    *,
    schema: Schema,
    facts: Facts = NO_FACTS,
    adds_columns: bool = False,
    limits: Limits | None = None,
) -> bytes:
    """The workbook with these records in it; one that it holds already is brought up to date.

    `facts` stand beside each record (an archive's own columns). Columns that the workbook lacks
    are added behind all others if `adds_columns`.

    Raises:
        ColumnsMissing: It lacks columns of the records, and none may be added.
        NotCarried, EditsRefused: Cells that cannot hold what they should, all of them.
        NoRoom, NoDateFormat, WorkbookRefused, LayoutRefused
    """
    adding = _Adding(data, file, source, schema, limits)
    if missing := adding.missing:
        if not adds_columns:
            raise ColumnsMissing(file, missing)
        data = patch(data, adding.headers(), file=file, limits=limits).data
        adding = _Adding(data, file, source, schema, limits)
    edits = tuple(adding.edits(facts))
    result = patch(data, edits, file=file, limits=limits)
    verify(data, result.data, result.edits, file=file, limits=limits)
    fitted = with_heights(result.data, file, edits, limits=limits)
    _prove(read_contents(fitted, file, schema, limits=limits), edits, file)
    return fitted


class _Adding:
    """The target as it is, and what must be written there."""

    def __init__(
        self, data: bytes, file: str, source: Source, schema: Schema, limits: Limits | None
    ) -> None:
        self._package = Package.open(data, file, limits)
        self._target = read_contents(data, file, schema, limits=limits)
        self._source = source
        self._dates = NumberFormats.of(self._package).dates
        self._needed = {
            (sheet, name): None
            for record in source.records
            for sheet, line in record.rows
            for name in line.cells
            if name not in FACTS and name not in self._target.sheets[sheet].columns
        }

    @property
    def missing(self) -> tuple[str, ...]:
        """The headers of the columns that the target lacks, with their tabs."""
        return tuple(
            f"{self._target.sheets[sheet].title}: {column.header or column.name}"
            for (sheet, name) in self._needed
            for column in [self._source.column(sheet, name)]
        )

    def headers(self) -> Iterator[CellEdit]:
        """Headers for the columns that the target lacks, behind those that it has."""
        for sheet, held in self._target.sheets.items():
            names = [name for of, name in self._needed if of == sheet]
            last = max((column.number for column in held.columns.values()), default=0)
            look = self._header_style(held, last)
            for number, name in enumerate(names, last + 1):
                column = self._source.column(sheet, name)
                # a column of the staff's own is found again by its header
                text = column.header if column.key else name
                yield CellEdit(held.title, HEADER_ROW, number, text, style=look)
                if column.key:
                    yield CellEdit(held.title, KEY_ROW, number, column.key)

    def edits(self, facts: Facts) -> Iterator[CellEdit]:
        """The cells to write, on one sheet after the other."""
        for sheet, held in self._target.sheets.items():
            taken = (*held.lines, *held.unnumbered)
            end = EndOfList(self._package, held.title, taken, held.first_row)
            fresh: list[Cells] = []
            for record in self._source.records:
                known = self._target.records.get(record.number)
                old = _lines(known, sheet) if known else ()
                new = _lines(record, sheet)
                for line, present in zip(new, old, strict=False):
                    yield from self._replaced(held, end, line.cells, present)
                given = facts if sheet == "register" else NO_FACTS
                fresh += ({**_without_facts(line.cells), **given} for line in new[len(old) :])
                for line in old[len(new) :]:
                    yield from self._row(held, end, line.row, dict.fromkeys(line.cells))
            yield from self._appended(held, end, fresh)

    def _appended(
        self, held: SheetContents, end: EndOfList, lines: Collection[Cells]
    ) -> Iterator[CellEdit]:
        if not lines:
            return
        columns = [column.number for column in held.columns.values()]
        written = {held.columns[name].number for line in lines for name in line}
        free = end.free(len(lines), columns, written)
        for row, line in zip(free, lines, strict=True):
            yield from self._row(held, end, row.number, line)

    def _replaced(
        self, held: SheetContents, end: EndOfList, cells: Cells, present: Line
    ) -> Iterator[CellEdit]:
        """A newer version of a row; what a run writes anew, and the facts, stay as they are."""
        wanted = {**dict.fromkeys(present.cells), **cells}
        kept = {name: value for name, value in wanted.items() if not is_rewritten(held.sheet, name)}
        yield from self._row(held, end, present.row, kept)

    def _row(
        self, held: SheetContents, end: EndOfList, row: int, cells: Mapping[str, Value | CellError]
    ) -> Iterator[CellEdit]:
        for name, value in cells.items():
            number = held.columns[name].number
            plain = value.literal if isinstance(value, CellError) else value
            style = self._style(held, end, number, plain)
            yield CellEdit(held.title, row, number, plain, style=style)

    def _style(self, held: SheetContents, end: EndOfList, column: int, value: Value) -> int | None:
        """A format that shows the value as what it is: a number among dates stays a number."""
        if value is None:
            return None
        style = end.style(column, holds_date=isinstance(value, date))
        is_number = isinstance(value, int | float)
        if is_number and style in self._dates:
            return next(one for one in (*held.styles.values(), 0) if one not in self._dates)
        return style

    def _header_style(self, held: SheetContents, last: int) -> int | None:
        """The format of the last header that the target has."""
        sheet = SheetXml(self._package.read(self._package.worksheet(held.title)))
        index = sheet.rows.find(HEADER_ROW)
        if index is None or not last:
            return None
        cell = RowCells(sheet, sheet.row(index), HEADER_ROW).find(last)
        told = cell.tag.get(b"s") if cell else None
        return int(told) if told and told.isdecimal() else None


def _without_facts(cells: Cells) -> Cells:
    return {name: value for name, value in cells.items() if name not in FACTS}


def _lines(record: WholeRecord, sheet: str) -> tuple[Line, ...]:
    return (record.line,) if sheet == "register" else record.lines.get(sheet, ())


def _prove(found: Contents, edits: Iterable[CellEdit], file: str) -> None:
    """Read each cell again, typed."""
    sheets = {held.title: held for held in found.sheets.values()}
    names = {
        title: {column.number: column.name for column in held.columns.values()}
        for title, held in sheets.items()
    }
    wrong = []
    for edit in edits:
        line = sheets[edit.sheet].lines.get(edit.row)
        name = names[edit.sheet].get(edit.column_index)
        present = line.cells.get(name) if line and name else None
        if spelled(present) != spelled(edit.value):
            wrong.append(f"{edit.sheet}!{address(edit.row, edit.column_index)}")
    if wrong:
        raise NotCarried(file, wrong)
