"""The rows of a register as history sees them: what people typed, and the numbers they carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xlflow.history.cells import Cells, digest
from xlflow.record.register import Table
from xlflow.record.values import CellError


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something, and what people typed into it.

    `number`: of the record, or of the record that a line names; "" where there is none.
    `change_number`: of a line of the Changes sheet.
    """

    row: int  # in Excel, from 1
    number: str
    change_number: str
    digest: str  # of the cells
    cells: Cells


def rows_of(table: Table) -> Iterator[Row]:
    """The rows of a sheet in which something stands that people typed, or a number."""
    fields = table.schema.sheets[table.sheet]
    keys = [field.key for field in fields if not field.is_own and field.key in table.columns]
    frame = table.frame
    if "change_number" in table.columns:
        changes = [number_of(value) for value in frame["change_number"].tolist()]
    else:
        changes = [""] * len(frame)
    numbers = [number_of(value) for value in frame["number"].tolist()]
    columns = [frame[key].tolist() for key in keys]
    lines: Iterator[Sequence[Any]] = zip(*columns, strict=True)
    for row, number, change, values in zip(
        frame.index.tolist(), numbers, changes, lines, strict=True
    ):
        cells = {
            key: value
            for key, value in zip(keys, values, strict=True)
            if value is not None and value != ""
        }
        if not number and all(isinstance(value, CellError) for value in cells.values()):
            continue  # a stray error value makes no record
        yield Row(int(row), number, change, digest(cells), cells)


def number_of(value: object) -> str:
    """A number as a cell holds it; "" where it holds none, or something else than text."""
    return value.strip() if isinstance(value, str) else ""
