"""Cells that pasting or clearing has locked: nobody can type there, and Excel refuses to sort.

They are given the format of their column again. Open cells keep theirs, whatever it is.
Source: ECMA-376 18.3.1.4 (c), 18.8.10 (cellXfs), 18.8.33 (protection).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from xlflow.workbook import markup
from xlflow.workbook.addresses import area
from xlflow.workbook.markup import Tag
from xlflow.workbook.mending.outline import Node, SheetFrame, Splice, outline, spliced
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.spans import Rows, united
from xlflow.workbook.sheet_xml import SheetXml

_PLAIN = ("general", "@")
_TEXT = "49"  # the built-in number of "@"
_LIKELY_DAYS = range(36_526, 73_051)  # the years 2000 to 2099, which the template lets people type


@dataclass(frozen=True, slots=True)
class CellFormats:
    """The cell formats of a workbook: which of them are open, and the number format of each."""

    opened: frozenset[int]
    numbers: tuple[str, ...]  # the code in small letters, or the number of a built-in one

    def of(self, tag: Tag) -> int:
        """The format of a cell; the first where it names none, or one that is not there."""
        told = tag.get(b"s") or ""
        return int(told) if told.isdecimal() and int(told) < len(self.numbers) else 0

    def is_plain(self, number: int) -> bool:
        """Whether cells of this format show their values as they are."""
        return self.numbers[number] in _PLAIN


@dataclass(frozen=True, slots=True)
class LockedCell:
    """A cell of a field's column that is locked, with its tag and its format.

    `wanted` is the format of its column. It is None where that would show something else of what a
    person typed than the cell's own, as with a date among texts: then it is given an open copy of
    its own.
    """

    row: int
    column: int
    tag: Tag
    format: int
    wanted: int | None


def cell_formats(styles: bytes) -> CellFormats:
    """The cell formats in a workbook's styles.

    Raises:
        markup.MarkupError: Malformed.
    """
    root = outline(styles)
    codes = {n.get("numFmtId"): n.get("formatCode") for n in root.within("numFmts", "numFmt")}
    codes = {"0": "general", _TEXT: "@", **{key: code.lower() for key, code in codes.items()}}
    held = list(root.within("cellXfs", "xf"))
    return CellFormats(
        opened=frozenset(number for number, node in enumerate(held) if _is_open(node)),
        numbers=tuple(
            codes.get(node.get("numFmtId") or "0", node.get("numFmtId")) for node in held
        ),
    )


def with_open_copies(styles: bytes, formats: Iterable[int]) -> tuple[bytes, Mapping[int, int]]:
    """The styles with an open copy of each of these formats behind all, and their numbers.

    Raises:
        markup.MarkupError: Malformed.
    """
    root = outline(styles)
    known = root.first("cellXfs")
    wanted = sorted(set(formats))
    if known is None or not wanted:
        return styles, {}
    copies = b"".join(_open_copy(styles, known.children[number]) for number in wanted)
    first = len(known.children)
    given = markup.without_attributes(known.tag.attributes, b"count")
    given += b' count="%d"' % (first + len(wanted))
    changed = spliced(
        styles,
        [
            Splice(known.tag.attributes_start, known.tag.attributes_end, given),
            Splice(known.inner_end, known.inner_end, copies),
        ],
    )
    return changed, {number: first + n for n, number in enumerate(wanted)}


def _is_open(node: Node) -> bool:
    return any(not held.is_on("locked", "1") for held in node.all("protection"))


def _open_copy(styles: bytes, node: Node) -> bytes:
    name = node.prefix + b"xf"
    given = markup.without_attributes(node.tag.attributes, b"applyProtection")
    alignment, extensions = (
        b"".join(styles[child.tag.start : child.end] for child in node.all(held))
        for held in ("alignment", "extLst")
    )
    return b'<%s%s applyProtection="1">%s<%sprotection locked="0"/>%s</%s>' % (
        name,
        given,
        alignment,
        node.prefix,
        extensions,
        name,
    )


def locked_cells(frame: SheetFrame, place: Place, formats: CellFormats) -> Iterator[LockedCell]:
    """The locked cells below the header, in columns whose own format is open."""
    wanted = {
        column: style
        for column, style in column_formats(frame).items()
        if column in place.fields and style in formats.opened
    }
    if not wanted:
        return
    sheet = frame.sheet
    others = _other_cells(sheet.prefix, formats.opened)
    for found in others.finditer(sheet.blank, sheet.data.tag.end, sheet.data.inner_end):
        tag = Tag.of(found)
        where = area(tag.get(b"r") or "")
        if where and where.top >= place.first_row and where.left in wanted:
            number, of_column = formats.of(tag), wanted[where.left]
            loses_nothing = (
                place.is_own(where.left)
                or formats.numbers[number] == formats.numbers[of_column]
                or (
                    formats.is_plain(number)
                    and (formats.is_plain(of_column) or _may_be_a_day(sheet, tag))
                )
            )
            fitting = of_column if loses_nothing else None
            yield LockedCell(where.top, where.left, tag, number, fitting)


def _may_be_a_day(sheet: SheetXml, tag: Tag) -> bool:
    """Whether a cell may be shown as a date: it is empty, a text, or the number of a likely day."""
    cell = sheet.element(tag, b"c", sheet.data.inner_end)
    number = re.compile(rb"<%sv>\s*([0-9]+)" % re.escape(sheet.prefix)).search(
        sheet.blank, tag.end, cell.inner_end
    )
    return (tag.get(b"t") or "n") != "n" or number is None or int(number[1]) in _LIKELY_DAYS


def locked_rows(cells: Iterable[LockedCell]) -> Mapping[int, Rows]:
    """Column -> rows of locked cells."""
    rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for cell in cells:
        rows[cell.column].append((cell.row, cell.row))
    return {column: united(found) for column, found in rows.items()}


def with_open_cells(cells: Iterable[LockedCell], copies: Mapping[int, int]) -> Iterator[Splice]:
    """Give each cell its open format; `copies`: format -> its open copy."""
    for cell in cells:
        wanted = copies[cell.format] if cell.wanted is None else cell.wanted
        kept = markup.without_attributes(cell.tag.attributes, b"s")
        new = kept + b' s="%d"' % wanted
        yield Splice(cell.tag.attributes_start, cell.tag.attributes_end, new)


def column_formats(frame: SheetFrame) -> dict[int, int]:
    """The format of each column that has one."""
    found: dict[int, int] = {}
    for node in frame.root.within("cols", "col"):
        first, last, style = (node.get(name) for name in ("min", "max", "style"))
        if first.isdecimal() and last.isdecimal() and style.isdecimal():
            found |= dict.fromkeys(range(int(first), int(last) + 1), int(style))
    return found


@cache
def _other_cells(prefix: bytes, opened: frozenset[int]) -> re.Pattern[bytes]:
    """Finds the cells that have none of these formats: one pattern, since it goes over all."""
    numbers = b"|".join(b"%d" % number for number in sorted(opened))
    return re.compile(
        rb"""<%sc(?=[\s/>])(?![^<>]*\ss\s*=\s*["'](?:%s)["'])(%s)\s*(/?)>"""
        % (re.escape(prefix), numbers, markup.ATTRIBUTES)
    )
