"""``xlflow restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.past import (
    as_of_option,
    field_option,
    holding,
    iso,
    keys_of,
    moment_of,
    number_argument,
    plain,
    words_of,
)
from xlflow.cli.run import print_lost, print_recovered
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.restoring import Restored


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "restore", day=True, registers="some")
    @number_argument()
    @field_option(language)
    @as_of_option(language)
    @click.option("--dry-run", is_flag=True, help=say(language, "history.option.dry-run"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def restore(
        door: Door,
        number: str,
        fields: tuple[str, ...],
        as_of: str | None,
        dry_run: bool,
        as_json: bool,
    ) -> None:
        from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
        from xlflow.jobs.restoring import Wish
        from xlflow.jobs.restoring import restore as main_job

        there, written = holding(door, number)
        settings = there.settings
        moment = moment_of(as_of, settings.calendar.zone) if as_of else None
        wish = Wish(written, keys_of(fields, settings.schema), moment)
        with one_run_at_a_time(settings), open_ledger(settings) as ledger:
            restored = main_job(settings, ledger, wish, there.now, dry_run=dry_run)
        if as_json:
            there.print_json(_as_dict(restored, there))
        else:
            _print(there, restored, dry_run=dry_run)

    return restore


def _print(door: Door, restored: Restored, *, dry_run: bool) -> None:
    words = words_of(door)
    print_recovered(door, restored.recovered)
    lines = sum(map(len, restored.lines.values()))
    if not (restored.cells or restored.row or lines):
        _tell(door, "nothing-to-restore", number=restored.number, at=words.time(restored.seen_at))
        return
    name = "would-restore" if dry_run else "restored"
    _tell(door, name, number=restored.number, at=words.time(restored.seen_at))
    for one in restored.cells:
        door.out.print(
            f"  {one.cell} {words.change(one.field, one.before, one.after)}", markup=False
        )
    if restored.row:
        _tell(door, "restored-row", row=restored.row)
    if lines:
        _tell(door, "restored-lines", count=lines)
    if restored.lost:
        _tell(door, "restored-lost", fields=", ".join(map(words.label, restored.lost)))
    if restored.placed:
        days = door.settings.ledger.keep_days
        door.tell("run.aside", days=days, path=Path(restored.placed.aside).name)
        print_lost(door, restored.placed.lost)
        _tell(door, "restored-next")


def _tell(door: Door, name: str, **values: object) -> None:
    door.out.print(say(door.language, f"history.{name}", **values), markup=False)


def _as_dict(restored: Restored, door: Door) -> dict[str, Any]:
    return {
        "number": restored.number,
        "seen_at": iso(restored.seen_at, door.settings.calendar.zone),
        "cells": [
            {
                "cell": one.cell,
                "field": one.field,
                "from": plain(one.before),
                "to": plain(one.after),
            }
            for one in restored.cells
        ],
        "row": restored.row,
        "lines": {sheet: list(rows) for sheet, rows in restored.lines.items()},
        "lost": list(restored.lost),
        "aside": restored.placed.aside if restored.placed else None,
        "recovered": [recovered.state for recovered in restored.recovered],
    }
