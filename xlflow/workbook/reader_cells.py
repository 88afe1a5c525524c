"""The cells of a workbook's sheets, through calamine.

Source: ECMA-376 18.3.1 (worksheets). calamine reads cached values, shared and inline texts, rich
text without its phonetic runs, and dates by the cell's number format, from 1900 or from 1904.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from xlflow.workbook import markup
from xlflow.workbook.archive import Entry, write_archive
from xlflow.workbook.package import Package
from xlflow.workbook.reader_refusals import SheetTooLarge, Unreadable
from xlflow.workbook.reader_xml import extent_beyond, with_errors_as_text
from xlflow.workbook.refusals import WorkbookRefused

MOST_CELLS = 40_000_000
"""How many cells, blank ones included, a sheet may span: 1.3 GB in calamine's hands."""

HEAD_ROWS = 12
"""How many rows are searched for headers."""

Row = list[Any]


@dataclass(frozen=True)
class Cells:
    """One sheet's cells as calamine holds them; rows and columns count from 0."""

    title: str
    sheet: CalamineSheet

    def rows(self) -> Iterator[Row]:
        """All rows from the first of the sheet on; each begins at `first_column`."""
        return iter(()) if self.sheet.start is None else self.sheet.iter_rows()

    @property
    def first_column(self) -> int:
        """The column with which the rows begin."""
        return self.sheet.start[1] if self.sheet.start else 0

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
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        except (CalamineError, OSError, ValueError) as err:
            raise Unreadable(package.file, part=package.workbook_part, why=err) from err

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
        try:
            return Cells(title, self._book.get_sheet_by_name(title))
        except (CalamineError, OSError, ValueError) as err:
            raise Unreadable(self._package.file, part=title, why=err) from err

    def _prepared(self, most_cells: int) -> bytes:
        """The workbook with its error cells as marked texts; sheets beyond the limit are noted."""
        package = self._package
        changed: dict[str, Entry] = {}
        for sheet in package.sheets:
            if sheet.kind != "worksheet" or sheet.part is None or sheet.part in changed:
                continue
            try:
                fixed = self._prepared_sheet(sheet.name, sheet.part, most_cells)
            except WorkbookRefused as refused:
                self._refused[sheet.name] = refused
                continue
            if fixed is not None:
                changed[sheet.part] = package.entry(sheet.part).holding([fixed])
        if not changed:
            return package.data
        entries = (changed.get(entry.name, entry) for entry in package.entries)
        return write_archive(entries, package.comment)

    def _prepared_sheet(self, title: str, part: str, most_cells: int) -> bytes | None:
        package = self._package
        xml = package.read(part)
        with package.refusing(part):
            markup.check_encoding(xml)
            blank = markup.masked(xml)
        if reach := extent_beyond(blank, most_cells):
            facts = {"sheet": title, "row": reach.rows, "columns": reach.columns}
            raise SheetTooLarge(package.file, **facts)
        return with_errors_as_text(xml, blank)
