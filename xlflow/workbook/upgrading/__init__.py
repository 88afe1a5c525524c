"""UPGRADING: an existing register gets the fields and choices that the settings tell.

First what it has lost or the settings have changed is put back by `mending`; then columns are
added behind all others; then `mending` again gives them dropdowns, checks, colours and names. Each
step is proved by itself. No value, format or sheet of anybody's is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlflow.record.register import quoted
from xlflow.settings import Settings
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.archive import Limits
from xlflow.workbook.mending.differences import Difference
from xlflow.workbook.mending.mending import mend
from xlflow.workbook.mending.register_sheets import RegisterSheet, register_sheets
from xlflow.workbook.package import Package
from xlflow.workbook.patch import patch
from xlflow.workbook.reader_cells import Book
from xlflow.workbook.refusals import EditsRefused
from xlflow.workbook.upgrading.columns import additions
from xlflow.workbook.upgrading.proof import prove_room
from xlflow.workbook.upgrading.writing import with_room
from xlflow.workbook.verification import verify


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """A column of a record sheet: where it stands, its header, and the banner it stands under."""

    sheet: str  # the name on the tab
    column: int
    key: str
    label: str
    banner: str = ""

    @property
    def place(self) -> str:
        """As Excel writes it: ``Register!BL``."""
        return f"{quoted(self.sheet)}!{column_letters(self.column)}"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A register as the settings want it, as far as that can be.

    `data` is the very object that was given if there was nothing to do. `unknown` are columns that
    the settings no longer know: they stay. `refused`: texts that cannot be written.
    """

    data: bytes
    added: tuple[ColumnOf, ...]
    put_back: tuple[Difference, ...]
    left: tuple[Difference, ...]
    unknown: tuple[ColumnOf, ...]
    refused: EditsRefused | None


def upgrade(
    data: bytes, settings: Settings, *, file: str, limits: Limits | None = None
) -> Upgraded:
    """Bring the register in `data` to the settings; `file` is its name in messages.

    Upgrading twice equals once.

    Raises:
        WorkbookRefused: No register, or one that may not be written.
        LayoutRefused: A sheet or column is gone and nothing tells where it was; it names all.
        UpgradeRefused: It gets no more columns as it is.
        NotVerified: The new workbook is not what it should be: a fault of xlflow.
    """
    first = mend(data, settings, file=file, limits=limits)
    package = Package.open(first.data, file, limits)
    register = register_sheets(package, settings, first.wanted)
    unknown = tuple(_unknown(package, register.sheets["register"]))
    wanted = additions(register, package)
    if not wanted:
        return Upgraded(first.data, (), first.put_back, first.left, unknown, first.refused)
    roomy, edits = with_room(package, wanted)
    prove_room(package, Package.open(roomy, file, limits), wanted)
    filled = patch(roomy, edits, file=file, limits=limits)
    verify(roomy, filled.data, filled.edits, file=file, limits=limits)
    last = mend(filled.data, settings, file=file, limits=limits, known=first.wanted)
    return Upgraded(
        data=last.data,
        added=tuple(
            ColumnOf(one.place.title, column.column, column.key, column.label, column.banner)
            for one in wanted
            for column in one.columns
            if one.place.sheet != "lists"
        ),
        put_back=first.put_back,
        left=last.left,
        unknown=unknown,
        refused=last.refused,
    )


def _unknown(package: Package, sheet: RegisterSheet) -> Iterator[ColumnOf]:
    """The columns that have a key in the hidden row, and no field."""
    if sheet.key_row is None:
        return
    head = Book(package).cells(sheet.place.title).head()
    keys, labels = ([*head[row - 1]] for row in (sheet.key_row, sheet.place.header_row))
    for column, key in enumerate(keys, 1):
        if isinstance(key, str) and key.strip() and column not in sheet.place.fields:
            label = str(labels[column - 1]) if column <= len(labels) else ""
            yield ColumnOf(sheet.place.title, column, key.strip(), label)
