"""Exporting tables for other programs, over one register or many: whole files or none at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from xlflow.errors import UsageError
from xlflow.files import written_whole
from xlflow.jobs.exporting.source import HISTORIES, MOMENTARY, ExportSource, was_seen
from xlflow.jobs.looking_back import NothingSeen
from xlflow.jobs.progress import Progress, quiet
from xlflow.languages import Language
from xlflow.ledger import ledger_file
from xlflow.record.fields import SHEETS
from xlflow.reports.export.csv_form import CsvForm
from xlflow.reports.export.deadlines import deadlines_layout
from xlflow.reports.export.findings import findings_layout
from xlflow.reports.export.history import history_layout, spells_layout
from xlflow.reports.export.json_form import JsonForm
from xlflow.reports.export.layout import Form, Layout
from xlflow.reports.export.parquet_form import ParquetForm, needs_parquet
from xlflow.reports.export.records import records_layout
from xlflow.settings import Settings, is_smb

FileFormat = Literal["csv", "json", "parquet"]
FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)

TABLES = (*SHEETS, "findings", "deadlines", "statuses", "history")
"""What can be exported."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted. `language`: of labels and messages; None: each register's own.

    `raw`: texts in CSV as they are, without the mark that makes formulas harmless. `as_of`: what
    the last run up to then saw.
    """

    tables: tuple[str, ...]
    form: FileFormat = "csv"
    raw: bool = False
    language: Language | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A table that was written, and how many rows it has."""

    table: str
    path: Path
    rows: int


def export_files(
    registers: Sequence[Settings],
    wish: Wish,
    now: datetime,
    paths: Mapping[str, Path],
    *,
    kept: Collection[Path] = (),
    overwrite: bool = False,
    progress: Progress = quiet,
) -> tuple[Written, ...]:
    """Write each table of the wish to its path: all of them, or none.

    `kept`: files whose place none takes, beside the registers and the ledger.

    Raises:
        UsageError: A file exists and may not be overwritten; or as `export_to`.
        FileNotWritten
        XlflowError: A register or the ledger cannot be read.
    """
    taken = {path.resolve() for settings in registers for path in (*kept, *_places(settings))}
    for path in paths.values():
        if path.resolve() in taken:
            raise UsageError("export.own-file", path=path)
        if path.is_dir():
            raise UsageError("export.is-folder", path=path)
        if path.exists() and not overwrite:
            raise UsageError("cli.template.exists", path=path)
    with ExitStack() as open_files:
        files = {
            table: open_files.enter_context(written_whole(path)) for table, path in paths.items()
        }
        counts = _export(registers, wish, now, files, bom=True, progress=progress)
    return tuple(Written(table, path, counts[table]) for table, path in paths.items())


def export_to(
    file: BinaryIO,
    registers: Sequence[Settings],
    wish: Wish,
    now: datetime,
    progress: Progress = quiet,
) -> int:
    """Write the one table of the wish to an open file; returns how many rows it has.

    Raises:
        ParquetLibraryMissing
        UsageError: The tables do not go with `as_of`, or no run has seen the register.
        XlflowError: A register or the ledger cannot be read.
    """
    (table,) = wish.tables
    return _export(registers, wish, now, {table: file}, bom=False, progress=progress)[table]


def usual_paths(settings: Settings, wish: Wish, now: datetime) -> dict[str, Path]:
    """Where the tables go if nobody says where: into the folder of the reports, by the day."""
    folder = settings.locate(settings.reports.folder)
    day = now.astimezone(settings.calendar.zone).date()
    return {table: folder / f"{table}-{day}.{wish.form}" for table in wish.tables}


def _export(
    registers: Sequence[Settings],
    wish: Wish,
    now: datetime,
    files: Mapping[str, BinaryIO],
    *,
    bom: bool,
    progress: Progress,
) -> Counter[str]:
    _refuse_impossible(registers, wish)
    language = wish.language or registers[0].workbook.language
    forms = {
        table: _form(file, _layout(table, registers[0], language), wish, registers[0], now, bom=bom)
        for table, file in files.items()
    }
    counts: Counter[str] = Counter()
    for settings in registers:
        with ExportSource.opened(settings, now, wish.language, wish.as_of, progress) as source:
            for table, form in forms.items():
                counts[table] += form.add(source.rows(table))
    for form in forms.values():
        form.finish()
    return counts


def _refuse_impossible(registers: Sequence[Settings], wish: Wish) -> None:
    if wish.form == "parquet":
        needs_parquet()
    momentary = [table for table in wish.tables if table in MOMENTARY]
    if wish.as_of and momentary:
        raise UsageError("export.as-of", table=momentary[0])
    needs_ledger = wish.as_of is not None or set(wish.tables) <= set(HISTORIES)
    if needs_ledger and not any(map(was_seen, registers)):
        raise NothingSeen("history.nothing-seen")


def _layout(table: str, settings: Settings, language: Language) -> Layout:
    match table:
        case "findings":
            return findings_layout(language)
        case "deadlines":
            return deadlines_layout(language)
        case "statuses":
            return spells_layout(language)
        case "history":
            return history_layout(language)
        case _:
            return records_layout(table, settings.schema, language)


def _form(
    file: BinaryIO, layout: Layout, wish: Wish, settings: Settings, now: datetime, *, bom: bool
) -> Form:
    match wish.form:
        case "csv":
            return CsvForm(file, layout, raw=wish.raw, bom=bom)
        case "json":
            return JsonForm(file, layout, now)
        case "parquet":
            return ParquetForm(file, layout, settings.calendar.timezone)


def _places(settings: Settings) -> Iterator[Path]:
    """The files of xlflow itself, which no export takes the place of, whatever is typed."""
    if not is_smb(settings.register_location):
        yield Path(settings.register_location)
    if file := ledger_file(settings.ledger.url, settings.folder):
        yield file
