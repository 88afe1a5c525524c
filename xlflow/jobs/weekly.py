"""The weekly summary: one mail a recipient and week, with the status workbook attached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from xlflow.errors import UsageError
from xlflow.jobs.inspection import Inspection, in_language
from xlflow.jobs.posting import unsubscribe_address
from xlflow.jobs.sending import Sent, connection_of, send_waiting
from xlflow.jobs.status import view_of, workbook_to_send
from xlflow.languages import Language
from xlflow.ledger import Ledger
from xlflow.mail import Attachment, Message, build_message, message_id, write_eml
from xlflow.reports.week import Week
from xlflow.reports.weekly import weekly_summary
from xlflow.settings import SETTINGS_FILE, Settings
from xlflow.settings.passwords import Password


@dataclass(frozen=True, slots=True)
class WeeklyMail:
    """A mail of the week, under the key by which it goes out once."""

    key: str
    message: Message


@dataclass(frozen=True, slots=True)
class WeeklyOutcome:
    """What was sent, and to whom this week's summary had gone before."""

    sent: tuple[Sent, ...]
    already: tuple[str, ...]


def weekly_mails(
    inspection: Inspection, settings: Settings, recipients: Sequence[str] = (), again: str = ""
) -> tuple[WeeklyMail, ...]:
    """The mails of the week in which the inspection was made, one a recipient.

    `recipients` stand in for those of the settings: the managers of `mail.weekly`, and who is
    responsible for the register. `again` makes the keys others than before.

    Raises:
        UsageError: There are no recipients, or no sender.
        AddressesRefused: Faulty addresses, all of them.
    """
    addresses = tuple(recipients) or _recipients(settings)
    if not addresses:
        raise UsageError("jobs.no-weekly-recipients", path=settings.folder / SETTINGS_FILE)
    sender = connection_of(settings).sender
    language: Language = settings.mail.weekly_language or inspection.register.language
    view = view_of(in_language(inspection, settings, language), settings)
    week = Week.of(view.today)
    register = settings.workbook.id if settings.siblings else ""
    summary = weekly_summary(view, language, week, register, settings.workbook.responsible)
    workbook = workbook_to_send([(settings, inspection)], language)
    mails = []
    for address in addresses:
        key = f"weekly:{settings.workbook.id}:{week}:{address}{again}"
        message = build_message(
            sender=sender,
            to=[address],
            subject=summary.subject,
            html=summary.html,
            text=summary.text,
            message_id=message_id(key, sender),
            date=inspection.now,
            attachments=[Attachment(summary.attachment, workbook)],
            unsubscribe=unsubscribe_address(settings),
        )
        mails.append(WeeklyMail(key, message))
    return tuple(mails)


def _recipients(settings: Settings) -> tuple[str, ...]:
    """Each address once, as it is spelled first."""
    held: dict[str, str] = {}
    for address in (*settings.mail.weekly, *settings.workbook.responsible):
        held.setdefault(parseaddr(address)[1].casefold(), address)
    return tuple(held.values())


def write_weekly(mails: Sequence[WeeklyMail], settings: Settings) -> tuple[Path, ...]:
    """Write the mails as .eml files beside the reports instead of sending them."""
    folder = settings.locate(settings.reports.folder) / "mail"
    return tuple(write_eml(mail.message, folder) for mail in mails)


def send_weekly(
    mails: Sequence[WeeklyMail],
    settings: Settings,
    ledger: Ledger,
    password: Password | None,
    inspection: Inspection,
) -> WeeklyOutcome:
    """Put the mails into the outbox, each once, and send what waits there.

    Raises:
        LedgerError: The outbox cannot be written; then nothing was sent.
    """
    now = inspection.now
    already: list[str] = []
    for mail in mails:
        held = mail.message
        if not ledger.outbox.put(mail.key, held.message_id, held.recipients, held.content, now):
            known = ledger.outbox.get(mail.key)
            if known is not None and known.state == "sent":
                already.extend(held.recipients)
    sent = send_waiting(ledger, connection_of(settings), password, now)
    return WeeklyOutcome(sent, tuple(already))
