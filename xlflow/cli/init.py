"""``xlflow init``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "init", day=True, registers="none")
    @click.argument(
        "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), required=False
    )
    @click.option(
        "--sample", type=click.IntRange(1, 100_000), help=say(language, "cli.option.sample")
    )
    @click.option("--force", is_flag=True, help=say(language, "cli.option.force"))
    def init(door: Door, folder: Path, sample: int | None, force: bool) -> None:
        from xlflow.jobs.setting_up import set_up
        from xlflow.settings.sections import CalendarSettings

        today = door.day or datetime.now(CalendarSettings().zone).date()
        made = set_up(folder, door.language, today, sample=sample or 0, overwrite=force)
        door.tell("init.done", folder=folder.resolve())
        registers = [(path, "register") for path in made.registers]
        for path, what in ((made.settings, "settings"), *registers):
            if path in made.kept:
                door.tell("init.exists", path=path.name)
            else:
                door.tell("init.file", path=path.name, what=door.say(f"init.{what}"))
        door.tell("init.next", folder=folder)

    return init
