"""The rows of a sheet as a frame, column by column, with the rows that hold no record left out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import compress, islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlflow.record.register import CellError
from xlflow.workbook.reader_cells import Cells
from xlflow.workbook.reader_columns import Layout
from xlflow.workbook.reader_values import Values

Block = npt.NDArray[np.object_]
Span = tuple[int, int]  # rows from, to before

_CHUNK_ROWS = 500  # transposed at a time: few enough to stay in the processor's cache


def frame(layout: Layout, cells: Cells) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """One row a record or line; index = row in Excel; columns and values as in `Table`.

    A row is left out when people's columns hold nothing in it but white space, errors, zeros and
    FALSE: such is what styles, formulas filled down, and xlflow's own texts leave behind. The rows
    where the last have been left are told beside.
    """
    fields = layout.schema.sheets[layout.sheet]
    typing = [n for n, field in enumerate(fields) if not field.is_own]
    own = [n for n, field in enumerate(fields) if field.is_own]
    index: list[int] = []
    remnants: list[int] = []
    blocks: list[Block] = [np.empty((len(fields), 0), dtype=object)]
    for first, columns in _chunks(layout, cells):
        held = _held([columns[n] for n in typing])
        numbers = range(first + 1, first + 1 + len(held))
        index += compress(numbers, held)
        if not all(held):
            left = _held([columns[n] for n in own])
            remnants += compress(
                numbers, (has and not is_held for has, is_held in zip(left, held, strict=True))
            )
        # an array at once: the collector would visit the cells of a growing list again and again
        block = np.empty((len(fields), sum(held)), dtype=object)
        for n, column in enumerate(columns):
            block[n] = column if all(held) else list(compress(column, held))
        blocks.append(block)
    values = np.concatenate(blocks, axis=1).T
    rows = pd.Index(index, dtype="int64")
    keys = [field.key for field in fields]
    # without dtype, columns of texts and blanks would become text columns, and the blanks NaN
    held_rows = pd.DataFrame(values, index=rows, columns=keys, dtype=object, copy=False)
    return held_rows, tuple(remnants)


def _chunks(layout: Layout, cells: Cells) -> Iterator[tuple[int, list[list[Any]]]]:
    """The first row of each chunk, counted from 0, and the values of each field."""
    fields = layout.schema.sheets[layout.sheet]
    nowhere = -1  # of a field that the workbook lacks
    places = [(layout.columns.get(field.key, nowhere), Values()) for field in fields]
    covered = _covered(cells, set(layout.columns.values()))
    rows = islice(cells.rows(), layout.first_row, None)
    first = layout.first_row
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        by_column = list(zip(*chunk, strict=True))
        columns: list[list[Any]] = []
        for column, typed in places:
            at = column - cells.first_column
            inside = 0 <= at < len(by_column)
            values = typed.convert(by_column[at]) if inside else [None] * len(chunk)
            for start, stop in _within(covered.get(column, []), first, first + len(chunk)):
                part = slice(max(start - first, 0), min(stop - first, len(chunk)))
                values[part] = [None] * len(values[part])
            columns.append(values)
        yield first, columns
        first += len(chunk)


def _covered(cells: Cells, wanted: set[int]) -> Mapping[int, list[Span]]:
    """Column -> rows that lie hidden in merged cells: all but the first cell.

    Excel clears them on merging; other programs may leave values there that nobody sees.
    """
    covered: dict[int, list[Span]] = defaultdict(list)
    for (top, left), (bottom, right) in cells.merged:
        if top > cells.last_row:
            continue
        for column in wanted:
            if left <= column <= right:
                covered[column].append((top + (column == left), bottom + 1))
    return {column: _united(spans) for column, spans in covered.items()}


def _united(spans: list[Span]) -> list[Span]:
    """The same rows as spans from top to bottom, none within or over another."""
    united: list[Span] = []
    for start, stop in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(stop, united[-1][1]))
        elif start < stop:
            united.append((start, stop))
    return united


def _within(spans: list[Span], first: int, stop: int) -> list[Span]:
    """The spans that hold a row from `first` to before `stop`."""
    if not spans:
        return []
    begin = bisect_right(spans, first, key=lambda span: span[1])
    return spans[begin : bisect_left(spans, stop, key=lambda span: span[0])]


def _held(columns: list[list[Any]]) -> list[bool]:
    """For each row, whether anything stands in these columns: mostly the first of them tell."""
    held = [False] * len(columns[0])
    for column in columns:
        if all(held):
            break
        held = [
            known or bool(value and type(value) is not CellError)
            for known, value in zip(held, column, strict=True)
        ]
    return held
