"""``xlflow mail``."""

from __future__ import annotations

import os

import click

from xlflow.cli.digest import command as digest_command
from xlflow.cli.groups import CommandGroup
from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.outbox import outbox, show
from xlflow.cli.sending import discard, resend, send, tell_of_sent
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The group of commands, with its help in `language`."""
    group = CommandGroup(
        "mail",
        language,
        help=say(language, "cli.mail.help"),
        short_help=say(language, "cli.mail.short"),
    )
    group.add_command(_weekly(language))
    group.add_command(digest_command(language))
    for add in (send, outbox, show, resend, discard):
        group.add_command(add(language))
    return group


def _weekly(language: Language) -> click.Command:
    @new_command(language, "weekly", day=True, registers="each")
    @click.option("--dry-run", is_flag=True, help=say(language, "cli.option.dry-run"))
    @click.option("--send", is_flag=True, help=say(language, "cli.option.send"))
    @click.option("--to", "recipients", multiple=True, help=say(language, "cli.option.to"))
    @click.option("--again", is_flag=True, help=say(language, "cli.weekly.again"))
    def weekly(
        door: Door, dry_run: bool, send: bool, recipients: tuple[str, ...], again: bool
    ) -> None:
        from xlflow.cli.progress import progress_bar
        from xlflow.jobs.inspection import inspect_register
        from xlflow.jobs.keeping import open_ledger
        from xlflow.jobs.sending import password_of
        from xlflow.jobs.weekly import send_weekly, weekly_mails, write_weekly

        settings = door.settings
        with progress_bar(door) as progress:
            inspection = inspect_register(settings, door.now, progress)
            progress("reporting")
            turn = f":{door.now:%Y%m%dT%H%M%S}" if again else ""
            mails = weekly_mails(inspection, settings, recipients, turn)
        if dry_run or not (send or settings.mail.send):
            for path in write_weekly(mails, settings):
                door.tell("weekly.written", path=path)
            return
        password = password_of(settings, os.environ)
        with open_ledger(settings) as ledger:
            outcome = send_weekly(mails, settings, ledger, password, inspection)
        for address in outcome.already:
            door.tell("weekly.already", recipient=address)
        raise click.exceptions.Exit(tell_of_sent(door, outcome.sent))

    return weekly
