"""What is told of the cells of an old tracker: converted, not fitting, or of no record.

Equal conversions of a column are one note that names all its cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from xlflow.adoption.grid import Cell, Grid, Place

What = Literal[
    "converted",  # the same thing, as the register writes it
    "blanked",  # a dash and the like, where the field takes no text: left blank
    "year",  # a date whose year was not written
    "split",  # a log taken apart into lines of the Progress sheet
    "masked",
    "numbered",  # a record that got a number, since lines of other sheets name it
    "unfit",  # stands in its field as it was typed, and does not suit it
    "undated",  # a line of a log whose date is absent or uncertain
    "number-kept",  # an old number of another form, or one that is doubled
    "unlinked",  # a log of a record that cannot get a number
    "error",  # an error value such as #N/A
    "aside",  # belongs to no record: titles, totals, notes, other sheets
    "dropped",  # left out on a person's word
]

UNFITTING: frozenset[What] = frozenset({"unfit", "undated", "unlinked", "error"})
"""The notes of what would not fit; the others only say what was done."""

_LONGEST_OLD = 32_000  # characters; Excel holds 32,767 in a cell


@dataclass(frozen=True)
class Note:
    """One thing that is told; `places` are the cells of the old sheet, counted from 0."""

    what: What
    sheet: str
    places: tuple[Place, ...]
    old: str
    new: str = ""
    header: str = ""  # of the old column
    key: str = ""  # of the field, if it is about one
    field_sheet: str = "register"


@dataclass
class NoteBook:
    """Collects notes."""

    _groups: dict[tuple[What, str, str, str, str, str, str], list[Place]] = field(
        default_factory=dict
    )
    _rows: list[Note] = field(default_factory=list)

    def add(
        self,
        what: What,
        sheet: str,
        place: Place,
        old: Cell,
        new: Cell = None,
        *,
        header: str = "",
        key: str = "",
        field_sheet: str = "register",
    ) -> None:
        """Tell of a cell, together with those of which the same is told."""
        group = (what, sheet, header, key, field_sheet, as_text(old), as_text(new))
        self._groups.setdefault(group, []).append(place)

    def move(
        self,
        before: What,
        after: What,
        sheet: str,
        place: Place,
        old: Cell,
        new: Cell,
        header: str,
        key: str,
    ) -> None:
        """Tell something else of a cell than was told before."""
        group = (before, sheet, header, key, "register", as_text(old), "")
        places = self._groups.get(group, [])
        if place in places:
            places.remove(place)
            if not places:
                del self._groups[group]
        self.add(after, sheet, place, old, new, header=header, key=key)

    def add_row(self, what: What, grid: Grid, row: int) -> int:
        """Tell of all filled cells of a row at once; returns how many there are."""
        held = list(grid.filled(row))
        texts: list[str] = []
        places: list[Place] = []
        length = 0
        for number, value in held:
            text = as_text(value)
            if texts and length + len(text) > _LONGEST_OLD:
                self._rows.append(Note(what, grid.title, tuple(places), BETWEEN.join(texts)))
                texts, places, length = [], [], 0
            texts.append(text)
            places.append((row, number))
            length += len(text) + len(BETWEEN)
        if texts:
            self._rows.append(Note(what, grid.title, tuple(places), BETWEEN.join(texts)))
        return len(held)

    def notes(self) -> tuple[Note, ...]:
        """All notes: what would not fit first, then conversions, then what is no record."""
        grouped = (
            Note(what, sheet, tuple(places), old, new, header, key, field_sheet)
            for (what, sheet, header, key, field_sheet, old, new), places in self._groups.items()
        )
        return tuple(sorted((*grouped, *self._rows), key=_rank))


BETWEEN = " | "
"""Stands between the cells of a row that is told of as a whole."""


def as_text(value: Cell) -> str:
    """A cell's value as it is told."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def where(places: tuple[Place, ...], most: int = 2_000) -> Iterator[str]:
    """Cells as Excel writes them, neighbours as ranges; pieces of at most `most` cells or ranges.

    >>> list(where(((0, 0), (1, 0), (2, 0), (5, 1))))
    ['A1:A3, B6']
    """
    pieces: list[str] = []
    for first, last in _runs(places):
        text = address(*first) if first == last else f"{address(*first)}:{address(*last)}"
        pieces.append(text)
        if len(pieces) == most:
            yield ", ".join(pieces)
            pieces = []
    if pieces:
        yield ", ".join(pieces)


def address(row: int, column: int) -> str:
    """A cell as Excel writes it; row and column count from 0."""
    return f"{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """The letters of a column that counts from 0: 0 -> A, 26 -> AA."""
    text = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _runs(places: tuple[Place, ...]) -> Iterator[tuple[Place, Place]]:
    """Cells that stand below or beside each other, as the first and the last of them."""
    first = last = None
    for place in places:
        if (
            first
            and last
            and (
                (place == (last[0] + 1, last[1]) and first[1] == place[1])
                or (place == (last[0], last[1] + 1) and first[0] == place[0])
            )
        ):
            last = place
            continue
        if first and last:
            yield first, last
        first = last = place
    if first and last:
        yield first, last


_ORDER: tuple[What, ...] = (
    *("unfit", "undated", "unlinked", "error", "number-kept", "converted", "blanked", "year"),
    *("split", "masked", "numbered", "dropped", "aside"),
)


def _rank(note: Note) -> tuple[int, str, int, int]:
    row, column = note.places[0]
    if note.what == "aside":
        return (_ORDER.index(note.what), note.sheet, row, column)
    return (_ORDER.index(note.what), note.sheet, column, row)
