"""Forms as files: blank for requesters, or a record of the register to read and print."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from xlflow.errors import UsageError
from xlflow.files import write_new, write_whole
from xlflow.jobs.child_lines import number_text
from xlflow.jobs.inspection import read_now
from xlflow.jobs.intake.inbox import inbox_for_people
from xlflow.languages import Language, fold, say
from xlflow.record.register import Register, Table
from xlflow.reports.documents.naming import fit_name
from xlflow.settings import Settings
from xlflow.workbook.form.blank import FormFacts, build_form
from xlflow.workbook.form.record import RecordFacts, build_record_form
from xlflow.workbook.share.errors import WorkbookMissing


@dataclass(frozen=True, slots=True)
class FormFile:
    """A form that was written. `number` is None for a blank one."""

    path: Path
    number: str | None


class NoSuchRecord(UsageError):
    """The register has no record with one of the numbers; all of them are told."""


def write_blank_form(
    settings: Settings,
    language: Language,
    form_id: str,
    now: datetime,
    out: Path,
    *,
    overwrite: bool = False,
) -> FormFile:
    """Write the intake form; its lists come from the register, or the settings if there is none.

    `out`: a folder, or a file ending in .xlsx.

    Raises:
        UsageError: The file exists, and may not be overwritten.
        XlflowError: The register cannot be read, or the file not be written.
    """
    inbox = inbox_for_people(settings)
    facts = FormFacts(form_id, settings.workbook.id, inbox, settings.template.departments)
    with suppress(WorkbookMissing):
        register = read_now(settings, now)
        facts = replace(facts, departments=register.departments, people=register.people)
    data = build_form(language, facts, settings)
    path = _place(out, say(language, "form.blank.file"))
    _write(path, data, overwrite=overwrite)
    return FormFile(path, None)


def write_record_forms(
    settings: Settings,
    numbers: tuple[str, ...],
    language: Language | None,
    now: datetime,
    out: Path,
    *,
    overwrite: bool = False,
) -> tuple[FormFile, ...]:
    """Write the records with these numbers, each as a page; in the register's language by default.

    `out`: a folder, or a file ending in .xlsx for one record.

    Raises:
        NoSuchRecord: Nothing was written.
        UsageError: A file exists and may not be overwritten, or `out` is one file for many.
        XlflowError: The register cannot be read, or a file not be written.
    """
    if out.suffix.lower() == ".xlsx" and len(set(numbers)) > 1:
        raise UsageError("form.error.one-file", path=out)
    register = read_now(settings, now)
    rows = _rows(register, numbers)
    made: list[FormFile] = []
    for number, row in rows.items():
        record = _record(register, number, row)
        data = build_record_form(language or register.language, record, now, settings)
        path = _place(out, fit_name(number))
        _write(path, data, overwrite=overwrite)
        made.append(FormFile(path, number))
    return tuple(made)


def _rows(register: Register, numbers: tuple[str, ...]) -> Mapping[str, int]:
    """Number as the register writes it -> its row."""
    frame = register.requirements.frame
    known = {
        fold(number): (number, int(row))
        for row, number in zip(frame.index, map(number_text, frame["number"]), strict=True)
        if number
    }
    missing = [number for number in numbers if fold(number) not in known]
    if missing:
        near = [*difflib.get_close_matches(fold(missing[0]), known, n=1), ""][0]
        name = "form.error.no-record-near" if near else "form.error.no-record"
        shown = known[near][0] if near else ""
        raise NoSuchRecord(name, numbers=", ".join(missing), near=shown, file=register.path)
    return dict(known[fold(number)] for number in numbers)


def _record(register: Register, number: str, row: int) -> RecordFacts:
    (held,) = _rows_of(register.requirements, [n == row for n in register.requirements.frame.index])
    lines = {
        table.sheet: _lines(table, number)
        for table in (register.progress, register.issues, register.changes)
    }
    return RecordFacts(number, row, Path(register.path).name, held, lines)


def _lines(table: Table, number: str) -> list[dict[str, Any]]:
    return _rows_of(table, [number_text(held) == number for held in table.frame["number"]])


def _rows_of(table: Table, wanted: list[bool]) -> list[dict[str, Any]]:
    """The chosen rows of a sheet, each field key -> value."""
    chosen = table.frame[wanted]
    keys = [str(key) for key in chosen]
    columns = [chosen[key].tolist() for key in keys]
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


def _place(out: Path, name: str) -> Path:
    return out if out.suffix.lower() == ".xlsx" else out / f"{name}.xlsx"


def _write(path: Path, data: bytes, *, overwrite: bool) -> None:
    if overwrite:
        write_whole(path, data)
    elif not write_new(path, data):
        raise UsageError("cli.template.exists", path=path)
