"""What is tied to cells and would stay behind when their values move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from xlflow.workbook import markup
from xlflow.workbook.addresses import Area, area
from xlflow.workbook.compaction.obstacles import Obstacle
from xlflow.workbook.compaction.removal import Zone
from xlflow.workbook.compaction.surroundings import areas, named
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_xml import SheetXml

Tied = tuple[Area, str]  # the reason is a name under `compaction.reason`

# A shape of a legacy drawing; a note's shape says so, and the note is found by itself.
_SHAPE = re.compile(
    rb"<x:ClientData\s[^>]*ObjectType\s*=\s*[\"'](\w+)[\"'].*?</x:ClientData>", re.DOTALL
)
_SHAPE_ANCHOR = re.compile(rb"<x:Anchor>([^<]*)</x:Anchor>")
_FORMULA_AREAS = {"array": "array-formula", "dataTable": "data-table"}


def attached(
    package: Package, part: str, sheet: SheetXml, root: Element, zone: Zone
) -> Iterator[Obstacle]:
    """What stands in the zone of a sheet; `root` is the sheet without its rows."""
    title = zone.removal.sheet
    found = [*_in_sheet(sheet, root), *_related(package, part), *_query_tables(package, part)]
    for where, reason in dict.fromkeys(found):
        if zone.meets(where):
            yield Obstacle(title, where, reason, until=where.bottom)


def _in_sheet(sheet: SheetXml, root: Element) -> Iterator[Tied]:
    for node in named(root, "mergeCell", "hyperlink"):
        reason = "merged" if markup.local_name(node.tag) == "mergeCell" else "hyperlink"
        yield from ((where, reason) for where in areas(node.get("ref")))
    for node in named(root, "inputCells"):
        yield from ((where, "scenario") for where in areas(node.get("r")))
    yield from _anchored(root)
    start, end = sheet.formulas_start, sheet.data.inner_end
    for tag in markup.tags(sheet.blank, sheet.prefix, b"f", start, end):
        reason = _FORMULA_AREAS.get(tag.get(b"t") or "", "")
        where = area(tag.get(b"ref") or "") if reason else None
        if where:
            yield where, reason


def _related(package: Package, part: str) -> Iterator[Tied]:
    """Notes, comments, drawings, tables and pivot tables of the sheet."""
    threads: set[Area] = set()
    notes: set[Area] = set()
    for relation in package.relations(part):
        target = relation.target
        if target is None:
            continue
        if relation.kind in ("threadedComment", "threadedComments"):
            threads |= _comments(package, target, "threadedComment")
        elif relation.kind == "comments":
            notes |= _comments(package, target, "comment")
        elif relation.kind == "drawing":
            yield from _anchored(package.tree(target))
        elif relation.kind == "vmlDrawing":
            yield from _shapes(package.read(target))
        elif relation.kind == "table":
            yield from ((where, "table") for where in areas(package.tree(target).get("ref")))
        elif relation.kind == "pivotTable":
            locations = named(package.tree(target), "location")
            yield from ((where, "pivot") for node in locations for where in areas(node.get("ref")))
    yield from ((where, "comment") for where in threads)
    yield from ((where, "note") for where in notes - threads)  # each comment leaves a note, too


def _comments(package: Package, part: str, name: str) -> set[Area]:
    nodes = named(package.tree(part), name)
    return {where for node in nodes for where in areas(node.get("ref"))}


def _query_tables(package: Package, part: str) -> Iterator[Tied]:
    """The rows that Excel fetches from elsewhere, and would fetch again."""
    queries = [
        package.tree(relation.target).get("name", "").casefold()
        for relation in package.relations(part)
        if relation.kind == "queryTable" and relation.target
    ]
    if not queries:
        return
    for node in named(package.tree(package.workbook_part), "definedName"):
        where = area((node.text or "").rpartition("!")[2])
        if where and node.get("name", "").casefold() in queries:
            yield where, "external-data"


def _anchored(root: Element) -> Iterator[Tied]:
    """Pictures, shapes, charts and controls. Source: ECMA-376 20.5.2.33 (twoCellAnchor)."""
    for node in root.iter():
        ends = {markup.local_name(inner.tag): inner for inner in node}
        if "from" not in ends:
            continue
        first = _corner(ends["from"])
        last = _corner(ends.get("to", ends["from"]))
        if first and last:
            row, column, past_row = last[0], last[1], last[2]
            # One that ends at the upper edge of a row does not reach into it.
            bottom = row if past_row or row == first[0] else row - 1
            yield Area(first[0], first[1], bottom, max(first[1], column)), "drawing"


def _corner(node: Element) -> tuple[int, int, int] | None:
    """Row and column, counted from 1, and how far into the row, of an anchor's end."""
    held = {markup.local_name(inner.tag): (inner.text or "").strip() for inner in node}
    try:
        offset = re.match("[0-9]*", held.get("rowOff", "0"))
        return int(held["row"]) + 1, int(held["col"]) + 1, int(offset[0] or 0) if offset else 0
    except (KeyError, ValueError):  # the corner of a shape within a chart
        return None


def _shapes(vml: bytes) -> Iterator[Tied]:
    """Shapes of a legacy drawing, which is no well-formed XML in every workbook."""
    for shape in _SHAPE.finditer(vml):
        anchor = _SHAPE_ANCHOR.search(shape[0])
        numbers = [int(n) for n in re.findall(rb"[0-9]+", anchor[1])] if anchor else []
        if shape[1] != b"Note" and len(numbers) == 8:
            left, _, top, _, right, _, bottom, into = numbers
            last = bottom + 1 if into or bottom == top else bottom
            yield Area(top + 1, left + 1, last, right + 1), "drawing"
