"""What happened to the records of a register, run by run, in the order of time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType

from xlflow.history.cells import Cells
from xlflow.history.entries import Entry, Event, Noted


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with what it happened to. `number`: the record's; `line`: the cells of a line.

    `archive`: the file to which the record had moved, if it vanished for that.
    """

    event: Event
    sheet: str
    number: str
    line: Cells | None = None
    archive: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What one run saw to have happened since the run before it, at `since` (None: the first).

    `saved_by` and `saved_at` are what the workbook said of its last saving: who typed what before
    that, nobody knows.
    """

    run: str
    at: datetime
    since: datetime | None
    saved_by: str | None
    saved_at: datetime | None
    happenings: tuple[Happening, ...]


def timeline(
    noted: Iterable[Noted],
    entries: Mapping[int, Entry],
    cells: Mapping[int, Cells],
    runs: Iterable[datetime],
    fields: Collection[str] = (),
    archived: Mapping[str, tuple[str, datetime]] = MappingProxyType({}),
) -> tuple[Moment, ...]:
    """The events of `noted` by run.

    `cells`: of the lines among the entries, as they were last seen. `runs`: when runs looked.
    `fields`: only changes of these fields of the register. `archived`: number -> the file that a
    record moved to, and when.
    """
    looked = sorted(runs)
    moments: list[Moment] = []
    for _, of_run in groupby(noted, key=lambda one: one.run):
        held = list(of_run)
        happenings = tuple(
            happening
            for one in held
            if (happening := _happening(one.event, entries[one.event.entry], cells, fields))
        )
        happenings = tuple(_with_archives(happenings, held[0].at, archived))
        if happenings:
            first = held[0]
            earlier = bisect_left(looked, first.at)
            since = looked[earlier - 1] if earlier else None
            moments.append(
                Moment(first.run, first.at, since, first.saved_by, first.saved_at, happenings)
            )
    return tuple(moments)


def _happening(
    event: Event, entry: Entry, cells: Mapping[int, Cells], fields: Collection[str]
) -> Happening | None:
    if entry.sheet == "register":
        if not fields:
            return Happening(event, entry.sheet, entry.number)
        if event.kind == "appeared":
            kept = {key: value for key, value in event.after.items() if key in fields}
            event = replace(event, after=kept)
            return Happening(event, entry.sheet, entry.number) if kept else None
        return Happening(event, entry.sheet, entry.number) if event.field in fields else None
    if fields:
        return None
    line = event.after if event.kind == "appeared" else cells.get(entry.id, {})
    return Happening(event, entry.sheet, entry.number, line)


def _with_archives(
    happenings: Iterable[Happening], at: datetime, archived: Mapping[str, tuple[str, datetime]]
) -> Iterator[Happening]:
    """Records that moved to an archive are told with it, and their lines, which went along, not."""
    for happening in happenings:
        file, moved_at = archived.get(happening.number, ("", at))
        if happening.event.kind != "vanished" or not file or moved_at > at:
            yield happening
        elif happening.sheet == "register":
            yield replace(happening, archive=file)
