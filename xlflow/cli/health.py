"""``xlflow health``."""

from __future__ import annotations

from datetime import timedelta

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say

_MARKS = {"good": ("✓", "green"), "bad": ("✗", "red"), "unknown": ("✗", "red")}


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "health", registers="none")
    @click.option(
        "--older-than",
        metavar="4h",
        callback=_length_of_time,
        help=say(language, "cli.health.older-than"),
    )
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def health(door: Door, older_than: timedelta | None, as_json: bool) -> None:
        from xlflow.scheduler.health import health as looked_at

        found = looked_at(door.company, door.now, older_than)
        if as_json:
            door.print_json(found.to_dict(door.language))
        else:
            for check in found.checks:
                mark, colour = _MARKS[check.state]
                door.out.print(mark, style=colour, end=" ")
                door.out.print(check.message(door.language), markup=False)
            to_do = sum(check.state != "good" for check in found.checks)
            text = say(door.language, f"schedule.health.{'bad' if to_do else 'good'}", count=to_do)
            door.out.print(text, style="bold", markup=False)
        raise click.exceptions.Exit(found.exit_code)

    return health


def _length_of_time(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> timedelta | None:
    from xlflow.jobs.waiting import length_of_time

    return length_of_time(text) if text else None
