"""``xlflow form``."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.forms import FormFile


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "form")
    @click.argument("numbers", metavar="NUMBER", nargs=-1)
    @click.option("--blank", is_flag=True, help=say(language, "cli.form.blank"))
    @click.option(
        "--out", type=click.Path(path_type=Path), default=Path(), help=say(language, "cli.form.out")
    )
    @click.option("--force", is_flag=True, help=say(language, "cli.option.force"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def form(
        door: Door,
        numbers: tuple[str, ...],
        blank: bool,
        out: Path,
        force: bool,
        as_json: bool,
    ) -> None:
        if blank and numbers:
            raise UsageError("form.error.blank-or-number")
        made = _records(door, numbers, out, force=force) or _blank(door, out, force=force)
        if as_json:
            door.print_json([{"number": one.number, "path": str(one.path)} for one in made])
            return
        for one in made:
            name = "form.record" if one.number else "form.done"
            door.tell(name, number=one.number, path=one.path)

    return form


def _records(door: Door, numbers: tuple[str, ...], out: Path, *, force: bool) -> list[FormFile]:
    from xlflow.jobs.forms import write_record_forms

    made: list[FormFile] = []
    for there, held in door.holding_each(numbers):
        made += write_record_forms(there.settings, held, door.asked, door.now, out, overwrite=force)
    return made


def _blank(door: Door, out: Path, *, force: bool) -> list[FormFile]:
    from xlflow.jobs.forms import write_blank_form

    settings = door.settings
    language = door.asked or settings.workbook.language
    form_id = secrets.token_hex(8)
    return [write_blank_form(settings, language, form_id, door.now, out, overwrite=force)]
