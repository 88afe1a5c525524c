"""A record as a whole, with its lines; what makes two copies of it the same."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from xlflow.record.fields import SHEETS
from xlflow.record.register import CellError, Value

FACTS = ("archived_at", "archived_from")
"""The columns of an archive that tell of the move itself."""

Cells = Mapping[str, Value | CellError]
"""Column's name -> value, of the cells that hold any."""

Place = tuple[str, str]
"""A sheet's key and a column's name."""

CHILD_SHEETS = tuple(sheet for sheet in SHEETS if sheet != "register")

# What a run writes anew whenever it likes. A number, once given, belongs to the record.
_REWRITTEN = frozenset(
    (field.sheet, field.key)
    for fields in SHEETS.values()
    for field in fields
    if field.is_own and field.key not in ("number", "change_number")
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet; `formulas` are the columns whose value is computed there."""

    row: int
    cells: Cells
    formulas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """A record as it stands in one workbook: its row, and its lines by their sheet's key."""

    number: str
    line: Line
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def rows(self) -> Iterator[tuple[str, Line]]:
        """All rows with the keys of their sheets, the record's own first."""
        yield "register", self.line
        for sheet in CHILD_SHEETS:
            yield from ((sheet, line) for line in self.lines.get(sheet, ()))

    @property
    def size(self) -> int:
        """How many cells hold anything."""
        return sum(len(line.cells) for _, line in self.rows)

    @property
    def content(self) -> str:
        """A digest of all that people typed, wherever it stands and in whatever order its lines."""
        held = [list(map(list, shown)) for shown in sorted(_shown(self, frozenset()))]
        return hashlib.sha256(json.dumps(held).encode()).hexdigest()


def is_rewritten(sheet: str, name: str) -> bool:
    """Whether a column holds what a run writes anew, or what an archive says of the move."""
    return (sheet, name) in _REWRITTEN or (sheet == "register" and name in FACTS)


def differences(one: WholeRecord, other: WholeRecord) -> tuple[Place, ...]:
    """Where two copies of a record differ, () where they are the same.

    A column of the record itself, or (sheet, "") for its lines, which may be sorted. What either
    copy computes is left out, since a formula may give something else every day.
    """
    mine, theirs = _compared(one, other)
    places = _own_differences(mine, theirs)
    places += [(sheet, "") for sheet in CHILD_SHEETS if mine[sheet] != theirs[sheet]]
    return tuple(places)


def lacking(record: WholeRecord, copy: WholeRecord) -> tuple[Place, ...]:
    """Where `record` lacks something that `copy` has: lines that were added to it do not count."""
    mine, theirs = _compared(record, copy)
    places = _own_differences(mine, theirs)
    places += [(sheet, "") for sheet in CHILD_SHEETS if theirs[sheet] - mine[sheet]]
    return tuple(places)


def is_kin(one: WholeRecord, other: WholeRecord) -> bool:
    """Whether two records of one number may be versions of one: half of their cells are equal.

    Somebody may have typed a number anew that belongs to another record.
    """
    (first,), (second,) = (rows["register"] for rows in _compared(one, other))
    mine, theirs = {*first} - {("number", spelled(one.number))}, {*second}
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs) - 1)


def spelled(value: Value | CellError) -> str:
    """A value with its type: 5 is no "5", and a day is no text. An error counts as its text."""
    match value:
        case CellError():
            return f"str {value.literal}"
        case datetime():
            return f"datetime {value.isoformat()}"
        case date():
            return f"date {value.isoformat()}"
        case _:
            return f"{type(value).__name__} {value}"


_Spelled = tuple[tuple[str, str], ...]
"""The cells of a row: name and spelled value."""


def _compared(
    one: WholeRecord, other: WholeRecord
) -> tuple[dict[str, Counter[_Spelled]], dict[str, Counter[_Spelled]]]:
    """The rows of both by sheet, without the columns that either of them computes."""
    computed = {
        (sheet, name)
        for record in (one, other)
        for sheet, line in record.rows
        for name in line.formulas
    }
    rows: list[dict[str, Counter[_Spelled]]] = []
    for record in (one, other):
        held: dict[str, Counter[_Spelled]] = {sheet: Counter() for sheet in SHEETS}
        for sheet, cells in _shown(record, computed):
            held[sheet][cells] += 1
        rows.append(held)
    return rows[0], rows[1]


def _own_differences(
    mine: Mapping[str, Counter[_Spelled]], theirs: Mapping[str, Counter[_Spelled]]
) -> list[Place]:
    (first,), (second,) = mine["register"], theirs["register"]
    return [("register", name) for name in sorted({name for name, _ in {*first} ^ {*second}})]


def _shown(record: WholeRecord, computed: Collection[Place]) -> Iterator[tuple[str, _Spelled]]:
    """Each row as its sheet and its cells."""
    for sheet, line in record.rows:
        cells = (
            (name, spelled(value))
            for name, value in sorted(line.cells.items())
            if not is_rewritten(sheet, name) and (sheet, name) not in computed
        )
        yield sheet, tuple(cells)
