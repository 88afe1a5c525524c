"""Mails on their way into the outbox: made once, under the key by which each goes out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import quote

from xlflow.jobs.mailing.sending import connection_of
from xlflow.ledger import Ledger
from xlflow.mail import Attachment, Message, build_message, message_id
from xlflow.settings import Settings


@dataclass(frozen=True, slots=True)
class Post:
    """A mail under its key ("digest:2024-03-18:li@example.com")."""

    key: str
    message: Message

    def put(self, ledger: Ledger, now: datetime) -> bool:
        """Put it into the outbox; False if one of its key was there before.

        Raises:
            LedgerError
        """
        held = self.message
        return ledger.outbox.put(self.key, held.message_id, held.recipients, held.content, now)


def post(
    settings: Settings,
    key: str,
    to: Sequence[str],
    *,
    subject: str,
    html: str,
    text: str,
    date: datetime,
    attachments: Sequence[Attachment] = (),
    can_unsubscribe: bool = True,
) -> Post:
    """A mail of the settings' sender, with all that mails of a program owe their readers.

    Raises:
        UsageError: The settings name no sender.
        AddressesRefused: Faulty addresses, all of them.
    """
    sender = connection_of(settings).sender
    message = build_message(
        sender=sender,
        to=to,
        subject=subject,
        html=html,
        text=text,
        message_id=message_id(key, sender),
        date=date,
        attachments=attachments,
        unsubscribe=unsubscribe_address(settings) if can_unsubscribe else None,
    )
    return Post(key, message)


def unsubscribe_address(settings: Settings) -> str | None:
    """Whom a reader asks who wants no more of these mails; None where nobody is named.

    Source: RFC 2369, 3.2; RFC 6068.
    """
    for named in settings.mail.administrator:
        address = parseaddr(named)[1]
        if address.isascii():
            return f"mailto:{quote(address, safe='@')}?subject=unsubscribe"
    return None
