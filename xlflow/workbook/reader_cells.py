"""The cells of a workbook's sheets, through calamine.

Source: ECMA-376 18.3.1 (worksheets). calamine reads cached values, shared and inline texts, rich
text without its phonetic runs, and dates by the cell's number format, from 1900 or from 1904.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from xlflow.workbook import markup
from xlflow.workbook.archive import Entry, write_archive
from xlflow.workbook.package import CONTENT_TYPES, Package, relations_part
from xlflow.workbook.reader_refusals import ImpossibleDate, SheetTooLarge, Unreadable
from xlflow.workbook.reader_xml import (
    extent_beyond,
    holds_odd_text_index,
    with_errors_as_text,
    with_modest_count,
    without_impossible_dates,
)
from xlflow.workbook.refusals import DamagedWorkbook, WorkbookRefused

MOST_CELLS = 40_000_000
"""How many cells, blank ones included, a sheet may span: 1.3 GB in calamine's hands."""

HEAD_ROWS = 12
"""How many rows are searched for headers."""

Row = list[Any]


@dataclass(frozen=True)
class Cells:
    """One sheet's cells as calamine holds them; rows and columns count from 0."""

    file: str
    title: str
    sheet: CalamineSheet

    def rows(self) -> Iterator[Row]:
        """All rows from the first of the sheet on; each begins at `first_column`.

        Raises:
            ImpossibleDate: A cell's format makes a date or a duration of a number beyond all dates.
        """
        if self.sheet.start is None:
            return
        try:
            yield from self.sheet.iter_rows()
        except OverflowError as err:
            raise ImpossibleDate(self.file, sheet=self.title) from err
        except BaseException as err:
            if not _is_panic(err):
                raise
            raise ImpossibleDate(self.file, sheet=self.title) from err

    @property
    def first_column(self) -> int:
        """The column with which the rows begin."""
        return self.sheet.start[1] if self.sheet.start else 0

    @property
    def last_row(self) -> int:
        """The last row that holds a value; -1 where none does."""
        return self.sheet.end[0] if self.sheet.end else -1

    @property
    def last_column(self) -> int:
        """The last column that holds a value; -1 where none does."""
        return self.sheet.end[1] if self.sheet.end else -1

    @property
    def last_used_column(self) -> int:
        """The last column that holds a value or belongs to merged cells; -1 where none does."""
        return max(self.last_column, *(last[1] for _, last in self.merged), -1)

    def head(self) -> list[Row]:
        """The rows in which headers are looked for, from the first column of the sheet on."""
        before = [""] * self.first_column
        return [before + row for row in islice(self.rows(), HEAD_ROWS)]

    @property
    def merged(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """First and last cell of each merged range."""
        return self.sheet.merged_cell_ranges or []


class Book:
    """A workbook's worksheets, visible or not, each read when it is asked for."""

    def __init__(self, package: Package, most_cells: int = MOST_CELLS) -> None:
        self._package = package
        self._refused: dict[str, WorkbookRefused] = {}
        data = self._prepared(most_cells)
        with self._explained(package.workbook_part):
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))

    @property
    def titles(self) -> list[str]:
        """The tabs of the worksheets from left to right."""
        return [sheet.name for sheet in self._package.sheets if sheet.kind == "worksheet"]

    def cells(self, title: str) -> Cells:
        """The cells of a sheet.

        Raises:
            SheetTooLarge: They reach further than `most_cells` allows.
            WorkbookRefused: The sheet cannot be read.
        """
        if title in self._refused:
            raise self._refused[title]
        with self._explained(title):
            return Cells(self._package.file, title, self._book.get_sheet_by_name(title))

    @contextmanager
    def _explained(self, part: str) -> Iterator[None]:
        """Turn what calamine raises into the refusal of the workbook."""
        try:
            yield
        except (CalamineError, OSError, ValueError) as err:
            raise Unreadable(self._package.file, part=part, why=err) from err
        except BaseException as err:
            if not _is_panic(err):
                raise
            raise Unreadable(self._package.file, part=part, why=err) from err

    def _prepared(self, most_cells: int) -> bytes:
        """The workbook as calamine gets it: nothing but parts that were looked at.

        It finds parts in ways of its own, and must not come upon a sheet that is beyond the limit;
        such sheets are left out, and noted.
        """
        package = self._package
        parts: dict[str, Entry] = {}
        for part in _frame_parts(package):
            entry = package.entry(part)
            fixed = self._prepared_frame_part(part)
            parts[part] = entry if fixed is None else entry.holding([fixed])
        for sheet in package.sheets:
            if sheet.kind != "worksheet" or sheet.part is None:
                continue
            if sheet.part in parts:  # Excel gives each sheet a part of its own
                raise DamagedWorkbook(package.file, sheet.name)
            try:
                fixed = self._prepared_sheet(sheet.name, sheet.part, most_cells)
            except WorkbookRefused as refused:
                self._refused[sheet.name] = refused
                continue
            entry = package.entry(sheet.part)
            parts[sheet.part] = entry if fixed is None else entry.holding([fixed])
        return write_archive(parts.values(), b"")

    def _prepared_frame_part(self, part: str) -> bytes | None:
        package = self._package
        xml = package.read(part)
        with package.refusing(part):
            markup.check_encoding(xml)
            return with_modest_count(xml, markup.masked(xml))

    def _prepared_sheet(self, title: str, part: str, most_cells: int) -> bytes | None:
        package = self._package
        xml = package.read(part)
        with package.refusing(part):
            markup.check_encoding(xml)
            blank = markup.masked(xml)
        if reach := extent_beyond(blank, most_cells):
            facts = {"sheet": title, "row": reach.rows, "columns": reach.columns}
            raise SheetTooLarge(package.file, **facts)
        if holds_odd_text_index(blank):
            raise DamagedWorkbook(package.file, part)
        plain = without_impossible_dates(xml, blank)
        return with_errors_as_text(plain or xml, blank) or plain


def _frame_parts(package: Package) -> Iterator[str]:
    """The parts besides the sheets that calamine reads: lists of parts, styles and shared texts."""
    part = package.workbook_part
    fixed = (CONTENT_TYPES, relations_part(""), part, relations_part(part))
    related = (
        relation.target
        for relation in package.relations(part)
        if relation.kind in ("styles", "sharedStrings") and relation.target
    )
    found = (package.find(name) for name in (*fixed, *related))
    yield from dict.fromkeys(name for name in found if name)


def _is_panic(err: BaseException) -> bool:
    """A failed assertion inside calamine: no `Exception`, and of a class that nobody can import."""
    return type(err).__module__ == "pyo3_runtime"
