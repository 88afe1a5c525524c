"""What was seen of each register: its records and lines as they stood last, and all that changed.

The log is only added to. What a register held at a moment comes from replaying it, never from what
was stored as true.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, insert, select, update

from xlflow.history.cells import Cells
from xlflow.history.entries import Entry, Event, Noted
from xlflow.ledger.tables import entries, events, runs, sightings
from xlflow.ledger.transactions import Transactions, batches, upsert

if TYPE_CHECKING:
    from xlflow.history.comparing import Comparison  # with pandas

_STATUS = "status"
_EVENTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Sighting:
    """A run's look at a register: which bytes, and what they said of their last saving."""

    run: str
    seen_at: datetime
    sha256: str
    saved_by: str | None = None
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewestEvents:
    """The newest events of each record, in the order of time.

    `earlier`: number -> how many happened to it and its lines before those, where there are any.
    """

    noted: tuple[Noted, ...]
    earlier: Mapping[str, int]


class History:
    """The records, lines and events of all registers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def entries(
        self,
        register: str,
        sheets: Collection[str] = (),
        *,
        number: str | None = None,
        of: Collection[int] | None = None,
    ) -> tuple[Entry, ...]:
        """Every record and line that was ever seen, without its cells, in the order of the ids.

        `sheets`, `number`, `of`: only of these sheets, with this number, with these ids.
        """
        names = ("id", "sheet", "number", "change_number", "digest", "state")
        query = select(*(entries.c[name] for name in names)).where(entries.c.register == register)
        if sheets:
            query = query.where(entries.c.sheet.in_(sheets))
        if number is not None:
            query = query.where(entries.c.number == number)
        queries = [query]
        if of is not None:
            queries = [query.where(entries.c.id.in_(batch)) for batch in batches(sorted(of))]
        with self._transactions.read() as connection:
            return tuple(
                Entry(*row)
                for each in queries
                for row in connection.execute(each.order_by(entries.c.id))
            )

    def cells(self, register: str, ids: Collection[int]) -> dict[int, Cells]:
        """The cells of entries, as they were last seen."""
        found: dict[int, Cells] = {}
        with self._transactions.read() as connection:
            for batch in batches(sorted(ids)):
                query = select(entries.c.id, entries.c.cells).where(
                    entries.c.register == register, entries.c.id.in_(batch)
                )
                found.update((row.id, row.cells) for row in connection.execute(query))
        return found

    def note(self, register: str, sighting: Sighting, comparison: Comparison) -> None:
        """Note that a run saw the register, and what had happened to it since the last one."""
        with self._transactions.write() as connection:
            connection.execute(
                insert(sightings).values(
                    run=sighting.run,
                    register=register,
                    seen_at=sighting.seen_at,
                    sha256=sighting.sha256,
                    saved_by=sighting.saved_by,
                    saved_at=sighting.saved_at,
                )
            )
            if stored := [_entry_row(register, *held) for held in comparison.changed]:
                new = upsert(connection, entries)
                names = ("number", "change_number", "digest", "state", "cells")
                changed = {name: new.excluded[name] for name in names}
                connection.execute(
                    new.on_conflict_do_update(index_elements=["register", "id"], set_=changed),
                    stored,
                )
            for batch in batches([entry.id for entry in comparison.missing]):
                gone = update(entries).where(
                    entries.c.register == register, entries.c.id.in_(batch)
                )
                connection.execute(gone.values(state="gone"))
            self._add(register, sighting.run, comparison.events)

    def statuses(self, register: str) -> dict[int, list[tuple[datetime, Any]]]:
        """Entry -> when its status cell was first seen to hold what, in the order of time."""
        query = (
            select(events.c.entry, runs.c.started_at, events.c.after)
            .join(runs, runs.c.id == events.c.run)
            .where(events.c.register == register, events.c.field == _STATUS)
            .order_by(events.c.position)
        )
        found: dict[int, list[tuple[datetime, Any]]] = {}
        with self._transactions.read() as connection:
            for entry, at, value in connection.execute(query):
                found.setdefault(entry, []).append((at, value))
        return found

    def events(
        self,
        register: str,
        *,
        of: Collection[int] | None = None,
        since: datetime | None = None,
        seen_by: Collection[str] | None = None,
    ) -> tuple[Noted, ...]:
        """What happened, in the order of time: to these entries, after a moment, seen by runs."""
        query = self._told(register)
        if since is not None:
            query = query.where(runs.c.started_at > since)
        if seen_by is not None:
            query = query.where(events.c.run.in_(seen_by))
        if of is None:
            return tuple(self._noted(query))
        found = [
            noted
            for batch in batches(sorted(of))
            for noted in self._noted(query.where(events.c.entry.in_(batch)))
        ]
        return tuple(sorted(found, key=lambda noted: noted.position))

    def each_event(self, register: str, until: datetime | None = None) -> Iterator[Noted]:
        """What happened, in the order of time, up to a moment; read piece by piece."""
        query = self._told(register).execution_options(yield_per=_EVENTS_AT_ONCE)
        if until is not None:
            query = query.where(runs.c.started_at <= until)
        yield from self._noted(query)

    def newest_of_each(self, register: str, most: int) -> NewestEvents:
        """Of each numbered record and its lines, so many events, the newest."""
        rank = func.row_number().over(
            partition_by=entries.c.number, order_by=events.c.position.desc()
        )
        ranked = (
            select(
                events.c.position,
                entries.c.number,
                rank.label("rank"),
                func.count().over(partition_by=entries.c.number).label("all"),
            )
            .join(entries, entries.c.id == events.c.entry)
            .where(events.c.register == register, entries.c.register == register)
            .where(entries.c.number != "")
            .subquery()
        )
        kept = self._told(register).join(ranked, ranked.c.position == events.c.position)
        more = select(ranked.c.number, (ranked.c.all - most).label("more")).where(
            ranked.c.rank == 1, ranked.c.all > most
        )
        with self._transactions.read() as connection:
            earlier = {row.number: row.more for row in connection.execute(more)}
        return NewestEvents(tuple(self._noted(kept.where(ranked.c.rank <= most))), earlier)

    def sightings(self, register: str, limit: int | None = None) -> tuple[Sighting, ...]:
        """The runs that looked at a register, newest first."""
        names = ("run", "seen_at", "sha256", "saved_by", "saved_at")
        query = (
            select(*(sightings.c[name] for name in names))
            .where(sightings.c.register == register)
            .order_by(sightings.c.seen_at.desc(), sightings.c.run.desc())
            .limit(limit)
        )
        with self._transactions.read() as connection:
            return tuple(Sighting(*row) for row in connection.execute(query))

    def seen_before(self, register: str, moment: datetime) -> datetime | None:
        """When a run last looked at the register before a moment."""
        query = select(func.max(sightings.c.seen_at)).where(
            sightings.c.register == register, sightings.c.seen_at < moment
        )
        with self._transactions.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one_or_none()
        return found

    def touched(self, register: str) -> dict[int, datetime]:
        """Entry -> when a run last saw that something had happened to it."""
        query = (
            select(events.c.entry, func.max(runs.c.started_at))
            .join(runs, runs.c.id == events.c.run)
            .where(events.c.register == register)
            .group_by(events.c.entry)
        )
        with self._transactions.read() as connection:
            rows = connection.execute(query).all()
        return {row[0]: row[1] for row in rows}

    def versions(self, register: str) -> dict[tuple[int, str], int]:
        """Entry and field -> the place in the log of the last change of that cell, if any."""
        query = (
            select(events.c.entry, events.c.field, func.max(events.c.position))
            .where(events.c.register == register, events.c.kind == "changed")
            .group_by(events.c.entry, events.c.field)
        )
        with self._transactions.read() as connection:
            return {(entry, field): at for entry, field, at in connection.execute(query)}

    def begun_at(self, register: str) -> datetime | None:
        """The start of the first run that looked at a register; None before."""
        query = (
            select(func.min(runs.c.started_at))
            .join(sightings, sightings.c.run == runs.c.id)
            .where(sightings.c.register == register)
        )
        with self._transactions.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one_or_none()
        return found

    def forget_numbers(self, register: str, numbers: Collection[str], run: str) -> None:
        """A run took these numbers back: their records have none any more. Twice equals once."""
        with self._transactions.write() as connection:
            for sheet, column in (
                ("register", entries.c.number),
                ("changes", entries.c.change_number),
            ):
                of_sheet = (entries.c.register == register) & (entries.c.sheet == sheet)
                for batch in batches(sorted(numbers)):
                    having = of_sheet & column.in_(batch)
                    held = connection.execute(select(entries.c.id, column).where(having)).all()
                    told = [Event(entry, "changed", column.name, number) for entry, number in held]
                    connection.execute(update(entries).where(having).values({column.name: ""}))
                    self._add(register, run, told)

    def _add(self, register: str, run: str, told: Sequence[Event]) -> None:
        """Add events to the log."""
        if not told:
            return
        with self._transactions.write() as connection:
            last = select(func.max(events.c.position)).where(events.c.register == register)
            first = (connection.execute(last).scalar_one() or 0) + 1
            rows = [_event_row(register, first + n, run, event) for n, event in enumerate(told)]
            connection.execute(insert(events), rows)

    def _told(self, register: str) -> Select[Any]:
        """The events of a register with the runs that saw them, in the order of time."""
        return (
            select(events, runs.c.started_at, sightings.c.saved_by, sightings.c.saved_at)
            .join(runs, runs.c.id == events.c.run)
            .outerjoin(sightings, sightings.c.run == events.c.run)
            .where(events.c.register == register)
            .order_by(events.c.position)
        )

    def _noted(self, query: Select[Any]) -> Iterator[Noted]:
        with self._transactions.read() as connection:
            for row in connection.execute(query):
                appeared = row.kind == "appeared"
                event = Event(
                    row.entry,
                    row.kind,
                    "" if appeared else row.field,
                    row.before,
                    row.cells if appeared else row.after,
                )
                yield Noted(
                    event, row.position, row.run, row.started_at, row.saved_by, row.saved_at
                )


def _entry_row(register: str, entry: Entry, cells: Cells) -> dict[str, Any]:
    return {
        "register": register,
        "id": entry.id,
        "sheet": entry.sheet,
        "number": entry.number,
        "change_number": entry.change_number,
        "digest": entry.digest,
        "state": entry.state,
        "cells": cells,
    }


def _event_row(register: str, position: int, run: str, event: Event) -> dict[str, Any]:
    appeared = event.kind == "appeared"
    cells: Mapping[str, Any] | None = event.after if appeared else None
    return {
        "register": register,
        "position": position,
        "entry": event.entry,
        "run": run,
        "kind": event.kind,
        "field": _STATUS if cells and _STATUS in cells else event.field,
        "before": event.before,
        "after": cells.get(_STATUS) if cells is not None else event.after,
        "cells": cells,
    }
