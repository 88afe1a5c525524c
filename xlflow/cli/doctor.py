"""``xlflow doctor``."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.doctor import Line, Report

# Sign and colour; the sign alone must do.
_SIGNS = {
    "good": ("✓", "green"),
    "note": ("•", "cyan"),
    "bad": ("✗", "bold red"),
    "skipped": ("–", "dim"),
}


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "doctor", registers="some")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def doctor(door: Door, as_json: bool) -> None:
        from xlflow.cli.progress import progress_bar
        from xlflow.jobs.doctor import examine

        with progress_bar(door) as progress:
            report = examine(
                door.settings_file,
                lambda: datetime.now(UTC),
                os.environ,
                progress,
                registers=door.registers,
            )
        if as_json:
            door.print_json(_as_dict(report, door))
        else:
            _print(door, report)
        raise click.exceptions.Exit(report.exit_code)

    return doctor


def _print(door: Door, report: Report) -> None:
    for register, of_register in groupby(report.lines, key=lambda line: line.register):
        if register:
            door.out.print()
            heading = say(door.language, "registers.doctor", id=register)
            door.out.print(heading, style="bold underline", markup=False)
        for subject, lines in groupby(of_register, key=lambda line: line.subject):
            door.out.print(say(door.language, f"doctor.subject.{subject}"), style="bold")
            for line in lines:
                _print_line(door, line)
    door.out.print()
    if not report.has_looked:
        door.out.print(say(door.language, "doctor.total.blind"))
    elif report.to_do:
        sign, _ = _SIGNS["bad"]
        door.out.print(say(door.language, "doctor.total.bad", count=report.to_do, sign=sign))
    else:
        door.out.print(say(door.language, "doctor.total.good"))


def _print_line(door: Door, line: Line) -> None:
    """One line; on a terminal it wraps, and its text stays clear of the signs."""
    from rich.table import Table
    from rich.text import Text

    sign, style = _SIGNS[line.state]
    told = Text(line.message(door.language), style="dim" if line.state == "skipped" else "")
    if not door.out.is_terminal:
        told.plain = told.plain.replace("\n", "\n    ")
        door.out.print(Text(f"  {sign} ") + told)
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(overflow="fold")  # Chinese text has no blanks to wrap at
    grid.add_row(Text(f"  {sign}", style=style), told)
    door.out.print(grid)


def _as_dict(report: Report, door: Door) -> dict[str, Any]:
    return {
        "settings": str(door.settings_file.absolute()),
        "to_do": report.to_do,
        "lines": [line.to_dict(door.language) for line in report.lines],
    }
