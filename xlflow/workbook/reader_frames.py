"""The rows of a sheet as a frame, column by column, with the rows that hold no record left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import compress, islice
from typing import Any

import pandas as pd

from xlflow.record.fields import SHEETS
from xlflow.record.register import CellError
from xlflow.workbook.reader_cells import Cells
from xlflow.workbook.reader_columns import Layout
from xlflow.workbook.reader_values import Values

_CHUNK_ROWS = (
    2_000  # transposed at a time, so that the cells of all rows never stand in memory twice
)


def frame(layout: Layout, cells: Cells) -> pd.DataFrame:
    """One row a record or line; index = row in Excel; columns and values as in `Table`.

    A row is left out when people's columns hold nothing in it but white space, errors, zeros and
    FALSE: such is what styles, formulas filled down, and xlflow's own texts leave behind.
    """
    fields = SHEETS[layout.sheet]
    columns: dict[str, list[Any]] = {field.key: [] for field in fields}
    index: list[int] = []
    typing = [field.key for field in fields if not field.is_own]
    for first, values in _chunks(layout, cells):
        held = list(map(any, zip(*(_without_errors(values[key]) for key in typing), strict=True)))
        index += compress(range(first + 1, first + 1 + len(held)), held)
        for key, column in columns.items():
            column += values[key] if all(held) else compress(values[key], held)
    rows = pd.Index(index, dtype="int64")
    series = {key: pd.Series(column, index=rows, dtype=object) for key, column in columns.items()}
    return pd.DataFrame(series, index=rows, columns=list(columns))


def _chunks(layout: Layout, cells: Cells) -> Iterator[tuple[int, dict[str, list[Any]]]]:
    """The first row of each chunk, counted from 0, and the values of each field."""
    columns = {key: (column, Values()) for key, column in layout.columns.items()}
    covered = _covered(cells)
    rows = islice(cells.rows(), layout.first_row, None)
    first = layout.first_row
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        by_column = list(zip(*chunk, strict=True))
        values: dict[str, list[Any]] = {}
        for key, (column, typed) in columns.items():
            at = column - cells.first_column
            inside = 0 <= at < len(by_column)
            values[key] = typed.convert(by_column[at]) if inside else [None] * len(chunk)
            for start, stop in covered.get(column, ()):
                part = slice(max(start - first, 0), max(min(stop - first, len(chunk)), 0))
                values[key][part] = [None] * len(values[key][part])
        yield first, values
        first += len(chunk)


def _covered(cells: Cells) -> Mapping[int, list[tuple[int, int]]]:
    """Column -> rows (from, to before) that lie hidden in merged cells: all but the first cell.

    Excel clears them on merging; other programs may leave values there that nobody sees.
    """
    covered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (top, left), (bottom, right) in cells.merged:
        for column in range(left, right + 1):
            covered[column].append((top + (column == left), bottom + 1))
    return covered


def _without_errors(values: list[Any]) -> list[Any]:
    if CellError not in set(map(type, values)):
        return values
    return [None if isinstance(value, CellError) else value for value in values]
