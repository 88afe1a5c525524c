"""Which row is which entry: by number and content together, never by position, since people sort.

A number alone does not do: it can be pasted onto another row, doubled, swapped or emptied. Content
alone does not either: people edit it. What is the same in both is settled first; among the rest,
those that fit each other best belong together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlflow.history.cells import Cells
from xlflow.history.entries import CellsOf, Entry
from xlflow.history.likeness import Cell, distinctive, likeness
from xlflow.history.rows import Row

_SAME_NUMBER = 0.25  # so much more counts a row that carries the number
_NUMBERED = 0.5  # so alike a row with a number is to the draft that it was
_DRAFT = 0.3  # so alike a row without a number is to the draft that it was
_MOVED = 0.6  # so alike a row is to an entry of another number, if it has its title; else
_MOVED_UNNAMED = 0.8
_HOMELESS = 0.5  # or if the record of the number that it carries stands elsewhere
_ALL = 1.0  # of an entry that had left the register, everything is there again
_LINE = 0.4  # so alike a line is to what it was
_SHARED = 50  # a text that so many entries have tells none of them apart


@dataclass(frozen=True)
class Matches:
    """Row in Excel -> its entry; the rows that are new; the entries that no row is.

    `cells`: of the entries that differ from their rows, as they were last seen.
    """

    found: Mapping[int, Entry]
    new: tuple[Row, ...]
    missing: tuple[Entry, ...]
    cells: Mapping[int, Cells]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A row that may be an entry, and how well it fits.

    `is_likely`: also while nobody knows which record the number in the row belongs to.
    """

    score: float
    row: Row
    entry: Entry
    is_likely: bool = True


def match_records(rows: Sequence[Row], entries: Sequence[Entry], cells_of: CellsOf) -> Matches:
    """The rows of the register and its entries, those that had left it included."""
    found, rows, entries = _unchanged(rows, entries, lambda one: (one.number, one.digest))
    near = _near(rows, entries)
    cells = cells_of([entry.id for entry in near]) if near else {}
    pairs = list(_pairs_of_records(rows, near, cells))
    found |= _best(pair for pair in pairs if pair.is_likely)
    found |= _best(_homeless(pairs, found))
    return _matches(found, rows, entries, cells)


def match_lines(rows: Sequence[Row], entries: Sequence[Entry], cells_of: CellsOf) -> Matches:
    """The lines of a child sheet and their entries; a line is looked for among its record's."""
    present = [entry for entry in entries if entry.state == "present"]
    found, rows, left = _unchanged(rows, present, lambda one: one.digest)
    cells = cells_of([entry.id for entry in left]) if rows else {}
    found |= _best(_pairs_of_lines(rows, left, cells))
    return _matches(found, rows, left, cells)


def _unchanged(
    rows: Sequence[Row], entries: Sequence[Entry], key: Callable[[Row | Entry], Hashable]
) -> tuple[dict[int, Entry], Sequence[Row], Sequence[Entry]]:
    """The rows that are as they were, and what is left of rows and entries."""
    waiting: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in reversed(entries):
        waiting[key(entry)].append(entry)
    found: dict[int, Entry] = {}
    left: list[Row] = []
    for row in rows:
        if same := waiting.get(key(row)):
            found[row.row] = same.pop()
        else:
            left.append(row)
    taken = {entry.id for entry in found.values()}
    return found, left, [entry for entry in entries if entry.id not in taken]


def _near(rows: Sequence[Row], entries: Sequence[Entry]) -> list[Entry]:
    """The entries that one of the rows may be; of those that had left, the same come back."""
    if not rows:
        return []
    numbers, digests = {row.number for row in rows}, {row.digest for row in rows}
    return [
        entry
        for entry in entries
        if entry.state == "present" or entry.digest in digests or entry.number in numbers - {""}
    ]


def _pairs_of_records(
    rows: Sequence[Row], entries: Sequence[Entry], cells: Mapping[int, Cells]
) -> Iterator[_Pair]:
    owners = {entry.number: entry for entry in entries if entry.number}
    sharing = _sharing(entries, cells)
    shared = {cell: len(held) for cell, held in sharing.items() if len(held) > 1}
    for row in rows:
        alike = {
            entry.id: entry
            for cell in distinctive(row.cells)
            if shared.get(cell, 1) <= _SHARED
            for entry in sharing.get(cell, ())
        }
        owner = owners.get(row.number)
        if owner is not None:
            alike[owner.id] = owner
        for entry in alike.values():
            how = likeness(cells[entry.id], row.cells, shared)
            if entry is owner:
                yield _Pair(how + _SAME_NUMBER, row, entry)
            elif how >= _least(row, entry, cells[entry.id]):
                yield _Pair(how, row, entry)
            elif how >= _HOMELESS and entry.number and entry.state == "present":
                yield _Pair(how, row, entry, is_likely=False)


def _homeless(pairs: Iterable[_Pair], found: Mapping[int, Entry]) -> Iterator[_Pair]:
    """Of what is left, the rows that carry the number of a record that stands elsewhere."""
    taken = {entry.id for entry in found.values()}
    at_home = {entry.number for entry in found.values() if entry.number}
    for pair in pairs:
        if pair.row.row not in found and pair.entry.id not in taken and pair.row.number in at_home:
            yield pair


def _least(row: Row, entry: Entry, before: Cells) -> float:
    """How alike a row must be to an entry of another number, or of none."""
    if entry.state == "gone":
        return _ALL
    if not entry.number:
        return _NUMBERED if row.number else _DRAFT
    return _MOVED if row.cells.get("title") == before.get("title") else _MOVED_UNNAMED


def _sharing(
    entries: Iterable[Entry], cells: Mapping[int, Cells]
) -> Mapping[Cell, Sequence[Entry]]:
    """Each cell -> the entries that hold it."""
    found: dict[Cell, list[Entry]] = defaultdict(list)
    for entry in entries:
        for cell in cells[entry.id].items():
            found[cell].append(entry)
    return found


def _pairs_of_lines(
    rows: Sequence[Row], entries: Sequence[Entry], cells: Mapping[int, Cells]
) -> Iterator[_Pair]:
    of_record: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        of_record[entry.number].append(entry)
    for row in rows:
        for entry in of_record.get(row.number, ()):
            before = cells[entry.id]
            how = likeness(_content(before), _content(row.cells), {})
            if how >= _LINE:
                yield _Pair(how, row, entry)


def _content(cells: Cells) -> Cells:
    return {key: value for key, value in cells.items() if key != "number"}


def _best(pairs: Iterable[_Pair]) -> dict[int, Entry]:
    """The pairs that fit best; each row and each entry in one of them at most."""
    found: dict[int, Entry] = {}
    taken: set[int] = set()
    for pair in sorted(pairs, key=lambda it: (-it.score, it.row.row, it.entry.id)):
        if pair.row.row not in found and pair.entry.id not in taken:
            found[pair.row.row] = pair.entry
            taken.add(pair.entry.id)
    return found


def _rest(
    rows: Iterable[Row], entries: Iterable[Entry], found: Mapping[int, Entry]
) -> tuple[list[Row], list[Entry]]:
    taken = {entry.id for entry in found.values()}
    return (
        [row for row in rows if row.row not in found],
        [entry for entry in entries if entry.id not in taken],
    )


def _matches(
    found: Mapping[int, Entry],
    rows: Iterable[Row],
    entries: Iterable[Entry],
    cells: Mapping[int, Cells],
) -> Matches:
    new, missing = _rest(rows, entries, found)
    return Matches(found, tuple(new), tuple(missing), cells)
