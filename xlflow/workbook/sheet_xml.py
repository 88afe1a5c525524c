"""Where rows and cells stand in a worksheet's XML: byte offsets, found by scanning.

Source: ECMA-376 18.3.1.73 (row), 18.3.1.4 (c), 18.3.1.80 (sheetData).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from xlflow.workbook import markup
from xlflow.workbook.markup import Tag

_ROOT = re.compile(
    rb"<(?:([^\s<>:/\"'=?!]+):)?([^\s<>:/\"'=?!]+)(?=[\s/>])(%s)\s*(/?)>" % markup.ATTRIBUTES
)
_ALTERNATIVES = re.compile(rb"<(?:[^\s<>:/]+:)?AlternateContent(?=[\s/>])")
_PREFIX = re.compile(
    rb"""\sxmlns(?::([^\s=]+))?\s*=\s*["'](?:%s)["']"""
    % b"|".join(re.escape(space.encode()) for space in markup.SPREADSHEET_NAMESPACES)
)


class TangledError(Exception):
    """Rows or cells around a place are doubled or out of order: nobody can say what it holds."""


class AlternativeRowsError(Exception):
    """Rows or cells in mc:AlternateContent, or under a second prefix for their namespace."""


@dataclass(frozen=True, slots=True)
class Places:
    """Numbers (of rows, or of columns in a row) and the offsets where their elements begin."""

    numbers: Sequence[int]
    is_ordered: bool
    starts: Sequence[int]

    def find(self, number: int) -> int | None:
        """Which of the elements has the number; None if none has.

        Raises:
            TangledError: More than one has.
        """
        if self.is_ordered:
            index = bisect_left(self.numbers, number)
            return index if index < len(self.numbers) and self.numbers[index] == number else None
        count = self.numbers.count(number)
        if count > 1:
            raise TangledError
        return self.numbers.index(number) if count else None

    def next_after(self, number: int) -> int:
        """Which of the elements comes after a missing number (one past the last, if none does).

        Raises:
            TangledError: They are out of order, or one has the number after all.
        """
        index = bisect_left(self.numbers, number)
        if not self.is_ordered or number in self.numbers[index : index + 1]:
            raise TangledError
        return index


@dataclass(frozen=True, slots=True)
class Element:
    """A row or cell. What it holds ends at `inner_end`; `end` is past its end tag."""

    tag: Tag
    inner_end: int
    end: int


