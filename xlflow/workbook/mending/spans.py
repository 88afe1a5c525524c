"""Which rows of which columns a rule covers: lists of areas (sqref), looked at column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xlflow.workbook.addresses import Area, area

Rows = tuple[tuple[int, int], ...]
"""First and last rows of stretches of a column, from top to bottom, none touching another."""


def areas(sqref: str) -> tuple[Area, ...]:
    """The areas of ``A4:A9 C4``. Source: ECMA-376 18.18.76."""
    return tuple(found for found in map(area, sqref.split()) if found)


def rows_of(covered: Iterable[Area], column: int) -> Rows:
    """The rows that the areas cover in one column."""
    return united((a.top, a.bottom) for a in covered if a.left <= column <= a.right)


def united(stretches: Iterable[tuple[int, int]]) -> Rows:
    """The same rows as stretches that do not touch."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        elif first <= last:
            found.append((first, last))
    return tuple(found)


def without(rows: Rows, taken: Rows) -> Rows:
    """The rows that are not in `taken`."""
    left: list[tuple[int, int]] = []
    for first, last in rows:
        for gone_first, gone_last in taken:
            if gone_last < first:
                continue
            if gone_first > last:
                break
            if gone_first > first:
                left.append((first, gone_first - 1))
            first = gone_last + 1
        if first <= last:
            left.append((first, last))
    return tuple(left)


def common(rows: Rows, others: Rows) -> Rows:
    """The rows that are in both."""
    return without(rows, without(rows, others))


def first_cell(covered: Iterable[Area]) -> tuple[int, int]:
    """The cell for which the formulas of a rule are written: in the top row of all its areas, and
    in their leftmost column.
    """
    held = tuple(covered)
    return min(found.top for found in held), min(found.left for found in held)


def outside(covered: Iterable[Area], columns: Iterable[int], first_row: int) -> tuple[Area, ...]:
    """What is left of areas when the cells of these columns from `first_row` down are taken."""
    taken = sorted(columns)
    return tuple(part for found in covered for part in _outside(found, taken, first_row))


def _outside(covered: Area, columns: list[int], first_row: int) -> Iterator[Area]:
    inside = [column for column in columns if covered.left <= column <= covered.right]
    if not inside or covered.bottom < first_row:
        yield covered
        return
    if covered.top < first_row:
        yield Area(covered.top, covered.left, first_row - 1, covered.right)
    top, left = max(covered.top, first_row), covered.left
    for column in inside:
        if left < column:
            yield Area(top, left, covered.bottom, column - 1)
        left = column + 1
    if left <= covered.right:
        yield Area(top, left, covered.bottom, covered.right)


def columns_as_areas(columns: Iterable[int], rows: tuple[int, int]) -> str:
    """The sqref of whole stretches of columns, those side by side as one."""
    top, bottom = rows
    runs = united((column, column) for column in columns)
    return " ".join(str(Area(top, left, bottom, right)) for left, right in runs)
