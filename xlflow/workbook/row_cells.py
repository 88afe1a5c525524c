"""The cells of one row: found at once where they are written as usual, else one after the other.

Source: ECMA-376 18.3.1.4 (c), 18.18.7 (ST_CellRef).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from itertools import pairwise

from xlflow.workbook.addresses import address, column_number
from xlflow.workbook.sheet_xml import Element, Places, SheetXml, TangledError, opening_tag

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class RowCells:
    """Looks cells of a row up by column, 1 for A."""

    def __init__(self, sheet: SheetXml, row: Element, number: int) -> None:
        self._sheet = sheet
        self._row = row
        self._number = number
        self._opening = b"<%sc" % sheet.prefix

    def find(self, column: int) -> Element | None:
        """The cell in a column, if the row has it.

        Raises:
            TangledError: It has more than one, or a cell's address belongs to another row.
        """
        if self._spells_addresses_first:
            named = b'%s r="%s"' % (self._opening, address(self._number, column).encode())
            start = self._find(named, self._row.tag.end)
            if start < 0:
                return None
            if self._find(named, start + 1) >= 0:
                raise TangledError
            return self._element(start)
        index = self._places.find(column)
        return None if index is None else self._element(self._places.starts[index])

    def end_before(self, column: int) -> int:
        """The offset at which a missing cell belongs: past the cell before it.

        Raises:
            TangledError: The cells are out of order, or one has the address of another row.
        """
        index = self._places.next_after(column)
        return self._element(self._places.starts[index - 1]).end if index else self._row.tag.end

    def _find(self, mark: bytes, start: int) -> int:
        return self._sheet.blank.find(mark, start, self._row.inner_end)

    def _element(self, start: int) -> Element:
        return self._sheet.element_at(b"c", start, self._row.inner_end)

    @cached_property
    def _spells_addresses_first(self) -> bool:
        """Whether every cell's tag begins with its address, as nearly all writers put it."""
        blank, start, end = self._sheet.blank, self._row.tag.end, self._row.inner_end
        named = self._opening + b' r="'
        return blank.count(self._opening, start, end) == blank.count(named, start, end)

    @cached_property
    def _places(self) -> Places:
        """All cells by column. A cell without an address follows the one before it."""
        opening = opening_tag(self._sheet.prefix, b"c", rb"([A-Z]{1,3})([0-9]{1,7})")
        row = self._row
        found = list(opening.finditer(self._sheet.blank, row.tag.end, row.inner_end))
        starts = [cell.start() for cell in found]
        rows = [cell[2] for cell in found]
        if rows.count(b"%d" % self._number) == len(rows):
            return Places(*_columns(tuple([cell[1] for cell in found])), starts)
        columns: list[int] = []
        for start in starts:
            columns.append(self._odd_column(start, columns[-1] if columns else 0))
        return Places(columns, _is_ascending(columns), starts)

    def _odd_column(self, start: int, before: int) -> int:
        """The column of a cell of any spelling, by its address or the column before."""
        reference = self._sheet.tag_at(b"c", start).get(b"r")
        if not reference:
            return before + 1
        found = _REFERENCE.fullmatch(reference)
        if found is None or int(found[2]) != self._number:
            raise TangledError
        return _column(found[1].encode())


@lru_cache(maxsize=64)  # most rows of a sheet have the same columns
def _columns(letters: tuple[bytes, ...]) -> tuple[list[int], bool]:
    columns = [_column(name) for name in letters]
    return columns, _is_ascending(columns)


def _is_ascending(numbers: Sequence[int]) -> bool:
    return all(first < second for first, second in pairwise(numbers))


@cache
def _column(letters: bytes) -> int:
    try:
        return column_number(letters.decode())
    except ValueError as err:
        raise TangledError from err