class SheetXml:
    """One worksheet. `blank` is its XML with comments and the like blanked out, offsets kept."""

    def __init__(self, xml: bytes) -> None:
        """Find the rows' region.

        Raises:
            markup.MarkupError: No worksheet, malformed, or unsafe.
            AlternativeRowsError: Its rows depend on who reads them.
        """
        markup.check_encoding(xml)
        self.xml = xml
        self.blank = markup.masked(xml)
        self.prefix = self._root_prefix()
        data = next(markup.tags(self.blank, self.prefix, b"sheetData", 0, len(xml)), None)
        if data is None:
            raise markup.MalformedError
        self.data = self.element(data, b"sheetData", len(xml))
        self._refuse_second_prefix()
        self._blank_out_extensions()

    def element(self, tag: Tag, name: bytes, limit: int) -> Element:
        """The element that `tag` begins; elements of its name do not nest."""
        if tag.is_empty:
            return Element(tag, tag.end, tag.end)
        end = markup.end_tag(self.prefix, name).search(self.blank, tag.end, limit)
        if end is None:
            raise markup.MalformedError
        return Element(tag, end.start(), end.end())

    @cached_property
    def formulas_start(self) -> int:
        """The offset before which no cell holds a formula."""
        found = self.blank.find(b"<%sf" % self.prefix, self.data.tag.end, self.data.inner_end)
        return found if found >= 0 else self.data.inner_end

    @cached_property
    def has_formula(self) -> bool:
        """Whether any cell holds a formula."""
        tags = markup.tags(self.blank, self.prefix, b"f", self.formulas_start, self.data.inner_end)
        return any(True for _ in tags)

    @cached_property
    def rows(self) -> Places:
        """All rows by number. A row without a number follows the one before it."""
        numbers, starts = array("q"), array("q")
        number = 0
        is_ordered = True
        opening = opening_tag(self.prefix, b"row", rb"([0-9]{1,9})")
        for found in opening.finditer(self.blank, self.data.tag.end, self.data.inner_end):
            written = int(found[1]) if found[1] else self._row_number(found.start())
            following = number + 1 if written is None else written
            is_ordered = is_ordered and following > number
            number = following
            numbers.append(number)
            starts.append(found.start())
        return Places(numbers, is_ordered, starts)

    def row(self, index: int) -> Element:
        """The row at a place of `rows`."""
        return self.element_at(b"row", self.rows.starts[index], self.data.inner_end)

    def element_at(self, name: bytes, start: int, limit: int) -> Element:
        """The element whose start tag begins at `start`; it ends before `limit`."""
        return self.element(self.tag_at(name, start), name, limit)

    def tag_at(self, name: bytes, start: int) -> Tag:
        """The start tag that begins at `start`."""
        found = markup.start_tag(self.prefix, name).match(self.blank, start)
        if found is None:
            raise markup.MalformedError
        return Tag.of(found)

    def _row_number(self, start: int) -> int | None:
        """The number of a row whose tag does not begin with it, if it has one."""
        value = self.tag_at(b"row", start).get(b"r")
        if value and not re.fullmatch("[0-9]{1,9}", value):
            raise markup.MalformedError
        return int(value) if value else None

    def _root_prefix(self) -> bytes:
        root = _ROOT.search(self.blank)
        if root is None or root[2] != b"worksheet":
            raise markup.MalformedError
        prefix = root[1] or b""
        declared = dict(markup.attributes(root[3]))
        namespace = declared.get(b"xmlns:" + prefix if prefix else b"xmlns")
        if namespace not in markup.SPREADSHEET_NAMESPACES:
            raise markup.MalformedError
        return prefix + b":" if prefix else b""

    def _refuse_second_prefix(self) -> None:
        """Two prefixes for one namespace are harmless until a row or cell bears the other."""
        start, end = self.data.tag.start, self.data.inner_end
        for declared in _PREFIX.finditer(self.blank, 0, start):
            prefix = declared[1] + b":" if declared[1] else b""
            if prefix != self.prefix and any(
                self.blank.find(b"<%s%s" % (prefix, name), start, end) >= 0
                for name in (b"row", b"c ", b"c>", b"c/")
            ):
                raise AlternativeRowsError

    def _blank_out_extensions(self) -> None:
        """Nothing within an extLst of a row or cell is a row or cell of the sheet."""
        start, end = self.data.tag.end, self.data.inner_end
        if self.blank.find(b"AlternateContent", start, end) >= 0 and _ALTERNATIVES.search(
            self.blank, start, end
        ):
            raise AlternativeRowsError
        if self.blank.find(b"extLst", start, end) < 0:
            return
        name = re.escape(self.prefix)
        extension = re.compile(
            rb"<%sextLst(?=[\s/>])%s\s*(?:/>|>.*?</%sextLst\s*>)" % (name, markup.ATTRIBUTES, name),
            re.DOTALL,
        )
        region = extension.sub(lambda found: b" " * len(found[0]), self.blank[start:end])
        self.blank = self.blank[:start] + region + self.blank[end:]


@cache
def opening_tag(prefix: bytes, name: bytes, reference: bytes) -> re.Pattern[bytes]:
    """The beginning of a start tag, with the address where that is its first attribute."""
    return re.compile(rb'<%s(?=[\s/>])(?:\s+r="%s")?' % (re.escape(prefix + name), reference))
