"""The mails of the outbox as a person sees to them: looked at, put back in line, given up."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal

from xlflow.errors import UsageError, XlflowError
from xlflow.languages import Language, say
from xlflow.ledger import Delivery, Ledger
from xlflow.mail import Message, reasons, write_eml

Standing = Literal["dead", "waiting", "sent", "discarded"]
"""How a mail stands for a person; what waits may have been tried."""

Handling = Literal["lined-up", "discarded", "at-work", "sent", "forgotten"]
"""What became of a mail that a person saw to; the last three: nothing, for this reason."""

REFUSALS: tuple[Handling, ...] = ("at-work", "sent", "forgotten")
_WAITING = "waiting"


class MailsUnknown(UsageError):
    """No mails of these keys were ever in the outbox; `near` has the nearest key of each, or ""."""

    def __init__(self, near: dict[str, str]) -> None:
        super().__init__("outbox.unknown", keys=", ".join(near), count=len(near))
        self.near = near

    def message(self, language: Language) -> str:
        """All unknown keys, each with what may have been meant."""
        lines = [super().message(language)]
        for key, near in self.near.items():
            name = "outbox.nearest" if near else "outbox.nothing-near"
            lines.append(say(language, name, key=key, near=near))
        return "\n".join(lines)


class TextForgotten(XlflowError):
    """The text of a mail is no longer kept, so there is nothing to look at."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A mail that a person saw to, and what became of it."""

    mail: Delivery
    outcome: Handling


def standing_of(mail: Delivery) -> Standing:
    """How a mail stands for a person."""
    match mail.state:
        case "pending" | "failed":
            return "waiting"
        case state:
            return state


def listed(ledger: Ledger, standings: Iterable[Standing]) -> tuple[Delivery, ...]:
    """The mails that stand so, oldest first, each with its headers only."""
    wanted = set(standings)
    if wanted <= {"dead", _WAITING}:  # spares the reading of years
        mails = ledger.outbox.listing(["pending", "failed", "dead"])
    else:
        mails = ledger.outbox.listing()
    return tuple(mail for mail in mails if standing_of(mail) in wanted)


def counts(ledger: Ledger) -> dict[Standing, int]:
    """How many mails stand how."""
    held = ledger.outbox.counts()
    waiting = held.get("pending", 0) + held.get("failed", 0)
    return {
        "dead": held.get("dead", 0),
        "waiting": waiting,
        "sent": held.get("sent", 0),
        "discarded": held.get("discarded", 0),
    }


def mail_of(ledger: Ledger, key: str) -> Delivery:
    """The mail of this key.

    Raises:
        MailsUnknown
    """
    return _found(ledger, [key])[0]


def put_back_in_line(
    ledger: Ledger,
    keys: Sequence[str],
    now: datetime,
    *,
    again: bool = False,
    dry_run: bool = False,
) -> tuple[Handled, ...]:
    """Let mails go out now, dead ones and waiting ones; with `again` those that were sent, too.

    They go as they are stored, under the Message-ID that they have: who got one already does not
    get it twice.

    Raises:
        MailsUnknown: Names every key that there is not; then nothing was changed.
    """

    def outcome(mail: Delivery) -> Handling:
        if mail.state == "sent" and not again:
            return "sent"
        return "lined-up" if mail.content else "forgotten"

    act = None if dry_run else ledger.outbox.line_up
    return tuple(_handle(mail, outcome(mail), act, now) for mail in _found(ledger, keys))


def give_up(
    ledger: Ledger, keys: Sequence[str], now: datetime, *, dry_run: bool = False
) -> tuple[Handled, ...]:
    """Let mails that were not sent never go out.

    Raises:
        MailsUnknown: Names every key that there is not; then nothing was changed.
    """

    def outcome(mail: Delivery) -> Handling:
        if mail.state == "sent":
            return "sent"
        return "discarded" if mail.content else "forgotten"

    act = None if dry_run else ledger.outbox.discard
    return tuple(_handle(mail, outcome(mail), act, now) for mail in _found(ledger, keys))


def save(mail: Delivery, folder: Path) -> Path:
    """Write the stored mail into a folder as an .eml file; return where.

    Raises:
        TextForgotten, FileNotWritten
    """
    read = message_of(mail)
    date = parsedate_to_datetime(str(read["Date"])) if read["Date"] else mail.created_at
    subject = str(read["Subject"] or "")
    held = Message(mail.message_id, date, subject, mail.recipients, mail.content)
    return write_eml(held, folder)


def message_of(mail: Delivery) -> EmailMessage:
    """The stored mail as a client reads it.

    Raises:
        TextForgotten
    """
    if not mail.content:
        raise TextForgotten("outbox.text-forgotten", mail=mail.key)
    read = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(read, EmailMessage)  # noqa: S101 - what this policy makes
    return read


def subject_of(mail: Delivery) -> str:
    """The subject of a stored mail; "" where the text is forgotten."""
    return str(message_of(mail)["Subject"] or "") if mail.content else ""


def as_dict(mail: Delivery, language: Language, now: datetime) -> dict[str, Any]:
    """For JSON; moments in the zone of `now`."""

    def moment(at: datetime | None) -> str | None:
        return at.astimezone(now.tzinfo).isoformat(timespec="seconds") if at else None

    standing = standing_of(mail)
    return {
        "key": mail.key,
        "state": standing,
        "subject": subject_of(mail),
        "recipients": list(mail.recipients),
        "message_id": mail.message_id,
        "tries": mail.tries,
        "created_at": moment(mail.created_at),
        "next_try_at": moment(mail.next_try_at) if standing == _WAITING else None,
        "settled_at": moment(mail.settled_at),
        "is_at_work": mail.is_held(now),
        "reasons": [reason.to_dict(language) for reason in reasons(mail.last_error)],
    }


def _handle(
    mail: Delivery,
    outcome: Handling,
    act: Callable[[str, datetime], bool] | None,
    now: datetime,
) -> Handled:
    if outcome not in REFUSALS:
        done = act(mail.key, now) if act else not mail.is_held(now)
        if not done:
            return Handled(mail, "at-work")
    return Handled(mail, outcome)


def _found(ledger: Ledger, keys: Sequence[str]) -> list[Delivery]:
    found = {key: ledger.outbox.get(key) for key in dict.fromkeys(keys)}
    unknown = [key for key, mail in found.items() if mail is None]
    if unknown:
        known = ledger.outbox.known_keys()
        near = {key: difflib.get_close_matches(key, known, n=1, cutoff=0.5) for key in unknown}
        raise MailsUnknown({key: held[0] if held else "" for key, held in near.items()})
    return [mail for mail in found.values() if mail is not None]
