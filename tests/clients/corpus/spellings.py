"""The same worksheet as other programs spell it: each of these turns XML into equivalent XML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection

from clients.corpus.worksheets import Worksheet
from lxml import etree

_ROW = ' <row r="1"><c r="A1"><v>1</v></c></row> '


def respelled(data: bytes, parts: Collection[str], spelling: Callable[[bytes], bytes]) -> bytes:
    """The workbook with these parts spelled anew."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            xml = old.read(entry)
            xml = spelling(xml) if entry.filename in parts else xml
            new.writestr(entry, xml, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def with_prefix(xml: bytes) -> bytes:
    """``x:row`` and ``x:c``, as the Open XML SDK of Microsoft writes them."""
    root = etree.fromstring(xml)
    own = etree.QName(root).namespace
    spaces = {prefix: space for prefix, space in root.nsmap.items() if prefix}
    new = etree.Element(root.tag, attrib=dict(root.attrib), nsmap=spaces | {"x": own})
    new.extend(root)
    etree.cleanup_namespaces(new, keep_ns_prefixes=[*spaces, "x"])
    return _written(new)


def without_addresses(xml: bytes) -> bytes:
    """Rows and cells that follow the one before them have no ``r``."""
    sheet = Worksheet(xml)
    after = 0
    for number, row in sheet.rows.items():
        _forget(row, number == after + 1)
        after = number
    before = (0, 0)
    for place, cell in sheet.cells.items():
        _forget(cell, place[1] == (before[1] if place[0] == before[0] else 0) + 1)
        before = place
    return _written(sheet.root)


def with_blanks(xml: bytes) -> bytes:
    """Indented, a line for each row and cell."""
    sheet = Worksheet(xml)
    for row in sheet.rows.values():
        row.tail = "\n  "
        row.text = "\n    "
        for cell in row:
            cell.tail = "\n    "
    return _written(sheet.root)


def with_single_quotes(xml: bytes) -> bytes:
    """Attributes of rows and cells in single quotes."""
    head, data, body = xml.partition(b"<sheetData")
    return head + data + re.sub(rb"<[^<>']*>", lambda tag: tag[0].replace(b'"', b"'"), body)


def with_attributes_reversed(xml: bytes) -> bytes:
    """The address is not the first attribute."""
    root = etree.fromstring(xml)
    for node in root.iter(etree.Element):
        given = list(node.attrib.items())
        node.attrib.clear()
        node.attrib.update(reversed(given))
    return _written(root)


def with_comments(xml: bytes) -> bytes:
    """Comments and instructions that look like rows and cells."""
    sheet = Worksheet(xml)
    for row in sheet.rows.values():
        row.addprevious(etree.Comment(_ROW))
        for cell in list(row):
            cell.addprevious(etree.ProcessingInstruction("c", 'r="A1"'))
    return _written(sheet.root)


def _forget(element: etree._Element, is_next: bool) -> None:
    if is_next:
        element.attrib.pop("r", None)


def _written(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
