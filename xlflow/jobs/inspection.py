"""Read the register and find out what is wrong with it and what is due: changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from xlflow.checks.checking import check
from xlflow.checks.finding import Finding
from xlflow.checks.waivers import Waived, WaiverNote, Waivers
from xlflow.jobs.drive import drive_of
from xlflow.jobs.progress import Progress, quiet
from xlflow.jobs.remembering import memory_of
from xlflow.languages import Language
from xlflow.record.memory import NO_MEMORY, Memory
from xlflow.record.register import Register, Table
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.deadlines import Deadline, deadlines, uncertain_years
from xlflow.timing.next_steps import Faults, Guidance, next_steps
from xlflow.workbook.archive import Limits
from xlflow.workbook.reader import read_register
from xlflow.workbook.share import Host, Snapshot, snapshot


@dataclass(frozen=True)
class Checked:
    """The register at one moment, and what is wrong with it."""

    register: Register
    findings: tuple[Finding, ...]
    now: datetime
    waived: tuple[Waived, ...]  # findings that are not counted
    waiver_notes: tuple[WaiverNote, ...]

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(found.severity == severity for found in self.findings)


@dataclass(frozen=True)
class Inspection(Checked):
    """A checked register, and everything that is due."""

    deadlines: tuple[Deadline, ...]  # that are not met
    guidance: Mapping[int, Guidance]  # by row
    provisional_years: tuple[int, ...]  # of due dates, with days off that nobody has published
    memory: Memory  # what the ledger tells of its records: statuses, baselines, the archive

    @property
    def overdue(self) -> int:
        """How many deadlines are overdue."""
        return sum(deadline.state == "overdue" for deadline in self.deadlines)


def check_register(settings: Settings, now: datetime, progress: Progress = quiet) -> Checked:
    """Read the workbook of the settings and check it by all rules.

    Raises:
        XlflowError: It cannot be read, or the settings of the calendar are faulty.
    """
    calendar = WorkingCalendar.from_settings(settings)
    register = read_now(settings, now, progress)
    memory = memory_of(register, settings, now)
    progress("checking")
    findings = check(register, settings, now, calendar=calendar, memory=memory)
    judged = Waivers.of(settings, register, now).judge(findings)
    return Checked(register, judged.findings, now, judged.waived, judged.notes)


def inspect_register(settings: Settings, now: datetime, progress: Progress = quiet) -> Inspection:
    """Read the workbook of the settings, check it, and find what is due.

    Raises:
        XlflowError: It cannot be read, or the settings of the calendar are faulty.
    """
    calendar = WorkingCalendar.from_settings(settings)
    register = read_now(settings, now, progress)
    memory = memory_of(register, settings, now)
    return inspect(register, settings, now, calendar, progress, memory)


def read_now(settings: Settings, now: datetime, progress: Progress = quiet) -> Register:
    """The register as it is now.

    Raises:
        XlflowError: It is missing, cannot be read, or is no register.
    """
    with drive_of(settings) as drive:
        taken = take_snapshot(settings, now, drive)
    return read(taken, settings, progress)


def take_snapshot(settings: Settings, now: datetime, drive: Host) -> Snapshot:
    """The workbook's bytes as they are now.

    Raises:
        XlflowError: It is missing or cannot be read.
    """
    return snapshot(settings.register_location, now, host=drive)


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
        limits=limits_of(settings),
        schema=settings.schema,
    )


def limits_of(settings: Settings) -> Limits:
    """How large a workbook the settings let in."""
    return Limits(file_bytes=settings.workbook.size_limit_mb << 20)


def inspect(
    register: Register,
    settings: Settings,
    now: datetime,
    calendar: WorkingCalendar,
    progress: Progress = quiet,
    memory: Memory = NO_MEMORY,
) -> Inspection:
    """What is wrong in the register and what is due at `now`."""
    progress("checking")
    findings = check(register, settings, now, calendar=calendar, memory=memory)
    judged = Waivers.of(settings, register, now).judge(findings)
    found = deadlines(register, settings, calendar, now, memory, open_only=True)
    faults = stopping_faults(judged.findings)
    guidance = next_steps(register, settings, found, now, faults, memory.archived)
    return Inspection(
        register=register,
        findings=judged.findings,
        waived=judged.waived,
        waiver_notes=judged.notes,
        deadlines=tuple(found),
        guidance=guidance,
        now=now,
        provisional_years=uncertain_years(found, calendar, now.date()),
        memory=memory,
    )


def in_language(inspection: Inspection, settings: Settings, language: Language) -> Inspection:
    """The inspection with its next steps told in another language than the register's."""
    if language == inspection.register.language:
        return inspection
    guidance = next_steps(
        replace(inspection.register, language=language),
        settings,
        inspection.deadlines,
        inspection.now,
        stopping_faults(inspection.findings),
        inspection.memory.archived,
    )
    return replace(inspection, guidance=guidance)


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
    return replace(register, requirements=_with(register.requirements, "number", numbers))


def with_change_numbers(register: Register, numbers: Mapping[int, str | None]) -> Register:
    """The register as it will be once these rows of its Changes sheet have their numbers."""
    if not numbers:
        return register
    return replace(register, changes=_with(register.changes, "change_number", numbers))


def _with(table: Table, key: str, values: Mapping[int, str | None]) -> Table:
    frame = table.frame.copy(deep=False)
    column = frame[key].to_numpy(dtype=object, copy=True)
    for row, value in values.items():
        column[frame.index.get_loc(row)] = value
    # as a series: a bare array of texts would become a column of texts, and its blanks NaN
    frame[key] = pd.Series(column, index=frame.index, dtype=object)
    return replace(table, frame=frame)
