"""The sheets of a register that may be damaged, with what the template would have for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlflow.languages import Language
from xlflow.settings import Settings
from xlflow.workbook import refusals
from xlflow.workbook.mending.formats import cell_formats, locked_cells, locked_rows
from xlflow.workbook.mending.heads import LostText, PlacedSheet, placed
from xlflow.workbook.mending.lists import lost_texts, placed_lists
from xlflow.workbook.mending.looks import looks
from xlflow.workbook.mending.marks import Rule, held_rules
from xlflow.workbook.mending.outline import SheetFrame
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.spans import Rows
from xlflow.workbook.mending.validations import Held, held_validations
from xlflow.workbook.mending.wanted import Wanted, WantedSheet, styles_of, styles_part, wanted
from xlflow.workbook.package import Package
from xlflow.workbook.reader_cells import Book, Cells
from xlflow.workbook.reader_columns import Head, layout_of
from xlflow.workbook.reader_layout import Found, find_sheets, guessed_language
from xlflow.workbook.reader_lists import find_lists
from xlflow.workbook.reader_properties import read_properties
from xlflow.workbook.reader_refusals import LayoutRefused, NewerSchema, NoRegisterSheet
from xlflow.workbook.schema import SCHEMA
from xlflow.workbook.sheet_xml import AlternativeRowsError


@dataclass(frozen=True)
class RegisterSheet:
    """One record sheet: what it has, and what it should have (`wanted`)."""

    place: Place
    lost: tuple[LostText, ...]
    key_row: int | None
    last_row: int  # the last that holds a value
    last_column: int
    part: str
    frame: SheetFrame
    validations: tuple[Held, ...]
    rules: tuple[Rule, ...]
    locked_rows: Mapping[int, Rows]  # by column
    wanted: WantedSheet

    @property
    def absent(self) -> tuple[str, ...]:
        """The company's own fields that have no column, in the order of the fields."""
        return tuple(key for key in self.wanted.place.columns if key not in self.place.columns)


@dataclass(frozen=True)
class ListsSheet:
    """The Lists sheet as it is."""

    place: Place
    lost: tuple[LostText, ...]
    last_column: int
    part: str
    frame: SheetFrame


@dataclass(frozen=True)
class RegisterSheets:
    """The record sheets by key, and Lists (None: it is gone)."""

    wanted: Wanted
    sheets: Mapping[str, RegisterSheet]
    lists: ListsSheet | None

    @property
    def places(self) -> dict[str, Place]:
        """All of them by key."""
        found = {key: sheet.place for key, sheet in self.sheets.items()}
        return found | ({"lists": self.lists.place} if self.lists else {})


def register_sheets(
    package: Package, settings: Settings, known: Wanted | None = None
) -> RegisterSheets:
    """Find the register's sheets and columns, as far as anything is left that tells them.

    `known`: what they should have, where that was found out before.

    Raises:
        WorkbookRefused: No register, or a damaged workbook.
        LayoutRefused: A sheet or column of which nothing is left; it names all of them.
    """
    told = read_properties(package)
    if told.schema is not None and told.schema > SCHEMA:
        raise NewerSchema(package.file, schema=told.schema, known=SCHEMA)
    book = Book(package)
    cells = _readable(book)
    heads = [Head(title, held.head()) for title, held in cells.items()]
    found = find_sheets(heads, settings.schema)
    if "register" not in found.heads and not _is_doubled("register", found):
        raise NoRegisterSheet(package.file, book.titles)
    model = known or wanted(told.language or _language(found, settings), settings)
    with package.refusing(styles_part(package)):
        styles = styles_of(package)
        held_looks, formats = looks(styles), cell_formats(styles)
    frames = {sheet: _frame(package, head.title) for sheet, head in found.heads.items()}
    placed_sheets = {
        sheet: _placed(sheet, head, frames[sheet], model) for sheet, head in found.heads.items()
    }
    of_sheets = (fault for sheet in placed_sheets.values() for fault in sheet.faults)
    faults = [*found.faults, *(fault for fault in of_sheets if not fault.is_bearable)]
    if faults:
        raise LayoutRefused(package.file, faults, model.language)
    lists = find_lists(heads)
    return RegisterSheets(
        wanted=model,
        sheets={
            sheet: RegisterSheet(
                place=held.place,
                lost=held.lost,
                key_row=held.key_row,
                last_row=cells[held.place.title].last_row + 1,
                last_column=cells[held.place.title].last_used_column + 1,
                part=package.worksheet(held.place.title),
                frame=frames[sheet],
                validations=tuple(held_validations(frames[sheet], held.place)),
                rules=tuple(held_rules(frames[sheet], held.place, held_looks)),
                locked_rows=locked_rows(locked_cells(frames[sheet], held.place, formats)),
                wanted=model.sheets[sheet],
            )
            for sheet, held in placed_sheets.items()
        },
        lists=_lists(package, lists, cells[lists.title], model) if lists else None,
    )


def _lists(package: Package, head: Head, cells: Cells, model: Wanted) -> ListsSheet:
    place = placed_lists(model.schema, head, model.lists.columns)
    return ListsSheet(
        place=place,
        lost=tuple(lost_texts(place, cells, model.lists.columns)),
        last_column=cells.last_used_column + 1,
        part=package.worksheet(head.title),
        frame=_frame(package, head.title),
    )


def _readable(book: Book) -> dict[str, Cells]:
    """The sheets that can be read: staff may keep what they like on others."""
    found: dict[str, Cells] = {}
    for title in book.titles:
        try:
            cells = book.cells(title)
            cells.head()
        except refusals.WorkbookRefused:
            continue
        found[title] = cells
    return found


def _is_doubled(sheet: str, found: Found) -> bool:
    return any(f.kind == "sheet-doubled" and f.sheet == sheet for f in found.faults)


def _language(found: Found, settings: Settings) -> Language:
    """That of most headers; of the settings where no header is left."""
    layouts = [layout_of(sheet, head, settings.schema) for sheet, head in found.heads.items()]
    if any(layout.labels for layout in layouts):
        return guessed_language(layouts, settings.schema)
    return settings.workbook.language


def _frame(package: Package, title: str) -> SheetFrame:
    part = package.worksheet(title)
    xml = package.read(part)
    with package.refusing(part):
        try:
            return SheetFrame(xml)
        except AlternativeRowsError as err:
            raise refusals.SheetUnsupported(package.file, sheet=title) from err


def _placed(sheet: str, head: Head, frame: SheetFrame, model: Wanted) -> PlacedSheet:
    """The sheet's fields; a validation tells a field by its texts, which no other has."""
    keys = {rule.validation: key for key, rule in model.sheets[sheet].rules.items()}
    told: dict[int, str] = {}
    for held in held_validations(frame, model.sheets[sheet].place):
        if held.validation in keys:
            for covered in held.areas:
                columns = range(covered.left, covered.right + 1)
                told |= dict.fromkeys(columns, keys[held.validation])
    return placed(model.schema, sheet, head, model.language, told.get)
