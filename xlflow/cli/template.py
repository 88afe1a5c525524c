"""``xlflow template``."""

from __future__ import annotations

from pathlib import Path

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "template")
    @click.argument(
        "path", type=click.Path(dir_okay=False, path_type=Path), default=None, required=False
    )
    @click.option("--force", is_flag=True, help=say(language, "cli.option.force"))
    def template(door: Door, path: Path | None, force: bool) -> None:
        from xlflow.jobs.setting_up import write_template

        settings = door.settings if door.settings_file.is_file() else None
        target = path or Path(f"register.{door.language}.xlsx")
        write_template(target, door.language, settings, overwrite=force)
        door.tell("template.done", path=target)

    return template
