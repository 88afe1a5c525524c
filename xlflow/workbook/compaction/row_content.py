"""The cells of one row as they are written: what stays with the place, and what is the value.

Source: ECMA-376 18.3.1.4 (c).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise, repeat

from xlflow.workbook import markup
from xlflow.workbook.addresses import column_number
from xlflow.workbook.sheet_xml import Element, SheetXml, TangledError

_ADDRESS = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
# What nearly all cells have besides address and style: their type.
_TYPE = rb'(?: t="[A-Za-z]{1,9}")?'


Cell = tuple[int, bytes, bytes, bytes, bytes, bytes]
"""Column, style, kind, inner, raw, lead; a plain tuple, since sheets have millions of them.

The style is the number of the format, which stays where it is, as the address does. The kind (all
other attributes: type, metadata, phonetic display) and what is inside are the value, which moves;
a blank cell has nothing inside. Raw is the whole cell; lead what stands before it, in few workbooks
blanks or comments.
"""


def cells_of(sheet: SheetXml, row: Element, number: int) -> tuple[list[Cell], bytes]:
    """The cells of a row from left to right, and what stands behind; each a `Cell`.

    Raises:
        TangledError: Doubled, out of order, or with the address of another row.
        markup.MalformedError: Something else than cells stands between them.
    """
    cells = _usual_cells(sheet, row, number)
    return (cells, b"") if cells is not None else _all_cells(sheet, row, number)


def _usual_cells(sheet: SheetXml, row: Element, number: int) -> list[Cell] | None:
    """The cells of a row that is written as nearly all programs write it; None of any other."""
    if sheet.blank is not sheet.xml:
        return None
    found = _usual(sheet.prefix).findall(sheet.xml, row.tag.end, row.inner_end)
    if not found:
        return [] if row.tag.end == row.inner_end else None
    raw, letters, rows, styles, kinds, inner = zip(*found, strict=True)
    if sum(map(len, raw)) != row.inner_end - row.tag.end:
        return None
    if rows.count(b"%d" % number) != len(rows):
        raise TangledError
    return list(zip(_columns(letters), styles, kinds, inner, raw, repeat(b"")))


def _all_cells(sheet: SheetXml, row: Element, number: int) -> tuple[list[Cell], bytes]:
    cells: list[Cell] = []
    column, position = 0, row.tag.end
    blank, xml, digits = sheet.blank, sheet.xml, b"%d" % number
    for found in _any(sheet.prefix).finditer(blank, position, row.inner_end):
        start, end = found.span()
        if blank[position:start].strip():
            raise markup.MalformedError
        letters, at, style, kind = _attributes(found[1])
        before, column = column, _column(letters) if letters else column + 1
        if column <= before or (letters and at != digits):
            raise TangledError
        first, last = found.span(2)
        inner = xml[first:last] if last > first else b""
        inner = b"" if inner.isspace() else inner
        cells.append((column, style, kind, inner, xml[start:end], xml[position:start]))
        position = end
    if blank[position : row.inner_end].strip():
        raise markup.MalformedError
    return cells, xml[position : row.inner_end]


def _attributes(given: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Letters, digits, style and the other attributes, of a tag of any spelling."""
    held = dict(markup.attributes(given))
    place = _ADDRESS.fullmatch(held.get(b"r", "").encode())
    if place is None and b"r" in held:
        raise TangledError
    letters, digits = place.groups() if place else (b"", b"")
    kind = markup.without_attributes(given, b"r", b"s").rstrip()
    return letters, digits, held.get(b"s", "").encode(), kind


@lru_cache(maxsize=64)  # most rows of a sheet have the same columns
def _columns(letters: tuple[bytes, ...]) -> list[int]:
    columns = [_column(name) for name in letters]
    if any(one >= two for one, two in pairwise(columns)):
        raise TangledError
    return columns


@cache
def _column(letters: bytes) -> int:
    try:
        return column_number(letters.decode())
    except ValueError as err:
        raise TangledError from err


@cache
def _usual(prefix: bytes) -> re.Pattern[bytes]:
    """Groups: the whole cell, letters, row, style, type, content."""
    c, v = (re.escape(prefix + name) for name in (b"c", b"v"))
    inner = rb"<%s>[^<]*+</%s>|(?:[^<]++|<(?!/%s[\s>]))*+" % (v, v, c)
    return re.compile(
        rb'(<%s r="([A-Z]{1,3})([0-9]+)"(?: s="([0-9]+)")?(%s)(?:/>|>(%s)</%s>))'
        % (c, _TYPE, inner, c)
    )


@cache
def _any(prefix: bytes) -> re.Pattern[bytes]:
    """Groups: attributes, content."""
    c = re.escape(prefix + b"c")
    return re.compile(
        rb"<%s(?=[\s/>])(%s)\s*(?:/>|>((?:[^<]++|<(?!/%s[\s>]))*+)</%s\s*>)"
        % (c, markup.ATTRIBUTES, c, c)
    )
