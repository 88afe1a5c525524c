"""What xlflow's own columns shall hold, and which of their cells differ from it.

Only these cells are ever written; all others belong to the people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from xlflow.checks.finding import Finding
from xlflow.checks.result_text import check_text
from xlflow.jobs.child_lines import latest_progress, number_text, open_issues
from xlflow.jobs.inspection import Inspection
from xlflow.record.register import CellError, Register, Table

OwnValue = str | date | None

MAX_CELL_CHARS = 32_767  # Excel holds no more


@dataclass(frozen=True, slots=True)
class OwnCell:
    """A cell of xlflow's own that does not hold what it should."""

    table: str  # the sheet's key
    row: int
    key: str
    value: OwnValue


def own_cells(inspection: Inspection, as_read: Register) -> Iterator[OwnCell]:
    """The cells to write: what `inspection` says, where the workbook as read says otherwise."""
    findings = _by_row(inspection)
    for column, values in _record_columns(inspection, findings["register"]).items():
        yield from _differing(as_read.requirements, column, values)
    for table in (as_read.progress, as_read.issues, as_read.changes):
        texts = {
            row: check_text(findings[table.sheet].get(row, ()), inspection.register.language)
            for row in table.frame.index.tolist()
        }
        yield from _differing(table, "check", texts)
        yield from _remnants(table)
    yield from _remnants(as_read.requirements)
    changes = inspection.register.changes.frame
    numbers = dict(zip(changes.index.tolist(), changes["change_number"].tolist(), strict=True))
    yield from _differing(as_read.changes, "change_number", numbers)


def _record_columns(
    inspection: Inspection, findings: Mapping[int, list[Finding]]
) -> dict[str, Mapping[int, OwnValue]]:
    register, language = inspection.register, inspection.register.language
    frame = register.requirements.frame
    rows = frame.index.tolist()
    numbers = dict(zip(rows, map(number_text, frame["number"]), strict=True))
    newest, issues = latest_progress(register, language), open_issues(register, language)
    guidance = inspection.guidance
    return {
        "number": {row: number for row, number in numbers.items() if number},
        "check": {row: check_text(findings.get(row, ()), language) for row in rows},
        "deadline": {row: guidance[row].deadline for row in rows},
        "next_step": {row: guidance[row].next_step for row in rows},
        "due_on": {row: guidance[row].due_on for row in rows},
        "progress": {row: newest.get(numbers[row]) for row in rows},
        "issues": {
            row: issues[numbers[row]][0] if numbers[row] in issues else None for row in rows
        },
        "measures": {
            row: issues[numbers[row]][1] if numbers[row] in issues else None for row in rows
        },
    }


def _remnants(table: Table) -> Iterator[OwnCell]:
    """What stands beside records that people have cleared."""
    for row in table.remnants:
        for field in table.schema.sheets[table.sheet]:
            if field.is_own and field.key in table.columns:
                yield OwnCell(table.sheet, row, field.key, None)


def _differing(table: Table, key: str, values: Mapping[int, OwnValue]) -> Iterator[OwnCell]:
    present = dict(zip(table.frame.index.tolist(), table.frame[key], strict=True))
    for row, value in values.items():
        wanted = (value[:MAX_CELL_CHARS] or None) if isinstance(value, str) else value
        if not _holds(present[row], wanted):
            yield OwnCell(table.sheet, row, key, wanted)


def _holds(present: object, wanted: OwnValue) -> bool:
    """Whether the cell shows what is wanted already."""
    if isinstance(present, CellError):
        return False
    if isinstance(present, str):
        present = present.strip() or None
    return present == (wanted.strip() if isinstance(wanted, str) else wanted)


def _by_row(inspection: Inspection) -> Mapping[str, dict[int, list[Finding]]]:
    grouped: dict[str, dict[int, list[Finding]]] = defaultdict(dict)
    for found in inspection.findings:
        grouped[found.table].setdefault(found.row, []).append(found)
    return grouped
