"""A register as it stood at an earlier moment, and what has changed in it since.

It is made from what was seen last by taking back what happened since, the newest first: that takes
the events of some weeks, not those of all years.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from xlflow.history.cells import Cells, as_text
from xlflow.history.entries import Entry, Event, Noted
from xlflow.history.replay import State
from xlflow.history.rows import rows_of
from xlflow.history.spells import spells_of
from xlflow.record.choices import ChoiceSet
from xlflow.record.memory import Memory, Misnumbered, Spell
from xlflow.record.register import Register, Table, frame_of

_OWN_NUMBER: Mapping[str, str] = MappingProxyType(
    {"register": "number", "changes": "change_number"}
)

Statuses = Mapping[int, Iterable[tuple[datetime, Any]]]
"""Entry -> when its status cell was first seen to hold what, in the order of time."""


@dataclass(frozen=True)
class Then:
    """A register as the last run up to `at` saw it, and the spells that were known by then."""

    at: datetime
    register: Register
    memory: Memory


@dataclass(frozen=True)
class Past:
    """What the ledger tells of a register's last two weeks.

    `known_since`: when a run first looked, None where none has yet. `start`: the register a week
    ago; where runs have looked for less than that, as the first of them saw it. `before`: two weeks
    ago; None where no run had looked by then. `archived`: the records that lie in an archive, as
    they were last seen, and `archived_spells` by number.
    """

    known_since: datetime | None = None
    start: Then | None = None
    before: Then | None = None
    archived: Table | None = None
    archived_spells: Mapping[str, tuple[Spell, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


def as_it_stood(
    register: Register,
    entries: Iterable[Entry],
    cells: Mapping[int, Cells],
    noted: Iterable[Noted],
    statuses: Statuses,
    at: datetime,
) -> Then:
    """The register at `at`; its rows are in the order of the entries.

    `entries`, `cells`: all that the ledger knows, as last seen. `noted`: at least everything that
    happened after `at`.
    """
    happened: dict[int, list[Event]] = defaultdict(list)
    for one in noted:
        if one.at > at:
            happened[one.event.entry].append(one.event)
    held: dict[str, list[Cells]] = {table.sheet: [] for table in register.tables}
    known = list(entries)
    for entry in known:
        state = _state_before(entry, cells[entry.id], happened.get(entry.id, []))
        if state.is_there:
            own = _OWN_NUMBER.get(entry.sheet)
            held[entry.sheet].append({**state.cells, own: state.number} if own else state.cells)
    tables = {table.sheet: _with_rows(table, held[table.sheet]) for table in register.tables}
    then = replace(
        register,
        requirements=tables["register"],
        progress=tables["progress"],
        issues=tables["issues"],
        changes=tables["changes"],
    )
    spells = spells_by_number(known, statuses, register.schema.choices["status"], at)
    return Then(at, then, Memory(spells=spells))


def spells_by_number(
    entries: Iterable[Entry], statuses: Statuses, choices: ChoiceSet, until: datetime
) -> dict[str, tuple[Spell, ...]]:
    """The spells of numbered records, as far as they were known at `until`."""
    return {
        entry.number: spells_of(
            ((seen_at, value) for seen_at, value in statuses[entry.id] if seen_at <= until),
            choices,
        )
        for entry in entries
        if entry.sheet == "register" and entry.number and entry.id in statuses
    }


def records_of(
    entries: Iterable[Entry], cells: Mapping[int, Cells], like: Table, numbers: Iterable[str]
) -> Table:
    """The records of these numbers as they were last seen, laid out as the table `like`."""
    wanted = set(numbers)
    rows = [
        {**cells[entry.id], "number": entry.number}
        for entry in entries
        if entry.sheet == "register" and entry.number in wanted
    ]
    return _with_rows(like, rows)


def changed_between(
    before: Register, after: Register, misnumbered: Mapping[int, Misnumbered] = MappingProxyType({})
) -> frozenset[str]:
    """The numbers of the records in which, or in whose lines, people have changed anything.

    Records that stand in only one of the two are none of them. `misnumbered`: rows of `after` that
    carry another number than their record's.
    """
    then = dict(_contents(before, MappingProxyType({})))
    return frozenset(
        number
        for number, content in _contents(after, misnumbered)
        if number in then and then[number] != content
    )


_Content = tuple[Cells, Counter[str]]


def _contents(
    register: Register, misnumbered: Mapping[int, Misnumbered]
) -> Iterator[tuple[str, _Content]]:
    """Number -> what people typed into the record, and into its lines in any order."""
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    for table in register.tables[1:]:
        for line in rows_of(table):
            lines[line.number][table.sheet + _text(line.cells)] += 1
    for row in rows_of(register.requirements):
        number = misnumbered[row.row].number if row.row in misnumbered else row.number
        if number:
            yield number, (row.cells, lines[number])


def _text(cells: Cells) -> str:
    return as_text({key: cells[key] for key in sorted(cells)})


def _state_before(entry: Entry, cells: Cells, events: list[Event]) -> State:
    number = entry.number if entry.sheet == "register" else entry.change_number
    state = State(entry.state == "present", number, cells)
    for event in reversed(events):
        state = state.before(event, is_line=entry.sheet != "register")
    return state


def _with_rows(table: Table, rows: Iterable[Cells]) -> Table:
    return replace(table, frame=frame_of(table.sheet, rows, schema=table.schema), remnants=())
