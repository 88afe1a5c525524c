"""A sheet's XML made ready for calamine, which reads fast but trips over two things.

- Error cells come as blanks, and one that calamine does not know (``#SPILL!``) fails the sheet. So
  they become texts behind a mark that no person types: `ERROR_MARK`.
- A single cell far away makes it fill all cells up to there. So `extent` is looked at first.

All functions take XML that `markup.masked` has been over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from xlflow.workbook.addresses import MAX_COLUMN, column_number

ERROR_MARK = "\ufdd0"
"""Stands before the literal of an error cell. A noncharacter: never in interchanged text."""

_ROOT = re.compile(rb"<([\w.-]+:)?worksheet[\s>]")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)""")
_ERROR_TYPE = re.compile(rb"""(?<=\st=)(["'])e\1""")


@dataclass(frozen=True, slots=True)
class Extent:
    """The last row and the last column in which a cell may hold a value, counted from 1."""

    rows: int
    columns: int


def extent(xml: bytes, most_cells: int) -> Extent:
    """How far the values of a sheet reach.

    Columns are looked at only where the sheet has so many rows that `most_cells` may be passed.
    """
    prefix = _prefix(xml)
    end = max(xml.rfind(b"<%sv" % prefix), xml.rfind(b"<%sis" % prefix), 0)
    starts: list[int] = []
    rows = 0
    for tag in re.compile(rb"<%srow(?=[\s/>])[^<>]*" % re.escape(prefix)).finditer(xml, 0, end):
        number = _ROW_NUMBER.search(tag[0])
        rows = max(rows + 1, int(number[1]) if number else 0)
        starts.append(tag.start())
    if rows * MAX_COLUMN <= most_cells:
        return Extent(rows, MAX_COLUMN)
    named = _farthest_column(xml, most_cells // rows)
    # Cells without a reference stand one after the other.
    cell = b"<%sc" % prefix
    counted = max(xml.count(cell, start, stop) for start, stop in pairwise([*starts, len(xml)]))
    return Extent(rows, max(named, counted))


def with_errors_as_text(xml: bytes, blank: bytes) -> bytes | None:
    """`xml` with its error cells as marked texts; None where it has none. `blank` is it, masked."""
    prefix = re.escape(_prefix(blank))
    cell = re.compile(rb"<%sc\s[^<>]*(?<!/)>" % prefix)
    value = re.compile(rb"<%sv(?:\s[^<>]*)?(?<!/)>" % prefix)
    pieces: list[bytes] = []
    done = 0
    for kind in _error_types(blank):
        tag = cell.match(blank, blank.rfind(b"<", 0, kind.start()))
        if not tag or tag.end() < kind.end():
            continue  # not a cell, or a text that looks like an attribute
        end = blank.find(b"</%sc" % prefix, tag.end())
        found = value.search(blank, tag.end(), max(end, 0))
        if found:
            pieces += (xml[done : kind.start()], b'"str"', xml[kind.end() : found.end()])
            pieces.append(ERROR_MARK.encode())
            done = found.end()
    return b"".join((*pieces, xml[done:])) if pieces else None


def _prefix(xml: bytes) -> bytes:
    """``x:`` where the elements are written as ``<x:row>``; mostly nothing."""
    root = _ROOT.search(xml)
    return root[1] or b"" if root else b""


def _farthest_column(xml: bytes, allowed: int) -> int:
    """The rightmost column beyond `allowed` that a cell names; 0 where there is none."""
    farthest = 0
    for quote in (b'"', b"'"):
        if b"r=" + quote not in xml:
            continue
        for found in _columns_beyond(allowed, quote).finditer(xml):
            inside = xml.rfind(b"<", 0, found.start()) > xml.rfind(b">", 0, found.start())
            column = column_number(found[1].decode())
            if inside and column > allowed:
                farthest = max(farthest, column)
    return farthest


def _columns_beyond(allowed: int, quote: bytes) -> re.Pattern[bytes]:
    """References to columns that may lie beyond `allowed`: few to look at in a usual register."""
    first = max(allowed // 26 - 1, 0)
    if first > 25:
        letters = b"[A-Z]{3}"
    else:
        letters = b"[A-Z]{3}|[%c-Z][A-Z]" % (65 + first) + (b"|[A-Z]" if allowed < 26 else b"")
    return re.compile(b"r=" + quote + b"(" + letters + rb")\d")


def _error_types(blank: bytes) -> Iterator[re.Match[bytes]]:
    """Where an attribute says that a cell holds an error, from left to right."""
    if b't="e"' in blank or b"t='e'" in blank:
        yield from _ERROR_TYPE.finditer(blank)
