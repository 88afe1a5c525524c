"""What reads cells from beside the worksheets: names, charts, shapes, controls, links of shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from xlflow.workbook import markup
from xlflow.workbook.compaction.pointers import Pointer
from xlflow.workbook.compaction.surroundings import named
from xlflow.workbook.package import Package, relations_part

# Excel's own names that lay out pages and filters; they stay where they are, as after a sort.
_LAYOUT_NAMES = ("_xlnm.print_area", "_xlnm.print_titles", "_xlnm._filterdatabase")

_DRAWN = ("drawing", "chart", "chartEx", "chartUserShapes", "ctrlProp", "vmlDrawing")
_CHARTS = ("chart", "chartEx")
_SHAPE_FORMULA = re.compile(rb"<x:Fmla\w+>([^<]*)</x:Fmla")
_SHAPE_ATTRIBUTES = ("textlink", "cellRange", "fmlaLink", "fmlaRange", "fmlaTxbx", "fmlaGroup")


def name_pointers(package: Package) -> Iterator[Pointer]:
    """What the workbook's names stand for."""
    for node in named(package.tree(package.workbook_part), "definedName"):
        name = node.get("name", "")
        if name.lower() not in _LAYOUT_NAMES:
            yield Pointer(node.text or "", "name", name)


def drawn_pointers(package: Package) -> Iterator[Pointer]:
    """The cells that charts draw, that shapes show, and that controls set and list."""
    seen: set[str] = set()
    for sheet in package.sheets:
        waiting = [(sheet.kind, sheet.part)]
        while waiting:
            kind, part = waiting.pop()
            if part is None or part in seen:
                continue
            seen.add(part)
            if kind != "worksheet":
                yield from _part(package, kind, part, sheet.name)
            yield from _links(package, part, sheet.name)
            related = package.relations(part)
            waiting += [(r.kind, r.target) for r in related if r.kind in _DRAWN]


def _part(package: Package, kind: str, part: str, title: str) -> Iterator[Pointer]:
    by = "chart" if kind in _CHARTS else "control"
    if kind == "vmlDrawing":  # no well-formed XML in every workbook
        for found in _SHAPE_FORMULA.finditer(package.read(part)):
            yield Pointer(markup.unescaped(found[1]), by, title, title)
        return
    root = package.tree(part)
    for node in named(root, "f", "sqref") if kind != "drawing" else ():
        yield Pointer(node.text or "", by, title, title)
    yield from _shapes(root, title)


def _shapes(root: Element, title: str) -> Iterator[Pointer]:
    for node in root.iter():
        for name in _SHAPE_ATTRIBUTES:
            if node.get(name):
                yield Pointer(node.get(name, ""), "control", title, title)


def _links(package: Package, part: str, title: str) -> Iterator[Pointer]:
    """Links of shapes to places in this workbook: relations to ``#Register!A15``."""
    listed = package.find(relations_part(part))
    for node in named(package.tree(listed), "Relationship") if listed else ():
        target = node.get("Target", "")
        if target.startswith("#"):
            yield Pointer(target[1:], "link", title, title)
