"""``xlflow history``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.past import (
    field_option,
    holding,
    iso,
    keys_of,
    moment_as_dict,
    number_argument,
    print_moments,
    words_of,
)
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.looking_back import RecordHistory


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "history", registers="some")
    @number_argument()
    @field_option(language)
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def history(door: Door, number: str, fields: tuple[str, ...], as_json: bool) -> None:
        from xlflow.jobs.looking_back import history_of

        there, written = holding(door, number)
        found = history_of(there.settings, written, keys_of(fields, there.settings.schema))
        if as_json:
            there.print_json(_as_dict(found, there))
        else:
            _print(there, found)

    return history


def _print(door: Door, found: RecordHistory) -> None:
    words = words_of(door)
    door.out.print(f"{found.number} {found.title}", style="bold", markup=False)
    for line in words.spells(found.spells):
        door.out.print(f"  {line}", markup=False)
    if found.archived_in:
        text = say(door.language, "history.archived-in", file=found.archived_in)
        door.out.print(f"  {text}", markup=False)
    door.out.print()
    print_moments(door, found.moments, numbers=False)
    door.out.print(say(door.language, "history.who"), style="dim", markup=False)


def _as_dict(found: RecordHistory, door: Door) -> dict[str, Any]:
    zone = door.settings.calendar.zone
    return {
        "number": found.number,
        "title": found.title,
        "archived_in": found.archived_in,
        "statuses": [
            {
                "status": spell.status,
                "entered_at": iso(spell.entered_at, zone),
                "left_at": iso(spell.left_at, zone),
            }
            for spell in found.spells
        ],
        "history": [moment_as_dict(moment, zone) for moment in found.moments],
    }
