"""``xlflow mail weekly``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import EXIT_CLEAN, EXIT_USAGE, EXIT_WORLD
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.mailing.weekly import WeeklyOutcome


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "weekly", day=True, registers="some")
    @click.option("--dry-run", is_flag=True, help=say(language, "cli.option.dry-run"))
    @click.option("--send", is_flag=True, help=say(language, "cli.option.send"))
    @click.option("--to", "recipients", multiple=True, help=say(language, "cli.option.to"))
    @click.option("--again", is_flag=True, help=say(language, "cli.weekly.again"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def weekly(
        door: Door,
        dry_run: bool,
        send: bool,
        recipients: tuple[str, ...],
        again: bool,
        as_json: bool,
    ) -> None:
        is_sent = not dry_run and (send or door.company.common.mail.send)
        outcome = _make(door, recipients, again=again, is_sent=is_sent)
        if as_json:
            door.print_json(_as_dict(door, outcome))
        else:
            _tell(door, outcome)
        raise click.exceptions.Exit(_exit_code(outcome))

    return weekly


def _make(door: Door, to: tuple[str, ...], *, again: bool, is_sent: bool) -> WeeklyOutcome:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.keeping import open_ledger
    from xlflow.jobs.mailing.sending import password_of
    from xlflow.jobs.mailing.weekly import WeeklyOutcome, prepare_weekly, send_weekly, write_weekly

    registers = door.company.some(door.registers)
    common = registers[0]
    with progress_bar(door) as progress:
        if not is_sent:
            weekly = prepare_weekly(registers, door.now, progress, to=to, again=again)
            return WeeklyOutcome(weekly, written=write_weekly(weekly, common))
        password = password_of(common, os.environ)
        with open_ledger(common) as ledger:
            return send_weekly(registers, ledger, password, door.now, progress, to=to, again=again)


def _tell(door: Door, outcome: WeeklyOutcome) -> None:
    """Say what became of the mails."""
    from xlflow.cli.sending import tell_of_sent

    for path in outcome.written:
        door.tell("weekly.written", path=path)
    for address in outcome.already:
        door.tell("weekly.already", recipient=address)
    tell_of_sent(door, outcome.sent)
    for register, error in outcome.weekly.failed.items():
        click.secho(f"{register}: {error.message(door.language)}", fg="red", err=True)
    if unread := outcome.weekly.unread:
        door.complain("weekly.unread", registers=", ".join(unread), path=door.company.file)


def _exit_code(outcome: WeeklyOutcome) -> int:
    """The worst of: a register that cannot be read or that nobody is told of, a mail refused."""
    codes = [error.exit_code for error in outcome.weekly.failed.values()]
    if outcome.weekly.unread:
        codes.append(EXIT_USAGE)
    if any(sent.refused for sent in outcome.sent):
        codes.append(EXIT_WORLD)
    return max(codes, default=EXIT_CLEAN)


def _as_dict(door: Door, outcome: WeeklyOutcome) -> dict[str, Any]:
    weekly, language = outcome.weekly, door.language
    state = {sent.key: not sent.refused for sent in outcome.sent}
    return {
        "at": weekly.now.isoformat(timespec="seconds"),
        "mails": [
            {
                "key": mail.key,
                "to": list(mail.message.recipients),
                "subject": mail.message.subject,
                "sent": state.get(mail.key, False),
            }
            for mail in weekly.mails
        ],
        "written": [str(path) for path in outcome.written],
        "already": list(outcome.already),
        "refused": {
            address: failure.message(language)
            for sent in outcome.sent
            for address, failure in sent.refused.items()
        },
        "failed": {id_: error.message(language) for id_, error in weekly.failed.items()},
        "nobody_to_tell": list(weekly.unread),
    }
