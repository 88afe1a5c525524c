"""A sheet's XML made ready for calamine, which reads fast but trips over a few things.

- Error cells come as blanks, and one that calamine does not know (``#SPILL!``) fails the sheet. So
  they become texts behind a mark that no person types: `ERROR_MARK`.
- A single cell far away makes it fill all cells up to there. So `extent_beyond` looks first.
- A number far below zero in a cell with a date's format fails it. So
  `without_impossible_dates` takes the format away.
- A cell that names its text by "-1" or a word gets the first text. So `holds_odd_text_index` tells.
- It makes room for as many texts as the table of shared texts claims to hold. So
  `with_modest_count` takes a claim away that cannot be true.

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
_TABLE = re.compile(rb"<(?:[\w.-]+:)?sst(?=[\s/>])[^<>]*>")
_CLAIM = re.compile(rb"""\suniqueCount\s*=\s*["'][^"'<]*["']""")
_SHORTEST_TEXT = len(b"<si/>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)(\d*)""")
_NUMBER = re.compile(rb">(-\d{1,400}(?:\.\d{0,400})?(?:[eE][+-]?\d{1,9})?)<")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c\s[^<>]*>")
_STYLE = re.compile(rb"""\ss\s*=\s*["'][^"'<]*["']""")
_LOWEST_DATE = -1e11  # a day in milliseconds times this is more than 64 bits hold
_LONGEST_CELL = 1_000  # its tag, and a formula
_PLACE = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^<>]*)>")
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
    if _mixed(prefix).search(xml):
        reach = _extent(xml, 0, len(xml))
        return reach if reach.rows * reach.columns > most_cells else None
    start = max(xml.find(b"<%ssheetData" % prefix), 0)
    end = max(xml.rfind(b"<%sv" % prefix), xml.rfind(b"<%sis" % prefix), start)
    last = re.compile(rb"[A-Z]{1,3}(\d{1,7})").match(
        xml, xml.rfind(b'<%sc r="' % prefix, start, end) + len(prefix) + 6
    )
    if last and not _other_cells(prefix, int(last[1]), most_cells).search(xml, start, end):
        return None
    reach = _extent(xml, start, end)
    return reach if reach.rows * reach.columns > most_cells else None


def without_impossible_dates(xml: bytes, blank: bytes) -> bytes | None:
    """`xml` with numbers far below zero in cells without a format; None where it has none.

    Every offset stays.
    """
    found = (style for place in _far_below_zero(blank) for style in _style_before(place, blank))
    styles = list(dict.fromkeys(found))
    if not styles:
        return None
    pieces: list[bytes] = []
    done = 0
    for start, end in styles:
        pieces += (xml[done:start], b" " * (end - start))
        done = end
    return b"".join((*pieces, xml[done:]))


def holds_odd_text_index(blank: bytes) -> bool:
    """Whether a cell names its shared text by anything but a number: calamine takes the first."""
    # as cells are usually written, since it goes over every one of them
    value = rb't="s"[^<>]*><%sv>(?!\d{0,9}<)' % re.escape(_prefix(blank))
    return re.search(value, blank) is not None


def with_errors_as_text(xml: bytes, blank: bytes) -> bytes | None:
    """`xml` with its error cells as marked texts; None where it has none. `blank` is it, masked."""
    prefix = re.escape(_prefix(blank))
    cell = re.compile(rb"<%sc\s[^<>]*(?<!/)>" % prefix)
    value = re.compile(rb"<%sv(?:\s[^<>]*)?(?<!/)>" % prefix)
    pieces: list[bytes] = []
    done = seen = end = 0
    for kind in _error_types(blank):
        start = blank.rfind(b"<", seen, kind.start())  # none: the tag of the last one, again
        seen = kind.end()
        tag = cell.match(blank, start) if start >= end else None
        if not tag or tag.end() < kind.end():
            continue  # not a cell, or a text that looks like an attribute
        end = blank.find(b"</%sc" % prefix, tag.end())
        if end < 0:
            break
        found = value.search(blank, tag.end(), end)
        if found:
            pieces += (xml[done : kind.start()], b'"str"', xml[kind.end() : found.end()])
            pieces.append(ERROR_MARK.encode())
            done = found.end()
    return b"".join((*pieces, xml[done:])) if pieces else None


def with_modest_count(xml: bytes, blank: bytes) -> bytes | None:
    """A table of shared texts without the number of its texts; None where that may be true."""
    table = _TABLE.search(blank)
    claim = _CLAIM.search(blank, table.start(), table.end()) if table else None
    if not claim:
        return None
    count = claim[0].strip(b"\"' \t\r\n").rpartition(b"=")[2].strip(b"\"' \t\r\n")
    if count.isdigit() and len(count) < 12 and int(count) <= len(xml) // _SHORTEST_TEXT:
        return None
    return xml[: claim.start()] + xml[claim.end() :]


def _far_below_zero(blank: bytes) -> Iterator[int]:
    """Where numbers begin that calamine fails at if their format is a date's."""
    place = blank.find(b">-")
    while place >= 0:
        if (found := _NUMBER.match(blank, place)) and float(found[1]) <= _LOWEST_DATE:
            yield place
        place = blank.find(b">-", place + 2)


def _style_before(place: int, blank: bytes) -> Iterator[tuple[int, int]]:
    """From where to where the style of the cell around an offset is told, if it is."""
    window = range(max(place - _LONGEST_CELL, 0), place)
    cells = list(_CELL.finditer(blank, window.start, window.stop))
    if cells and (style := _STYLE.search(blank, cells[-1].start(), cells[-1].end())):
        yield style.span()


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


def _mixed(prefix: bytes) -> re.Pattern[bytes]:
    """Finds a cell or a value under another prefix, which calamine takes for one all the same."""
    if not prefix:  # one byte to look for, since it goes over every cell
        return re.compile(rb":(?:c|v|is)(?=[\s/>])")
    return re.compile(rb"<(?!%s)(?:[\w.-]+:)?(?:c|v|is)(?=[\s/>])" % re.escape(prefix))


def _extent(xml: bytes, start: int, end: int) -> Extent:
    """Cell by cell: slow, for the few sheets that are written in an unusual way."""
    rows = columns = row = column = 0
    for found in _PLACE.finditer(xml, start, end):
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
