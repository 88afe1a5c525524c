"""What the ledger tells of a record: its timeline, what it held at a moment, its baselines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from xlflow.errors import UsageError
from xlflow.history.cells import Cells
from xlflow.history.entries import Entry
from xlflow.history.replay import State, state_as_of
from xlflow.history.spells import spells_of
from xlflow.history.timeline import Happening, Moment, timeline
from xlflow.ledger import Ledger
from xlflow.ledger.reading import reading
from xlflow.record.memory import Baseline, Spell
from xlflow.settings import Settings

MOST_TOLD = 30
"""So many events of each record are told where all records are told of."""


class NumberUnknown(UsageError):
    """No run has seen a record of this number."""


class NothingSeen(UsageError):
    """No run has looked at the register yet."""


@dataclass(frozen=True)
class RecordHistory:
    """All that happened to a record and its lines."""

    number: str
    title: str
    moments: tuple[Moment, ...]
    spells: tuple[Spell, ...]
    archived_in: str | None


@dataclass(frozen=True)
class NewestHappenings:
    """What happened last to the records of a register, by number, the oldest first.

    `earlier`: how many events of a record and its lines came before those, where any did.
    """

    moments: Mapping[str, tuple[Moment, ...]]
    earlier: Mapping[str, int]


@dataclass(frozen=True)
class RecordState:
    """A record with its lines as a run saw them.

    `seen_at`: that run's moment. `state.is_there` is False where the row had gone by then. `lines`:
    the lines that stood on each child sheet, by entry.
    """

    number: str
    seen_at: datetime
    state: State
    lines: Mapping[str, Mapping[int, State]]


@dataclass(frozen=True)
class Scope:
    """The baselines of a record, and the frozen fields as they were last seen.

    `requests`: the lines of the Changes sheet that made versions, by entry.
    """

    number: str
    title: str
    versions: tuple[Baseline, ...]
    now: Cells
    requests: Mapping[int, State]


def history_of(settings: Settings, number: str, fields: Collection[str] = ()) -> RecordHistory:
    """The timeline of a record; `fields`: only of these.

    Raises:
        NothingSeen, NumberUnknown
        LedgerError: The ledger cannot be read.
    """
    with _opened(settings) as ledger:
        scope = settings.workbook.id
        record, entries = entries_of(ledger, scope, number)
        noted = ledger.history.events(scope, of=[entry.id for entry in entries])
        of_record = [one for one in noted if one.event.entry == record.id]
        moments = timeline(
            noted,
            {entry.id: entry for entry in entries},
            ledger.history.cells(scope, [entry.id for entry in entries]),
            [one.seen_at for one in ledger.history.sightings(scope)],
            fields,
            _archived(ledger, scope),
        )
        statuses = settings.schema.choices["status"]
        told = ledger.history.statuses(scope).get(record.id, [])
        archive = ledger.archived.of(scope).get(number)
        return RecordHistory(
            number=number,
            title=_title(state_as_of(of_record, None, is_line=False)),
            moments=moments,
            spells=spells_of(told, statuses),
            archived_in=archive.file if archive else None,
        )


def newest_happenings(settings: Settings, most: int = MOST_TOLD) -> NewestHappenings:
    """What happened last to each record of a register; nothing where no run has looked yet.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    scope = settings.workbook.id
    with reading(settings.ledger.url, beside=settings.folder) as ledger:
        if ledger is None:
            return NewestHappenings({}, {})
        newest = ledger.history.newest_of_each(scope, most)
        entries = {one.id: one for one in ledger.history.entries(scope)}
        touched = {one.event.entry for one in newest.noted}
        lines = [entry for entry in touched if entries[entry].sheet != "register"]
        moments = timeline(
            newest.noted,
            entries,
            ledger.history.cells(scope, lines),
            [one.seen_at for one in ledger.history.sightings(scope)],
            archived=_archived(ledger, scope),
        )
        return NewestHappenings(_by_number(moments), newest.earlier)


