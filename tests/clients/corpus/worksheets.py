"""A worksheet as lxml sees it: cells by place, and its canonical XML without some of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lxml import etree
from openpyxl.utils import column_index_from_string

from xlflow.workbook.addresses import Area, area

Place = tuple[int, int]
"""Row and column, from 1."""

_ADDRESS = re.compile("([A-Z]+)([0-9]+)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# A cell's type, and the metadata of the value that is replaced.
_OF_THE_VALUE = ("t", "cm", "vm")


class Worksheet:
    """One worksheet, parsed. `rows` and `cells` are in the order of the file."""

    def __init__(self, xml: bytes) -> None:
        parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
        self.xml = xml
        self.root = etree.fromstring(xml, parser)
        self.space = "{" + etree.QName(self.root).namespace + "}"
        self.rows: dict[int, etree._Element] = {}
        self.cells: dict[Place, etree._Element] = {}
        data = self.root.find(f"{self.space}sheetData")
        number = 0
        for row in data.iterchildren(f"{self.space}row"):
            number = int(row.get("r", number + 1))
            self.rows.setdefault(number, row)
            self._read_row(row, number)

    def _read_row(self, row: etree._Element, number: int) -> None:
        column = 0
        for cell in row.iterchildren(f"{self.space}c"):
            found = _ADDRESS.fullmatch(cell.get("r", ""))
            column = column_index_from_string(found[1]) if found else column + 1
            self.cells.setdefault((int(found[2]) if found else number, column), cell)

    @property
    def dimension(self) -> Area | None:
        """The used range that the sheet tells."""
        found = self.root.find(f"{self.space}dimension")
        return area(found.get("ref", "")) if found is not None else None

    @property
    def head(self) -> bytes:
        """What stands before the root: byte order mark, declaration, comments."""
        return self.xml[: self.xml.index(b"worksheet")]

    @property
    def extent(self) -> int:
        """How many cells a reader holds that keeps the blank ones, too."""
        rows, columns = (max((place[way] for place in self.cells), default=0) for way in (0, 1))
        return rows * columns

    def has_formula(self, place: Place) -> bool:
        return self.cells[place].find(f"{self.space}f") is not None

    def attributes(self, place: Place) -> dict[str, str]:
        """Of a cell, without those of its value."""
        given = self.cells[place].attrib
        return {key: given[key] for key in given if key not in _OF_THE_VALUE}

    def value(self, place: Place) -> str | float | bool | None:
        """What the cell of a typed value holds."""
        cell = self.cells[place]
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _unescaped("".join(cell.find(f"{self.space}is").itertext()))
        text = cell.findtext(f"{self.space}v")
        if text is None:
            return None
        return text == "1" if kind == "b" else float(text)

    def style_for(self, place: Place) -> str | None:
        """The style of a new cell: its row's, else its column's. Source: ECMA-376 18.3.1.73."""
        row = self.rows.get(place[0])
        if row is not None and row.get("customFormat") in ("1", "true"):
            return row.get("s")
        for column in self.root.iterfind(f"{self.space}cols/{self.space}col"):
            if int(column.get("min", 0)) <= place[1] <= int(column.get("max", 0)):
                return column.get("style")
        return None

    def spans(self, place: Place) -> range | None:
        """The columns that the row of a cell says to hold."""
        told = self.cells[place].getparent().get("spans", "")
        bounds = [int(bound) for bound in re.findall("[0-9]+", told)]
        return range(min(bounds), max(bounds) + 1) if bounds else None

    def canonical(self, without: Collection[Place], new_rows: Collection[int]) -> list[bytes]:
        """The canonical XML in lines, without these cells and rows; takes the tree apart.

        Left out, too, are the dimension's range and the spans of the rows that held the cells:
        they follow from the cells.
        """
        for dimension in self.root.iterfind(f"{self.space}dimension"):
            dimension.attrib.pop("ref", None)
        for number in {row for row, _ in without} & self.rows.keys():
            self.rows[number].attrib.pop("spans", None)
        for place in self.cells.keys() & set(without):
            _take_out(self.cells[place])
        for number in new_rows:
            _take_out(self.rows[number])
        return list(_lines(self.root))


def _take_out(element: etree._Element) -> None:
    """Remove an element; the blanks behind it stay."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    parent.remove(element)
    if before is None:
        parent.text = ((parent.text or "") + tail) or None
    else:
        before.tail = ((before.tail or "") + tail) or None


def _lines(root: etree._Element) -> Iterator[bytes]:
    """Each tag on a line of its own, so that a difference can be told."""
    yield from etree.tostring(root.getroottree(), method="c14n", with_comments=True).split(b"<")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
