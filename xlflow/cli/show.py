"""``xlflow show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.past import as_of_option, holding, iso, moment_of, number_argument, plain, words_of
from xlflow.errors import EXIT_FINDINGS
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.looking_back import RecordState


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "show", registers="some")
    @number_argument()
    @as_of_option(language)
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def show(door: Door, number: str, as_of: str | None, as_json: bool) -> None:
        from xlflow.jobs.looking_back import record_as_of

        there, written = holding(door, number)
        zone = there.settings.calendar.zone
        moment = moment_of(as_of, zone) if as_of else None
        found = record_as_of(there.settings, written, moment)
        if as_json:
            there.print_json(_as_dict(found, there))
        else:
            _print(there, found)
        raise click.exceptions.Exit(0 if found.state.is_there else EXIT_FINDINGS)

    return show


def _print(door: Door, found: RecordState) -> None:
    words = words_of(door)
    title = found.state.cells.get("title", "")
    door.out.print(f"{found.number} {title}", style="bold", markup=False)
    seen = words.time(found.seen_at)
    name = "as-seen" if found.state.is_there else "not-there" if found.state.cells else "not-yet"
    text = say(door.language, f"history.{name}", at=seen)
    door.out.print(text, style="dim" if found.state.is_there else "yellow", markup=False)
    for module, held in words.fields(found.state.cells):
        door.out.print(f"\n{module}", style="cyan", markup=False)
        for text in held:
            door.out.print(f"  {text}", markup=False)
    for sheet, lines in found.lines.items():
        name = say(door.language, f"record.sheet.{sheet}")
        door.out.print(f"\n{name}", style="cyan", markup=False)
        for line in lines.values():
            number = f"{line.number} · " if line.number else ""
            door.out.print(f"  {number}{words.line(sheet, line.cells)}", markup=False)


def _as_dict(found: RecordState, door: Door) -> dict[str, Any]:
    return {
        "number": found.number,
        "seen_at": iso(found.seen_at, door.settings.calendar.zone),
        "in_register": found.state.is_there,
        "cells": {key: plain(value) for key, value in found.state.cells.items()},
        "lines": {
            sheet: [
                {key: plain(value) for key, value in line.cells.items()} for line in lines.values()
            ]
            for sheet, lines in found.lines.items()
        },
    }
