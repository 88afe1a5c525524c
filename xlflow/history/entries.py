"""What the ledger knows of a record or line: an entry, found again in whatever row it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from xlflow.history.cells import Cells

EntryState = Literal["present", "gone"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record or line as it was last seen, without its cells.

    `number`: the record's own, "" while it has none; of a line, that of the record it names.
    `change_number`: the own number of a line of the Changes sheet.
    """

    id: int  # unique in the register, never given again
    sheet: str
    number: str
    change_number: str
    digest: str
    state: EntryState = "present"


CellsOf = Callable[[Collection[int]], Mapping[int, Cells]]
"""The cells of entries by id, as they were last seen."""

EventKind = Literal["appeared", "changed", "vanished", "returned"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an entry between two runs.

    "appeared": `after` are its cells. "changed": `field` went from `before` to `after`; a number
    that xlflow gave is a change too. "vanished" and "returned" tell of the row.
    """

    entry: int
    kind: EventKind
    field: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Noted:
    """An event as the ledger keeps it."""

    event: Event
    position: int  # in the order of time
    run: str
    at: datetime  # of the run that saw it
    saved_by: str | None  # what the workbook said of its last saving then
    saved_at: datetime | None
