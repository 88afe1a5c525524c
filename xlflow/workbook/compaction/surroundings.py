"""What a worksheet holds beside its rows: formats by rule, validations, links, drawings, ..."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from xlflow.workbook import markup
from xlflow.workbook.addresses import Area, area
from xlflow.workbook.sheet_xml import SheetXml


def surroundings(sheet: SheetXml) -> Element:
    """The worksheet as a tree, its rows left out.

    Raises:
        markup.MarkupError: Malformed.
    """
    empty = b"<%ssheetData/>" % sheet.prefix
    return markup.parse(sheet.xml[: sheet.data.tag.start] + empty + sheet.xml[sheet.data.end :])


def named(root: Element, *names: str) -> Iterator[Element]:
    """All elements below with one of the names, of whatever namespace (main, x14, xm)."""
    return (node for node in root.iter() if markup.local_name(node.tag) in names)


def areas(text: str | None) -> list[Area]:
    """The areas of a list such as ``A4:B9 C4``. Source: ECMA-376 18.18.76 (ST_Sqref)."""
    return [found for found in map(area, (text or "").split()) if found]


def covered(node: Element) -> list[Area]:
    """The areas that an element is for: its attribute ``sqref``, or the x14 element."""
    if node.get("sqref"):
        return areas(node.get("sqref"))
    return [found for inner in named(node, "sqref") for found in areas(inner.text)]


def around(held: list[Area]) -> Area:
    """The smallest area that holds all of them."""
    whole = held[0]
    for one in held[1:]:
        whole = whole.around(one)
    return whole
