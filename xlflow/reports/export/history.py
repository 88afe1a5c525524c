"""What the ledger saw: every change of every cell, and every time in a status; one row each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from xlflow.history.entries import Entry, Noted
from xlflow.languages import Language
from xlflow.record.choices import ChoiceSet
from xlflow.record.memory import Spell
from xlflow.reports.export.cells import as_typed
from xlflow.reports.export.layout import Layout, Row, Type, layout_of

_HISTORY = {
    "register": Type.TEXT,
    "seen_at": Type.MOMENT,
    "seen_before_at": Type.MOMENT,
    "saved_by": Type.TEXT,
    "saved_at": Type.MOMENT,
    "run": Type.TEXT,
    "sheet": Type.TEXT,
    "entry": Type.INTEGER,
    "number": Type.TEXT,
    "kind": Type.TEXT,
    "field": Type.TEXT,
    "before": Type.TEXT,
    "after": Type.TEXT,
    "archive": Type.TEXT,
}
_SPELLS = {
    "register": Type.TEXT,
    "number": Type.TEXT,
    "status": Type.TEXT,
    "status_label": Type.TEXT,
    "entered_at": Type.MOMENT,
    "left_at": Type.MOMENT,
    "seen_entering": Type.TRUTH,
}


@dataclass(frozen=True)
class Seen:
    """What the events of a register are told with.

    `entries` by id; `looks`: when runs looked, oldest first; `archived`: number -> the file that a
    record moved to, and when.
    """

    register: str
    entries: Mapping[int, Entry]
    looks: Sequence[datetime]
    archived: Mapping[str, tuple[str, datetime]]
    zone: tzinfo


def history_layout(language: Language) -> Layout:
    """The columns of the log of changes."""
    return layout_of("history", _HISTORY, language)


def spells_layout(language: Language) -> Layout:
    """The columns of the times in a status."""
    return layout_of("statuses", _SPELLS, language)


def history_rows(noted: Iterable[Noted], seen: Seen) -> Iterator[Row]:
    """A row for each cell that was seen to change, in the order of time.

    Of a record or line that appeared, one for each cell that it held; of one that vanished or
    returned, one.
    """
    for one in noted:
        event, entry = one.event, seen.entries[one.event.entry]
        position = bisect_left(seen.looks, one.at)
        head = (
            seen.register,
            one.at.astimezone(seen.zone),
            seen.looks[position - 1].astimezone(seen.zone) if position else None,
            one.saved_by,
            one.saved_at.astimezone(seen.zone) if one.saved_at else None,
            one.run,
            entry.sheet,
            entry.id,
            entry.number or None,
            event.kind,
        )
        if event.kind == "appeared":
            for key, value in event.after.items():
                yield (*head, key, None, _text(value), None)
        elif event.kind == "changed":
            yield (*head, event.field, _text(event.before), _text(event.after), None)
        else:
            file, moved_at = seen.archived.get(entry.number, (None, one.at))
            is_archived = event.kind == "vanished" and moved_at <= one.at
            yield (*head, None, None, None, file if is_archived else None)


def spell_rows(
    spells: Mapping[str, Sequence[Spell]],
    register: str,
    statuses: ChoiceSet,
    zone: tzinfo,
    language: Language,
) -> Iterator[Row]:
    """A row for each time of each record in a status, by number and then by time.

    A status in which a record was seen first it may have entered long before.
    """
    for number in sorted(spells):
        for position, spell in enumerate(spells[number]):
            yield (
                register,
                number,
                spell.status,
                statuses.label(spell.status, language),
                spell.entered_at.astimezone(zone),
                spell.left_at.astimezone(zone) if spell.left_at else None,
                position > 0,
            )


def _text(value: Any) -> str | None:
    return None if value is None else as_typed(value)
