"""What a worksheet reads from cells: by formulas, rules, validations, sparklines and links."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from xlflow.workbook import markup
from xlflow.workbook.addresses import Area, area
from xlflow.workbook.compaction.pointers import Pointer
from xlflow.workbook.compaction.surroundings import around, covered, named, surroundings
from xlflow.workbook.markup import Tag
from xlflow.workbook.sheet_xml import SheetXml

# Of a control on the sheet: the cell that it sets, and the cells that it lists.
CONTROL_ATTRIBUTES = ("linkedCell", "listFillRange")


def sheet_pointers(sheet: SheetXml, title: str) -> Iterator[Pointer]:
    """What reads cells from the worksheet called `title`.

    Raises:
        markup.MarkupError: Malformed.
    """
    yield from _cells(sheet, title)
    root = surroundings(sheet)
    for node in named(root, "conditionalFormatting", "dataValidation"):
        yield from _rule(node, title)
    for node in named(root, "sparkline"):
        where = covered(node)
        for formula in named(node, "f"):
            home = where[0] if where else None
            yield Pointer(formula.text or "", "sparkline", _at(title, home), title, home)
    for node in named(root, "hyperlink"):
        if node.get("location"):
            by = _at(title, area(node.get("ref", "")))
            yield Pointer(node.get("location", ""), "link", by, title)
    for node in root.iter():
        for name in CONTROL_ATTRIBUTES:
            if node.get(name):
                yield Pointer(node.get(name, ""), "control", title, title)


def _rule(node: Element, title: str) -> Iterator[Pointer]:
    where = covered(node)
    home = around(where) if where else None
    for formula in named(node, "formula", "formula1", "formula2", "f"):
        if formula.text and formula.text.strip():
            yield Pointer(formula.text, "rule", _at(title, home), title, home)


def _cells(sheet: SheetXml, title: str) -> Iterator[Pointer]:
    start, end = sheet.formulas_start, sheet.data.inner_end
    for tag in markup.tags(sheet.blank, sheet.prefix, b"f", start, end):
        text = "" if tag.is_empty else _text(sheet, tag)
        shared = area(tag.get(b"ref") or "") if tag.get(b"t") == "shared" else None
        inputs = [tag.get(name) for name in (b"r1", b"r2")]  # of a what-if data table
        formula = ",".join(filter(None, [text, *inputs]))
        if formula:
            cell = _cell(sheet, tag)
            yield Pointer(formula, "formula", _at(title, cell), title, shared or cell)


def _text(sheet: SheetXml, tag: Tag) -> str:
    end = markup.end_tag(sheet.prefix, b"f").search(sheet.blank, tag.end, sheet.data.inner_end)
    if end is None:
        raise markup.MalformedError
    return markup.unescaped(sheet.xml[tag.end : end.start()])


def _cell(sheet: SheetXml, formula: Tag) -> Area | None:
    """The cell around a formula, if it tells its address."""
    start = sheet.blank.rfind(b"<%sc " % sheet.prefix, sheet.data.tag.end, formula.start)
    return area(sheet.tag_at(b"c", start).get(b"r") or "") if start >= 0 else None


def _at(title: str, where: Area | None) -> str:
    # here, because the record's values bring pandas along
    from xlflow.record.register import quoted

    return f"{quoted(title)}!{where}" if where else title
