"""Checking a register: every rule on every sheet that it looks at, findings in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlflow.checks.finding import ABSENT, CRASHED, Finding, blocks_number
from xlflow.checks.people import WHO_OF_LINE, who_mends
from xlflow.checks.rule import Absence, Fault, Rule, Severity
from xlflow.checks.rules import rules as rules_of
from xlflow.checks.view import Book, Calendar, View
from xlflow.checks.waivers import Waivers
from xlflow.record.memory import NO_MEMORY, Memory
from xlflow.record.register import Register
from xlflow.settings import Settings


def check(
    register: Register,
    settings: Settings,
    now: datetime,
    *,
    calendar: Calendar | None = None,
    memory: Memory = NO_MEMORY,
    rules: tuple[Rule, ...] | None = None,
) -> list[Finding]:
    """What is wrong in the register, by sheet, row and column, what is waived included.

    `now` is aware; its day is taken in the zone of the settings. Without a calendar, rules about
    working days say nothing; without a memory, those about what was before say nothing. `rules`:
    others than those of xlflow and of the settings.

    Raises:
        SettingsError: A rule of the settings has a fault.
    """
    book = Book(register, settings, now, calendar, memory)
    waivers = Waivers.of(settings, register, now)
    absent = settings.severities.get(ABSENT, "warning")
    findings = list(_absent_columns(register, absent)) if absent != "off" else []
    for one in rules_of(settings) if rules is None else rules:
        severity = settings.severities.get(one.id, "off" if one.is_off else one.severity)
        if severity != "off":
            found = _apply(one, severity, book)
            book.withhold(blocks_number(waivers.counted(found)))
            findings += found
    return sorted(findings, key=_place(register))


def _apply(one: Rule, severity: Severity, book: Book) -> list[Finding]:
    findings: list[Finding] = []
    for sheet in one.fields:
        view = book.view(sheet)
        try:
            for fault in _faults(one, view):
                if isinstance(fault, Absence):
                    findings.append(_of_absence(one, severity, view, fault))
                else:
                    findings += _findings(one, severity, view, fault)
        except Exception as err:  # noqa: BLE001 - a rule's bug is reported, and the run goes on
            findings.append(_crash(one, view, err))
    return findings


def _faults(one: Rule, view: View) -> Iterator[Fault | Absence]:
    """What the rule faults, in records that it applies to."""
    answer = one.condition(view)
    if isinstance(answer, np.ndarray):
        answer = Fault(answer, one.fields[view.sheet][0])
    applies = view.is_record
    if view.sheet == "register":
        applies = applies & view.reached(one.since)
    for fault in (answer,) if isinstance(answer, Fault) else answer:
        if isinstance(fault, Fault):
            fault = replace(fault, mask=fault.mask & applies)
        yield fault


def _findings(one: Rule, severity: Severity, view: View, fault: Fault) -> list[Finding]:
    at = np.flatnonzero(fault.mask)
    if not len(at):
        return []
    table, key = view.table, fault.field
    records = view.book.view("register")
    parents = view.record[at]
    statuses = [*records.status.tolist(), None]  # -1 = of no record
    prefix = table.cell(0, key if key in table.columns else "number")[:-1]
    values = _rows(fault.values, at)
    expected = _of_rows(fault.expected, at)
    columns = (
        table.frame.index[at].tolist(),
        view.shown_numbers[at].tolist(),
        [statuses[parent] for parent in parents.tolist()],
        table.frame[key].to_numpy(dtype=object)[at].tolist(),
        _owners(view, key, at),
    )
    return [
        Finding(
            file=view.book.register.path,
            sheet=table.title,
            cell=f"{prefix}{row}",
            row=row,
            number=number or None,
            field=key,
            status=status,
            rule=one.id,
            severity=severity,
            values=held,
            found=cell,
            expected=right,
            owner=owner or None,
            table=view.sheet,
            variant=fault.variant,
            schema=table.schema,
            wording=one.own.messages if one.own else None,
        )
        for held, right, row, number, status, cell, owner in zip(values, expected, *columns)  # noqa: B905 - the first two may be endless
    ]


def _of_absence(one: Rule, severity: Severity, view: View, absence: Absence) -> Finding:
    """What a rule says of a record that has no row."""
    found = _without_row(one, view, absence.values)
    return replace(found, number=absence.number, severity=severity)


def _owners(view: View, key: str, at: NDArray[np.intp]) -> list[str]:
    """For each faulted row, the first name of those who could mend the field."""
    records = view.book.view("register")
    owners = np.full(len(at), "", np.object_)
    for name in WHO_OF_LINE.get(view.sheet, ()):
        owners = np.where(owners == "", view.text(name)[at], owners)
    of_record = who_mends(view.field(key)) if view is records else ("owner", "requester")
    for name in of_record:
        names = np.append(records.text(name), "")[view.record[at]]
        owners = np.where(owners == "", names, owners)
    return owners.tolist()


def _rows(values: Mapping[str, Any], at: NDArray[np.intp]) -> Iterable[Mapping[str, Any]]:
    """The values of each faulted row; the same mapping for all, where they do not differ."""
    if not any(isinstance(value, np.ndarray) for value in values.values()):
        return repeat(values)
    columns = (_of_rows(value, at) for value in values.values())
    return (dict(zip(values, row, strict=True)) for row in zip(*columns))  # noqa: B905 - as above


def _of_rows(value: Any, at: NDArray[np.intp]) -> Iterable[Any]:
    """The value of each faulted row, as a Python value."""
    return value[at].tolist() if isinstance(value, np.ndarray) else repeat(value)


def _crash(one: Rule, view: View, err: Exception) -> Finding:
    values = {"rule": one.id, "reason": f"{type(err).__name__}: {err}"}
    return replace(_without_row(one, view, values), rule=CRASHED, severity="error", cause=err)


def _without_row(one: Rule, view: View, values: Mapping[str, Any]) -> Finding:
    """A finding that stands in no cell."""
    return Finding(
        file=view.book.register.path,
        sheet=view.table.title,
        cell="",
        row=0,
        number=None,
        field="",
        status=None,
        rule=one.id,
        severity=one.severity,
        values=values,
        found=None,
        expected=None,
        owner=None,
        table=view.sheet,
        schema=view.table.schema,
    )


def _absent_columns(register: Register, severity: Severity) -> Iterator[Finding]:
    """The company's own fields that the workbook has no column for, told at the headers."""
    for table in register.tables:
        for field in register.schema.sheets[table.sheet]:
            if field.key not in table.columns:
                row = table.first_row - 1
                yield Finding(
                    file=register.path,
                    sheet=table.title,
                    cell=table.cell(row, "number"),
                    row=row,
                    number=None,
                    field=field.key,
                    status=None,
                    rule=ABSENT,
                    severity=severity,
                    values={},
                    found=None,
                    expected=field.label(register.language),
                    owner=None,
                    table=table.sheet,
                    schema=register.schema,
                )


def _place(register: Register) -> Callable[[Finding], int]:
    """The order of reading, sheet, row, column, as one number."""
    columns = {
        (table.sheet, key): column_index(letters)
        for table in register.tables
        for key, letters in table.columns.items()
    }
    sheets = {table.sheet: n for n, table in enumerate(register.tables)}
    return lambda found: (
        (sheets[found.table] << 48) + (found.row << 16) + columns.get((found.table, found.field), 0)
    )


def column_index(letters: str) -> int:
    """The number of a column, A = 1.

    >>> column_index("AB")
    28
    """
    return sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters)))
