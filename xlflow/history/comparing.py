"""What happened to a register since it was last seen: events, and the entries as they are now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from xlflow.history.cells import Cells, digest
from xlflow.history.entries import CellsOf, Entry, Event
from xlflow.history.matching import Matches, match_lines, match_records
from xlflow.history.rows import Row, rows_of
from xlflow.record.fields import SHEETS
from xlflow.record.memory import Misnumbered
from xlflow.record.register import Register, Table


@dataclass(frozen=True, slots=True)
class Seen:
    """A row that stands in the register now, and its entry as it is from now on."""

    row: Row
    entry: Entry


@dataclass(frozen=True)
class Comparison:
    """A register beside what was last seen of it.

    `seen`: every record and line, by sheet and then by row. `missing`: the entries whose rows have
    gone since. `digests`: the entries that have another digest than before, which the ledger
    stores like those that an event tells of.
    """

    seen: Mapping[str, Mapping[int, Seen]]
    missing: tuple[Entry, ...]
    events: tuple[Event, ...]
    misnumbered: Mapping[int, Misnumbered]
    digests: frozenset[int] = frozenset()

    @property
    def changed(self) -> tuple[tuple[Entry, Cells], ...]:
        """The entries that the ledger has to store, with their cells; of missing ones none."""
        told = {event.entry for event in self.events} | self.digests
        if not told:
            return ()
        return tuple(
            (seen.entry, seen.row.cells)
            for rows in self.seen.values()
            for seen in rows.values()
            if seen.entry.id in told
        )


def compare(
    register: Register,
    entries: Iterable[Entry],
    next_id: int,
    cells_of: CellsOf,
    *,
    is_number: Callable[[str], bool],
    sheets: Collection[str] = tuple(SHEETS),
) -> Comparison:
    """The register as it stands beside its entries; `next_id` is the first id that is free.

    `is_number`: whether a text is a well-formed number of this register; another is nobody's.
    `sheets`: those that are compared; `entries` are of these.
    """
    tables = [table for table in register.tables if table.sheet in sheets]
    known: dict[str, list[Entry]] = {table.sheet: [] for table in tables}
    for entry in entries:
        known[entry.sheet].append(entry)
    ids = count(next_id)
    seen: dict[str, Mapping[int, Seen]] = {}
    missing: list[Entry] = []
    events: list[Event] = []
    misnumbered: Mapping[int, Misnumbered] = {}
    digests: set[int] = set()
    for table in tables:
        rows, held = list(rows_of(table)), known[table.sheet]
        match = match_records if table is register.requirements else match_lines
        matches = match(rows, held, cells_of)
        rows = [_with_unseen(row, matches, table) for row in rows]
        if table is register.requirements:
            misnumbered = _misnumbered(rows, matches)
        owned = {_own_number(entry) for entry in held}
        of_table = {
            row.row: Seen(row, _entry(row, table.sheet, matches, owned, ids, is_number))
            for row in rows
        }
        seen[table.sheet] = of_table
        digests |= {
            entry.id
            for row, entry in matches.found.items()
            if of_table[row].entry.digest != entry.digest
        }
        gone = [replace(one, state="gone") for one in matches.missing if one.state == "present"]
        missing += gone
        events += _events(of_table.values(), matches)
        events += [Event(one.id, "vanished") for one in gone]
    return Comparison(seen, tuple(missing), tuple(events), misnumbered, frozenset(digests))


def _with_unseen(row: Row, matches: Matches, table: Table) -> Row:
    """The row with the values of fields that nobody could look at now, as they were last seen.

    A company may take a field out of its settings, or lack its column for a while: that clears no
    cell.
    """
    entry = matches.found.get(row.row)
    before = matches.cells.get(entry.id, {}) if entry else {}
    unseen = {key for key in before if key not in table.columns}
    if not unseen:
        return row
    held = {
        key: before[key] if key in unseen else row.cells[key]
        for key in before
        if key in unseen or key in row.cells
    }
    cells = held | {key: value for key, value in row.cells.items() if key not in held}
    return replace(row, digest=digest(cells), cells=cells)


def with_numbers(
    comparison: Comparison, numbers: Mapping[int, str], change_numbers: Mapping[int, str]
) -> Comparison:
    """The comparison once rows of the register and of the Changes sheet have these numbers."""
    seen = dict(comparison.seen)
    events = list(comparison.events)
    for sheet, key, given in (
        ("register", "number", numbers),
        ("changes", "change_number", change_numbers),
    ):
        rows = dict(seen[sheet])
        for row, number in given.items():
            entry = rows[row].entry
            if number != _own_number(entry):
                events.append(Event(entry.id, "changed", key, _own_number(entry) or None, number))
                rows[row] = Seen(rows[row].row, _with_own_number(entry, number))
        seen[sheet] = rows
    return replace(comparison, seen=seen, events=tuple(events))


def _entry(
    row: Row,
    sheet: str,
    matches: Matches,
    owned: set[str],
    ids: Iterator[int],
    is_number: Callable[[str], bool],
) -> Entry:
    """The entry of a row from now on. What has its own number keeps it, else it takes a free one.

    `owned`: the own numbers of the sheet's records or lines.
    """
    known = matches.found.get(row.row)
    if known and _is_as_it_was(known, row):
        return known
    own = _own_number(known) if known else ""
    shown = _shown_number(row, sheet, is_number)
    if not own and shown not in owned:
        own = shown
        owned.add(own)
    number, change_number = (own, "") if sheet == "register" else (row.number, own)
    if known is None:
        return Entry(next(ids), sheet, number, change_number, row.digest)
    return replace(
        known, number=number, change_number=change_number, digest=row.digest, state="present"
    )


def _is_as_it_was(known: Entry, row: Row) -> bool:
    """Whether nothing of the entry changes; one without its own number may still get it."""
    if known.digest != row.digest or known.state == "gone":
        return False
    if known.sheet in ("register", "changes"):
        return bool(_own_number(known))
    return known.number == row.number


def _shown_number(row: Row, sheet: str, is_number: Callable[[str], bool]) -> str:
    """The well-formed number in a row's own cell; "" where it holds none."""
    if sheet == "register":
        return row.number if is_number(row.number) else ""
    return row.change_number if row.change_number.startswith(f"{row.number}-C") else ""


