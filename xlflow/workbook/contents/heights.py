"""Rows as high as their texts: programs other than Excel do not find that out on opening.

The height is the program's own, not the person's: Excel fits the row anew when its text changes.
Source: ECMA-376 18.3.1.73 (row), 18.3.1.13 (col).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from xlflow.pages.heights import row_height
from xlflow.workbook import markup
from xlflow.workbook.archive import Limits, write_archive
from xlflow.workbook.compaction.survey import RowLook
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_xml import SheetXml

_FONT_POINTS = 11  # the largest of the template's
_HIGHEST_POINTS = 180  # a record must not fill the screen; the rest shows on entering the cell
_USUAL_WIDTH = 8.43  # characters, of a column that tells none


def with_heights(
    data: bytes, file: str, edits: Iterable[CellEdit], *, limits: Limits | None = None
) -> bytes:
    """The workbook with fitted heights for the rows that these edits filled.

    Raises:
        WorkbookRefused: A part is damaged.
    """
    package = Package.open(data, file, limits)
    rows: dict[str, dict[int, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    for edit in edits:
        if isinstance(edit.value, str):
            rows[edit.sheet][edit.row][edit.column_index] = edit.value
    new = {}
    for title, held in rows.items():
        part = package.worksheet(title)
        with package.refusing(part):
            sheet = SheetXml(package.read(part))
            new[part] = package.entry(part).holding(list(_fitted(sheet, held)))
    entries = [new.get(entry.name, entry) for entry in package.entries]
    return write_archive(entries, package.comment)


def _fitted(sheet: SheetXml, rows: Mapping[int, Mapping[int, str]]) -> Iterator[bytes | memoryview]:
    old = memoryview(sheet.xml)
    widths = dict(_widths(sheet))
    position = 0
    for number in sorted(rows):
        index = sheet.rows.find(number)
        tag = sheet.row(index).tag if index is not None else None
        if tag is None or RowLook.of(tag).height is not None:
            continue
        texts = [(text, widths.get(n, _USUAL_WIDTH)) for n, text in rows[number].items()]
        height = min(_HIGHEST_POINTS, row_height(texts, _FONT_POINTS))
        yield old[position : tag.attributes_start]
        yield markup.without_attributes(tag.attributes, b"ht") + b' ht="%g"' % height
        position = tag.attributes_end
    yield old[position:]


def _widths(sheet: SheetXml) -> Iterator[tuple[int, float]]:
    """Column -> its width in characters, for those that tell it."""
    for tag in markup.tags(sheet.blank, sheet.prefix, b"col", 0, sheet.data.tag.start):
        first, last, width = (tag.get(name) or "" for name in (b"min", b"max", b"width"))
        if first.isdecimal() and last.isdecimal() and int(last) - int(first) < 1000:
            for column in range(int(first), int(last) + 1):
                yield column, float(width) if width else _USUAL_WIDTH
