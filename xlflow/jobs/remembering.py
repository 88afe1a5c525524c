"""What is remembered of a register: told by the ledger, known to the checks, noted after a run.

The ledger is only read until the run is over; then what was seen is noted together with its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from xlflow.history.baselines import freeze
from xlflow.history.cells import Cells
from xlflow.history.comparing import Comparison, compare, with_numbers
from xlflow.history.entries import Entry, Noted
from xlflow.history.replay import state_as_of
from xlflow.history.spells import spells_of
from xlflow.ledger import Ledger, Sighting
from xlflow.ledger.reading import reading
from xlflow.record.fields import SHEETS
from xlflow.record.memory import NO_MEMORY, Baseline, Memory, Spell, Vanished
from xlflow.record.moves import unallowed_move
from xlflow.record.register import Register
from xlflow.settings import Settings

_TOLD_OF = ("register", "changes")
"""The sheets that a memory tells of: the others are compared only to note what changed."""


@dataclass(frozen=True)
class Recollection:
    """A register beside what the ledger knows of it. `baselines` are those that came about now."""

    comparison: Comparison
    baselines: tuple[Baseline, ...]
    memory: Memory

    def once_numbered(
        self, numbers: Mapping[int, str], change_numbers: Mapping[int, str]
    ) -> Recollection:
        """The same once rows of the register and of the Changes sheet have these numbers."""
        return replace(self, comparison=with_numbers(self.comparison, numbers, change_numbers))


def recollect(
    register: Register,
    settings: Settings,
    ledger: Ledger,
    now: datetime,
    *,
    sheets: Collection[str] = tuple(SHEETS),
) -> Recollection:
    """Compare these sheets of the register with what was last seen of them; nothing is written."""
    scope = settings.workbook.id
    entries = ledger.history.entries(scope, sheets)
    comparison = compare(
        register,
        entries,
        entries[-1].id + 1 if entries else 1,
        partial(ledger.history.cells, scope),
        is_number=lambda text: register.schema.numbers.parsed(text) is not None,
        sheets=sheets,
    )
    digests, versions_of = ledger.baselines.digests(scope), partial(ledger.baselines.of, scope)
    frozen = freeze(comparison, digests, versions_of, settings, now)
    archived = {number: move.file for number, move in ledger.archived.of(scope).items()}
    spells = _spells(comparison, register, ledger, scope, now)
    memory = Memory(
        spells=spells,
        held_then=_held_then(spells, comparison, ledger, scope, now),
        changed_scopes=frozen.changed,
        vanished=tuple(_vanished(comparison, entries, archived, ledger, scope, now)),
        misnumbered=comparison.misnumbered,
        archived=archived,
    )
    return Recollection(comparison, frozen.made, memory)


def first_look(register: Register) -> Comparison:
    """The register beside nothing: all of it is new."""
    numbers = register.schema.numbers
    return compare(
        register, (), 1, lambda _: {}, is_number=lambda text: numbers.parsed(text) is not None
    )


def note(recollection: Recollection, ledger: Ledger, sighting: Sighting, register: str) -> None:
    """Note what a run saw of a register."""
    with ledger.transaction():
        ledger.history.note(register, sighting, recollection.comparison)
        ledger.baselines.add(register, sighting.run, recollection.baselines)


def memory_of(register: Register, settings: Settings, now: datetime) -> Memory:
    """What the ledger remembers, for a look that changes nothing, not even the ledger.

    None of it where no run has made a ledger yet.

    Raises:
        LedgerError: It cannot be read.
    """
    with reading(settings.ledger.url, beside=settings.folder) as ledger:
        if ledger is None:
            return NO_MEMORY
        return recollect(register, settings, ledger, now, sheets=_TOLD_OF).memory


def _spells(
    comparison: Comparison, register: Register, ledger: Ledger, scope: str, now: datetime
) -> Mapping[str, tuple[Spell, ...]]:
    """The statuses that the records of the register went through, up to this moment."""
    told = ledger.history.statuses(scope)
    for event in comparison.events:
        if event.kind == "appeared" and "status" in event.after:
            told.setdefault(event.entry, []).append((now, event.after["status"]))
        elif event.field == "status":
            told.setdefault(event.entry, []).append((now, event.after))
    statuses = register.schema.choices["status"]
    numbered = (seen.entry for seen in comparison.seen["register"].values() if seen.entry.number)
    return {
        entry.number: spells_of(told[entry.id], statuses) for entry in numbered if entry.id in told
    }


def _held_then(
    spells: Mapping[str, tuple[Spell, ...]],
    comparison: Comparison,
    ledger: Ledger,
    scope: str,
    now: datetime,
) -> Mapping[str, Cells]:
    """Number -> what a record held as it was first seen where an unallowed move had led it."""
    moved = {
        seen.entry.number: seen
        for seen in comparison.seen["register"].values()
        if unallowed_move(spells.get(seen.entry.number, ()))
    }
    since = {number: spells[number][-1].entered_at for number in moved}
    earlier = {moved[number].entry.id for number, at in since.items() if at < now}
    told: dict[int, list[Noted]] = {entry: [] for entry in earlier}
    for noted in ledger.history.events(scope, of=earlier) if earlier else ():
        told[noted.event.entry].append(noted)
    return {
        number: state_as_of(told[seen.entry.id], since[number], is_line=False).cells
        if seen.entry.id in told
        else seen.row.cells
        for number, seen in moved.items()
    }


def _vanished(
    comparison: Comparison,
    entries: Iterable[Entry],
    archived: Mapping[str, str],
    ledger: Ledger,
    scope: str,
    now: datetime,
) -> Iterator[Vanished]:
    """The numbered records that are gone and were not archived, by number."""
    present = {seen.entry.id for seen in comparison.seen["register"].values()}
    gone = {
        entry.id: entry.number
        for entry in entries
        if entry.sheet == "register"
        and entry.number
        and entry.id not in present
        and entry.number not in archived
    }
    if not gone:
        return
    missed = {
        noted.event.entry: noted.at
        for noted in ledger.history.events(scope, of=gone)
        if noted.event.kind == "vanished"
    }
    cells = ledger.history.cells(scope, gone)
    for entry, number in sorted(gone.items(), key=lambda item: item[1]):
        missed_at = missed.get(entry, now)
        last_seen = ledger.history.seen_before(scope, missed_at) or missed_at
        yield Vanished(number, str(cells[entry].get("title", "")), last_seen, missed_at)
