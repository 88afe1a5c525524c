"""``xlflow backups``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.backups import Backup


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "backups", registers="each")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def backups(door: Door, as_json: bool) -> None:
        from xlflow.jobs.backups import backups as of_register
        from xlflow.jobs.keeping import open_ledger

        with open_ledger(door.settings) as ledger:
            held = of_register(door.settings, ledger)
        if as_json:
            rows = [backup.to_dict() for backup in held]
            door.print_json(rows)
        elif held:
            _print(door, held)
        else:
            door.tell("backups.none", path=door.settings.register_location)

    return backups


def _print(door: Door, held: Sequence[Backup]) -> None:
    from xlflow.cli.tables import print_table

    zone = door.settings.calendar.zone
    print_table(
        door,
        [door.say(f"backups.{name}") for name in ("made", "kind", "cells", "size", "run", "file")],
        [
            (
                f"{backup.made_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                door.say(f"backups.what.{backup.kind}"),
                "" if backup.cells is None else str(backup.cells),
                f"{max(1, round(backup.size_bytes / 1024)):,} KB",
                (backup.commit and backup.commit.run) or "",
                backup.name,
            )
            for backup in held
        ],
    )
    door.tell("backups.hint")
