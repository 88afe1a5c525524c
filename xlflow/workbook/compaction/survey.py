"""Look through the rows of a data area once: what they hold, and how they are formatted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from xlflow.workbook import markup
from xlflow.workbook.compaction.formats import DEFAULT, column_styles
from xlflow.workbook.compaction.removal import Removal, Zone
from xlflow.workbook.compaction.row_content import cells_of
from xlflow.workbook.markup import Tag
from xlflow.workbook.sheet_xml import Element, SheetXml, TangledError

_TRUE = ("1", "true", "on")
_LOOKS = (b"customHeight", b"customFormat", b"hidden", b"outlineLevel", b"collapsed")

Styles = tuple[bytes, ...]
"""The format of each cell of a row, in the order of the columns."""

Place = tuple[int, int]
"""Row and column."""


@dataclass(frozen=True, slots=True)
class RowLook:
    """What belongs to a row itself. `height` is its own, in points, not one that Excel fitted."""

    height: str | None = None
    style: bytes | None = None
    is_hidden: bool = False
    is_grouped: bool = False

    @classmethod
    def of(cls, row: Tag) -> RowLook:
        """Read from the row's attributes. Source: ECMA-376 18.3.1.73."""
        if not any(name in row.attributes for name in _LOOKS):  # as in most rows
            return cls()
        held = dict(markup.attributes(row.attributes))
        return cls(
            height=held.get(b"ht") if held.get(b"customHeight") in _TRUE else None,
            style=held.get(b"s", "0").encode() if held.get(b"customFormat") in _TRUE else None,
            is_hidden=held.get(b"hidden") in _TRUE,
            is_grouped=held.get(b"outlineLevel", "0") != "0" or held.get(b"collapsed") in _TRUE,
        )


class Survey:
    """The rows of one data area, as its sheet has them.

    `held` are the rows with a value; `looks` and `styles` those that are not as an absent row
    would be; `formulas` the area's cells with one; `beside` the rows with a typed value by column,
    for the columns outside of the area that hold anything; `tangled` the rows that nobody can read.
    """

    def __init__(self, sheet: SheetXml, removal: Removal) -> None:
        """Look through them.

        Raises:
            markup.MarkupError: Damaged.
        """
        self.sheet = sheet
        self.removal = removal
        self.held: set[int] = set()
        self.tangled: list[int] = []
        self.looks: dict[int, RowLook] = {}
        self.styles: dict[int, Styles] = {}
        self.formulas: list[Place] = []
        self.beside: defaultdict[int, list[int]] = defaultdict(list)
        self.bare = column_styles(sheet, removal.columns)
        self._alike = {self.bare: self.bare}  # rows share their styles, to spare memory
        self._formula_name = b"<%sf" % sheet.prefix
        self._index = {column: n for n, column in enumerate(removal.columns)}
        if not sheet.rows.is_ordered:
            self.tangled.append(removal.last_row)
            return
        for number, row in rows_between(sheet, removal.first_row, removal.last_row):
            try:
                self._read(number, row)
            except TangledError:
                self.tangled.append(number)

    @cached_property
    def zone(self) -> Zone | None:
        """The rows whose values go or move; None where nothing does."""
        last = max(self.held, default=0)
        if not self.removal.rows or last < min(self.removal.rows):
            return None
        return Zone(self.removal, last)

    def _read(self, number: int, row: Element) -> None:
        look = RowLook.of(row.tag)
        if look != RowLook():
            self.looks[number] = look
        styles = list(self.bare) if look.style is None else [look.style] * len(self.bare)
        for column, style, _, inner, _, _ in cells_of(self.sheet, row, number)[0]:
            index = self._index.get(column)
            if index is not None:
                styles[index] = style or DEFAULT
            if inner:
                self._note(number, column, inner, is_record=index is not None)
        found = tuple(styles)
        self.styles[number] = self._alike.setdefault(found, found)

    def _note(self, number: int, column: int, inner: bytes, *, is_record: bool) -> None:
        is_formula = self._formula_name in inner and self._has_formula(inner)
        if not is_record:
            self.beside[column] += [] if is_formula else [number]
            return
        self.held.add(number)
        if is_formula:
            self.formulas.append((number, column))

    def _has_formula(self, inner: bytes) -> bool:
        blank = markup.masked(inner)
        return any(True for _ in markup.tags(blank, self.sheet.prefix, b"f", 0, len(blank)))


def rows_between(sheet: SheetXml, first: int, last: int) -> Iterator[tuple[int, Element]]:
    """The rows that the sheet has there, with their numbers. They must be in order."""
    numbers = sheet.rows.numbers
    for index in range(bisect_left(numbers, first), bisect_right(numbers, last)):
        yield numbers[index], sheet.row(index)
