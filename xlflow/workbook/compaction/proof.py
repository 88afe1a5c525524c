"""Prove, before a compacted workbook is put in place, that the right records are gone and no other.

The proof does not take the compaction's word: it compares the two workbooks.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from itertools import zip_longest
from typing import NoReturn
from xml.parsers import expat

from xlflow.workbook import markup, recalculation, refusals
from xlflow.workbook.archive import Limits
from xlflow.workbook.compaction.formats import DEFAULT, column_styles
from xlflow.workbook.compaction.removal import Removal
from xlflow.workbook.compaction.row_content import cells_of
from xlflow.workbook.compaction.survey import RowLook
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_xml import AlternativeRowsError, Element, SheetXml, TangledError

_UNREADABLE = (markup.MarkupError, TangledError, AlternativeRowsError, expat.ExpatError)
_BLANK = (b"", b"")  # value and fitted height of a row that is not there


def verify_compaction(
    before: bytes,
    after: bytes,
    removals: Iterable[Removal],
    *,
    file: str = "workbook",
    limits: Limits | None = None,
) -> None:
    """Check that `after` is `before` without the records of `removals`, and else the same.

    Each record that stays holds the same values, byte for byte, in the same order; nothing is left
    below them; formats stand where they stood. All other cells, and all else of these sheets, are
    the same bytes. All other parts have the same compressed bytes, but for the wish to be computed.

    Raises:
        NotVerified: It is not. `part` tells where.
        WorkbookRefused: One of the two is no workbook that xlflow reads.
    """
    old, new = Package.open(before, file, limits), Package.open(after, file, limits)
    sheets = {old.worksheet(removal.sheet): removal for removal in removals}
    for one, two in zip_longest(old.entries, new.entries):
        if one is None or two is None or one.name != two.name:
            _fail(old, (one or two).name)
        if removal := sheets.get(one.name):
            _check_sheet(old, new, one.name, removal)
        elif one.raw != two.raw or one.crc != two.crc:
            _check_calculation(old, new, one.name)


def _check_calculation(old: Package, new: Package, part: str) -> None:
    """Of other parts only the workbook's may differ, by the wish to be computed on loading."""
    if part != old.workbook_part:
        _fail(old, part)
    with old.refusing(part):
        if new.read(part) != recalculation.recalculated_on_load(old.read(part)):
            _fail(old, part)


def _check_sheet(old: Package, new: Package, part: str, removal: Removal) -> None:
    try:
        expected = _Contents(old.read(part), removal)
    except _UNREADABLE as err:  # what was wrong before is no fault of the compaction
        raise refusals.DamagedWorkbook(old.file, part) from err
    expected.compact()
    try:
        found = _Contents(new.read(part), removal)
    except _UNREADABLE as err:
        raise refusals.NotVerified(old.file, part=part) from err
    if (found.rest, found.records) != (expected.rest, expected.records):
        _fail(old, part)


def _fail(package: Package, part: str) -> NoReturn:
    raise refusals.NotVerified(package.file, part=part)


class _Contents:
    """A sheet's records by row, each a digest of its values, with its fitted height; and the rest.

    `rest` is a digest of all that must not change. Of a record's cells, that is how each is
    formatted, be it by itself, by its row or by its column.
    """

    def __init__(self, xml: bytes, removal: Removal) -> None:
        expat.ParserCreate(namespace_separator=" ").Parse(xml, True)  # noqa: FBT003
        self._sheet = SheetXml(xml)
        self._removal = removal
        self._index = {column: n for n, column in enumerate(removal.columns)}
        self._names = [b"<%d" % column for column in removal.columns]
        self._bare = column_styles(self._sheet, removal.columns)
        self._digest = _digest([])
        self.records: dict[int, tuple[bytes, bytes]] = {}
        self._read()
        self.rest = self._digest.digest()

    def compact(self) -> None:
        """Take the records away, and let those below move up."""
        gone = sorted(self._removal.rows)
        last = max((row for row, (values, _) in self.records.items() if values), default=0)
        if not gone or last < gone[0]:
            return
        self.records = {
            row if row > last else row - bisect_left(gone, row): record
            for row, record in self.records.items()
            if row > last or row not in self._removal.rows
        }

    def _read(self) -> None:
        sheet, xml, rows = self._sheet, memoryview(self._sheet.xml), self._sheet.rows
        if not rows.is_ordered:
            raise TangledError
        position = 0
        for index, number in enumerate(rows.numbers):
            if not self._removal.first_row <= number <= self._removal.last_row:
                continue
            row = sheet.row(index)
            self._digest.update(xml[position : row.tag.start])
            self._read_row(row, number)
            position = row.end
        self._digest.update(xml[position:])

    def _read_row(self, row: Element, number: int) -> None:
        look = RowLook.of(row.tag)
        styles = list(self._bare) if look.style is None else [look.style] * len(self._bare)
        values: list[bytes] = []
        rest: list[bytes] = []
        cells, tail = cells_of(self._sheet, row, number)
        for column, style, kind, inner, raw, lead in cells:
            if lead:
                rest.append(lead)
            index = self._index.get(column)
            if index is None:
                rest.append(raw)
                continue
            styles[index] = style or DEFAULT
            if inner:
                values += (self._names[index], kind, b">", inner)
        rest.append(tail)
        given = markup.without_attributes(row.tag.attributes, b"r", b"spans")
        height = b""
        if look.height is None:
            height = (row.tag.get(b"ht") or "").encode() if b"ht" in given else b""
            given = markup.without_attributes(given, b"ht")
        record = (_digest(values).digest() if values else b"", height)
        if record != _BLANK:
            self.records[number] = record
        if (
            given or any(rest) or tuple(styles) != self._bare
        ):  # an absent row would have none of these
            self._digest.update(b"<%d%s %s>" % (number, given, b",".join(styles)))
            self._digest.update(b"".join(rest))


def _digest(pieces: list[bytes]) -> hashlib.blake2b:
    return hashlib.blake2b(b"".join(pieces), usedforsecurity=False)
