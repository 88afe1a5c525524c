"""Mending a register's layout: compare, write what can be put back, and prove that nothing else
changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xlflow.settings import Settings
from xlflow.workbook.archive import Limits
from xlflow.workbook.mending.comparing import Comparison, compare
from xlflow.workbook.mending.differences import Difference
from xlflow.workbook.mending.proof import prove
from xlflow.workbook.mending.wanted import Wanted
from xlflow.workbook.mending.writing import with_rules
from xlflow.workbook.package import Package
from xlflow.workbook.patch import CellEdit, PatchResult, patch
from xlflow.workbook.refusals import EditsRefused, NotVerified
from xlflow.workbook.verification import verify


@dataclass(frozen=True, slots=True)
class Mended:
    """A register as the template would have it, as far as that can be.

    `data` is the very object that was given if there was nothing to put back. `cells` are texts of
    the layout that were written; `refused` those that cannot be, such as merged ones.
    """

    data: bytes
    put_back: tuple[Difference, ...]
    left: tuple[Difference, ...]
    cells: int
    refused: EditsRefused | None
    wanted: Wanted  # what the template has, for a second mending


def mend(
    data: bytes,
    settings: Settings,
    *,
    file: str,
    limits: Limits | None = None,
    known: Wanted | None = None,
) -> Mended:
    """Put back what the layout of the register in `data` has lost; `file` is its name in messages.

    What people typed stays as it is, and so does what they added. Mending twice equals once.
    `known`: what the template would have, where that was found out before.

    Raises:
        WorkbookRefused: No register, or one that may not be written.
        LayoutRefused: A sheet or column is gone and nothing tells where it was; it names all.
        NotVerified: The new workbook is not what it should be: a fault of xlflow.
    """
    package = Package.open(data, file, limits)
    package.refuse_changes()
    found = compare(package, settings, known)
    model = found.register.wanted
    if not any(difference.is_repairable for difference in found.differences):
        return Mended(data, (), found.differences, 0, None, model)
    patched, refused = _with_texts(data, found, file, limits)
    between = Package.open(patched.data, file, limits)
    after = with_rules(between, found)
    mended = Package.open(after, file, limits)
    prove(between, mended, found)
    left = compare(mended, settings, model).differences
    blocked = {(cell.sheet, cell.address) for cell in refused.cells} if refused else set()
    if any(d.is_repairable and (d.sheet, d.range) not in blocked for d in left):
        raise NotVerified(file, part=", ".join(difference.place for difference in left))
    put_back = tuple(difference for difference in found.differences if difference not in left)
    return Mended(after if put_back else data, put_back, left, len(patched.edits), refused, model)


def _with_texts(
    data: bytes, found: Comparison, file: str, limits: Limits | None
) -> tuple[PatchResult, EditsRefused | None]:
    """The workbook with the texts of the layout in it; those that cannot be written are left."""
    edits = [
        CellEdit(lost.title, lost.row, lost.column, lost.text, overwrite_formulas=True)
        for lost in found.texts
    ]
    refused: EditsRefused | None = None
    try:
        patched = patch(data, edits, file=file, limits=limits)
    except EditsRefused as err:
        refused = err
        patched = patch(data, _writable(edits, err), file=file, limits=limits)
    verify(data, patched.data, patched.edits, file=file, limits=limits)
    return patched, refused


def _writable(edits: Iterable[CellEdit], refused: EditsRefused) -> list[CellEdit]:
    blocked = {(cell.sheet, cell.address) for cell in refused.cells}
    return [edit for edit in edits if (edit.sheet, edit.address) not in blocked]
