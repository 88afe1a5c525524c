"""Which cells of a real workbook the tests set, and to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, pairwise

from clients.corpus.worksheets import Place, Worksheet

from xlflow.workbook import refusals
from xlflow.workbook.addresses import MAX_COLUMN, MAX_ROW, address
from xlflow.workbook.cell_values import Value
from xlflow.workbook.package import Package
from xlflow.workbook.patch import CellEdit, PatchResult, patch

TEXT = "2024-015 已评估 <&>"
MOMENT = datetime.fromisoformat("2024-03-01T18:00")
VALUES = (TEXT, 1234.5, date(2024, 3, 1), True, " two\nlines ", MOMENT)
TRIES = 40  # cells that may be refused before a kind of cell counts as not to be had


@dataclass(frozen=True, slots=True)
class Changed:
    """A workbook with cells set in every sheet: the edits, and why others were refused."""

    result: PatchResult
    edits: tuple[CellEdit, ...]
    reasons: Counter[str]

    def in_(self, sheet: str) -> list[CellEdit]:
        """The edits of one sheet."""
        return [edit for edit in self.edits if edit.sheet == sheet]


def worksheets(package: Package) -> dict[str, Worksheet]:
    """All worksheets by name: visible, hidden, very hidden."""
    return {
        sheet.name: Worksheet(package.read(sheet.part))
        for sheet in package.sheets
        if sheet.kind == "worksheet" and sheet.part
    }


def set_cells(file: str, data: bytes, sheets: dict[str, Worksheet]) -> Changed:
    """Set, in each sheet, one cell of every kind that it has and that may be set.

    Raises:
        WorkbookRefused: The workbook may not be changed.
    """
    wishes = [
        _Wish(title, value, list(islice(filter(_is_on_a_sheet, places), TRIES)))
        for number, (title, sheet) in enumerate(sheets.items())
        for places, value in _kinds(sheet, number)
    ]
    return _granted(file, data, wishes)


def overwrite_formulas(file: str, data: bytes, sheets: dict[str, Worksheet]) -> Changed:
    """Overwrite, in each sheet, one formula that may be overwritten, if it has one.

    Raises:
        WorkbookRefused: The workbook may not be changed.
    """
    wishes = []
    for title, sheet in sheets.items():
        places = list(islice(filter(sheet.has_formula, sheet.cells), TRIES))
        wishes.append(_Wish(title, 1234.5, places, overwrites=True))
    return _granted(file, data, wishes)


@dataclass(slots=True)
class _Wish:
    sheet: str
    value: Value
    places: list[Place]  # any one of them will do
    overwrites: bool = False


def _granted(file: str, data: bytes, wishes: list[_Wish]) -> Changed:
    reasons: Counter[str] = Counter()
    while True:
        edits = _edits(wishes)
        try:
            result = patch(data, edits, file=file)
        except refusals.EditsRefused as err:
            reasons.update(cell.reason for cell in err.cells)
            refused = {(cell.sheet, cell.address) for cell in err.cells}
            for wish in wishes:
                wish.places = [p for p in wish.places if (wish.sheet, address(*p)) not in refused]
        else:
            return Changed(result, tuple(edits), reasons)


def _kinds(sheet: Worksheet, number: int) -> Iterator[tuple[Iterator[Place], Value]]:
    """Places of each kind with the value for one; the values change places from sheet to sheet."""
    values = [VALUES[(number + shift) % len(VALUES)] for shift in range(6)]
    typed = [
        place for place, cell in sheet.cells.items() if len(cell) and cell.find("{*}f") is None
    ]
    yield iter(typed), TEXT
    yield iter(typed), values[0]
    yield iter(reversed(typed)), None
    yield (place for place, cell in sheet.cells.items() if not len(cell)), values[1]
    yield _beside_cells(sheet), values[2]
    yield _between_rows(sheet), values[3]
    last = max(sheet.rows, default=0)
    widest = max((column for _, column in sheet.cells), default=0)
    yield iter([(last + more, 2) for more in (40, 41, 80)]), values[4]
    yield iter([(last + 43, widest + more) for more in (5, 30)]), values[5]


def _beside_cells(sheet: Worksheet) -> Iterator[Place]:
    """Missing cells of rows that are there: in a gap or past the last cell."""
    columns: dict[int, set[int]] = {row: set() for row in sheet.rows}
    for row, column in sheet.cells:
        columns.setdefault(row, set()).add(column)
    for row, taken in columns.items():
        yield row, next(column for column in range(1, len(taken) + 2) if column not in taken)


def _between_rows(sheet: Worksheet) -> Iterator[Place]:
    """Cells of missing rows between others."""
    numbers = sorted(sheet.rows)
    for above, below in pairwise(numbers):
        if below - above > 1:
            yield above + 1, 1


def _is_on_a_sheet(place: Place) -> bool:
    return 1 <= place[0] <= MAX_ROW and 1 <= place[1] <= MAX_COLUMN


def _edits(wishes: list[_Wish]) -> list[CellEdit]:
    """The first place of each wish that no other took."""
    taken: set[tuple[str, Place]] = set()
    edits = []
    for wish in wishes:
        place = next((p for p in wish.places if (wish.sheet, p) not in taken), None)
        if place is not None:
            taken.add((wish.sheet, place))
            edits.append(CellEdit(wish.sheet, *place, wish.value, wish.overwrites))
    return edits
