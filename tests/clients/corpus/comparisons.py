"""All that may be wrong after cells were set in a real workbook, told in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from clients.corpus import readers
from clients.corpus.archives import (
    archive_faults,
    asks_to_be_computed,
    changed_parts,
    forgets_calculation_chain,
)
from clients.corpus.changes import Changed, overwrite_formulas, set_cells, worksheets
from clients.corpus.readers import Cells
from clients.corpus.worksheets import Place, Worksheet

from xlflow.workbook.addresses import Area
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.package import Package
from xlflow.workbook.patch import patch
from xlflow.workbook.refusals import NotAWorksheet
from xlflow.workbook.verification import verify

MOST_CELLS = 50_000_000  # more than that, blank ones included, and python-calamine ends the process
READERS = {"python-calamine": readers.calamine, "openpyxl": readers.with_openpyxl}


@dataclass(slots=True)
class Account:
    """What was found wrong, and how much was looked at."""

    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Account) -> None:
        self.faults += other.faults
        self.counts += other.counts


def compare(name: str, data: bytes) -> Account:
    """Set cells in every sheet of a workbook, and compare all of it with what it was.

    Raises:
        WorkbookRefused: The workbook may not be changed.
    """
    package = Package.open(data, name)
    before = worksheets(package)
    changed = set_cells(name, data, before)
    found = _differences(package, before, changed)
    found.faults += [f"{title}: nothing could be set" for title in before if not changed.in_(title)]
    found.faults += [
        f"{part} differs"
        for part in changed_parts(data, changed.result.data)
        if not _is_worksheet(package, part)
        and not asks_to_be_computed(data, changed.result.data, part)
    ]
    found.faults += archive_faults(data, changed.result.data, removed=())
    found.faults += _sheets_without_cells(package)
    found.counts.update({"workbooks": 1, "sheets": len(before)})
    return _named(name, found)


def compare_without_formulas(name: str, data: bytes) -> Account:
    """Overwrite a formula in every sheet that has one which may be, and compare as `compare` does.

    Raises:
        WorkbookRefused: The workbook may not be changed.
    """
    package = Package.open(data, name)
    before = worksheets(package)
    changed = overwrite_formulas(name, data, before)
    if not changed.edits:
        return Account()
    found = _differences(package, before, changed)
    after, removed = changed.result.data, changed.result.removed_parts
    found.faults += [
        f"{part} differs"
        for part in changed_parts(data, after)
        if not _is_worksheet(package, part)
        and part not in removed
        and not asks_to_be_computed(data, after, part)
        and not forgets_calculation_chain(data, after, part)
    ]
    found.faults += archive_faults(data, after, removed)
    related = Package.open(after, name).relations(package.workbook_part)
    if any(relation.kind == "calcChain" and relation.target for relation in related):
        found.faults.append("the calculation chain is left")
    found.counts["calculation chains dropped"] = len(removed)
    found.counts["workbooks with a formula overwritten"] = 1
    return _named(name, found)


def _named(name: str, account: Account) -> Account:
    return Account([f"{name}: {fault}" for fault in account.faults], account.counts)


def _is_worksheet(package: Package, part: str) -> bool:
    return part.replace("\\", "/") in package.worksheet_parts


def _sheets_without_cells(package: Package) -> Iterator[str]:
    """Chart, dialog and macro sheets are refused as such."""
    for sheet in package.sheets:
        if sheet.kind == "worksheet":
            continue
        try:
            patch(package.data, [CellEdit(sheet.name, 1, 1, "x")])
        except NotAWorksheet:
            continue
        yield f"{sheet.name} is written to"


def _differences(package: Package, before: dict[str, Worksheet], changed: Changed) -> Account:
    """What is wrong with the sheets, by their XML and by what others read."""
    name, data, after = package.file, package.data, changed.result.data
    verify(data, after, changed.edits, file=name)
    found = Account()
    if patch(after, changed.edits, file=name).data is not after:
        found.faults.append("patching again changes it again")
    new = worksheets(Package.open(after, name))
    for title, sheet in before.items():
        edits = [edit for edit in changed.result.edits if edit.sheet == title]
        faults = _sheet_faults(sheet, new[title], edits, date_1904=package.date_1904)
        found.faults += [f"{title}: {fault}" for fault in faults]
    is_wide = any(sheet.extent > MOST_CELLS for sheet in before.values())
    for reader, read in READERS.items():
        if is_wide and read is readers.calamine:
            continue
        found.add(_reader_faults(reader, read, data, changed, date_1904=package.date_1904))
    found.counts["cells set"] += len(changed.edits)
    found.counts.update({f"cells refused: {why}": n for why, n in changed.reasons.items()})
    return found


def _sheet_faults(
    before: Worksheet, after: Worksheet, edits: list[CellEdit], *, date_1904: bool
) -> Iterator[str]:
    """The sheet differs by the cells that were set, and by nothing else."""
    if before.head != after.head:
        yield "the start of the XML differs"
    for edit in edits:
        for fault in _cell_faults(before, after, edit, date_1904=date_1904):
            yield f"{edit.address} {fault}"
    places = {(edit.row, edit.column_index) for edit in edits}
    if before.dimension and after.dimension != _around(before.dimension, places):
        yield f"the dimension is {after.dimension}"
    new_rows = after.rows.keys() - before.rows.keys()
    for number in new_rows:
        if dict(after.rows[number].attrib) != {"r": str(number)}:
            yield f"the new row {number} has other attributes"
    old, new = before.canonical(places, ()), after.canonical(places, new_rows)
    if old != new:
        pair = next((pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]), "the end")
        yield f"beside the cells: {pair}"


def _cell_faults(
    before: Worksheet, after: Worksheet, edit: CellEdit, *, date_1904: bool
) -> Iterator[str]:
    place = (edit.row, edit.column_index)
    if place not in after.cells:
        yield "is not there"
        return
    if not readers.is_value(after.value(place), edit.value, date_1904=date_1904):
        yield f"holds {after.value(place)!r}"
    expected = {"r": edit.address}
    if place in before.cells:
        expected = before.attributes(place)
    elif style := before.style_for(place):
        expected["s"] = style
    if after.attributes(place) != expected:
        yield f"has {after.attributes(place)}, not {expected}"
    spans = after.spans(place)
    if place not in before.cells and spans and edit.column_index not in spans:
        yield f"lies outside {spans}"


def _around(known: Area, places: set[Place]) -> Area:
    for row, column in places:
        known = known.around(Area(row, column, row, column))
    return known


def _reader_faults(
    reader: str,
    read: Callable[[bytes], dict[str, Cells]],
    data: bytes,
    changed: Changed,
    *,
    date_1904: bool,
) -> Account:
    """A reader finds what was set, and all other cells as before."""
    old, new = read(data), read(changed.result.data)
    found = Account()
    for title, cells in old.items():
        places = {(edit.row, edit.column_index) for edit in changed.in_(title)}
        others = [
            {place: cell for place, cell in each.items() if place not in places}
            for each in (cells, new.get(title, {}))
        ]
        if others[0] != others[1]:
            found.faults.append(f"{title}: {reader} reads other values")
        for edit in changed.in_(title):
            value = new.get(title, {}).get((edit.row, edit.column_index), (None,))[0]
            if not readers.is_value(value, edit.value, date_1904=date_1904):
                found.faults.append(f"{title}: {reader} reads {value!r} in {edit.address}")
        found.counts[f"sheets read by {reader}"] += 1
        found.counts[f"cells compared by {reader}"] += len(cells)
    return found
