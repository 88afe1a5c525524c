"""Write the new rows of a sheet: each takes the values of another, all else stays as it was.

Address and format of a cell belong to its place; type, metadata and content go with the value, as
they are written: no digit of a number and no run of a text is spelled anew. A height that Excel
fitted to a row's text goes with the text, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlflow.workbook import markup
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.compaction.formats import DEFAULT
from xlflow.workbook.compaction.removal import Zone
from xlflow.workbook.compaction.row_content import Cell, cells_of
from xlflow.workbook.compaction.survey import RowLook, Styles, Survey
from xlflow.workbook.markup import Tag
from xlflow.workbook.sheet_xml import Element

Value = tuple[bytes, bytes]
"""Kind and inside of a cell, as in `Cell`."""


def compacted(survey: Survey, zone: Zone) -> Iterator[bytes | memoryview]:
    """The sheet's new XML in pieces; those that stay are views of the old bytes."""
    sheet = survey.sheet
    old = memoryview(sheet.xml)
    writer = _Writer(survey)
    position = 0
    for number, source in zone.sources():
        index = sheet.rows.find(number)
        if index is None:
            start = end = writer.position_of(number)
            new = writer.new_row(number, source)
        else:
            row = sheet.row(index)
            start, end = row.tag.start, row.end
            new = writer.row(row, number, source)
        yield old[position:start]
        yield new
        position = end
    yield old[position:]


class _Writer:
    def __init__(self, survey: Survey) -> None:
        self._sheet = survey.sheet
        self._survey = survey
        self._columns = survey.removal.columns
        self._index = {column: n for n, column in enumerate(self._columns)}
        name = survey.sheet.prefix + b"c"
        self._openings = {n: b'<%s r="%s' % (name, _letters(n)) for n in self._columns}
        self._closing = b"</%s>" % name
        self._row_name = survey.sheet.prefix + b"row"

    def position_of(self, number: int) -> int:
        """Where a row belongs that the sheet lacks."""
        rows = self._sheet.rows
        index = rows.next_after(number)
        return rows.starts[index] if index < len(rows.starts) else self._sheet.data.inner_end

    def new_row(self, number: int, source: int | None) -> bytes:
        """A row that the sheet lacked; none where there is nothing to hold."""
        row, values = self._values(source)
        height = _fitted_height(row.tag) if row else b""
        if not values and not height:
            return b""
        bare = self._survey.bare
        cells = b"".join(self._added(number, column, values[column], bare) for column in values)
        name = self._row_name
        return b'<%s r="%d"%s>%s</%s>' % (name, number, height, cells, name)

    def row(self, row: Element, number: int, source: int | None) -> bytes:
        """The row with the values of another."""
        origin, values = self._values(source)
        given = row.tag.attributes
        if not RowLook.of(row.tag).height:
            height = _fitted_height(origin.tag) if origin else b""
            given = markup.without_attributes(given, b"ht") + height
        cells, tail = cells_of(self._sheet, row, number)
        added = values.keys() - {cell[0] for cell in cells}
        if added:
            given = markup.without_attributes(given, b"spans")  # it may need to be wider
        new = [*self._cells(number, cells, values, sorted(added)), tail]
        name = self._row_name
        if not any(new):
            return b"<%s%s/>" % (name, given)
        return b"<%s%s>%s</%s>" % (name, given, b"".join(new), name)

    def _values(self, source: int | None) -> tuple[Element | None, dict[int, Value]]:
        """A row and its values by column."""
        index = None if source is None else self._sheet.rows.find(source)
        if source is None or index is None:
            return None, {}
        row = self._sheet.row(index)
        return row, {
            column: (kind, inner)
            for column, _, kind, inner, _, _ in cells_of(self._sheet, row, source)[0]
            if inner and column in self._index
        }

    def _cells(
        self, number: int, cells: list[Cell], values: dict[int, Value], added: list[int]
    ) -> Iterator[bytes]:
        """The cells that the row has, and those `added` for the values, from left to right."""
        styles = self._survey.styles[number]
        for column, style, _, inner, raw, lead in cells:
            while added and added[0] < column:
                new = added.pop(0)
                yield self._added(number, new, values[new], styles)
            yield lead
            value = values.get(column)
            if value is None and (not inner or column not in self._index):
                yield raw
            else:
                yield self._cell(number, column, style, value)
        for column in added:
            yield self._added(number, column, values[column], styles)

    def _added(self, number: int, column: int, value: Value, styles: Styles) -> bytes:
        style = styles[self._index[column]]
        return self._cell(number, column, b"" if style == DEFAULT else style, value)

    def _cell(self, number: int, column: int, style: bytes, value: Value | None) -> bytes:
        look = b' s="%s"' % style if style else b""
        if value is None:
            return b'%s%d"%s/>' % (self._openings[column], number, look)
        return b'%s%d"%s%s>%s%s' % (self._openings[column], number, look, *value, self._closing)


def _letters(column: int) -> bytes:
    return column_letters(column).encode()


def _fitted_height(row: Tag) -> bytes:
    """The height of a row as an attribute, unless it is the row's own."""
    height = row.get(b"ht") if b"ht" in row.attributes else None
    return b' ht="%s"' % height.encode() if height and RowLook.of(row).height is None else b""
