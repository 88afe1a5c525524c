"""Which cell formats are one and the same. Source: ECMA-376 18.8.10 (cellXfs), 18.8.45 (xf)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from xlflow.workbook import markup
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_xml import SheetXml

DEFAULT = b"0"
"""The format of cells that name none."""


class Formats:
    """The workbook's cell formats. Some programs write one format many times."""

    def __init__(self, package: Package) -> None:
        self._first: dict[bytes, bytes] = {}
        relations = package.relations(package.workbook_part)
        part = next((r.target for r in relations if r.kind == "styles" and r.target), None)
        root = package.tree(part) if part else None
        for node in root if root is not None else ():
            if markup.local_name(node.tag) == "cellXfs":
                self._read(node)

    def same(self, style: bytes) -> bytes:
        """The first format that is equal to this one; it stands for all of them."""
        return self._first.get(style, style)

    def _read(self, formats: ET.Element) -> None:
        known: dict[str, bytes] = {}
        for number, node in enumerate(formats):
            index = b"%d" % number
            spelled = ET.canonicalize(ET.tostring(node, encoding="unicode"), strip_text=True)
            self._first[index] = known.setdefault(spelled, index)


def column_styles(sheet: SheetXml, columns: Iterable[int]) -> tuple[bytes, ...]:
    """The formats of the columns: those of cells that a plain row lacks."""
    given: list[tuple[int, int, bytes]] = []
    for tag in markup.tags(sheet.blank, sheet.prefix, b"col", 0, sheet.data.tag.start):
        first, last, style = (tag.get(name) or "" for name in (b"min", b"max", b"style"))
        if first.isdecimal() and last.isdecimal() and style.isdecimal():
            given.append((int(first), int(last), style.encode()))
    return tuple(
        next((style for first, last, style in given if first <= column <= last), DEFAULT)
        for column in columns
    )
