"""``xlflow template``."""

from __future__ import annotations

from pathlib import Path

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import UsageError
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "template")
    @click.argument(
        "path", type=click.Path(dir_okay=False, path_type=Path), default=None, required=False
    )
    @click.option("--force", is_flag=True, help=say(language, "cli.option.force"))
    @click.option("--upgrade", is_flag=True, help=say(language, "upgrade.option"))
    @click.option("--dry-run", is_flag=True, help=say(language, "upgrade.dry-run"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "upgrade.json"))
    def template(
        door: Door, path: Path | None, force: bool, upgrade: bool, dry_run: bool, as_json: bool
    ) -> None:
        if upgrade and force:
            raise UsageError("upgrade.with-force")
        if upgrade:
            from xlflow.cli.upgrade import upgrade as upgrade_register

            upgrade_register(door, path, dry_run=dry_run, as_json=as_json)
        elif dry_run or as_json:
            raise UsageError("upgrade.without-upgrade")
        else:
            _write(door, path, force=force)

    return template


def _write(door: Door, path: Path | None, *, force: bool) -> None:
    from xlflow.jobs.setting_up import write_template

    settings = door.settings if door.settings_file.is_file() else None
    target = path or Path(f"register.{door.language}.xlsx")
    write_template(target, door.language, settings, overwrite=force)
    door.tell("template.done", path=target)
