"""The lossless patch: a workbook's bytes and the cells to set -> the new bytes.

Only the cells at hand change: all other parts keep their compressed bytes, all other cells their
XML.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xlflow.workbook import recalculation, refusals
from xlflow.workbook.archive import Entry, Limits, write_archive
from xlflow.workbook.cell_contents import SharedStrings
from xlflow.workbook.edits import CellEdit as CellEdit
from xlflow.workbook.edits import Grid, grids
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_changes import SheetChanges
from xlflow.workbook.sheet_edit import edited
from xlflow.workbook.sheet_xml import AlternativeRowsError, SheetXml


@dataclass(frozen=True, slots=True)
class PatchResult:
    """The new workbook, and what is new in it.

    `changed_parts` are rewritten, `removed_parts` are gone; all others are as they were, down to
    their compressed bytes. `edits` are those that changed something; without any, `data` is the
    very object that was given.
    """

    data: bytes
    changed_parts: tuple[str, ...] = ()
    removed_parts: tuple[str, ...] = ()
    edits: tuple[CellEdit, ...] = ()


def patch(
    data: bytes, edits: Iterable[CellEdit], *, file: str = "workbook", limits: Limits | None = None
) -> PatchResult:
    """Set cells of the workbook in `data`; `file` is its name in messages.

    An edit whose value and format the cell already has is none, so that patching twice equals
    once.

    Raises:
        EditsRefused: Cells that may not be written, all of them.
        WorkbookRefused: The workbook may not be written, or is damaged or hostile.
        ValueError: Two edits want different values in one cell.
    """
    wanted = grids(edits)
    if not wanted:
        return PatchResult(data)
    package = Package.open(data, file, limits)
    package.refuse_changes()
    changes = _decide(package, wanted)
    if not any(sheet.rows for sheet in changes):
        return PatchResult(data)
    calculates = _check_other_parts(package, changes)
    new, removed = _calculation_parts(package, changes, calculates=calculates)
    done = tuple(edit for sheet in changes for edit in sheet.edits)
    while changes:
        sheet = changes.pop()  # its XML may be large: let go of it
        if sheet.rows:
            new[sheet.part] = package.entry(sheet.part).holding(edited(sheet.sheet, sheet.rows))
    kept = (entry for entry in package.entries if entry.name not in removed)
    entries = [new.get(entry.name, entry) for entry in kept]
    changed = tuple(entry.name for entry in entries if entry.name in new)
    return PatchResult(write_archive(entries, package.comment), changed, removed, done)


def _decide(package: Package, wanted: dict[str, Grid]) -> list[SheetChanges]:
    strings = SharedStrings(package)
    by_part: dict[str, Grid] = {}
    for name, grid in wanted.items():
        part = package.worksheet(name)
        if part in by_part:
            raise ValueError(f"edits name the sheet {name!r} in two ways")
        by_part[part] = grid
    changes = [_weigh(package, part, grid, strings) for part, grid in by_part.items()]
    if refused := [cell for sheet in changes for cell in sheet.refused]:
        raise refusals.EditsRefused(package.file, refused)
    return changes


def _weigh(package: Package, part: str, grid: Grid, strings: SharedStrings) -> SheetChanges:
    xml = package.read(part)
    with package.refusing(part):
        try:
            sheet = SheetXml(xml)
        except AlternativeRowsError as err:
            name = next(edit.sheet for row in grid.values() for edit in row.values())
            raise refusals.SheetUnsupported(package.file, sheet=name) from err
        return SheetChanges(package, part, sheet, grid, strings)


def _check_other_parts(package: Package, changes: list[SheetChanges]) -> bool:
    """Read every part once, so that no damage is passed on; tells whether there is any formula."""
    open_parts = {sheet.part: sheet.sheet for sheet in changes}
    worksheets = set(package.worksheet_parts)
    found = False
    for entry in package.entries:
        if entry.is_folder:
            continue
        if entry.name in open_parts:
            found |= open_parts[entry.name].has_formula
        elif entry.name in worksheets:
            found |= recalculation.has_formula(package.chunks(entry.name))
        else:
            for _ in package.chunks(entry.name):
                pass
    return found


def _calculation_parts(
    package: Package, changes: list[SheetChanges], *, calculates: bool
) -> tuple[dict[str, Entry], tuple[str, ...]]:
    """The parts that change because the workbook computes something, and those that go."""
    new: dict[str, bytes] = {}
    removed: tuple[str, ...] = ()
    part = package.workbook_part
    with package.refusing(part):
        if calculates:
            new[part] = recalculation.recalculated_on_load(package.read(part))
        if any(sheet.drops_formula for sheet in changes):
            chain, others = recalculation.without_calculation_chain(package)
            new |= others
            removed = (chain,) if chain else ()
    entries = {
        name: package.entry(name).holding([xml])
        for name, xml in new.items()
        if xml != package.read(name)
    }
    return entries, removed
