"""``xlflow mail outbox`` and ``xlflow mail show``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.sending import matching_keys
from xlflow.errors import UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.mailing.outbox import Standing
    from xlflow.ledger import Delivery

_STANDINGS: tuple[Standing, ...] = ("dead", "waiting", "sent", "discarded")
_MOST = 20  # mails of one reason, unless all are asked for
_STYLES = {"dead": "bold red", "waiting": "bold yellow"}


def outbox(language: Language) -> click.Command:
    """``xlflow mail outbox``, with its help in `language`."""

    @new_command(language, "outbox", registers="none", texts="outbox.outbox")
    @click.option(
        "--state",
        "states",
        type=click.Choice(_STANDINGS),
        multiple=True,
        help=say(language, "outbox.option.state"),
    )
    @click.option("--all", "everything", is_flag=True, help=say(language, "outbox.option.all"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def outbox(door: Door, states: tuple[Standing, ...], everything: bool, as_json: bool) -> None:
        from xlflow.jobs.keeping import open_ledger
        from xlflow.jobs.mailing.outbox import as_dict, counts, listed, standing_of

        wanted = states or (_STANDINGS if everything else ("dead", "waiting"))
        with open_ledger(door.company.common) as ledger:
            numbers, mails = counts(ledger), listed(ledger, wanted)
        if as_json:
            rows = [as_dict(mail, door.language, door.now) for mail in mails]
            door.print_json({"counts": numbers, "mails": rows})
            return
        parts = [_text(door, f"count.{name}", count=count) for name, count in numbers.items()]
        _print(door, _text(door, "counts", counts=_text(door, "between").join(parts)))
        for standing in _STANDINGS:
            held = [mail for mail in mails if standing_of(mail) == standing]
            if held:
                _print_standing(door, standing, held, cut=not everything)

    return outbox


def show(language: Language) -> click.Command:
    """``xlflow mail show``, with its help in `language`."""

    @new_command(language, "show", registers="none", texts="outbox.show")
    @click.argument("key", required=False, shell_complete=matching_keys)
    @click.option(
        "--save",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help=say(language, "outbox.option.save"),
    )
    def show(door: Door, key: str | None, save: Path | None) -> None:
        from xlflow.jobs.keeping import open_ledger
        from xlflow.jobs.mailing.outbox import mail_of
        from xlflow.jobs.mailing.outbox import save as write

        if not key:
            raise UsageError("outbox.show.which")
        with open_ledger(door.company.common) as ledger:
            mail = mail_of(ledger, key)
        if save is not None:
            _print(door, _text(door, "saved", path=write(mail, save)))
        else:
            _print_mail(door, mail)

    return show


def _print_standing(
    door: Door, standing: Standing, mails: Sequence[Delivery], *, cut: bool
) -> None:
    """The mails that stand so, those with the same reason together."""
    door.out.print()
    heading = _text(door, f"heading.{standing}", count=len(mails))
    door.out.print(heading, style=_STYLES.get(standing, "bold"), markup=False)
    by_reason = sorted(mails, key=lambda mail: _reason(door, mail))  # stable: oldest first
    for reason, group in groupby(by_reason, key=lambda mail: _reason(door, mail)):
        held = list(group)
        if reason:
            _print(door, reason, indent=2)
        shown = held[:_MOST] if cut else held
        for mail in shown:
            _print_line(door, mail, standing)
        if left := len(held) - len(shown):
            _print(door, _text(door, "more", count=left), indent=4, style="dim")
    if standing == "dead":
        _print(door, _text(door, "next.dead", key=mails[0].key), indent=2, style="cyan")


def _print_line(door: Door, mail: Delivery, standing: Standing) -> None:
    """A mail: its key, to be copied, and what is known of it."""
    from xlflow.jobs.mailing.outbox import subject_of
    from xlflow.reports.texts import one_line

    told = one_line(subject_of(mail)) or _text(door, "no-text")
    facts = [told, _when(door, mail, standing)]
    if any(address not in mail.key for address in mail.recipients):
        facts.insert(1, _text(door, "to", recipients=", ".join(mail.recipients)))
    if mail.tries > 1 or (mail.tries and standing != "sent"):
        facts.append(_text(door, "tries", count=mail.tries))
    _print(door, mail.key, indent=4)
    _print(door, _text(door, "dot").join(facts), indent=6, style="dim")


def _when(door: Door, mail: Delivery, standing: Standing) -> str:
    if standing == "waiting":
        if mail.is_held(door.now):
            return _text(door, "when.at-work")
        if mail.next_try_at <= door.now:
            return _text(door, "when.due")
        return _text(door, "when.waiting", at=mail.next_try_at.astimezone(door.now.tzinfo))
    at = (mail.settled_at or mail.created_at).astimezone(door.now.tzinfo)
    return _text(door, f"when.{standing}", at=at)


def _reason(door: Door, mail: Delivery) -> str:
    """Why it did not reach people; with their addresses where there are several."""
    from xlflow.mail import reasons

    if mail.state == "discarded":
        return ""
    held = reasons(mail.last_error)
    if len(held) == 1:
        return held[0].message(door.language)
    return "\n".join(f"{reason.address}: {reason.message(door.language)}" for reason in held)


def _print_mail(door: Door, mail: Delivery) -> None:
    """A stored mail as it is read: what is in its head, its plain text, what is attached."""
    from xlflow.jobs.mailing.outbox import message_of, standing_of
    from xlflow.reports.texts import plain_text

    read = message_of(mail)
    standing = standing_of(mail)
    state = f"{_text(door, f'state.{standing}')}{_text(door, 'dot')}{_when(door, mail, standing)}"
    attached = [part.get_filename() or "" for part in read.iter_attachments()]
    head = {name.lower(): str(read[name] or "") for name in ("From", "To", "Subject", "Date")}
    head |= {"message-id": mail.message_id, "state": state}
    if attached:
        head["attached"] = ", ".join(attached)
    for name, value in head.items():
        _print(door, _text(door, "head", name=_text(door, f"head-{name}"), value=value))
    if reason := _reason(door, mail):
        _print(door, reason, style="red")
    body = read.get_body(("plain",))
    _print(door, "")
    _print(door, plain_text(str(body.get_content())).rstrip() if body else _text(door, "no-text"))


def _print(door: Door, text: str, *, indent: int = 0, style: str | None = None) -> None:
    for line in _lines(text):
        door.out.print(" " * indent + line, style=style, markup=False)


def _lines(text: str) -> Iterable[str]:
    return text.split("\n") if text else [""]


def _text(door: Door, name: str, /, **values: object) -> str:
    return say(door.language, f"outbox.{name}", **values)
