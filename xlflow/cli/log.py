"""``xlflow log``."""

from __future__ import annotations

from datetime import timedelta

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.past import moment_as_dict, moment_of, print_moments
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "log", registers="each")
    @click.option("--since", metavar="DATE", help=say(language, "history.option.since"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def log(door: Door, since: str | None, as_json: bool) -> None:
        from xlflow.jobs.looking_back import changes_since

        zone = door.settings.calendar.zone
        # A day is meant with all of it.
        is_day = since is not None and len(since) == len("2024-03-15")
        begun = moment_of(since, zone) if since else None
        if begun and is_day:
            begun -= timedelta(days=1)
        moments = changes_since(door.settings, begun)
        if as_json:
            door.print_json({"changes": [moment_as_dict(moment, zone) for moment in moments]})
        elif moments:
            print_moments(door, moments, numbers=True)
        else:
            door.out.print(say(door.language, "history.no-change"), markup=False)

    return log
