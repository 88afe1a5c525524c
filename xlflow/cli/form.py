"""``xlflow form``."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import UsageError
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "form")
    @click.argument("numbers", metavar="NUMBER", nargs=-1)
    @click.option("--blank", is_flag=True, help=say(language, "cli.form.blank"))
    @click.option(
        "--out", type=click.Path(path_type=Path), default=Path(), help=say(language, "cli.form.out")
    )
    @click.option("--force", is_flag=True, help=say(language, "cli.option.force"))
    def form(door: Door, numbers: tuple[str, ...], blank: bool, out: Path, force: bool) -> None:
        from xlflow.jobs.forms import write_blank_form, write_record_forms

        if blank and numbers:
            raise UsageError("form.error.blank-or-number")
        for there, held in door.holding_each(numbers):
            for made in write_record_forms(
                there.settings, held, door.asked, door.now, out, overwrite=force
            ):
                door.tell("form.record", number=made.number, path=made.path)
        if numbers:
            return
        settings = door.settings
        of_form = door.asked or settings.workbook.language
        form_id = secrets.token_hex(8)
        made = write_blank_form(settings, of_form, form_id, door.now, out, overwrite=force)
        door.tell("form.done", path=made.path)

    return form
