"""What a compaction must do, told a second time by an XML parser that builds the whole sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from openpyxl.utils import column_index_from_string
from workbook.handmade import zipped

from xlflow.workbook.compaction import Removal
from xlflow.workbook.package import Package

Cell = tuple[int, int]


class SheetTree:
    """A worksheet: values and formats by place, attributes of rows, and the rest."""

    def __init__(self, xml: bytes) -> None:
        root = ET.fromstring(xml)
        space = root.tag.partition("}")[0] + "}"
        data = root.find(f"{space}sheetData")
        assert data is not None
        self.values: dict[Cell, str] = {}
        self.formats: dict[Cell, str] = {}
        self.rows: dict[int, dict[str, str]] = {}
        number = 0
        for row in data.findall(f"{space}row"):
            number = int(row.get("r", number + 1))
            self.rows[number] = {k: v for k, v in row.attrib.items() if k not in ("r", "spans")}
            column = 0
            for cell in row.findall(f"{space}c"):
                letters = re.match("[A-Z]+", cell.attrib.pop("r", ""))
                column = column_index_from_string(letters[0]) if letters else column + 1
                self.formats[number, column] = cell.attrib.pop("s", "") or "0"
                if len(cell):
                    cell.tail = None
                    self.values[number, column] = ET.canonicalize(
                        ET.tostring(cell, encoding="unicode")
                    )
        data.clear()
        self.rest = ET.canonicalize(ET.tostring(root, encoding="unicode"))

    def fitted(self, row: int) -> str | None:
        """A height that Excel fitted to the row's text."""
        held = self.rows.get(row, {})
        return None if held.get("customHeight") in ("1", "true") else held.get("ht")


def sheet_of(data: bytes, title: str) -> SheetTree:
    package = Package.open(data, "workbook")
    return SheetTree(package.read(package.worksheet(title)))


def faults(before: bytes, after: bytes, *removals: Removal) -> list[str]:
    """What is wrong with `after`; [] where it is what the removals ask for."""
    found = [fault for removal in removals for fault in sheet_faults(before, after, removal)]
    return found + other_parts(before, after, [removal.sheet for removal in removals])


def sheet_faults(before: bytes, after: bytes, removal: Removal) -> list[str]:
    """What is wrong with the sheet of one removal."""
    old, new = sheet_of(before, removal.sheet), sheet_of(after, removal.sheet)
    area = range(removal.first_row, removal.last_row + 1)
    held = {row for row, column in old.values if row in area and column in removal.columns}
    zone = range(min(removal.rows), max(held, default=0) + 1)
    kept = (row for row in zone if row not in removal.rows)
    source = dict(zip(zone, kept, strict=False))  # the tail has none

    expected = {place: v for place, v in old.values.items() if not _moves(place, zone, removal)}
    for row, origin in source.items():
        for column in removal.columns:
            if (origin, column) in old.values:
                expected[row, column] = old.values[origin, column]
    claims = {
        "the values": new.values == expected,
        "the formats": all(new.formats.get(p) == style for p, style in old.formats.items()),
        "no cell beside": all(
            place in old.formats or _moves(place, zone, removal) for place in new.formats
        ),
        "the rows": _own(new, zone, old) == _own(old, zone, old),
        "the heights": all(
            new.fitted(row) == (old.fitted(source[row]) if row in source else None) for row in zone
        ),
        "the rest of the sheet": old.rest == new.rest,
    }
    return [f"{removal.sheet}: {claim}" for claim, holds in claims.items() if not holds]


def other_parts(before: bytes, after: bytes, titles: list[str]) -> list[str]:
    """Parts besides these sheets that differ by more than the wish to be computed."""
    package = Package.open(before, "workbook")
    with zipfile.ZipFile(io.BytesIO(before)) as one, zipfile.ZipFile(io.BytesIO(after)) as two:
        if one.namelist() != two.namelist():
            return ["the list of parts"]
        found = [name for name in one.namelist() if one.read(name) != two.read(name)]
        wish = rb'<(\w+:)?calcPr fullCalcOnLoad="1"/>| fullCalcOnLoad="1"'
        workbook = package.workbook_part
        if re.sub(wish, b"", two.read(workbook)) == re.sub(wish, b"", one.read(workbook)):
            found = [name for name in found if name != workbook]
    sheets = {package.worksheet(title) for title in titles}
    return [name for name in found if name not in sheets]


def _moves(place: Cell, zone: range, removal: Removal) -> bool:
    return place[0] in zone and place[1] in removal.columns


def _own(tree: SheetTree, zone: range, old: SheetTree) -> dict[int, dict[str, str]]:
    """The attributes of rows, without fitted heights in the zone, and without new, plain rows."""
    own = {}
    for row, held in tree.rows.items():
        fitted = row in zone and tree.fitted(row) is not None
        kept = {k: v for k, v in held.items() if not (fitted and k == "ht")}
        if kept or row in old.rows:
            own[row] = kept
    return own


def values_in(data: bytes, title: str, rows: Iterable[int], column: int) -> list[str | None]:
    tree = sheet_of(data, title)
    return [tree.values.get((row, column)) for row in rows]


def replaced(data: bytes, name: str, text: str | bytes) -> bytes:
    """The workbook with another content of a part, or with a new part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    return zipped(held | {name: text})
