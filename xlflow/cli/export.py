"""``xlflow export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.past import as_of_option, moment_of
from xlflow.errors import UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.exporting.job import FileFormat, Wish

_FORMATS: tuple[FileFormat, ...] = ("csv", "json", "parquet")
_ALL = "all"
_TABLES = (
    *("register", "progress", "issues", "changes"),
    *("findings", "deadlines", "statuses", "history", _ALL),
)
_STANDARD_OUTPUT = "-"


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "export", day=True, registers="some")
    @click.argument("table", type=click.Choice(_TABLES), default="register")
    @click.option(
        "--format",
        "file_format",
        type=click.Choice(_FORMATS),
        default=None,
        help=say(language, "export.option.format"),
    )
    @click.option("--out", metavar="PATH", default=None, help=say(language, "export.option.out"))
    @click.option("--raw", is_flag=True, help=say(language, "export.option.raw"))
    @as_of_option(language)
    @click.option("--force", is_flag=True, help=say(language, "cli.option.force"))
    def export(
        door: Door,
        table: str,
        file_format: FileFormat | None,
        out: str | None,
        raw: bool,
        as_of: str | None,
        force: bool,
    ) -> None:
        wish = _wish(door, table, file_format or _told_by(out), raw=raw, as_of=as_of)
        if out == _STANDARD_OUTPUT:
            _to_standard_output(door, table, wish)
        else:
            _to_files(door, table, wish, out, force=force)

    return export


def _wish(door: Door, table: str, form: FileFormat, *, raw: bool, as_of: str | None) -> Wish:
    from xlflow.jobs.exporting.job import TABLES, Wish
    from xlflow.jobs.exporting.source import MOMENTARY

    moment = moment_of(as_of, door.company.common.calendar.zone) if as_of else None
    all_tables = [name for name in TABLES if moment is None or name not in MOMENTARY]
    tables = tuple(all_tables) if table == _ALL else (table,)
    return Wish(tables, form, raw=raw, language=door.asked, as_of=moment)


def _told_by(out: str | None) -> FileFormat:
    """The format that the end of the file's name tells."""
    suffix = Path(out or "").suffix.lower()
    return next((form for form in _FORMATS if suffix == f".{form}"), "csv")


def _to_standard_output(door: Door, table: str, wish: Wish) -> None:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.exporting.job import export_to

    if table == _ALL:
        raise UsageError("export.all-to-one")
    stream = sys.stdout.buffer
    if wish.form == "parquet" and stream.isatty():
        raise UsageError("export.no-text")
    with progress_bar(door) as progress:
        export_to(stream, door.company.some(door.registers), wish, door.now, progress)
    stream.flush()


def _to_files(door: Door, table: str, wish: Wish, out: str | None, *, force: bool) -> None:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.exporting.job import export_files, usual_paths

    usual = usual_paths(door.company.common, wish, door.now)
    paths = usual if out is None else _paths(out, table, wish)
    with progress_bar(door) as progress:
        written = export_files(
            door.company.some(door.registers),
            wish,
            door.now,
            paths,
            kept=(door.settings_file, *door.company.register_files),
            overwrite=force or out is None,  # whatever has a usual name is an earlier export
            progress=progress,
        )
    for one in written:
        text = say(door.language, "export.written", rows=one.rows, path=one.path)
        door.out.print(text, markup=False)


def _paths(out: str, table: str, wish: Wish) -> dict[str, Path]:
    """Where the tables go: the file, or files with the tables' names in the folder."""
    path = Path(out)
    is_folder = table == _ALL or path.is_dir() or out.endswith(("/", "\\"))
    if table == _ALL and path.is_file():
        raise UsageError("export.all-to-one")
    if not is_folder:
        return {table: path}
    return {name: path / f"{name}.{wish.form}" for name in wish.tables}