def _own_number(entry: Entry) -> str:
    """The number that xlflow gave to the record or line itself."""
    return entry.number if entry.sheet == "register" else entry.change_number


def _with_own_number(entry: Entry, number: str) -> Entry:
    if entry.sheet == "register":
        return replace(entry, number=number)
    return replace(entry, change_number=number)


def _events(seen: Iterable[Seen], matches: Matches) -> Iterator[Event]:
    for one in seen:
        entry, row = one.entry, one.row
        before = matches.found.get(row.row)
        if before is None:
            yield Event(entry.id, "appeared", after=row.cells)
        elif before.state == "gone":
            yield Event(entry.id, "returned")
        had, has = _own_number(before) if before else "", _own_number(entry)
        if had != has:
            key = "number" if entry.sheet == "register" else "change_number"
            yield Event(entry.id, "changed", key, had or None, has)
        if before and before.digest != row.digest:
            yield from _changes(entry.id, matches.cells[entry.id], row.cells)


def _changes(entry: int, before: Cells, now: Cells) -> Iterator[Event]:
    for key in dict.fromkeys((*before, *now)):
        old, new = before.get(key), now.get(key)
        if type(old) is not type(new) or old != new:
            yield Event(entry, "changed", key, old, new)


def _misnumbered(rows: Sequence[Row], matches: Matches) -> Mapping[int, Misnumbered]:
    """The rows whose number is not that of the record they are."""
    home = {entry.number: row for row, entry in matches.found.items() if entry.number}
    carriers: dict[str, list[int]] = {}
    for row in rows:
        carriers.setdefault(row.number, []).append(row.row)
    found: dict[int, Misnumbered] = {}
    for row in rows:
        entry = matches.found.get(row.row)
        if entry is None or not entry.number or entry.number == row.number:
            continue
        others = [home.get(row.number), *carriers[row.number]] if row.number else []
        other = next((one for one in others if one not in (None, row.row)), None)
        found[row.row] = Misnumbered(entry.number, row.number, other)
    return found
