"""``xlflow mail send``, ``resend`` and ``discard``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import EXIT_CLEAN, EXIT_USAGE, EXIT_WORLD, UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.mailing.outbox import Handled, Standing
    from xlflow.jobs.mailing.sending import Sent
    from xlflow.ledger import Ledger

_MOST_NAMES = 10


def send(language: Language) -> click.Command:
    """``xlflow mail send``, with its help in `language`."""

    @new_command(language, "send", registers="none", texts="outbox.send")
    @click.option("--dry-run", is_flag=True, help=say(language, "outbox.option.dry-run"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def send(door: Door, dry_run: bool, as_json: bool) -> None:
        from xlflow.jobs.keeping import open_ledger
        from xlflow.jobs.mailing.outbox import listed
        from xlflow.jobs.mailing.sending import connection_of, password_of, send_waiting

        settings = door.company.common
        with open_ledger(settings) as ledger:
            waiting = listed(ledger, ["waiting"])
            due = [mail for mail in waiting if mail.is_due(door.now)]
            if dry_run:
                for mail in due:
                    _tell(door, "send.would", key=mail.key)
                _tell(door, "send.due", count=len(due), later=len(waiting) - len(due))
                return
            sent: tuple[Sent, ...] = ()
            if due:
                password = password_of(settings, os.environ)
                sent = send_waiting(ledger, connection_of(settings), password, door.now)
            left = listed(ledger, ["waiting"])
        if as_json:
            door.print_json(_as_dict(sent, len(left), door.language))
            raise click.exceptions.Exit(_exit_code(sent))
        code = tell_of_sent(door, sent)
        if left:
            at = min(mail.held_until or mail.next_try_at for mail in left).astimezone(
                door.now.tzinfo
            )
            _tell(door, "send.left", count=len(left), at=max(at, door.now))
        elif not sent:
            _tell(door, "send.nothing")
        raise click.exceptions.Exit(code)

    return send


def resend(language: Language) -> click.Command:
    """``xlflow mail resend``, with its help in `language`."""

    @new_command(language, "resend", registers="none", texts="outbox.resend")
    @click.argument("keys", metavar="KEY...", nargs=-1, shell_complete=matching_keys)
    @click.option("--dead", is_flag=True, help=say(language, "outbox.option.resend-dead"))
    @click.option("--waiting", is_flag=True, help=say(language, "outbox.option.resend-waiting"))
    @click.option("--again", is_flag=True, help=say(language, "outbox.option.resend-again"))
    @click.option("--dry-run", is_flag=True, help=say(language, "outbox.option.dry-run"))
    def resend(
        door: Door, keys: tuple[str, ...], dead: bool, waiting: bool, again: bool, dry_run: bool
    ) -> None:
        from xlflow.jobs.keeping import open_ledger
        from xlflow.jobs.mailing.outbox import put_back_in_line

        _refuse_nothing(keys, dead or waiting, "outbox.resend.which")
        with open_ledger(door.company.common) as ledger:
            chosen = _chosen(ledger, keys, dead=dead, waiting=waiting)
            handled = put_back_in_line(ledger, chosen, door.now, again=again, dry_run=dry_run)
        code = _tell_of_handled(door, "resend", handled, dry_run=dry_run)
        if not dry_run and any(each.outcome == "lined-up" for each in handled):
            _tell(door, "resend.next")
        raise click.exceptions.Exit(code)

    return resend


def discard(language: Language) -> click.Command:
    """``xlflow mail discard``, with its help in `language`."""

    @new_command(language, "discard", registers="none", texts="outbox.discard")
    @click.argument("keys", metavar="KEY...", nargs=-1, shell_complete=matching_keys)
    @click.option("--dead", is_flag=True, help=say(language, "outbox.option.discard-dead"))
    @click.option("--dry-run", is_flag=True, help=say(language, "outbox.option.dry-run"))
    def discard(door: Door, keys: tuple[str, ...], dead: bool, dry_run: bool) -> None:
        from xlflow.jobs.keeping import open_ledger
        from xlflow.jobs.mailing.outbox import give_up

        _refuse_nothing(keys, dead, "outbox.discard.which")
        with open_ledger(door.company.common) as ledger:
            chosen = _chosen(ledger, keys, dead=dead)
            handled = give_up(ledger, chosen, door.now, dry_run=dry_run)
        raise click.exceptions.Exit(_tell_of_handled(door, "discard", handled, dry_run=dry_run))

    return discard


def tell_of_sent(door: Door, sent: Sequence[Sent]) -> int:
    """Say what became of the mails; what stops all of them is told once. The exit code."""
    from xlflow.jobs.mailing.sending import setback_of

    accepted = [address for each in sent for address in each.accepted]
    if accepted:
        names = ", ".join(accepted[:_MOST_NAMES]) + (" …" if len(accepted) > _MOST_NAMES else "")
        _tell(door, "send.sent", count=len(accepted), recipients=names)
    for each in sent:
        if each.setback:
            continue
        for address, failure in each.refused.items():
            reason = failure.message(door.language)
            _complain(door, "send.refused", recipient=address, reason=reason)
    if any(each.is_dead for each in sent):
        _complain(door, "send.dead")
    if setback := setback_of(sent):
        count = sum(1 for each in sent if each.setback)
        _complain(door, "send.stopped", count=count, reason=setback.message(door.language))
    return _exit_code(sent)


def matching_keys(
    context: click.Context, _parameter: click.Parameter, beginning: str
) -> Sequence[str]:
    """The keys that complete what was typed."""
    from xlflow.errors import XlflowError
    from xlflow.jobs.keeping import open_ledger

    try:
        door = Door("en", context.params.get("settings"))
        with open_ledger(door.company.common) as ledger:
            return [key for key in ledger.outbox.known_keys() if key.startswith(beginning)]
    except XlflowError:
        return ()


def _chosen(
    ledger: Ledger, keys: Sequence[str], *, dead: bool = False, waiting: bool = False
) -> list[str]:
    from xlflow.jobs.mailing.outbox import listed

    asked: dict[Standing, bool] = {"dead": dead, "waiting": waiting}
    standings = [standing for standing, is_asked in asked.items() if is_asked]
    return [*keys, *(mail.key for mail in (listed(ledger, standings) if standings else ()))]


def _refuse_nothing(keys: Sequence[str], is_chosen: bool, text: str) -> None:
    if not keys and not is_chosen:
        raise UsageError(text)


def _tell_of_handled(door: Door, command: str, handled: Sequence[Handled], *, dry_run: bool) -> int:
    """Say what became of each mail. The exit code: 3 where a sender has one at work."""
    from xlflow.jobs.mailing.outbox import REFUSALS

    code = EXIT_CLEAN
    for each in handled:
        if each.outcome in REFUSALS:
            code = max(code, EXIT_WORLD if each.outcome == "at-work" else EXIT_USAGE)
            _complain(door, f"{command}.{each.outcome}", key=each.mail.key)
        else:
            _tell(door, f"{command}.{'would' if dry_run else 'done'}", key=each.mail.key)
    if not handled:
        _tell(door, f"{command}.nothing")
    return code


def _exit_code(sent: Sequence[Sent]) -> int:
    return EXIT_WORLD if any(each.refused for each in sent) else EXIT_CLEAN


def _as_dict(sent: Sequence[Sent], left: int, language: Language) -> dict[str, object]:
    from xlflow.jobs.mailing.sending import setback_of

    setback = setback_of(sent)
    return {
        "sent": sum(bool(each.accepted) for each in sent),
        "waiting": left,
        "stopped_by": setback.message(language) if setback else None,
        "mails": [
            {
                "key": each.key,
                "accepted": list(each.accepted),
                "refused": {
                    address: failure.message(language) for address, failure in each.refused.items()
                },
                "next_try_at": each.next_try_at and each.next_try_at.isoformat(timespec="seconds"),
            }
            for each in sent
        ],
    }


def _tell(door: Door, name: str, /, **values: object) -> None:
    door.out.print(say(door.language, f"outbox.{name}", **values), markup=False)


def _complain(door: Door, name: str, /, **values: object) -> None:
    click.secho(say(door.language, f"outbox.{name}", **values), fg="red", err=True)
