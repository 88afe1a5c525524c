"""Sending what waits in the outbox: each mail once, whatever happens between two steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xlflow.errors import UsageError
from xlflow.languages import Language
from xlflow.ledger import Ledger
from xlflow.mail import Connection, Failure, Outgoing, Result, deliver, next_try
from xlflow.settings import SETTINGS_FILE, Settings
from xlflow.settings.passwords import MAIL, Password, read_password


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one mail of the outbox."""

    key: str
    accepted: tuple[str, ...]
    refused: Mapping[str, Failure]  # address -> why
    next_try_at: datetime | None  # None: it is not tried again


def connection_of(settings: Settings) -> Connection:
    """The mail server of the settings.

    Raises:
        UsageError: The settings name no sender.
    """
    mail = settings.mail
    if mail.sender is None:
        raise UsageError("jobs.no-sender", path=settings.folder / SETTINGS_FILE)
    return Connection(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        sender=mail.sender,
        timeout_seconds=mail.timeout_seconds,
        ca_file=settings.locate(mail.ca_file) if mail.ca_file else None,
    )


def password_of(settings: Settings, environment: Mapping[str, str]) -> Password | None:
    """The password for the login; None for a relay without one.

    Raises:
        PasswordRefused: There is none, or it is not kept safely.
    """
    mail = settings.mail
    if mail.user is None:
        return None
    file = settings.locate(mail.password_file) if mail.password_file else None
    return read_password(MAIL, user=mail.user, environment=environment, file=file, keyring=True)


def send_waiting(
    ledger: Ledger,
    connection: Connection,
    password: Password | None,
    now: datetime,
    language: Language,
) -> tuple[Sent, ...]:
    """Send the mails that are due; the ledger knows of each before the next one goes out.

    `language` is that of the reasons kept for the administrator.
    """
    waiting = {delivery.key: delivery for delivery in ledger.outbox.claim(now)}
    sent: list[Sent] = []

    def note(result: Result) -> None:
        tries = waiting[result.key].tries + (1 if result.was_tried else 0)
        sent.append(_note(ledger, result, tries, now, language))

    batch = [Outgoing(key, held.recipients, held.content) for key, held in waiting.items()]
    deliver(batch, connection, password, on_result=note)
    return tuple(sent)


def _note(ledger: Ledger, result: Result, tries: int, now: datetime, language: Language) -> Sent:
    """Tell the ledger what became of a mail."""
    refused = {refusal.address: refusal.failure for refusal in result.refused}
    reasons = "\n".join(
        f"{address}: {failure.message(language)}" for address, failure in refused.items()
    )
    again_at: datetime | None = None
    match result.outcome:
        case "sent" | "partly":
            ledger.outbox.sent(result.key, now, reasons or None)
        case "final":
            ledger.outbox.dead(result.key, reasons, now)
        case "settings":
            # Not the mail's fault: it waits, and no try is counted.
            again_at = now
            ledger.outbox.again(result.key, result.left, now, reasons, counts=False)
        case "again":
            again_at = next_try(max(tries, 1), now)
            if again_at is None:
                ledger.outbox.dead(result.key, reasons, now)
            else:
                ledger.outbox.again(
                    result.key, result.left, again_at, reasons, counts=result.was_tried
                )
    return Sent(result.key, result.accepted, refused, again_at)
