"""A record on its way from an old tracker into the register, and what is counted on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from xlflow.adoption.grid import Cell, Grid, Place
from xlflow.adoption.notes import NoteBook, letters
from xlflow.adoption.proposal import SheetMap
from xlflow.languages import Language, fold

Fate = Literal["header", "placed", "kept", "aside", "dropped"]
"""What becomes of a cell: a header, placed in a field, kept beside the register, told of."""

Row = dict[str, Any]

_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")


@dataclass(frozen=True)
class Customs:
    """How the register has it: its language, and how names are masked, which `checks` knows."""

    language: Language
    today: date
    mask: Callable[[object], str] | None = None  # None: names stay as they were typed


@dataclass
class Record:
    """A record: its values by field, and the row of the old sheet in which it began."""

    sheet: str
    row: int  # from 0
    values: Row = field(default_factory=dict)
    old_number: Cell = None
    progress: list[Row] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    is_named: bool = False  # by a line of another sheet
    year_told: int | None = None  # by the sheet's name or its title

    @property
    def submitted_on(self) -> date | None:
        """The day of submission; None where it is absent or no day."""
        return as_day(self.values.get("submitted_on"))

    @property
    def year(self) -> int | None:
        """The year for its number: that of the submission, else of its first date, else as told."""
        if self.submitted_on:
            return self.submitted_on.year
        held = (*self.values.values(), *(line.get("date") for line in self.progress))
        days = [day for value in held if (day := as_day(value))]
        return min(days).year if days else self.year_told

    @property
    def needs_number(self) -> bool:
        """Whether lines of other sheets name it, and it has no number by which they could."""
        return not self.values.get("number") and bool(self.progress or self.issues or self.is_named)


@dataclass(frozen=True)
class KeptRow:
    """What is kept of one row of an old sheet; `cells` by the kept columns' headers."""

    record: Record
    sheet: str
    row: int  # from 0
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Link:
    """A line of another sheet that named a record by its old number."""

    record: Record
    field_sheet: str
    sheet: str
    place: Place
    old_number: Cell
    header: str


@dataclass
class Desk:
    """What is being placed: records, lines, what is kept, notes, and the count of cells."""

    customs: Customs
    records: list[Record] = field(default_factory=list)
    kept: list[KeptRow] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    loose_progress: list[Row] = field(default_factory=list)
    loose_issues: list[Row] = field(default_factory=list)
    notes: NoteBook = field(default_factory=NoteBook)
    fates: Counter[Fate] = field(default_factory=Counter)
    by_old_number: dict[str, Record] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    _kept_at: dict[tuple[str, int], KeptRow] = field(default_factory=dict)

    def keep(self, record: Record, row: int, header: str, value: Cell) -> None:
        """Keep a cell beside the register, with the record that it belongs to."""
        at = (record.sheet, row)
        if at not in self._kept_at:
            held = KeptRow(record, record.sheet, row, {})
            self._kept_at[at] = held
            self.kept.append(held)
        self._kept_at[at].cells[header] = value

    def make_lines_of_kept(self) -> None:
        """Count a cell as placed that was only kept so far: lines were made of it."""
        self.fates["kept"] -= 1
        self.fates["placed"] += 1

    def know(self, record: Record) -> None:
        """Remember by which number people called a record."""
        if record.old_number is not None:
            self.by_old_number.setdefault(number_key(record.old_number), record)


def number_key(value: Cell) -> str:
    """A number as it is compared: REQ-012 and req-012, 17 and 17.0 are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return fold(str(value))


def as_day(value: object) -> date | None:
    """The day of a date or moment; None of anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def year_told(grid: Grid, top: int) -> int | None:
    """The one year that a sheet's name or its title rows tell."""
    texts = [grid.title, *(str(value) for row in range(top) for _, value in grid.filled(row))]
    years = {int(found) for text in texts for found in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def kept_headers(sheet_map: SheetMap) -> Mapping[int, str]:
    """Column -> the header under which its cells are kept; two of one name get their letters."""
    names = Counter(column.header for column in sheet_map.columns)
    return {
        column.number: column.header
        if column.header and names[column.header] == 1
        else f"{column.header} ({letters(column.number)})".strip()
        for column in sheet_map.columns
    }
