"""Write the changed cells of one sheet: the old XML with a few splices in it.

Source: ECMA-376 18.3.1.4 (c), 18.3.1.13 (col), 18.3.1.35 (dimension), 18.3.1.73 (row).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xlflow.workbook import cell_values, markup
from xlflow.workbook.addresses import Area, address, area
from xlflow.workbook.markup import Tag
from xlflow.workbook.sheet_changes import CellChange, RowChange
from xlflow.workbook.sheet_xml import Element, SheetXml

_SPANS = re.compile(rb"""(\sspans\s*=\s*["'])([^"']*)""")
# Of the old value: its type, and the metadata of a formula's or picture's result.
_VALUE_ATTRIBUTES = (b"t", b"cm", b"vm")


@dataclass(frozen=True, slots=True)
class Splice:
    """`new` in place of what stands between two offsets."""

    start: int
    end: int
    new: bytes


def edited(sheet: SheetXml, rows: list[RowChange]) -> Iterator[bytes | memoryview]:
    """The sheet's new XML in pieces; those that stay are views of the old bytes."""
    old = memoryview(sheet.xml)
    position = 0
    for splice in _splices(sheet, rows):
        yield old[position : splice.start]
        yield splice.new
        position = splice.end
    yield old[position:]


def _splices(sheet: SheetXml, rows: list[RowChange]) -> Iterator[Splice]:
    """All splices, from top to bottom."""
    writer = _Writer(sheet)
    yield from writer.dimension(rows)
    if sheet.data.tag.is_empty:  # <sheetData/>
        tag = sheet.data.tag
        name = sheet.prefix + b"sheetData"
        new = b"".join(writer.new_row(row) for row in rows)
        opening = b"<%s%s>" % (name, tag.attributes)
        yield Splice(tag.start, tag.end, opening + new + b"</%s>" % name)
        return
    for row in sorted(rows, key=lambda row: row.position):
        yield from writer.row(row)


class _Writer:
    def __init__(self, sheet: SheetXml) -> None:
        self._sheet = sheet
        self._prefix = sheet.prefix.decode()
        self._column_styles = list(self._styled_columns())

    def dimension(self, rows: list[RowChange]) -> Iterator[Splice]:
        """The used range, widened to the cells that are written."""
        sheet = self._sheet
        start = sheet.data.tag.start
        tag = next(markup.tags(sheet.blank, sheet.prefix, b"dimension", 0, start), None)
        known = area(tag.get(b"ref") or "") if tag else None
        if tag is None or known is None:
            return
        numbers = [row.number for row in rows]
        columns = [change.column for row in rows for change in row.cells]
        written = Area(min(numbers), min(columns), max(numbers), max(columns))
        used = known.around(written)
        if used != known:
            kept = markup.without_attributes(tag.attributes, b"ref")
            new = b' ref="%s"%s' % (str(used).encode(), kept)
            yield Splice(tag.attributes_start, tag.attributes_end, new)

    def row(self, change: RowChange) -> Iterator[Splice]:
        """The splices of one row."""
        if change.row is None:
            yield Splice(change.position, change.position, self.new_row(change))
            return
        tag = change.row.tag
        name = self._sheet.prefix + b"row"
        added = [cell.column for cell in change.cells if cell.cell is None]
        given = _with_spans(tag.attributes, added)
        if tag.is_empty:
            cells = b"".join(self.cell(cell, tag) for cell in change.cells)
            yield Splice(tag.start, tag.end, b"<%s%s>%s</%s>" % (name, given, cells, name))
            return
        if given != tag.attributes:
            yield Splice(tag.attributes_start, tag.attributes_end, given)
        for cell in sorted(change.cells, key=lambda cell: cell.position):
            end = cell.cell.end if cell.cell else cell.position
            yield Splice(cell.position, end, self.cell(cell, tag))

    def new_row(self, change: RowChange) -> bytes:
        """A row that the sheet lacked."""
        name = self._sheet.prefix + b"row"
        cells = b"".join(self.cell(cell, None) for cell in change.cells)
        return b'<%s r="%d">%s</%s>' % (name, change.number, cells, name)

    def cell(self, change: CellChange, row: Tag | None) -> bytes:
        """The cell with its new content and old style; a new one takes its row's or column's."""
        kind, inner = cell_values.cell_inner(change.content, self._prefix)
        wanted = change.edit.style
        if change.cell is None:
            style = self._style(row, change.column) if wanted is None else wanted
            where = address(change.edit.row, change.column)
            given = f' r="{where}"' + (f' s="{style}"' if style else "")
        else:
            tag = change.cell.tag
            dropped = _VALUE_ATTRIBUTES if wanted is None else (*_VALUE_ATTRIBUTES, b"s")
            given = markup.without_attributes(tag.attributes, *dropped).decode()
            given += "" if wanted is None else f' s="{wanted}"'
            inner += self._extensions(change.cell)
        name = f"{self._prefix}c"
        tail = f">{inner}</{name}>" if inner else "/>"
        return f"<{name}{given}{kind}{tail}".encode()

    def _extensions(self, cell: Element) -> str:
        """What other programs keep with the cell (extLst) stays with it."""
        inner = self._sheet.xml[cell.tag.end : cell.inner_end]
        if b"extLst" not in inner:
            return ""
        start = markup.masked(inner).find(b"<%sextLst" % self._sheet.prefix)
        return inner[start:].decode() if start >= 0 else ""

    def _style(self, row: Tag | None, column: int) -> str | None:
        if row and row.get(b"customFormat") in ("1", "true"):
            return row.get(b"s")
        return next(
            (style for first, last, style in self._column_styles if first <= column <= last), None
        )

    def _styled_columns(self) -> Iterator[tuple[int, int, str]]:
        sheet = self._sheet
        for tag in markup.tags(sheet.blank, sheet.prefix, b"col", 0, sheet.data.tag.start):
            first, last, style = (tag.get(name) or "" for name in (b"min", b"max", b"style"))
            if first.isdecimal() and last.isdecimal() and style.isdecimal():
                yield int(first), int(last), style


def _with_spans(given: bytes, columns: list[int]) -> bytes:
    """A row's attributes, its spans widened to hold `columns`. Source: ECMA-376 18.18.84."""
    found = _SPANS.search(given)
    bounds = [int(bound) for bound in re.findall(rb"[0-9]+", found[2])] if found else []
    if not found or not bounds or not columns:
        return given
    if min(columns) >= min(bounds) and max(columns) <= max(bounds):
        return given
    spans = b"%d:%d" % (min(*columns, *bounds), max(*columns, *bounds))
    return given[: found.start(2)] + spans + given[found.end(2) :]
