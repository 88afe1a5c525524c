"""What a record or line held at a moment, from the log of its events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xlflow.history.cells import Cells
from xlflow.history.entries import Event, Noted


@dataclass(frozen=True)
class State:
    """An entry at a moment. `is_there`: whether its row stood in the register."""

    is_there: bool = False
    number: str = ""  # its own, of a record or of a line of the Changes sheet
    cells: Cells = field(default_factory=dict)

    def after(self, event: Event, *, is_line: bool) -> State:
        """The state once this has happened."""
        if event.kind == "appeared":
            return State(is_there=True, number=self.number, cells=dict(event.after))
        if event.kind in ("vanished", "returned"):
            return State(event.kind == "returned", self.number, self.cells)
        if event.field == ("change_number" if is_line else "number"):
            return State(self.is_there, event.after or "", self.cells)
        cells: dict[str, Any] = {**self.cells, event.field: event.after}
        if event.after is None:
            del cells[event.field]
        return State(self.is_there, self.number, cells)

    def before(self, event: Event, *, is_line: bool) -> State:
        """The state before this happened: `after`, taken back."""
        if event.kind == "appeared":
            return State()
        if event.kind in ("vanished", "returned"):
            return State(event.kind == "vanished", self.number, self.cells)
        if event.field == ("change_number" if is_line else "number"):
            return State(self.is_there, event.before or "", self.cells)
        cells: dict[str, Any] = {**self.cells, event.field: event.before}
        if event.before is None:
            del cells[event.field]
        return State(self.is_there, self.number, cells)


def state_as_of(events: Iterable[Noted], moment: datetime | None, *, is_line: bool) -> State:
    """The state of one entry as the last run up to `moment` saw it; None: as the last run did."""
    state = State()
    for noted in events:
        if moment is not None and noted.at > moment:
            break
        state = state.after(noted.event, is_line=is_line)
    return state
