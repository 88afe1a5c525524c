"""Read the register and find out what is wrong with it and what is due: changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from xlflow.checks.checking import check
from xlflow.checks.finding import Finding
from xlflow.record.register import Register, Table
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.company_days import read_company_days
from xlflow.timing.deadlines import Deadline, deadlines
from xlflow.timing.next_steps import Faults, Guidance, next_steps
from xlflow.workbook.archive import Limits
from xlflow.workbook.reader import read_register
from xlflow.workbook.share import Snapshot, snapshot

Progress = Callable[[str], None]
"""Is told the name of each part of a long job as it begins: "reading", "checking", ..."""


def quiet(part: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Inspection:
    """The register at one moment, with everything that follows from it."""

    register: Register
    findings: tuple[Finding, ...]
    deadlines: tuple[Deadline, ...]
    guidance: Mapping[int, Guidance]  # by row
    now: datetime
    provisional_years: tuple[int, ...]

    @property
    def overdue(self) -> int:
        """How many deadlines are overdue."""
        return sum(deadline.state == "overdue" for deadline in self.deadlines)

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(found.severity == severity for found in self.findings)


def working_calendar(settings: Settings) -> WorkingCalendar:
    """The days that the company works.

    Raises:
        XlflowError: The company's file of days is faulty, or its country unknown.
    """
    file = settings.calendar.file
    company = read_company_days(settings.locate(file)) if file else {}
    return WorkingCalendar.of(settings.calendar.country, company)


def take_snapshot(settings: Settings, now: datetime) -> Snapshot:
    """The workbook's bytes as they are now.

    Raises:
        XlflowError: It is missing or cannot be read.
    """
    return snapshot(settings.locate(settings.workbook.path), now)


def read(taken: Snapshot, settings: Settings, progress: Progress = quiet) -> Register:
    """The register in a snapshot.

    Raises:
        XlflowError: It is no register, or none that can be read.
    """
    progress("reading")
    return read_register(
        taken.data,
        taken.path,
        language=settings.workbook.language,
        register_id=settings.workbook.id,
        limits=Limits(file_bytes=settings.workbook.size_limit_mb * 1024 * 1024),
    )


def inspect(
    register: Register,
    settings: Settings,
    now: datetime,
    calendar: WorkingCalendar,
    progress: Progress = quiet,
) -> Inspection:
    """What is wrong in the register and what is due at `now`."""
    progress("checking")
    findings = check(register, settings, now, calendar=calendar)
    found = deadlines(register, settings, calendar, now)
    guidance = next_steps(register, settings, found, now, stopping_faults(findings))
    return Inspection(
        register=register,
        findings=tuple(findings),
        deadlines=tuple(found),
        guidance=guidance,
        now=now,
        provisional_years=_provisional_years(register, calendar),
    )


def stopping_faults(findings: Iterable[Finding]) -> dict[int, Faults]:
    """The errors of each record by its row, for its next step."""
    fields: dict[int, list[str]] = defaultdict(list)
    for found in findings:
        if found.severity == "error" and found.table == "register":
            fields[found.row].append(found.field)
    return {
        row: Faults(len(keys), tuple(dict.fromkeys(key for key in keys if key)))
        for row, keys in fields.items()
    }


def with_numbers(register: Register, numbers: Mapping[int, str]) -> Register:
    """The register as it will be once these rows have their numbers."""
    if not numbers:
        return register
    frame = register.requirements.frame.copy(deep=False)
    column = frame["number"].to_numpy(dtype=object, copy=True)
    for row, number in numbers.items():
        column[frame.index.get_loc(row)] = number
    frame["number"] = column
    table: Table = replace(register.requirements, frame=frame)
    return replace(register, requirements=table)


def _provisional_years(register: Register, calendar: WorkingCalendar) -> tuple[int, ...]:
    """The years of the schedule whose days off nobody has published yet."""
    frame = register.requirements.frame
    days = {
        value.date() if isinstance(value, datetime) else value
        for key in ("design_due", "development_due", "test_due", "golive_due", "expected_on")
        for value in frame[key].to_numpy()
        if isinstance(value, date)
    }
    return calendar.provisional_years(np.array(sorted(days), dtype="datetime64[D]"))
