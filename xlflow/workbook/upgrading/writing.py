"""Making room for new columns: their widths and formats, and the filter that must sort them along.

Their texts are set afterwards by the patch. All rows keep their bytes here.
Source: ECMA-376 18.3.1.13 (col), 18.3.1.2 (autoFilter), 18.3.1.51 (ignoredError).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from xlflow.record.register import quoted
from xlflow.workbook import markup
from xlflow.workbook.addresses import Area, area
from xlflow.workbook.archive import write_archive
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.mending.names import Name, with_names
from xlflow.workbook.mending.outline import Node, SheetFrame, Splice
from xlflow.workbook.mending.spans import areas
from xlflow.workbook.mending.wanted import styles_of, styles_part
from xlflow.workbook.package import Package
from xlflow.workbook.upgrading.columns import Additions, Look, NewColumn
from xlflow.workbook.upgrading.formats import with_formats

_PADDING_CHARS = 0.7109375  # what Excel adds to a width in characters of Calibri 11
FILTER_NAME = "_xlnm._FilterDatabase"


def with_room(package: Package, wanted: Sequence[Additions]) -> tuple[bytes, list[CellEdit]]:
    """The workbook with room for the columns, and the texts that are to be set in it.

    Raises:
        WorkbookRefused: A part is damaged.
    """
    part = styles_part(package)
    styles = styles_of(package)
    with package.refusing(part):
        changed, numbers = with_formats(styles, _looks(wanted))
    new: dict[str, list[bytes]] = {} if changed == styles else {part: [changed]}
    for one in wanted:
        with package.refusing(one.part):
            new[one.part] = list(one.frame.written(_splices(one, numbers)))
    if names := list(_filter_names(package, wanted)):
        book = package.workbook_part
        with package.refusing(book):
            new[book] = [with_names(package.read(book), names)]
    entries = [
        entry.holding(new[entry.name]) if entry.name in new else entry for entry in package.entries
    ]
    edits = [
        CellEdit(one.place.title, cell.row, column.column, cell.text, style=numbers[cell.look])
        for one in wanted
        for column in one.columns
        for cell in column.cells
    ]
    return write_archive(entries, package.comment), edits


def filtered(one: Additions) -> tuple[Node, Area] | None:
    """The filter over the headers of a record sheet, and what it covers with the new columns."""
    node = one.frame.root.first("autoFilter")
    covered = area(node.get("ref")) if node else None
    if node is None or covered is None or one.place.sheet == "lists":
        return None
    if covered.top != one.place.header_row:
        return None
    return node, covered.around(Area(covered.top, covered.left, covered.top, last_of(one)))


def last_of(one: Additions) -> int:
    """The last of the new columns."""
    return one.columns[-1].column


def _looks(wanted: Iterable[Additions]) -> Iterator[Look]:
    for one in wanted:
        for column in one.columns:
            yield column.look
            yield from (cell.look for cell in column.cells)


def _splices(one: Additions, numbers: Mapping[Look, int]) -> Iterator[Splice]:
    yield _cols(one, numbers)
    if found := filtered(one):
        node, covered = found
        yield _with(node, b"ref", str(covered))
    for node in one.frame.root.within("ignoredErrors", "ignoredError"):
        before = areas(node.get("sqref"))
        after = [_widened(covered, one) for covered in before]
        if list(before) != after:
            yield _with(node, b"sqref", " ".join(map(str, after)))


def _widened(covered: Area, one: Additions) -> Area:
    """An area that reaches from the first to the last of the register's columns, as far as now."""
    held = one.place.columns.values()
    if covered.left <= min(held) and covered.right >= max(held) and covered.top < covered.bottom:
        return covered.around(Area(covered.top, covered.left, covered.bottom, last_of(one)))
    return covered


def _with(node: Node, name: bytes, value: str) -> Splice:
    """Another value of an attribute."""
    given = markup.without_attributes(node.tag.attributes, name)
    given += b' %s="%s"' % (name, value.encode())
    return Splice(node.tag.attributes_start, node.tag.attributes_end, given)


def _cols(one: Additions, numbers: Mapping[Look, int]) -> Splice:
    """The elements of all columns, with those of the new ones among them."""
    frame = one.frame
    known = frame.root.first("cols")
    first, last = one.columns[0].column, last_of(one)
    found = list(_kept(frame, known, first, last)) if known else []
    found += [(column.column, _col(frame, column, numbers)) for column in one.columns]
    inner = b"".join(element for _, element in sorted(found, key=lambda held: held[0]))
    if known and not known.tag.is_empty:
        return Splice(known.tag.end, known.inner_end, inner)
    name = frame.prefix + b"cols"
    element = b"<%s>%s</%s>" % (name, inner, name)
    rows = frame.root.first("sheetData")
    at = rows.tag.start if rows else frame.root.inner_end
    start, end = (known.tag.start, known.end) if known else (at, at)
    return Splice(start, end, element)


def _kept(frame: SheetFrame, known: Node, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """The elements that are there, without the columns from `first` to `last`."""
    for node in known.children:
        begin, end = int(node.get("min")), int(node.get("max"))
        if end < first or begin > last:
            yield begin, frame.xml[node.tag.start : node.end]
            continue
        given = markup.without_attributes(node.tag.attributes, b"min", b"max")
        for left, right in ((begin, min(end, first - 1)), (max(begin, last + 1), end)):
            if left <= right:
                yield left, b'<%scol min="%d" max="%d"%s/>' % (frame.prefix, left, right, given)


def _col(frame: SheetFrame, column: NewColumn, numbers: Mapping[Look, int]) -> bytes:
    hidden = b' hidden="1"' if column.is_hidden else b""
    return b'<%scol min="%d" max="%d" width="%s" style="%d"%s customWidth="1"/>' % (
        frame.prefix,
        column.column,
        column.column,
        str(column.width_chars + _PADDING_CHARS).encode(),
        numbers[column.look],
        hidden,
    )


def _filter_names(package: Package, wanted: Iterable[Additions]) -> Iterator[Name]:
    """The hidden names that Excel keeps for filters. Source: ECMA-376 18.2.5."""
    titles = [sheet.name for sheet in package.sheets]
    for one in wanted:
        if found := filtered(one):
            told = f"{quoted(one.place.title)}!{_absolute(found[1])}"
            number = titles.index(one.place.title)
            yield Name(FILTER_NAME, told, is_hidden=True, sheet=number)


def _absolute(covered: Area) -> str:
    """``$A$3:$BL$1048576``."""
    corners = (str(covered) if ":" in str(covered) else f"{covered}:{covered}").split(":")
    return ":".join(
        "$" + corner.rstrip("0123456789") + "$" + corner.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for corner in corners
    )
