"""New lines for a register: each below the last one of its sheet, in cells where nothing stands.

The same for every job that adds any: `intake`, `restore`, `unarchive`. What it gives are edits for
the patch; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlflow.errors import XlflowError
from xlflow.languages import say
from xlflow.record.register import Register, Table
from xlflow.workbook.addresses import column_number
from xlflow.workbook.archive import Limits
from xlflow.workbook.cell_values import Value
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.free_rows import EndOfList
from xlflow.workbook.package import Package

Line = Mapping[str, Value]
"""Field key -> value as it is to stand in the cell; None and "" leave it blank."""


@dataclass(frozen=True)
class Appended:
    """Lines with a place of their own.

    `rows`: sheet -> the row of each of its lines, in their order. `hidden`: those of them that
    nobody sees until the filter is cleared or the row is shown.
    """

    edits: tuple[CellEdit, ...]
    rows: Mapping[str, tuple[int, ...]]
    hidden: Mapping[str, tuple[int, ...]]


class ColumnsAbsent(XlflowError):
    """New lines fill columns that `sheet` of the register does not have: `fields` are their labels.

    Left out, what people filled in would be lost.
    """


def appended(
    data: bytes,
    register: Register,
    lines: Mapping[str, Sequence[Line]],
    *,
    limits: Limits | None = None,
) -> Appended:
    """Places for `lines` (sheet -> its lines) in the workbook `data` that `register` was read from.

    New cells have the format of their column, whatever format stray cells of the row have.

    Raises:
        NoRoom: A sheet is full down to its last row.
        NoDateFormat: The workbook has lost all formats that show dates.
        WorkbookRefused: Damaged, or rows that nobody can tell.
        ColumnsAbsent: Lines fill fields of the company's own that the workbook has no column for.
        KeyError: A line names a field that its sheet does not have.
    """
    package = Package.open(data, register.path, limits)
    tables = {table.sheet: table for table in register.tables}
    edits: list[CellEdit] = []
    rows: dict[str, tuple[int, ...]] = {}
    hidden: dict[str, tuple[int, ...]] = {}
    for sheet, held in lines.items():
        if not held:
            continue
        table = tables[sheet]
        end = EndOfList(package, table.title, table.frame.index.tolist(), table.first_row)
        _refuse_absent(held, table, register)
        columns = {key: column_number(name) for key, name in table.columns.items()}
        written = {columns[key] for line in held for key, value in line.items() if _is_given(value)}
        free = end.free(len(held), columns.values(), written)
        for line, row in zip(held, free, strict=True):
            edits += _edits(line, table, columns, end, row.number)
        rows[sheet] = tuple(row.number for row in free)
        hidden[sheet] = tuple(row.number for row in free if row.is_hidden)
    return Appended(tuple(edits), rows, hidden)


def _refuse_absent(lines: Sequence[Line], table: Table, register: Register) -> None:
    given = {key for line in lines for key, value in line.items() if _is_given(value)}
    fields = register.schema.by_key(table.sheet)
    absent = [key for key in fields if key in given and key not in table.columns]
    if absent:
        between = say(register.language, "upgrade.between")
        names = between.join(fields[key].label(register.language) for key in absent)
        raise ColumnsAbsent(
            "upgrade.columns-absent", file=register.path, sheet=table.title, fields=names
        )


def _edits(
    line: Line, table: Table, columns: Mapping[str, int], end: EndOfList, row: int
) -> list[CellEdit]:
    return [
        CellEdit(
            table.title,
            row,
            columns[key],
            value,
            style=end.style(columns[key], holds_date=isinstance(value, date)),
        )
        for key, value in line.items()
        if _is_given(value)
    ]


def _is_given(value: Value) -> bool:
    return value is not None and value != ""
