"""Real workbooks, most saved by Excel: one cell is set in each sheet, and nothing else may differ.

Compared by an XML parser, python-calamine, openpyxl and LibreOffice, none of which shares code with
the patch. The workbooks come with the fixture `corpus`.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from clients.libreoffice import Office
from python_calamine import CalamineError, CalamineWorkbook

from xlflow.workbook import refusals
from xlflow.workbook.addresses import address, column_number
from xlflow.workbook.package import Package
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.verification import verify

SHARDS = 8
TEXT = "2024-015 已评估 <&>"

# Files that no change is made to, and why that is right.
REFUSED = {
    "poi__duplicate-filename.xlsx": refusals.DoubledPart,
    "poi__duplicate-filename-case-insensitive.xlsx": refusals.DoubledPart,
    "poi__hello-world-signed.xlsx": refusals.SignedWorkbook,
    "poi__ms-office-2010-signed.xlsx": refusals.SignedWorkbook,
    "poi__workbookProtection_workbook_revision_protected.xlsx": refusals.LegacySharedWorkbook,
    "poi__54764-2.xlsx": refusals.UnsafeXml,  # "a billion laughs" in its content types
    # the format of a test version of Office 2007, in a namespace that no released Excel reads
    "poi__sample-beta.xlsx": refusals.NotAWorkbook,
}

# What LibreOffice is shown: many writers and features, but no pivot table, which it lays out anew
# over whatever stands below.
FOR_LIBREOFFICE = (
    "calamine__has_x000D_inline.xlsx",
    "closedxml__DataTableFormula-Output.xlsx",
    "closedxml__FileWithButton.xlsm",
    "closedxml__NoReferencesOnRowsOrCells.xlsx",
    "closedxml__universal-content-strict.xlsx",
    "closedxml__ShowCase.xlsx",
    "poi__47668.xlsx",
    "poi__60512.xlsm",
    "poi__SampleSS.strict.xlsx",
    "poi__dataValidationTableRange.xlsx",
    "xlsxwriter__embed_image05.xlsx",
    "xlsxwriter__image19.xlsx",
)

Cell = tuple[int, int]


class Tree:
    """A worksheet as an XML parser sees it: cells by place, and the rest."""

    def __init__(self, xml: bytes) -> None:
        root = ET.fromstring(xml)
        self.space = root.tag.partition("}")[0] + "}"
        data = root.find(f"{self.space}sheetData")
        assert data is not None
        self.cells: dict[Cell, ET.Element] = {}
        self.rows: dict[int, dict[str, str]] = {}
        number = 0
        for row in data:
            number = int(row.get("r", number + 1))
            self._read_row(row, number)
        data.clear()
        for dimension in root.findall(f"{self.space}dimension"):
            root.remove(dimension)
        self.rest = ET.canonicalize(ET.tostring(root, encoding="unicode"))

    def _read_row(self, row: ET.Element, number: int) -> None:
        kept = {key: row.attrib[key] for key in row.attrib if key not in ("r", "spans")}
        self.rows.setdefault(number, {}).update(kept)
        column = 0
        for cell in row.findall(f"{self.space}c"):
            letters = re.match("[A-Z]+", cell.get("r", ""))
            column = column_number(letters[0]) if letters else column + 1
            self.cells[number, column] = cell

    def same(self, place: Cell, other: Tree) -> bool:
        """Whether a cell is the same in both, attribute order and the like evened out."""
        one, two = (ET.tostring(tree.cells[place], encoding="unicode") for tree in (self, other))
        return one == two or ET.canonicalize(one) == ET.canonicalize(two)

    def style(self, place: Cell) -> str | None:
        return self.cells[place].get("s")

    def typed(self) -> list[Cell]:
        """The cells with a value and no formula, from top to bottom."""
        has = self.space + "f"
        return [place for place, cell in self.cells.items() if len(cell) and cell.find(has) is None]

    def text(self, place: Cell) -> str:
        return "".join(self.cells[place].itertext())


def archive(data: bytes) -> dict[str, tuple[bytes, int]]:
    """The compressed bytes and the CRC of each part, folders too."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for info in opened.infolist():
            head = data[info.header_offset : info.header_offset + 30]
            start = info.header_offset + 30 + int.from_bytes(head[26:28], "little")
            start += int.from_bytes(head[28:30], "little")
            found[info.filename] = (data[start : start + info.compress_size], info.CRC)
    return found


