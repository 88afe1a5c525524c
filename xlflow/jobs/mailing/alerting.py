"""Telling the administrator by mail: a job fails, mails cannot be delivered, all is well again.

    alert_of_failure(settings, ledger, Trouble("weekly", "schedule.job.weekly", err, since), now)
    alert_of_dead_letters(settings, ledger, now)
    alert_of_recovery(settings, ledger, "weekly", "schedule.job.weekly", now)

Each puts mails into the outbox, for whoever sends next, and says whether it did: at most one a day
and subject. False: nobody is to be told by mail, or has been; then a log must do.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

from xlflow.errors import XlflowError
from xlflow.jobs.mailing.outbox import subject_of
from xlflow.jobs.mailing.posting import post
from xlflow.languages import Language, say
from xlflow.ledger import Delivery, Ledger
from xlflow.mail import reasons
from xlflow.reports.mails.alert import AlertFacts, AlertKind, UndeliveredMail, alert_mail
from xlflow.settings import SETTINGS_FILE, Settings

PREFIX = "alert:"
_OUTBOX = "outbox"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A job that fails.

    `subject`: what tells it from others, with its register where it works on one ("run/it").
    `name`: the catalogue's text for it ("schedule.job.run"). `reason`: the error, or its text.
    `since`: its first failure, `times`: how many there were since. `register`: shown if given.
    """

    subject: str
    name: str
    reason: Exception | str
    since: datetime
    times: int = 1
    register: str = ""
    next_try_at: datetime | None = None
    log: Path | None = None


def alert_of_failure(settings: Settings, ledger: Ledger, trouble: Trouble, now: datetime) -> bool:
    """Tell that a job fails, and which mails were given up meanwhile.

    Raises:
        AddressesRefused: An address of the settings is none.
        LedgerError
    """
    language = language_of_alerts(settings)
    zone = settings.calendar.zone
    next_try_at = trouble.next_try_at.astimezone(zone) if trouble.next_try_at else None
    facts = AlertFacts(
        kind="failed",
        now=now.astimezone(zone),
        host=platform.node(),
        settings=settings.folder / SETTINGS_FILE,
        name=say(language, trouble.name),
        register=trouble.register,
        reason=_told(trouble.reason, language),
        since=trouble.since.astimezone(zone),
        times=trouble.times,
        next_try_at=next_try_at,
        log=trouble.log,
        undelivered=_undelivered(ledger, language),
    )
    return _put(settings, ledger, trouble.subject, facts, now)


def alert_of_dead_letters(
    settings: Settings, ledger: Ledger, now: datetime, log: Path | None = None
) -> bool:
    """Tell which mails were given up, where some were since this was told last.

    Mails to the administrator are left out: they would be told of by more of their kind.

    Raises:
        AddressesRefused: An address of the settings is none.
        LedgerError
    """
    dead = _dead_letters(ledger)
    told = ledger.outbox.latest(f"{PREFIX}{_OUTBOX}:")
    if not any(_died_after(mail, told) for mail in dead):
        return False
    language = language_of_alerts(settings)
    facts = AlertFacts(
        kind="undelivered",
        now=now.astimezone(settings.calendar.zone),
        host=platform.node(),
        settings=settings.folder / SETTINGS_FILE,
        log=log,
        undelivered=_undelivered(ledger, language),
    )
    return _put(settings, ledger, _OUTBOX, facts, now)


def alert_of_recovery(
    settings: Settings,
    ledger: Ledger,
    subject: str,
    name: str,
    now: datetime,
    register: str = "",
) -> bool:
    """Tell that a job works again, where its failing was told.

    Raises:
        AddressesRefused: An address of the settings is none.
        LedgerError
    """
    told = ledger.outbox.latest(f"{PREFIX}{subject}:")
    if told is None or _kind_of(told.key) != "failed":
        return False
    zone = settings.calendar.zone
    facts = AlertFacts(
        kind="well",
        now=now.astimezone(zone),
        host=platform.node(),
        settings=settings.folder / SETTINGS_FILE,
        name=say(language_of_alerts(settings), name),
        register=register,
        since=told.created_at.astimezone(zone),
    )
    return _put(settings, ledger, subject, facts, now)


def language_of_alerts(settings: Settings) -> Language:
    """The language in which the administrator is told."""
    return settings.mail.administrator_language or settings.workbook.language


def can_alert(settings: Settings) -> bool:
    """Whether mails leave, and somebody is named to get these."""
    mail = settings.mail
    return mail.send and mail.sender is not None and bool(mail.administrator)


def _put(
    settings: Settings, ledger: Ledger, subject: str, facts: AlertFacts, now: datetime
) -> bool:
    """A mail to each administrator, each once a day; whether any is new."""
    if not can_alert(settings):
        return False
    mail = alert_mail(facts, language_of_alerts(settings))
    is_new = False
    for address in settings.mail.administrator:
        key = f"{PREFIX}{subject}:{facts.now:%Y-%m-%d}:{facts.kind}:{parseaddr(address)[1]}"
        made = post(
            settings,
            key,
            [address],
            subject=mail.subject,
            html=mail.html,
            text=mail.text,
            date=facts.now,
            can_unsubscribe=False,  # it would be asked of this very person
        )
        is_new |= made.put(ledger, now)
    return is_new


def _kind_of(key: str) -> AlertKind | None:
    """What an alert of this key told."""
    words = key.split(":")
    kinds: tuple[AlertKind, ...] = ("failed", "undelivered", "well")
    return next((kind for kind in kinds if kind in words[-2:-1]), None)


def _told(reason: Exception | str, language: Language) -> str:
    if isinstance(reason, str):
        return reason
    if isinstance(reason, XlflowError):
        return reason.message(language)
    return say(language, "alert.unexpected", reason=f"{type(reason).__name__}: {reason}")


def _dead_letters(ledger: Ledger) -> list[Delivery]:
    return [mail for mail in ledger.outbox.listing(["dead"]) if not mail.key.startswith(PREFIX)]


def _died_after(mail: Delivery, told: Delivery | None) -> bool:
    return told is None or (mail.settled_at or mail.created_at) > told.created_at


def _undelivered(ledger: Ledger, language: Language) -> list[UndeliveredMail]:
    """The mails given up, the latest first."""
    return [
        UndeliveredMail(
            subject=subject_of(mail) or mail.key,
            recipients=mail.recipients,
            reasons=[(why.address, why.message(language)) for why in reasons(mail.last_error)],
        )
        for mail in reversed(_dead_letters(ledger))
    ]
