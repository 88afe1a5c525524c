"""Forms looked at with the register's own rules, each as a record that is being submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from xlflow.checks.checking import check
from xlflow.checks.finding import Finding
from xlflow.record.register import CellError, Register, Table, frame_of
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.form.reading import FilledForm

_FAR_BELOW = 1_000  # rows: where a form stands while it is looked at
_DUPLICATE = "duplicate-title"


@dataclass(frozen=True)
class Examined:
    """A form, and what the rules say of it.

    `faults` keep it out, `hints` do not. `waits`: it has the title of another form that lies there
    too; which of them is right shows when that one is in the register.
    """

    form: FilledForm
    faults: tuple[Finding, ...]
    hints: tuple[Finding, ...]
    waits: bool = False

    @property
    def is_faulty(self) -> bool:
        """Whether somebody must mend it."""
        return bool(self.faults) and not self.waits


def examine(
    forms: Sequence[FilledForm],
    register: Register,
    settings: Settings,
    now: datetime,
    calendar: WorkingCalendar,
) -> tuple[Examined, ...]:
    """What the rules say of each form, as if all of them stood in the register."""
    first = max(register.requirements.frame.index.max() if len(register.requirements) else 0, 0)
    rows = [int(first) + _FAR_BELOW + n for n in range(len(forms))]
    lines = [line_of(form, register) for form in forms]
    findings = check(_with_lines(register, lines, rows), settings, now, calendar=calendar)
    found: dict[int, list[Finding]] = {row: [] for row in rows}
    for one in findings:
        if one.table == "register" and one.row in found and one.field != "number":
            found[one.row].append(one)
    return tuple(
        _sorted(form, found[row], frozenset(rows)) for form, row in zip(forms, rows, strict=True)
    )


def line_of(form: FilledForm, register: Register) -> dict[str, Any]:
    """The form as a row of the register: values as typed, choices in the register's language."""
    language = register.language
    line: dict[str, Any] = {
        "status": register.schema.choices["status"].label("submitted", language)
    }
    for key, value in form.answers.items():
        name = register.schema.field(key).choices
        code = register.schema.choices[name].parse(value) if name else None
        line[key] = register.schema.choices[name].label(code, language) if code else value
    return line


def _sorted(form: FilledForm, found: Sequence[Finding], rows: frozenset[int]) -> Examined:
    faults = tuple(
        one
        for one in found
        if one.severity == "error" and (one.step == "submitted" or one.field in form.answers)
    )
    hints = tuple(
        one for one in found if one not in faults and one.severity in ("error", "warning")
    )
    waits = bool(faults) and all(
        one.rule == _DUPLICATE and one.values.get("row") in rows  # noqa: PD011
        for one in faults
    )
    return Examined(form, faults, hints, waits)


def _with_lines(
    register: Register, lines: Sequence[Mapping[str, Any]], rows: Sequence[int]
) -> Register:
    """The register with these lines in it."""
    table = register.requirements
    more = frame_of("register", lines, rows, register.schema)
    values = np.concatenate([table.frame.to_numpy(object), more.to_numpy(object)])
    index = pd.Index([*table.frame.index.tolist(), *rows], dtype="int64")
    frame = pd.DataFrame(values, index=index, columns=table.frame.columns, dtype=object)
    requirements: Table = replace(table, frame=frame)
    return replace(register, requirements=requirements)


def writable(line: Mapping[str, Any]) -> dict[str, Any]:
    """What of a line can be written: all but the errors that cells show."""
    return {key: value for key, value in line.items() if not isinstance(value, CellError)}