def set_cells(
    data: bytes, trees: dict[str, Tree]
) -> tuple[bytes, dict[str, set[Cell]], Counter[str]]:
    """Set in each sheet the first typed cell that may be set, and a new one well below the others.

    Also returns what was set, and how many cells were refused for each reason.
    """
    wishes = {
        title: [tree.typed(), [(max(tree.rows, default=0) + more, 2) for more in (40, 41, 80)]]
        for title, tree in trees.items()
    }
    reasons: Counter[str] = Counter()
    while True:
        edits = [
            CellEdit(title, row, column, TEXT)
            for title, lists in wishes.items()
            for row, column in (places[0] for places in lists if places)
        ]
        try:
            result = patch(data, edits)
        except refusals.EditsRefused as err:
            reasons.update(cell.reason for cell in err.cells)
            refused = {(cell.sheet, cell.address) for cell in err.cells}
            for title, lists in wishes.items():
                for places in lists:
                    if places and (title, address(*places[0])) in refused:
                        places.pop(0)
            continue
        verify(data, result.data, edits)
        again = patch(result.data, edits)
        assert again.data is result.data
        done: dict[str, set[Cell]] = {title: set() for title in trees}
        for edit in edits:
            done[edit.sheet].add((edit.row, edit.column_index))
        return result.data, done, reasons


def faults(name: str, data: bytes) -> tuple[list[str], Counter[str]]:
    """What is wrong after setting cells in every sheet of one workbook."""
    package = Package.open(data, name)
    parts = {s.name: s.part for s in package.sheets if s.kind == "worksheet" and s.part}
    before = {title: Tree(package.read(part)) for title, part in parts.items()}
    after, done, reasons = set_cells(data, before)
    found = [f"{title}: nothing could be set" for title in parts if not done[title]]
    found += other_parts(data, after, set(parts.values()))
    new = Package.open(after, name)
    for title, part in parts.items():
        found += sheet_faults(title, before[title], Tree(new.read(part)), done[title])
    found += calamine_faults(data, after, done) + openpyxl_faults(data, after, done)
    return [f"{name}: {fault}" for fault in found], reasons


def other_parts(data: bytes, after: bytes, sheets: set[str]) -> list[str]:
    """All parts but the sheets, and the workbook's wish to be computed, are the same bytes."""
    old, new = archive(data), archive(after)
    changed = {part for part in old.keys() | new.keys() if old.get(part) != new.get(part)}
    return [
        f"{part} differs"
        for part in sorted(changed - sheets)
        if part not in old or part not in new or not calculation_only(data, after, part)
    ]


def calculation_only(data: bytes, after: bytes, part: str) -> bool:
    texts = []
    for workbook in (data, after):
        with zipfile.ZipFile(io.BytesIO(workbook)) as opened:
            texts.append(opened.read(part).decode())
    return (
        re.sub(r'<(\w+:)?calcPr fullCalcOnLoad="1"/>| fullCalcOnLoad="1"', "", texts[1]) == texts[0]
    )


def sheet_faults(title: str, before: Tree, after: Tree, done: set[Cell]) -> list[str]:
    """The sheet differs by the cells that were set, and by nothing else."""
    kept = {number: row for number, row in after.rows.items() if number in before.rows}
    claims = {
        "the same beside the rows": before.rest == after.rest,
        "no other cell came or went": after.cells.keys() == before.cells.keys() | done,
        "the same attributes of rows": kept == before.rows,
        "the same other cells": all(
            before.same(place, after) for place in before.cells.keys() - done
        ),
        "the cells hold what was set": all(after.text(place) == TEXT for place in done),
        "the cells keep their styles": all(
            before.style(place) == after.style(place) for place in done & before.cells.keys()
        ),
    }
    return [f"{title}: not {claim}" for claim, holds in claims.items() if not holds]


