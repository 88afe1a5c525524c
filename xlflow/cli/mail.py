"""``xlflow mail``."""

from __future__ import annotations

import click

from xlflow.cli.digest import command as digest_command
from xlflow.cli.groups import CommandGroup
from xlflow.cli.outbox import outbox, show
from xlflow.cli.sending import discard, resend, send
from xlflow.cli.weekly import command as weekly_command
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The group of commands, with its help in `language`."""
    group = CommandGroup(
        "mail",
        language,
        help=say(language, "cli.mail.help"),
        short_help=say(language, "cli.mail.short"),
    )
    group.add_command(weekly_command(language))
    group.add_command(digest_command(language))
    for add in (send, outbox, show, resend, discard):
        group.add_command(add(language))
    return group
