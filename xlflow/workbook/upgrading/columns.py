"""What an upgrade adds: columns behind all that is there, with the texts and looks of their kind.

No column moves, so nothing that points at one needs to be told. Looks are taken from columns that
the register has, as people have made them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlflow.languages import LANGUAGES, say
from xlflow.record.fields import Field, Kind
from xlflow.workbook.addresses import MAX_COLUMN, area
from xlflow.workbook.mending.formats import column_formats
from xlflow.workbook.mending.outline import SheetFrame, outline
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.register_sheets import ListsSheet, RegisterSheet, RegisterSheets
from xlflow.workbook.package import Package
from xlflow.workbook.row_cells import RowCells
from xlflow.workbook.schema import HEADER_ROW, KEY_ROW
from xlflow.workbook.sheet_xml import TangledError
from xlflow.workbook.upgrading.refusals import HeadersInTable, NoRoom

_LIST_WIDTH, _SPELLING_WIDTH = 15, 10


@dataclass(frozen=True, slots=True)
class Look:
    """A cell format: that of number `format`, with the number format of another if `number`.

    `is_open`: people must be able to type there.
    """

    format: int
    number: int | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class NewCell:
    """A text of the layout."""

    row: int
    text: str
    look: Look


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column to be added. `label` is what people know it by, `banner` what it stands under."""

    key: str
    label: str
    banner: str
    column: int
    width_chars: float
    look: Look
    cells: tuple[NewCell, ...]
    is_hidden: bool = False


@dataclass(frozen=True)
class Additions:
    """The columns to be added to one sheet."""

    place: Place
    part: str
    frame: SheetFrame
    columns: tuple[NewColumn, ...]


def additions(register: RegisterSheets, package: Package) -> tuple[Additions, ...]:
    """What the settings ask for and the register has no column for.

    Raises:
        HeadersInTable: A table lies over the headers, and would not grow with them.
        NoRoom: The sheet is used up to its last column.
    """
    found = [_of_sheet(sheet, package) for sheet in register.sheets.values() if sheet.absent]
    if register.lists:
        found.append(_of_lists(register.lists, register))
    for one in found:
        if one.columns and one.columns[-1].column > MAX_COLUMN:
            raise NoRoom(package.file, sheet=one.place.title)
    return tuple(one for one in found if one.columns)


def _of_sheet(sheet: RegisterSheet, package: Package) -> Additions:
    place, schema = sheet.place, sheet.place.schema
    _refuse_tables(sheet, package)
    donors = _Donors(sheet.frame, place, schema.by_key(place.sheet))
    start = max(sheet.last_column, *place.columns.values()) + 1
    columns: list[NewColumn] = []
    before = donors.banner_at(start - 1)
    for column, key in enumerate(sheet.absent, start):
        field = schema.field(key, place.sheet)
        columns.append(_column(field, column, sheet, donors, opens=field.banner != before))
        before = field.banner
    return Additions(place, sheet.part, sheet.frame, tuple(columns))


def _column(
    field: Field, column: int, sheet: RegisterSheet, donors: _Donors, *, opens: bool
) -> NewColumn:
    """The column of a field. `opens`: it is the first under its banner."""
    language, header = sheet.wanted.language, sheet.place.header_row
    banner = say(language, f"record.module.{field.banner}")
    cells = [NewCell(header, field.label(language), donors.header(field))]
    if sheet.key_row is not None:
        cells.append(NewCell(sheet.key_row, field.key, donors.at(sheet.key_row, field)))
        if (row := sheet.key_row + 1) < header:
            cells.append(NewCell(row, banner if opens else "", donors.at(row, field)))
    return NewColumn(
        key=field.key,
        label=field.label(language),
        banner=banner,
        column=column,
        width_chars=field.width_chars,
        look=donors.column(field),
        cells=tuple(cells),
    )


