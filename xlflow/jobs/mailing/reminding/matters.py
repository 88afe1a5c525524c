"""What people are told of: deadlines that are late or near, and what the checks sent back.

A matter belongs to an entry of the ledger, never to a row. What no run has seen yet, waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime, tzinfo
from typing import Literal

from xlflow.checks.finding import Finding
from xlflow.checks.people import WHO_OF_LINE, who_mends
from xlflow.history.cells import digest
from xlflow.history.comparing import Comparison
from xlflow.jobs.inspection import Inspection
from xlflow.record.register import Register, Table
from xlflow.timing.cells import Cells
from xlflow.timing.clocks import CLOCKS, Clock
from xlflow.timing.deadlines import Deadline

Kind = Literal["overdue", "due soon", "sent back"]

_CLOCKS: Mapping[str, Clock] = {clock.id: clock for clock in CLOCKS}
_OF_RECORD = ("owner", "requester")  # who sees to a line that names nobody
_DEPARTMENTS = {"requester": "department", "accepted_by": "accepted_department"}
"""The fields of the register that name business people, and where their department stands."""


@dataclass(frozen=True, slots=True)
class Charge:
    """Whom a matter waits for: a masked name, or "" where only a department is responsible.

    `department`: of a person, "" where the record does not tell.
    """

    name: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that a person has to see to.

    `entry`, `about` and `version` tell it from all others of its register; `source` is what it was
    made from. `is_old`: it was so before reminders began.
    """

    register: str
    entry: int
    about: str
    version: str
    kind: Kind
    charge: Charge
    source: Deadline | Finding = attribute(compare=False)
    days_late: int = 0
    due_on: date | None = None
    is_old: bool = False


@dataclass(frozen=True)
class Past:
    """What the ledger knows of a register for its reminders.

    `begun_at`: when a run looked at it first. `touched`: entry -> when something happened to it
    last. `versions`: entry and field -> the place in the log of that cell's last change.
    """

    begun_at: datetime | None
    touched: Mapping[int, datetime]
    versions: Mapping[tuple[int, str], int]


NO_PAST = Past(None, {}, {})


@dataclass(frozen=True)
class Found:
    """The matters of a register, and how many wait until a run has seen their records or cells."""

    matters: tuple[Matter, ...]
    unseen: int


def matters_of(
    register: str,
    inspection: Inspection,
    comparison: Comparison,
    past: Past,
    enforce_from: date | None,
    zone: tzinfo,
    *,
    due_soon: bool = True,
) -> Found:
    """Everything that somebody has to see to, as the register stands; `register` is its id."""
    desk = _Desk(register, inspection, comparison, past, enforce_from, zone)
    matters: list[Matter] = []
    unseen = 0
    for matter in (*desk.deadlines(due_soon=due_soon), *desk.findings()):
        if matter is None:
            unseen += 1
        else:
            matters.append(matter)
    return Found(tuple(matters), unseen)


class _Desk:
    """Makes the matters of one register."""

    def __init__(
        self,
        register: str,
        inspection: Inspection,
        comparison: Comparison,
        past: Past,
        enforce_from: date | None,
        zone: tzinfo,
    ) -> None:
        self.register = register
        self.inspection = inspection
        self.past = past
        self.enforce_from = enforce_from
        self.zone = zone
        self.names = _Names(inspection.register)
        new = {event.entry for event in comparison.events if event.kind == "appeared"}
        self.pending = {(event.entry, event.field) for event in comparison.events}
        self.entries = {
            (sheet, row): None if seen.entry.id in new else seen.entry.id
            for sheet, rows in comparison.seen.items()
            for row, seen in rows.items()
        }

    def deadlines(self, *, due_soon: bool) -> Iterator[Matter | None]:
        """None for each that no run has seen."""
        since = self.enforce_from or self._begun_on()
        for deadline in self.inspection.deadlines:
            clock = _CLOCKS[deadline.id]
            kind: Kind
            if deadline.state == "overdue":
                kind = "overdue"
            elif deadline.state == "due soon" and due_soon and not clock.repeats:
                kind = "due soon"
            else:
                continue
            entry = self.entries.get((clock.sheet, line_row(deadline)))
            if entry is None:
                yield None
                continue
            yield Matter(
                register=self.register,
                entry=entry,
                about=f"deadline:{deadline.id}",
                version=deadline.due.isoformat(),
                kind=kind,
                charge=self.names.of_record(deadline.row, clock.responsible),
                source=deadline,
                days_late=deadline.days_late,
                due_on=deadline.due_on,
                is_old=deadline.due_on < since,
            )

    def findings(self) -> Iterator[Matter | None]:
        """The errors; None for each in a cell that no run has seen as it is now."""
        for finding in self.inspection.findings:
            if finding.severity != "error":
                continue
            where = (finding.table, finding.row)
            entry = self.entries.get(where, 0)
            if entry is None or (entry, finding.field) in self.pending:
                yield None
                continue
            place = self.past.versions.get((entry, finding.field), 0)
            held = digest({finding.field: finding.found})
            yield Matter(
                register=self.register,
                entry=entry,
                about=f"rule:{finding.rule}:{finding.field}:{finding.variant}",
                version=f"{place}:{held}" if entry else finding.number or finding.cell,
                kind="sent back",
                charge=self.names.of_finding(finding),
                source=finding,
                is_old=entry != 0 and self._is_untouched(entry),
            )

    def _begun_on(self) -> date:
        begun = self.past.begun_at or self.inspection.now
        return begun.astimezone(self.zone).date()

    def _is_untouched(self, entry: int) -> bool:
        """Whether nothing has happened to it since reminders began."""
        at = self.past.touched.get(entry)
        if at is None or self.past.begun_at is None:
            return True
        if self.enforce_from is None:
            return at <= self.past.begun_at
        return at.astimezone(self.zone).date() < self.enforce_from


def line_row(deadline: Deadline) -> int:
    """The row that a deadline stands in: of its line on a child sheet, else of its record."""
    if _CLOCKS[deadline.id].sheet == "register":
        return deadline.row
    return int(deadline.cell.rpartition("!")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


class _Names:
    """Who is named in the fields of records and lines."""

    def __init__(self, register: Register) -> None:
        self._cells = {table.sheet: Cells(table) for table in register.tables}
        self._places = {sheet: _places(cells.table) for sheet, cells in self._cells.items()}
        numbers = self._cells["register"].texts("number")
        self._rows = dict(
            zip(reversed(numbers), reversed(self._cells["register"].rows), strict=True)
        )

    def of_record(self, row: int | None, fields: Collection[str]) -> Charge:
        """The first that is named in these fields of a record, else its department."""
        for key in fields:
            if name := self._text("register", row, key):
                return Charge(name, self._text("register", row, _DEPARTMENTS.get(key, "")))
        return Charge("", self._text("register", row, "department"))

    def of_finding(self, finding: Finding) -> Charge:
        """The person to mend a cell."""
        if finding.table == "register":
            fields = who_mends(finding.schema.field(finding.field)) if finding.field else ()
            return self.of_record(finding.row, fields)
        for key in WHO_OF_LINE[finding.table]:
            if name := self._text(finding.table, finding.row, key):
                return Charge(name)
        row = self._rows.get(finding.number) if finding.number else None
        return self.of_record(row, _OF_RECORD)

    def _text(self, sheet: str, row: int | None, key: str) -> str:
        at = None if row is None else self._places[sheet].get(row)
        return self._cells[sheet].texts(key)[at] if key and at is not None else ""


def _places(table: Table) -> dict[int, int]:
    return {row: n for n, row in enumerate(table.frame.index.tolist())}