def changes_since(settings: Settings, since: datetime | None) -> tuple[Moment, ...]:
    """What changed in the register after a moment; None: what the last run saw.

    Raises:
        NothingSeen
        LedgerError: The ledger cannot be read.
    """
    with _opened(settings) as ledger:
        scope = settings.workbook.id
        looks = ledger.history.sightings(scope)
        if since is None:
            noted = ledger.history.events(scope, seen_by=[looks[0].run])
        else:
            noted = ledger.history.events(scope, since=since)
        touched = {one.event.entry for one in noted}
        entries = {one.id: one for one in ledger.history.entries(scope, of=touched)}
        cells = ledger.history.cells(scope, touched)
        runs = [one.seen_at for one in looks]
        return timeline(noted, entries, cells, runs, archived=_archived(ledger, scope))


def record_as_of(settings: Settings, number: str, moment: datetime | None) -> RecordState:
    """A record with its lines as the last run up to `moment` saw them; None: as the last run did.

    Raises:
        NothingSeen, NumberUnknown
        LedgerError: The ledger cannot be read.
    """
    with _opened(settings) as ledger:
        return state_of(ledger, settings.workbook.id, number, moment)


def scope_of(settings: Settings, number: str) -> Scope:
    """The baselines of a record.

    Raises:
        NothingSeen, NumberUnknown
        LedgerError: The ledger cannot be read.
    """
    with _opened(settings) as ledger:
        scope = settings.workbook.id
        now = state_of(ledger, scope, number, None).state
        versions = ledger.baselines.of_number(scope, number)
        ids = {entry for version in versions for entry in version.changes}
        noted = ledger.history.events(scope, of=ids)
        requests = {
            entry: state_as_of(
                (one for one in noted if one.event.entry == entry), None, is_line=True
            )
            for entry in ids
        }
        return Scope(number, _title(now), versions, now.cells, requests)


def state_of(ledger: Ledger, scope: str, number: str, moment: datetime | None) -> RecordState:
    """As `record_as_of`, of an open ledger."""
    record, entries = entries_of(ledger, scope, number)
    noted = ledger.history.events(scope, of=[entry.id for entry in entries])
    looks = [one.seen_at for one in ledger.history.sightings(scope)]
    seen = max((at for at in looks if moment is None or at <= moment), default=min(looks))
    states = {
        entry.id: state_as_of(
            (one for one in noted if one.event.entry == entry.id),
            moment,
            is_line=entry.sheet != "register",
        )
        for entry in entries
    }
    lines: dict[str, dict[int, State]] = {}
    for entry in entries:
        if entry is not record and states[entry.id].is_there:
            lines.setdefault(entry.sheet, {})[entry.id] = states[entry.id]
    return RecordState(number, seen, states[record.id], lines)


def entries_of(ledger: Ledger, scope: str, number: str) -> tuple[Entry, tuple[Entry, ...]]:
    """The entry of a record, and all that belong to it, itself included.

    Raises:
        NumberUnknown
    """
    held = ledger.history.entries(scope, number=number)
    record = next((entry for entry in held if entry.sheet == "register"), None)
    if record is None:
        raise NumberUnknown("history.number-unknown", number=number)
    return record, held


def _by_number(moments: Iterable[Moment]) -> dict[str, tuple[Moment, ...]]:
    """The moments of each record, with what happened to it and its lines."""
    found: dict[str, list[Moment]] = {}
    for moment in moments:
        happened: dict[str, list[Happening]] = {}
        for happening in moment.happenings:
            happened.setdefault(happening.number, []).append(happening)
        for number, held in happened.items():
            found.setdefault(number, []).append(replace(moment, happenings=tuple(held)))
    return {number: tuple(held) for number, held in found.items()}


@contextmanager
def _opened(settings: Settings) -> Iterator[Ledger]:
    with reading(settings.ledger.url, beside=settings.folder) as ledger:
        if ledger is None or not ledger.history.sightings(settings.workbook.id, limit=1):
            raise NothingSeen("history.nothing-seen")
        yield ledger


def _archived(ledger: Ledger, scope: str) -> dict[str, tuple[str, datetime]]:
    return {number: (move.file, move.at) for number, move in ledger.archived.of(scope).items()}


def _title(state: State) -> str:
    return str(state.cells.get("title", ""))
