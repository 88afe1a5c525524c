"""Proving, before a mended workbook is put in place, that it is the old one but for the layout.

The proof does not take the writer's word: it compares the two workbooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xlflow.workbook import markup, refusals
from xlflow.workbook.mending.comparing import Comparison
from xlflow.workbook.mending.formats import CellFormats, cell_formats, locked_cells
from xlflow.workbook.mending.looks import looks
from xlflow.workbook.mending.marks import held_rules, ours
from xlflow.workbook.mending.meaning import meaning
from xlflow.workbook.mending.outline import Node, SheetFrame, outline
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.register_sheets import RegisterSheet
from xlflow.workbook.mending.sheet_order import BEHIND_ROWS
from xlflow.workbook.mending.spans import areas, first_cell, outside
from xlflow.workbook.mending.wanted import styles_of, styles_part
from xlflow.workbook.package import Package

_ATTRIBUTES = re.compile(markup.ATTRIBUTES)
_RANK = re.compile(rb"""\spriority\s*=\s*["'][0-9]*["']""")
_RULES = ("sheetProtection", "autoFilter", "conditionalFormatting", "dataValidations", "extLst")


def prove(old: Package, new: Package, found: Comparison) -> None:
    """Check that `new` is `old` with nothing but rules, looks and names put back.

    Every part inflates to its CRC. All but the register's sheets, the styles and the workbook's
    part have the same compressed bytes. Of the sheets, all rows are the same, byte for byte; so are
    the rules that are not xlflow's, wherever they cover cells that are not; and all other elements.
    The styles have looks added behind all; of the names only those that were missed are new.

    Raises:
        NotVerified: It is not. `part` tells where.
    """
    sheets = {sheet.part: sheet for sheet in found.register.sheets.values()}
    lists = found.register.lists
    styles, book = styles_part(old), old.workbook_part
    if [entry.name for entry in old.entries] != [entry.name for entry in new.entries]:
        raise refusals.NotVerified(old.file, part="zip")
    for before, after in zip(old.entries, new.entries, strict=True):
        part = before.name
        if not after.is_folder:
            for _ in new.chunks(part):
                pass
        if before.raw == after.raw and before.crc == after.crc:
            continue
        if part in sheets:
            same = _is_same_sheet(old, new, sheets[part])
        elif lists and part == lists.part:
            same = _are_same_lists(old.read(part), new.read(part))
        elif part == styles:
            same = are_same_styles(old.read(part), new.read(part))
        else:
            same = part == book and _is_same_book(old.read(part), new.read(part), found)
        if not same:
            raise refusals.NotVerified(old.file, part=part)


def _is_same_sheet(old: Package, new: Package, sheet: RegisterSheet) -> bool:
    with new.refusing(sheet.part):
        before, after = (SheetFrame(package.read(sheet.part)) for package in (old, new))
        return (
            _are_same_rows(before, after, sheet.place, cell_formats(styles_of(old)))
            and (_is_in_order(after) or not _is_in_order(before))
            and list(_others(before)) == list(_others(after))
            and list(_foreign_validations(before, sheet))
            == list(_foreign_validations(after, sheet))
            and _foreign_rules(old, before, sheet) == _foreign_rules(new, after, sheet)
        )


def _is_in_order(frame: SheetFrame) -> bool:
    names = [node.name for node in frame.root.children if node.name in BEHIND_ROWS]
    return names == sorted(names, key=BEHIND_ROWS.index)


def _are_same_rows(
    before: SheetFrame, after: SheetFrame, place: Place, formats: CellFormats
) -> bool:
    """Nothing but the formats of locked cells."""
    if before.rows == after.rows:
        return True
    old, new = memoryview(before.sheet.xml), memoryview(after.sheet.xml)
    at, now_at = before.sheet.data.tag.start, after.sheet.data.tag.start
    for cell in locked_cells(before, place, formats):
        kept = old[at : cell.tag.attributes_start]
        found = _ATTRIBUTES.match(after.sheet.xml, now_at + len(kept))
        if found is None or new[now_at : found.start()] != kept:
            return False
        if _but_format(cell.tag.attributes) != _but_format(found[0]):
            return False
        at, now_at = cell.tag.attributes_end, found.end()
    return old[at : before.sheet.data.end] == new[now_at : after.sheet.data.end]


def _but_format(attributes: bytes) -> bytes:
    return markup.without_attributes(attributes, b"s")


def _are_same_lists(before: bytes, after: bytes) -> bool:
    """Nothing but the protection."""
    rows = SheetFrame(before).rows == SheetFrame(after).rows
    return rows and all_but(before, "sheetProtection") == all_but(after, "sheetProtection")


def _others(frame: SheetFrame) -> Iterator[bytes]:
    """All elements but the rules, and all extensions but validations."""
    yield frame.xml[: frame.root.tag.end]
    for node in frame.root.children:
        if node.name not in _RULES:
            yield frame.xml[node.tag.start : node.end]
    for node in frame.root.within("extLst", "ext"):
        if node.first("dataValidations") is None:
            yield _RANK.sub(b"", frame.xml[node.tag.start : node.end])


def _foreign_validations(frame: SheetFrame, sheet: RegisterSheet) -> Iterator[tuple[Any, ...]]:
    """What each validation says, and where it covers cells that are not the fields'."""
    main = frame.root.within("dataValidations", "dataValidation")
    extended = frame.root.within("extLst", "ext", "dataValidations", "dataValidation")
    for node in (*main, *extended):
        listed = node.first("sqref")
        covered = areas(listed.text if listed else node.get("sqref"))
        left = outside(covered, sheet.place.columns.values(), sheet.place.first_row)
        if left:
            given = dict(markup.attributes(node.tag.attributes))
            given.pop(b"sqref", None)
            told = [meaning(text, sheet.place, *first_cell(covered)) for text in _formulas(node)]
            yield given, left, told


def _formulas(node: Node) -> Iterator[str]:
    for name in ("formula1", "formula2"):
        for held in node.all(name):
            yield from (inner.text for inner in held.children or [held])


def _foreign_rules(package: Package, frame: SheetFrame, sheet: RegisterSheet) -> list[bytes]:
    """The rules that are no marks, in the order in which they count."""
    rules = tuple(held_rules(frame, sheet.place, looks(styles_of(package))))
    own = {rule.node for rule in ours(rules, sheet.wanted.marks)}
    foreign = sorted((rule for rule in rules if rule.node not in own), key=lambda rule: rule.rank)
    return [
        rule.block.get("sqref").encode()
        + _RANK.sub(b"", frame.xml[rule.node.tag.start : rule.node.end])
        for rule in foreign
    ]


def are_same_styles(before: bytes, after: bytes) -> bool:
    """Nothing but looks and cell formats behind those that were there."""
    known = looks(before)
    xfs, xfs_after = (
        [xml[node.tag.start : node.end] for node in outline(xml).within("cellXfs", "xf")]
        for xml in (before, after)
    )
    return (
        all_but(before, "dxfs", "cellXfs") == all_but(after, "dxfs", "cellXfs")
        and looks(after)[: len(known)] == known
        and xfs_after[: len(xfs)] == xfs
    )


def _is_same_book(before: bytes, after: bytes, found: Comparison) -> bool:
    """Nothing but names that were missed, and the hidden names of filters."""
    changed = {name.name.casefold() for name in found.names} | {"_xlnm._filterdatabase"}

    def kept(xml: bytes) -> list[bytes]:
        return [
            xml[node.tag.start : node.end]
            for node in outline(xml).within("definedNames", "definedName")
            if node.get("name").casefold() not in changed
        ]

    return all_but(before, "definedNames") == all_but(after, "definedNames") and (
        kept(before) == kept(after)
    )


def all_but(xml: bytes, *names: str) -> list[bytes]:
    """All elements of a part but those of these names."""
    root = outline(xml)
    own = xml[root.tag.start : root.tag.end]
    return [own, *(xml[c.tag.start : c.end] for c in root.children if c.name not in names)]
