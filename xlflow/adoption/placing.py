"""Every cell of an old tracker placed in the register, kept beside it, or told of; and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlflow.adoption.child_lines import place_lines
from xlflow.adoption.grid import Grid
from xlflow.adoption.notes import Note
from xlflow.adoption.proposal import SheetMap, TrackerMap
from xlflow.adoption.record_logs import split_logs
from xlflow.adoption.records import Customs, Desk, Fate, KeptRow, Record, Row
from xlflow.adoption.register_rows import place_records
from xlflow.record.fields import Kind
from xlflow.record.numbers import NumberFormat
from xlflow.record.schema import Schema


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the filled cells of the old workbook."""

    read: int
    header: int
    placed: int
    kept: int
    aside: int
    dropped: int

    @property
    def is_balanced(self) -> bool:
        """Whether every cell that was read has gone somewhere."""
        return self.read == self.header + self.placed + self.kept + self.aside + self.dropped


class CellsUnaccounted(AssertionError):
    """Cells were read that went nowhere: a fault of the program; nothing is written."""


@dataclass(frozen=True)
class Adopted:
    """The contents of the new register, and what is told of the old tracker."""

    rows: tuple[Row, ...]
    progress: tuple[Row, ...]
    issues: tuple[Row, ...]
    changes: tuple[Row, ...]
    departments: tuple[str, ...]
    records: tuple[Record, ...]
    kept: tuple[KeptRow, ...]
    notes: tuple[Note, ...]
    account: Account


def place(grids: Sequence[Grid], mapping: TrackerMap, schema: Schema, customs: Customs) -> Adopted:
    """Place the cells of a workbook as its mapping says.

    Raises:
        CellsUnaccounted: A fault of the program.
    """
    desk = Desk(customs)
    pairs = list(zip(grids, mapping.sheets, strict=True))
    for grid, sheet_map in pairs:  # records first: lines of other sheets name them
        _count_heads(grid, sheet_map, desk)
        if sheet_map.sheet == "register":
            place_records(grid, sheet_map, schema, mapping.words, desk)
    split_logs(grids, mapping, desk)
    for grid, sheet_map in pairs:
        if sheet_map.sheet not in ("", "register"):
            place_lines(grid, sheet_map, schema, mapping.words, desk)
    _give_numbers(desk, schema.numbers)
    _tell_links(desk)
    return _result(grids, schema, desk)


def _count_heads(grid: Grid, sheet_map: SheetMap, desk: Desk) -> None:
    """Headers are told in the mapping; what stands above them, and other sheets, in notes."""
    for row in range(len(grid.rows)):
        if not sheet_map.sheet or row < sheet_map.top:
            desk.fates["aside"] += desk.notes.add_row("aside", grid, row)
        elif row <= sheet_map.bottom:
            desk.fates["header"] += sum(1 for _ in grid.filled(row))
        else:
            break


def _give_numbers(desk: Desk, numbers: NumberFormat) -> None:
    """Number the records that lines of other sheets name, earliest submission first."""
    highest: dict[int, int] = {}
    for record in desk.records:
        if found := numbers.parsed(record.values.get("number")):
            highest[found[0]] = max(highest.get(found[0], 0), found[1])
    waiting = [
        (year, record)
        for record in desk.records
        if record.needs_number and (year := record.year) is not None
    ]
    waiting.sort(key=lambda pair: (pair[0], pair[1].submitted_on or date.max))
    for year, record in waiting:
        highest[year] = highest.get(year, 0) + 1
        number = numbers.written(year, highest[year])
        record.values["number"] = number
        at = (record.row, 0)
        desk.notes.add("numbered", record.sheet, at, record.old_number, number, key="number")


def _tell_links(desk: Desk) -> None:
    """Tell by which new number a line names its record."""
    for link in desk.links:
        number = link.record.values.get("number")
        if number and number != link.old_number:
            told = {"header": link.header, "key": "number", "field_sheet": link.field_sheet}
            old = link.old_number
            desk.notes.add("converted", link.sheet, link.place, old, number, **told)


def _lines(records: Sequence[Record], loose: Sequence[Row], sheet: str) -> Iterator[Row]:
    for record in records:
        for line in record.progress if sheet == "progress" else record.issues:
            yield {**line, "number": record.values.get("number")}
    yield from map(_linked, loose)


def _linked(line: Row) -> Row:
    number = line.get("number")
    if not isinstance(number, Record):
        return line
    return {**line, "number": number.values.get("number") or number.old_number}


def _result(grids: Sequence[Grid], schema: Schema, desk: Desk) -> Adopted:
    fates: Mapping[Fate, int] = desk.fates
    account = Account(
        read=sum(grid.cells for grid in grids),
        header=fates["header"],
        placed=fates["placed"],
        kept=fates["kept"],
        aside=fates["aside"],
        dropped=fates["dropped"],
    )
    if not account.is_balanced:
        raise CellsUnaccounted(f"{account}")
    rows = tuple(record.values for record in desk.records)
    return Adopted(
        rows=rows,
        progress=tuple(_lines(desk.records, desk.loose_progress, "progress")),
        issues=tuple(_lines(desk.records, desk.loose_issues, "issues")),
        changes=tuple(map(_linked, desk.changes)),
        departments=_departments(rows, schema),
        records=tuple(desk.records),
        kept=tuple(desk.kept),
        notes=desk.notes.notes(),
        account=account,
    )


def _departments(rows: Sequence[Mapping[str, Any]], schema: Schema) -> tuple[str, ...]:
    """The departments that the records name, those named most first."""
    keys = [field.key for field in schema.sheets["register"] if field.kind is Kind.DEPARTMENT]
    counts: dict[str, int] = {}
    for row in rows:
        for key in keys:
            name = row.get(key)
            if isinstance(name, str) and 0 < len(name.strip()) <= 60:
                counts[name.strip()] = counts.get(name.strip(), 0) + 1
    return tuple(sorted(counts, key=lambda name: -counts[name]))
