"""Prove, before a patched workbook is put in place, that it is the old one with the edits in it.

The proof does not take the patch's word: it compares the two workbooks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET
from xml.parsers import expat

from xlflow.workbook import cell_contents, cell_values, markup, refusals
from xlflow.workbook.archive import Limits
from xlflow.workbook.cell_contents import SharedStrings
from xlflow.workbook.cell_values import EMPTY
from xlflow.workbook.edits import CellEdit, Grid, grids
from xlflow.workbook.package import CONTENT_TYPES, Package, relations_part
from xlflow.workbook.row_cells import RowCells
from xlflow.workbook.sheet_xml import AlternativeRowsError, Element, SheetXml, TangledError


def verify(
    before: bytes,
    after: bytes,
    edits: Iterable[CellEdit],
    *,
    file: str = "workbook",
    limits: Limits | None = None,
) -> None:
    """Check that `after` is `before` with `edits` in it and nothing else.

    Every part inflates to its CRC. All parts but the edited sheets, and what a removed or outdated
    formula result touches, have the same compressed bytes. The edited sheets are well-formed, the
    edited cells hold their values, and the rest of the sheet is the same, byte for byte.

    Raises:
        NotVerified: It is not. `part` tells where.
        WorkbookRefused: One of the two is no workbook that xlflow reads.
    """
    old, new = Package.open(before, file, limits), Package.open(after, file, limits)
    wanted = {old.worksheet(sheet): grid for sheet, grid in grids(edits).items()}
    calculation = _calculation_parts(old)
    _check_parts(old, new, allowed={*wanted, *calculation})
    for part in calculation:
        _check_calculation_part(old, new, part)
    for part, grid in wanted.items():
        _check_sheet(old, new, part, grid)


def _check_parts(old: Package, new: Package, allowed: set[str]) -> None:
    names = {entry.name for entry in new.entries}
    missing = [e.name for e in old.entries if e.name not in names and e.name not in allowed]
    if missing:
        raise refusals.NotVerified(old.file, part=missing[0])
    known = {entry.name: entry for entry in old.entries}
    for entry in new.entries:
        same = known.get(entry.name)
        changed = same is None or same.raw != entry.raw or same.crc != entry.crc
        if changed and (same is None or entry.name not in allowed):
            raise refusals.NotVerified(old.file, part=entry.name)
        if not entry.is_folder:
            for _ in new.chunks(entry.name):
                pass


def _calculation_parts(package: Package) -> tuple[str, ...]:
    """The parts that change when formulas are recomputed or dropped."""
    chain = (r.target for r in package.relations(package.workbook_part) if r.kind == "calcChain")
    listed = package.find(relations_part(package.workbook_part))
    types = package.find(CONTENT_TYPES)
    return tuple(part for part in (package.workbook_part, listed, types, *chain) if part)


def _check_calculation_part(old: Package, new: Package, part: str) -> None:
    """The chain may be gone; in the other parts only what concerns calculation may differ."""
    if new.find(part) is None or old.entry(part).raw == new.entry(part).raw:
        return
    if _without_calculation(old.tree(part)) != _without_calculation(new.tree(part)):
        raise refusals.NotVerified(old.file, part=part)


def _without_calculation(root: ET.Element) -> list[tuple[object, ...]]:
    return [
        (node.tag, node.attrib, (node.text or "").strip())
        for node in root.iter()
        if markup.local_name(node.tag) != "calcPr"
        and not node.get("Type", "").endswith("/calcChain")
        and "calcchain" not in node.get("PartName", "").lower()
    ]


def _check_sheet(old: Package, new: Package, part: str, grid: Grid) -> None:
    try:
        before = _digest(_rest(SheetXml(old.read(part)), grid))  # and its XML is let go of
        sheet = SheetXml(new.read(part))
        if not _is_well_formed(sheet.xml):
            raise _malformed(old, part)
        if before != _digest(_rest(sheet, grid)) or not _holds(new, sheet, grid):
            raise refusals.NotVerified(old.file, part=part)
    except (markup.MarkupError, TangledError, AlternativeRowsError) as err:
        raise refusals.NotVerified(old.file, part=part) from err


def _is_well_formed(xml: bytes) -> bool:
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(xml, True)  # noqa: FBT003
    except expat.ExpatError:
        return False
    return True


def _malformed(old: Package, part: str) -> refusals.WorkbookRefused:
    """Whose fault it is: the patch passes on what it did not come across."""
    if _is_well_formed(old.read(part)):
        return refusals.NotVerified(old.file, part=part)
    return refusals.DamagedWorkbook(old.file, part)


def _holds(package: Package, sheet: SheetXml, grid: Grid) -> bool:
    """Whether the edited cells hold what was asked for."""
    strings = SharedStrings(package)
    return all(
        now.equals(cell_values.content(edit.value, date_1904=package.date_1904))
        and (edit.style is None or str(edit.style) == (style or "0"))
        for number, edits in grid.items()
        for edit, (now, style) in zip(
            edits.values(), _held(sheet, strings, number, list(edits)), strict=True
        )
    )


def _held(
    sheet: SheetXml, strings: SharedStrings, number: int, columns: list[int]
) -> Iterator[tuple[cell_values.Content, str | None]]:
    """What stands in each of the columns, and in which cell format."""
    index = sheet.rows.find(number)
    if index is None:
        yield from ((EMPTY, None) for _ in columns)
        return
    row = sheet.row(index)
    cells = RowCells(sheet, row, number)
    for column in columns:
        cell = cells.find(column)
        if cell is None:
            yield EMPTY, None
        else:
            yield cell_contents.held(sheet, cell, strings), cell.tag.get(b"s")


def _rest(sheet: SheetXml, grid: Grid) -> Iterator[bytes | memoryview]:
    """The sheet's XML without the edited cells, the rows' spans and the sheet's dimension."""
    xml = memoryview(sheet.xml)
    data = sheet.data
    dimension = markup.tags(sheet.blank, sheet.prefix, b"dimension", 0, data.tag.start)
    known = next(dimension, None)
    yield xml[: known.start if known else 0]
    yield xml[known.end if known else 0 : data.tag.start]
    yield data.tag.attributes
    position = data.tag.end
    places = ((sheet.rows.find(number), number) for number in grid)
    for index, number in sorted((index, number) for index, number in places if index is not None):
        row = sheet.row(index)
        yield xml[position : row.tag.start]
        yield from _row_rest(sheet, row, number, grid[number])
        position = row.end
    yield xml[position : data.inner_end]
    yield xml[data.end :]


def _row_rest(
    sheet: SheetXml, row: Element, number: int, edited: Iterable[int]
) -> Iterator[bytes | memoryview]:
    cells = RowCells(sheet, row, number)
    kept = memoryview(sheet.xml)
    position = row.tag.end
    rest = []
    found = (cell for cell in map(cells.find, edited) if cell)
    for cell in sorted(found, key=lambda cell: cell.tag.start):
        rest.append(kept[position : cell.tag.start])
        position = cell.end
    rest.append(kept[position : row.inner_end])
    given = markup.without_attributes(row.tag.attributes, b"spans", b"r")
    if given or any(rest):  # a row of nothing but new cells leaves nothing
        yield b"%d" % number + given
        yield from rest


def _digest(pieces: Iterable[bytes | memoryview]) -> bytes:
    digest = hashlib.blake2b(usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    return digest.digest()
