"""The rows of a tracker as records of the register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlflow.adoption.conversion import Conversion, with_year
from xlflow.adoption.grid import Cell, Grid
from xlflow.adoption.headers import DROP, KEEP
from xlflow.adoption.proposal import ColumnMap, SheetMap, Words
from xlflow.adoption.records import Desk, Record, kept_headers, number_key, year_told
from xlflow.adoption.rows import DataRow, data_rows
from xlflow.record.fields import Field, Kind
from xlflow.record.numbers import NumberFormat
from xlflow.record.register import CellError
from xlflow.record.schema import Schema

LOGGED = ("progress", "issues", "measures")
"""Fields whose cells become lines of other sheets."""

_NEVER_FILLED_DOWN = ("number", "title", *LOGGED)


@dataclass(frozen=True)
class _Place:
    """A column, its field if it has one, and how its cells are converted."""

    column: ColumnMap
    field: Field | None
    conversion: Conversion | None
    kept_as: str
    numbers: NumberFormat


def place_records(
    grid: Grid, sheet_map: SheetMap, schema: Schema, words: Words, desk: Desk
) -> None:
    """Place the cells under the headers of a tracker."""
    title = sheet_map.by_target.get("title")
    rows = list(data_rows(grid, sheet_map.bottom, title.number if title else None))
    places = _places(grid, sheet_map, rows, schema, words, desk)
    mapped = {place.column.number for place in places}
    year = year_told(grid, sheet_map.top)
    record: Record | None = None
    for row in rows:
        if row.is_record:
            record = Record(grid.title, row.number, year_told=year)
            _place_row(grid, row.number, record, places, desk)
            _date_without_year(record, row.number, places, year, desk)
            desk.know(record)
            desk.records.append(record)
        elif row.what == "continued" and record is not None:
            _continue(grid, row.number, record, places, desk)
        else:
            desk.fates["aside"] += desk.notes.add_row("aside", grid, row.number)
            continue
        _tell_of_hidden(grid, row.number, mapped, desk)


def _places(
    grid: Grid,
    sheet_map: SheetMap,
    rows: Sequence[DataRow],
    schema: Schema,
    words: Words,
    desk: Desk,
) -> list[_Place]:
    fields = {field.key: field for field in schema.sheets["register"]}
    kept_as = kept_headers(sheet_map)
    held = [row.number for row in rows if row.what in ("record", "continued")]
    places = []
    for column in sheet_map.columns:
        field = fields.get(column.target)
        conversion = None
        if field:
            values = (grid.at(row, column.number) for row in held)
            customs = desk.customs
            conversion = Conversion(field, values, schema, customs.language, words, customs.mask)
        places.append(_Place(column, field, conversion, kept_as[column.number], schema.numbers))
    return places


def _place_row(grid: Grid, row: int, record: Record, places: Sequence[_Place], desk: Desk) -> None:
    cells, covered = grid.rows[row], grid.covered
    for place in places:
        number = place.column.number
        if covered and (row, number) in covered:
            _fill_down(grid, row, record, place, desk)
            continue
        value = cells[number] if number < len(cells) else None
        if value is not None:
            _place_cell(grid.title, row, value, record, place, desk)


def _place_cell(
    sheet: str, row: int, value: Cell, record: Record, place: _Place, desk: Desk
) -> None:
    at = (row, place.column.number)
    header = place.column.header
    if isinstance(value, CellError):
        desk.notes.add("error", sheet, at, value, header=header)
        desk.fates["aside"] += 1
    elif place.column.target == DROP:
        desk.notes.add("dropped", sheet, at, value, header=header)
        desk.fates["dropped"] += 1
    elif place.field is None or place.conversion is None:
        desk.keep(record, row, place.kept_as, value)
        desk.fates["kept"] += 1
    elif place.field.key == "number":
        _place_number(sheet, at, value, record, place, desk)
    elif place.field.key in LOGGED:
        desk.keep(record, row, place.kept_as, value)  # whole; lines are made of it later
        desk.fates["kept"] += 1
    else:
        converted = place.conversion.convert(value)
        record.values[place.field.key] = converted.value
        desk.fates["placed"] += 1
        if converted.how != "same":
            old = "" if converted.how == "masked" else value
            new = None if converted.how == "unfit" else converted.value
            key = place.field.key
            desk.notes.add(converted.how, sheet, at, old, new, header=header, key=key)


def _place_number(
    sheet: str, at: tuple[int, int], value: Cell, record: Record, place: _Place, desk: Desk
) -> None:
    """Take over a number of the register's own form; another one is kept, and known."""
    record.old_number = value
    text = value.strip() if isinstance(value, str) else ""
    if place.numbers.parsed(text) and number_key(value) not in desk.by_old_number:
        record.values["number"] = text
        desk.fates["placed"] += 1
        return
    desk.keep(record, at[0], place.kept_as, value)
    desk.fates["kept"] += 1
    if text and place.numbers.parsed(text):
        header = place.column.header
        desk.notes.add("number-kept", sheet, at, value, header=header, key="number")


def _fill_down(grid: Grid, row: int, record: Record, place: _Place, desk: Desk) -> None:
    """A cell that is merged over several records holds for each of them."""
    block = grid.covered[row, place.column.number]
    value = grid.at(block.top, block.left)
    if block.left != place.column.number or value is None or isinstance(value, CellError):
        return
    if place.column.target == KEEP:
        desk.keep(record, row, place.kept_as, value)
    elif place.field and place.conversion and place.field.key not in _NEVER_FILLED_DOWN:
        record.values[place.field.key] = place.conversion.convert(value).value


def _continue(grid: Grid, row: int, record: Record, places: Sequence[_Place], desk: Desk) -> None:
    """Further rows of one record: its logs go on, the other cells are kept with it."""
    for place in places:
        at = (row, place.column.number)
        value = grid.at(*at)
        if value is None or at in grid.covered:
            continue
        key = place.field.key if place.field else ""
        if key and key not in LOGGED and (key == "number" or key in record.values):
            desk.keep(record, row, place.kept_as, value)
            desk.fates["kept"] += 1
        else:
            _place_cell(grid.title, row, value, record, place, desk)


def _tell_of_hidden(grid: Grid, row: int, mapped: set[int], desk: Desk) -> None:
    """Values that lie hidden under merged cells, and those beyond the mapped columns."""
    for number, value in grid.filled(row):
        if (row, number) in grid.covered or number not in mapped:
            desk.notes.add("aside", grid.title, (row, number), value)
            desk.fates["aside"] += 1


def _date_without_year(
    record: Record, row: int, places: Sequence[_Place], year: int | None, desk: Desk
) -> None:
    """Give the dates without a year the one that the sheet or the submission tells."""
    for place in _dated(places):
        assert place.field  # noqa: S101 - tells the type checker
        key = place.field.key
        value = record.values.get(key)
        if not isinstance(value, str):
            continue
        since = record.submitted_on if key != "submitted_on" else None
        if day := with_year(value, since, year):
            record.values[key] = day
            at = (row, place.column.number)
            desk.notes.move("unfit", "year", record.sheet, at, value, day, place.column.header, key)


def _dated(places: Sequence[_Place]) -> Iterator[_Place]:
    """The columns of dates, the submission first: the others count from it."""
    held = [place for place in places if place.field and place.field.kind is Kind.DATE]
    yield from sorted(held, key=lambda place: place.column.target != "submitted_on")
