"""A workbook's bytes as a register: typed cells, and where in the workbook each of them stands.

The file is not touched. What a person typed wrong is not an error here: the rules look at it.
"""

from __future__ import annotations

from types import MappingProxyType

from xlflow.languages import Language
from xlflow.record.register import Person, Register, Table
from xlflow.record.schema import STANDARD, Schema
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.archive import Limits
from xlflow.workbook.package import Package
from xlflow.workbook.reader_cells import MOST_CELLS, Book, Cells
from xlflow.workbook.reader_columns import Head, Layout, layout_of
from xlflow.workbook.reader_frames import frame
from xlflow.workbook.reader_layout import Found, find_sheets, guessed_language
from xlflow.workbook.reader_lists import find_lists, read_lists
from xlflow.workbook.reader_properties import read_properties
from xlflow.workbook.reader_refusals import LayoutRefused, NewerSchema, NoRegisterSheet
from xlflow.workbook.refusals import WorkbookRefused
from xlflow.workbook.schema import SCHEMA


def read_register(
    data: bytes,
    name: str,
    *,
    limits: Limits | None = None,
    most_cells: int = MOST_CELLS,
    language: Language | None = None,
    register_id: str = "main",
    schema: Schema = STANDARD,
) -> Register:
    """The register in a workbook's bytes; `name` stands for the file in messages.

    `language` and `register_id` count where the workbook does not tell them, as some programs drop
    its custom properties on saving; without `language` it is guessed from the headers. `schema`
    tells the fields and choices to look for.

    Raises:
        WorkbookRefused: No workbook, or one that is damaged, hostile or too large.
        NoRegisterSheet: A workbook, but no register.
        LayoutRefused: Sheets or columns are missing or doubled; it names all of them.
        NewerSchema: Laid out by a newer xlflow.
        SheetTooLarge: A sheet of it spans more than `most_cells` cells.
    """
    package = Package.open(data, name, limits)
    told = read_properties(package)
    if told.schema is not None and told.schema > SCHEMA:
        raise NewerSchema(name, schema=told.schema, known=SCHEMA)
    sheets = _Sheets(Book(package, most_cells), schema)
    layouts = sheets.layouts(name, told.language or language)
    tables = {sheet: sheets.table(layout) for sheet, layout in layouts.items()}
    departments, people = sheets.lists()
    return Register(
        path=name,
        language=told.language or language or guessed_language(layouts.values(), schema),
        register_id=told.register_id or register_id,
        layout=told.schema or SCHEMA,
        requirements=tables["register"],
        progress=tables["progress"],
        issues=tables["issues"],
        changes=tables["changes"],
        departments=departments,
        people=people,
        saved_by=told.saved_by,
        saved_at=told.saved_at,
    )


class _Sheets:
    """The sheets of a workbook that may belong to its register."""

    def __init__(self, book: Book, schema: Schema) -> None:
        self._schema = schema
        self._titles = book.titles
        self._cells: dict[str, Cells] = {}
        self._heads: list[Head] = []
        self._unread: list[WorkbookRefused] = []
        for title in book.titles:
            try:
                cells = book.cells(title)
            except WorkbookRefused as refused:
                # Staff may keep what they like on other sheets.
                self._unread.append(refused)
                continue
            head = Head(title, cells.head())
            if find_sheets([head], schema).heads or find_lists([head]):
                self._heads.append(head)
                self._cells[title] = cells

    def layouts(self, file: str, language: Language | None) -> dict[str, Layout]:
        """Where the fields stand on each sheet of the register."""
        found = find_sheets(self._heads, self._schema)
        if self._unread and len(found.heads) < len(self._schema.sheets):
            raise self._unread[0]
        if _is_absent("register", found):
            raise NoRegisterSheet(file, self._titles)
        layouts = {
            sheet: layout_of(sheet, head, self._schema) for sheet, head in found.heads.items()
        }
        of_sheets = (fault for held in layouts.values() for fault in held.faults)
        faults = [*found.faults, *(fault for fault in of_sheets if not fault.is_bearable)]
        if faults:
            raise LayoutRefused(
                file, faults, language or guessed_language(layouts.values(), self._schema)
            )
        return layouts

    def table(self, layout: Layout) -> Table:
        """The records or lines of a sheet. Its cells are let go: they fill much memory."""
        cells = self._cells.pop(layout.title)
        columns = {key: column_letters(n + 1) for key, n in layout.columns.items()}
        held, remnants = frame(layout, cells)
        return Table(
            sheet=layout.sheet,
            title=layout.title,
            columns=MappingProxyType(columns),
            frame=held,
            first_row=layout.first_row + 1,
            schema=self._schema,
            remnants=remnants,
        )

    def lists(self) -> tuple[tuple[str, ...], tuple[Person, ...]]:
        """The departments and people."""
        head = find_lists(self._heads)
        return read_lists(head, self._cells[head.title]) if head else ((), ())


def _is_absent(sheet: str, found: Found) -> bool:
    return any(fault.kind == "sheet-missing" and fault.sheet == sheet for fault in found.faults)
