"""Sheets of an old workbook that hold lines about its records: progress, issues, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlflow.adoption.conversion import Conversion
from xlflow.adoption.grid import Cell, Grid, Place
from xlflow.adoption.headers import DROP
from xlflow.adoption.notes import What
from xlflow.adoption.proposal import ColumnMap, SheetMap, Words
from xlflow.adoption.records import Desk, Link, Record, Row, as_day, kept_headers, number_key
from xlflow.adoption.rows import DataRow, data_rows
from xlflow.record.register import CellError
from xlflow.record.schema import Schema


@dataclass(frozen=True)
class _Lines:
    """One such sheet: its columns, and how their cells are converted."""

    grid: Grid
    sheet: str
    columns: Mapping[int, ColumnMap]
    conversions: Mapping[int, Conversion]
    headers: Mapping[int, str]


def place_lines(grid: Grid, sheet_map: SheetMap, schema: Schema, words: Words, desk: Desk) -> None:
    """Place the lines of such a sheet; each is linked with its record by the old number.

    What has no field is told of, since the sheet of what is kept has a row a record.
    """
    rows = list(data_rows(grid, sheet_map.bottom))
    lines = _Lines(
        grid=grid,
        sheet=sheet_map.sheet,
        columns={column.number: column for column in sheet_map.columns},
        conversions=_conversions(grid, sheet_map, rows, schema, words, desk),
        headers=kept_headers(sheet_map),
    )
    held = {
        "progress": desk.loose_progress,
        "issues": desk.loose_issues,
        "changes": desk.changes,
    }[sheet_map.sheet]
    for row in rows:
        if not row.is_record:
            desk.fates["aside"] += desk.notes.add_row("aside", grid, row.number)
        elif line := _line(lines, row.number, desk):
            _tell_year(line)
            held.append(line)


def _tell_year(line: Row) -> None:
    """A record without any date is of the year of the first line about it."""
    record = line.get("number")
    days = [day for value in line.values() if (day := as_day(value))]
    if isinstance(record, Record) and record.year is None and days:
        record.year_told = min(days).year


def _conversions(
    grid: Grid,
    sheet_map: SheetMap,
    rows: Sequence[DataRow],
    schema: Schema,
    words: Words,
    desk: Desk,
) -> Mapping[int, Conversion]:
    fields = {field.key: field for field in schema.sheets[sheet_map.sheet]}
    customs = desk.customs
    return {
        column.number: Conversion(
            fields[column.target],
            (grid.at(row.number, column.number) for row in rows if row.is_record),
            schema,
            customs.language,
            words,
            customs.mask,
        )
        for column in sheet_map.columns
        if column.target in fields
    }


def _line(lines: _Lines, row: int, desk: Desk) -> Row:
    line: Row = {}
    for number, value in lines.grid.filled(row):
        _place_cell(lines, (row, number), value, line, desk)
    return line


def _place_cell(lines: _Lines, at: Place, value: Cell, line: Row, desk: Desk) -> None:
    column = lines.columns.get(at[1])
    target = column.target if column else ""
    conversion = lines.conversions.get(at[1])
    if target == DROP:
        desk.fates["dropped"] += 1
        _tell(lines, "dropped", at, value, None, desk)
    elif conversion is None or isinstance(value, CellError) or at in lines.grid.covered:
        desk.fates["aside"] += 1
        what: What = "error" if isinstance(value, CellError) else "aside"
        _tell(lines, what, at, value, None, desk)
    elif target == "number":
        desk.fates["placed"] += 1
        record = desk.by_old_number.get(number_key(value))
        line["number"] = record or value
        if record:
            record.is_named = True
            header = lines.headers.get(at[1], "")
            desk.links.append(Link(record, lines.sheet, lines.grid.title, at, value, header))
    else:
        desk.fates["placed"] += 1
        converted = conversion.convert(value)
        line[target] = converted.value
        if converted.how != "same":
            old = "" if converted.how == "masked" else value
            new = None if converted.how == "unfit" else converted.value
            _tell(lines, converted.how, at, old, new, desk)


def _tell(lines: _Lines, what: What, at: Place, old: Cell, new: Cell, desk: Desk) -> None:
    column = lines.columns.get(at[1])
    desk.notes.add(
        what,
        lines.grid.title,
        at,
        old,
        new,
        header=lines.headers.get(at[1], ""),
        key=column.target if column and at[1] in lines.conversions else "",
        field_sheet=lines.sheet,
    )
