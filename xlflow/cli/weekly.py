"""``xlflow mail weekly``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import EXIT_CLEAN, EXIT_USAGE
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.weekly import WeeklyOutcome


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "weekly", day=True, registers="some")
    @click.option("--dry-run", is_flag=True, help=say(language, "cli.option.dry-run"))
    @click.option("--send", is_flag=True, help=say(language, "cli.option.send"))
    @click.option("--to", "recipients", multiple=True, help=say(language, "cli.option.to"))
    @click.option("--again", is_flag=True, help=say(language, "cli.weekly.again"))
    def weekly(
        door: Door, dry_run: bool, send: bool, recipients: tuple[str, ...], again: bool
    ) -> None:
        is_sent = not dry_run and (send or door.company.common.mail.send)
        outcome = _make(door, recipients, again=again, is_sent=is_sent)
        raise click.exceptions.Exit(_tell(door, outcome))

    return weekly


def _make(door: Door, to: tuple[str, ...], *, again: bool, is_sent: bool) -> WeeklyOutcome:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.keeping import open_ledger
    from xlflow.jobs.sending import password_of
    from xlflow.jobs.weekly import WeeklyOutcome, prepare_weekly, send_weekly, write_weekly

    registers = door.company.some(door.registers)
    common = registers[0]
    with progress_bar(door) as progress:
        if not is_sent:
            weekly = prepare_weekly(registers, door.now, progress, to=to, again=again)
            return WeeklyOutcome(weekly, written=write_weekly(weekly, common))
        password = password_of(common, os.environ)
        with open_ledger(common) as ledger:
            return send_weekly(registers, ledger, password, door.now, progress, to=to, again=again)


def _tell(door: Door, outcome: WeeklyOutcome) -> int:
    """Say what became of the mails; returns the exit code."""
    from xlflow.cli.sending import tell_of_sent

    for path in outcome.written:
        door.tell("weekly.written", path=path)
    for address in outcome.already:
        door.tell("weekly.already", recipient=address)
    codes = [tell_of_sent(door, outcome.sent)]
    for register, error in outcome.weekly.failed.items():
        click.secho(f"{register}: {error.message(door.language)}", fg="red", err=True)
        codes.append(error.exit_code)
    if unread := outcome.weekly.unread:
        door.complain("weekly.unread", registers=", ".join(unread), path=door.company.file)
        codes.append(EXIT_USAGE)
    return max(codes, default=EXIT_CLEAN)
