"""The numbers of one run: put back where people altered them, and reserved where they are due.

Works inside the transaction of the ledger that stores the intent: both or neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xlflow.checks.finding import Finding, blocks_number
from xlflow.history.comparing import Seen
from xlflow.jobs.inspection import Inspection, with_change_numbers, with_numbers
from xlflow.jobs.numbering import (
    NumberDue,
    change_number,
    change_numbers_due,
    change_serials_in,
    numbers_due,
    serials_in,
)
from xlflow.jobs.remembering import Recollection
from xlflow.ledger import Ledger
from xlflow.record.register import Register
from xlflow.settings.sections import RegisterSettings

IsBlocked = Callable[[str, int, str], bool]
"""Whether a cell cannot be written: sheet's key, row, field's key."""


@dataclass(frozen=True)
class GivenNumbers:
    """Numbers by row: `put_back` and `new` of the register, `changes` of the Changes sheet."""

    put_back: Mapping[int, str] = field(default_factory=dict)
    new: Mapping[int, str] = field(default_factory=dict)
    changes: Mapping[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.put_back or self.new or self.changes)

    @property
    def all_new(self) -> list[str]:
        """The numbers that a commit uses up."""
        return [*self.new.values(), *self.changes.values()]

    def written_into(self, register: Register, recollection: Recollection) -> Register:
        """The register as it will be. A line's number is its own, whatever was pasted over it."""
        lines = recollection.comparison.seen["changes"]
        frame = register.changes.frame
        shown = zip(frame.index.tolist(), frame["change_number"].tolist(), strict=True)
        wanted: dict[int, str | None] = {}
        for row, value in shown:
            own = self.changes.get(row) or (lines[row].entry.change_number if row in lines else "")
            if (own or None) != value:
                wanted[row] = own or None
        numbered = with_numbers(register, {**self.put_back, **self.new})
        return with_change_numbers(numbered, wanted)


def reserve_numbers(
    inspection: Inspection,
    recollection: Recollection,
    ledger: Ledger,
    workbook: RegisterSettings,
    intent: str,
    is_blocked: IsBlocked,
) -> GivenNumbers:
    """The numbers that this run writes, the new ones reserved for its intent."""
    put_back = {
        row: known.number
        for row, known in recollection.memory.misnumbered.items()
        if not is_blocked("register", row, "number")
    }
    register = with_numbers(inspection.register, put_back)
    new = _reserve_records(register, inspection, ledger, workbook, intent, is_blocked)
    lines = {
        row: seen
        for row, seen in recollection.comparison.seen["changes"].items()
        if not is_blocked("changes", row, "change_number")
    }
    changes = _reserve_changes(lines, register, inspection, ledger, workbook, intent)
    return GivenNumbers(put_back, new, changes)


def _reserve_records(
    register: Register,
    inspection: Inspection,
    ledger: Ledger,
    workbook: RegisterSettings,
    intent: str,
    is_blocked: IsBlocked,
) -> dict[int, str]:
    """Row of the register -> the number that its record is going to have."""
    due = [
        found
        for found in numbers_due(register, blocks_number(inspection.findings))
        if not is_blocked("register", found.row, "number")
    ]
    return reserved_for(due, register, ledger, workbook, intent)


def reserved_for(
    due: Sequence[NumberDue],
    register: Register,
    ledger: Ledger,
    workbook: RegisterSettings,
    intent: str,
) -> dict[int, str]:
    """Row -> the next number of its year, reserved in the order of `due` for an intent."""
    scope, held = workbook.scope, serials_in(register)
    ledger.numbers.take_turn(scope, workbook.id)
    ledger.numbers.observe(scope, held)
    numbers: dict[int, str] = {}
    for year in sorted({found.year for found in due}):
        rows = [found.row for found in due if found.year == year]
        highest = max(held.get(year, ()), default=0)
        serials = ledger.numbers.reserve(scope, year, len(rows), highest, intent)
        for row, serial in zip(rows, serials, strict=True):
            numbers[row] = register.schema.numbers.written(year, serial)
    return numbers


def _reserve_changes(
    lines: Mapping[int, Seen],
    register: Register,
    inspection: Inspection,
    ledger: Ledger,
    workbook: RegisterSettings,
    intent: str,
) -> dict[int, str]:
    """Row of the Changes sheet -> the number that its line is going to have."""
    records = {number for number in register.requirements.frame["number"] if number}
    held = change_serials_in(lines)
    rows: dict[str, list[int]] = defaultdict(list)
    for due in change_numbers_due(lines, records, _faulty_lines(inspection.findings)):
        rows[due.number].append(due.row)
    numbers: dict[int, str] = {}
    for number, of_record in rows.items():
        known, of_changes = held.get(number, ()), f"{workbook.id}/changes/{number}"
        ledger.numbers.observe(of_changes, {0: known})
        highest = max(known, default=0)
        serials = ledger.numbers.reserve(of_changes, 0, len(of_record), highest, intent)
        for row, serial in zip(of_record, serials, strict=True):
            numbers[row] = change_number(number, serial)
    return numbers


def _faulty_lines(findings: tuple[Finding, ...]) -> set[int]:
    """The rows of the Changes sheet with an error."""
    return {
        found.row for found in findings if found.table == "changes" and found.severity == "error"
    }