def calamine_values(data: bytes) -> dict[str, dict[Cell, object]]:
    """Sheet -> place -> value; a sheet that python-calamine does not read is left out."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = {}
    for title in workbook.sheet_names:
        try:
            sheet = workbook.get_sheet_by_name(title)
        except CalamineError:  # an error value that it does not know
            continue
        top, left = sheet.start or (0, 0)
        found[title] = {
            (row, column): value
            for row, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1)
            for column, value in enumerate(values, left + 1)
            if value != ""
        }
    return found


def differing(
    reader: str, expected: dict[str, dict[Cell, object]], found: dict[str, dict[Cell, object]]
) -> list[str]:
    return [
        f"{title}: {reader} reads other values"
        for title, values in expected.items()
        if values != found.get(title)
    ]


def calamine_faults(data: bytes, after: bytes, done: dict[str, set[Cell]]) -> list[str]:
    try:
        old = calamine_values(data)
    except CalamineError:
        return []
    new = calamine_values(after)
    expected = {
        title: values | dict.fromkeys(done.get(title, ()), TEXT) for title, values in old.items()
    }
    return [
        f"{title}: python-calamine reads other values"
        for title in expected
        if expected[title] != new.get(title)
    ]


def openpyxl_values(data: bytes) -> dict[str, dict[Cell, object]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions that it drops
        workbook = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: {
            place: repr(getattr(cell.value, "__dict__", cell.value))
            for place, cell in sheet._cells.items()
            if cell.value is not None
        }
        for sheet in workbook.worksheets
    }


def openpyxl_faults(data: bytes, after: bytes, done: dict[str, set[Cell]]) -> list[str]:
    try:
        old = openpyxl_values(data)
    except Exception:  # noqa: BLE001 - of any kind: not a file for openpyxl
        return []
    new = openpyxl_values(after)
    expected = {
        title: values | dict.fromkeys(done.get(title, ()), repr(TEXT))
        for title, values in old.items()
    }
    return [
        f"{title}: openpyxl reads other values"
        for title in expected
        if expected[title] != new.get(title)
    ]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_only_the_cells_that_were_set_differ(corpus: Path, shard: int) -> None:
    files = sorted((corpus / "public").iterdir())
    assert len(files) >= 400
    found = []
    for path in files[shard::SHARDS]:
        if path.name not in REFUSED:
            found += faults(path.name, path.read_bytes())[0]
    assert found == []


def test_refused_files_are_those_that_are_known(corpus: Path) -> None:
    refused = {}
    for path in sorted((corpus / "public").iterdir()):
        try:
            Package.open(path.read_bytes(), path.name).refuse_changes()
        except refusals.WorkbookRefused as err:
            refused[path.name] = type(err)
    assert refused == REFUSED


def test_libreoffice_opens_a_patched_workbook_and_reads_what_was_set(
    soffice: Office, corpus: Path, tmp_path: Path
) -> None:
    for name in FOR_LIBREOFFICE:
        data = (corpus / "public" / name).read_bytes()
        package = Package.open(data, name)
        parts = {s.name: s.part for s in package.sheets if s.kind == "worksheet" and s.part}
        trees = {title: Tree(package.read(part)) for title, part in parts.items()}
        after, done, _ = set_cells(data, trees)
        path = tmp_path / name
        path.write_bytes(after)
        with soffice.open(path) as opened:
            assert opened.sheets() == [sheet.name for sheet in package.sheets]
            for title, places in done.items():
                for place in places:
                    where = address(*place)
                    assert opened.data(title, f"{where}:{where}") == [[TEXT]], (
                        f"{name} {title} {where}"
                    )
