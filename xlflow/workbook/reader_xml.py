"""A sheet's XML made ready for calamine, which reads fast but trips over two things.

- Error cells come as blanks, and one that calamine does not know (``#SPILL!``) fails the sheet. So
  they become texts behind a mark that no person types: `ERROR_MARK`.
- A single cell far away makes it fill all cells up to there. So `extent_beyond` looks first.

All functions take XML that `markup.masked` has been over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xlflow.workbook.addresses import MAX_COLUMN

ERROR_MARK = "\ufdd0"
"""Stands before the literal of an error cell. A noncharacter: never in interchanged text."""

_ROOT = re.compile(rb"<([\w.-]+:)?worksheet[\s>]")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)(\d*)""")
_ERROR_TYPE = re.compile(rb"""(?<=\st=)(["'])e\1""")


@dataclass(frozen=True, slots=True)
class Extent:
    """The last row and the last column that hold a value, counted from 1."""

    rows: int
    columns: int


def extent_beyond(xml: bytes, most_cells: int) -> Extent | None:
    """How far the values of a sheet reach; None where they span no more than `most_cells`.

    calamine goes by the reference of each cell, whatever row it stands in.
    """
    prefix = _prefix(xml)
    start = max(xml.find(b"<%ssheetData" % prefix), 0)
    end = max(xml.rfind(b"<%sv" % prefix), xml.rfind(b"<%sis" % prefix), start)
    last = re.compile(rb"[A-Z]{1,3}(\d{1,7})").match(
        xml, xml.rfind(b'<%sc r="' % prefix, start, end) + len(prefix) + 6
    )
    if last and not _other_cells(prefix, int(last[1]), most_cells).search(xml, start, end):
        return None
    reach = _extent(xml, prefix, start, end)
    return reach if reach.rows * reach.columns > most_cells else None


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


def _other_cells(prefix: bytes, rows: int, most_cells: int) -> re.Pattern[bytes]:
    """Finds a cell that is not plainly one of the first `rows` and of as many columns as go with
    them. Both are rounded so that one simple pattern does, since it goes over every cell.
    """
    digits = str(rows)
    lead, zeros = int(digits[0]), len(digits) - 1
    row = rb"[1-%d]\d{%d}" % (lead, zeros)  # up to 199,999 for 123,456
    if zeros:
        row += rb"|\d{1,%d}" % zeros
    columns = most_cells // ((lead + 1) * 10**zeros)
    if columns >= MAX_COLUMN:
        column = b"[A-Z]{1,3}"
    elif columns >= 702:
        column = b"[A-Z]{1,2}"
    elif columns >= 52:
        column = b"[A-%c]?[A-Z]" % (63 + columns // 26)  # up to NZ, 390, for 412
    else:
        column = b"[A-Z]"
    return re.compile(rb'<%sc(?! r="(?:%s)(?:%s)")' % (re.escape(prefix), column, row))


def _extent(xml: bytes, prefix: bytes, start: int, end: int) -> Extent:
    """Cell by cell: slow, for the few sheets that are written in an unusual way."""
    tag = re.compile(rb"<%s(row|c)(?=[\s/>])([^<>]*)>" % re.escape(prefix))
    rows = columns = row = column = 0
    for found in tag.finditer(xml, start, end):
        reference = _REFERENCE.search(found[2])
        if found[1] == b"row":
            row = int(reference[2]) if reference and reference[2] else row + 1
            column = 0
            continue
        column += 1
        if reference and reference[1] and reference[2]:
            column, row = _column_number(reference[1]), int(reference[2])
        if not found[2].endswith(b"/"):
            rows, columns = max(rows, row), max(columns, column)
    return Extent(rows, columns)


def _column_number(letters: bytes) -> int:
    """1 for ``A``, 27 for ``AA``, on beyond the last column of Excel, in any case."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _error_types(blank: bytes) -> Iterator[re.Match[bytes]]:
    """Where an attribute says that a cell holds an error, from left to right."""
    if b't="e"' in blank or b"t='e'" in blank:
        yield from _ERROR_TYPE.finditer(blank)