class _Donors:
    """The columns of a sheet whose looks new ones take."""

    def __init__(self, frame: SheetFrame, place: Place, fields: Mapping[str, Field]) -> None:
        self._frame = frame
        self._place = place
        self._fields = [fields[key] for key in place.columns]
        self._columns = column_formats(frame)

    def banner_at(self, column: int) -> str:
        """The banner that a column stands under; "" where it holds no field."""
        key = self._place.fields.get(column)
        return next((field.banner for field in self._fields if field.key == key), "")

    def header(self, field: Field) -> Look:
        """Of a header under the same banner; a star behind it only where the field needs one."""
        kin = self._kin(field)
        row = self._place.header_row
        if like := next((one for one in kin if _has_star(one) == _has_star(field)), None):
            return Look(self._format(row, like))
        other = next((one for one in self._fields if _has_star(one) == _has_star(field)), None)
        base = self._format(row, kin[0]) if kin else 0
        return Look(base, number=self._format(row, other) if other else None)

    def at(self, row: int, field: Field) -> Look:
        """Of the cell of that row under the same banner."""
        kin = self._kin(field)
        return Look(self._format(row, kin[0]) if kin else 0)

    def column(self, field: Field) -> Look:
        """Of a column that holds the same kind of values, and that people fill."""
        typed = [one for one in self._fields if not one.is_own]
        alike = [one for one in typed if _form(one.kind) == _form(field.kind)]
        for one in alike:
            number = self._columns.get(self._place.columns[one.key])
            if number is not None:
                return Look(number, is_open=True)
        return Look(0, is_open=True)

    def _kin(self, field: Field) -> list[Field]:
        return [one for one in self._fields if one.banner == field.banner]

    def _format(self, row: int, field: Field) -> int:
        return format_at(self._frame, row, self._place.columns[field.key])


def format_at(frame: SheetFrame, row: int, column: int) -> int:
    """The format of a cell; the first where there is none."""
    try:
        index = frame.sheet.rows.find(row)
        found = frame.sheet.row(index) if index is not None else None
        cell = RowCells(frame.sheet, found, row).find(column) if found else None
    except TangledError:
        return 0
    told = (cell.tag.get(b"s") or "") if cell else ""
    return int(told) if told.isdecimal() else 0


def _has_star(field: Field) -> bool:
    return field.required_from == "submitted" and not field.is_own


def _form(kind: Kind) -> str:
    """What the cells of a kind look like."""
    if kind in (Kind.DAYS, Kind.AMOUNT):
        return "number"
    return str(kind) if kind in (Kind.DATE, Kind.MOMENT) else "text"


def _refuse_tables(sheet: RegisterSheet, package: Package) -> None:
    for relation in package.relations(sheet.part):
        if relation.kind == "table" and relation.target:
            with package.refusing(relation.target):
                covered = area(outline(package.read(relation.target)).get("ref"))
            if covered and covered.top <= sheet.place.header_row <= covered.bottom:
                raise HeadersInTable(package.file, sheet=sheet.place.title, range=str(covered))


def _of_lists(lists: ListsSheet, register: RegisterSheets) -> Additions:
    """Lists of choices, and behind them the hidden ones in all languages."""
    place, wanted = lists.place, register.wanted.lists.columns
    absent = [key for key in wanted if key not in place.columns and wanted[key].is_companys]
    absent.sort(key=lambda key: not key.startswith("choice."))
    start = max(lists.last_column, *place.columns.values()) + 1
    formats = column_formats(lists.frame)
    columns = [
        NewColumn(
            key=key,
            label=wanted[key].heading,
            banner="",
            column=column,
            width_chars=_LIST_WIDTH if key.startswith("choice.") else _SPELLING_WIDTH,
            look=Look(next(_formats_like(key, place, formats), 0)),
            cells=tuple(_list_cells(key, lists, wanted[key].heading, wanted[key].texts)),
            is_hidden=not key.startswith("choice."),
        )
        for column, key in enumerate(absent, start)
    ]
    return Additions(place, lists.part, lists.frame, tuple(columns))


def _list_cells(
    key: str, lists: ListsSheet, heading: str, texts: Sequence[str]
) -> Iterator[NewCell]:
    place = lists.place
    like = next(_columns_like(key, place), None)

    def look(row: int) -> Look:
        return Look(format_at(lists.frame, row, like) if like else 0)

    key_row = place.header_row - HEADER_ROW + KEY_ROW
    if key_row > 0:
        yield NewCell(key_row, key, look(key_row))
    if heading:
        yield NewCell(place.header_row, heading, look(place.header_row))
    for row, text in enumerate(texts, place.first_row):
        yield NewCell(row, text, look(place.first_row))


def _columns_like(key: str, place: Place) -> Iterator[int]:
    """The columns of the lists that look the same."""
    kind = key.split(".")[0]
    language = next((one for one in LANGUAGES if key.endswith(f".{one}")), "")
    for other, column in place.columns.items():
        if other.startswith(f"{kind}.") and other.endswith(language):
            yield column


def _formats_like(key: str, place: Place, formats: Mapping[int, int]) -> Iterator[int]:
    return (formats[column] for column in _columns_like(key, place) if column in formats)
