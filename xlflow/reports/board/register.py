"""What the board is told about one register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from xlflow.history.timeline import Moment
from xlflow.record.memory import NO_MEMORY, Memory
from xlflow.record.register import Table
from xlflow.reports.figures.overview import Overview
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.cells import Cells
from xlflow.timing.deadlines import Deadline


def _nothing() -> Mapping[str, tuple[Moment, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True)
class BoardRegister:
    """A register at one moment.

    `view` and the next steps in it are in the language of the board. `deadlines`: those that are
    open. `moments`: by number, what happened to a record, the oldest first; `earlier`: how many
    events before those are not among them. `archived`: the records that went to an archive.
    `link` leads from the board to the workbook, "" = nowhere.
    """

    view: Overview
    deadlines: tuple[Deadline, ...]
    calendar: WorkingCalendar
    zone: ZoneInfo
    memory: Memory = NO_MEMORY
    moments: Mapping[str, tuple[Moment, ...]] = field(default_factory=_nothing)
    earlier: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    archived: Table | None = None
    link: str = ""

    @property
    def name(self) -> str:
        """How the company tells it from its others."""
        return self.view.name

    @cached_property
    def cells(self) -> Cells:
        """The cells of the records, in the order of the register."""
        return Cells(self.view.register.requirements)

    @cached_property
    def deadlines_by_row(self) -> Mapping[int, list[Deadline]]:
        """The open deadlines of each record."""
        found: dict[int, list[Deadline]] = {}
        for deadline in self.deadlines:
            found.setdefault(deadline.row, []).append(deadline)
        return found

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Number -> row, of the records that have one."""
        numbered = zip(self.cells.texts("number"), self.cells.rows, strict=True)
        return {number: row for number, row in numbered if number}
