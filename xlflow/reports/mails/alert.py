"""Mails to the administrator: a job fails, mails cannot be delivered, all is well again.

HTML and plain text are made from the same `AlertLetter`, so that they tell the same facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from xlflow.languages import Language, say
from xlflow.reports.mails.bodies import bodies
from xlflow.reports.texts import one_line, plain_text

AlertKind = Literal["failed", "undelivered", "well"]
_MOST_MAILS = 10
_REASON_CHARS = 4000


@dataclass(frozen=True, slots=True)
class UndeliveredMail:
    """A mail that was given up: what it is, and why each recipient was not reached."""

    subject: str
    recipients: Sequence[str]
    reasons: Sequence[tuple[str, str]]  # address, text


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What an administrator is told. Moments are local ones.

    `name`: of the job, as people read it. `since`: of a failure, its first; of a job that works
    again, when it was reported. `settings`: the file that the jobs go by.
    """

    kind: AlertKind
    now: datetime
    host: str
    settings: Path
    name: str = ""
    register: str = ""
    reason: str = ""
    since: datetime | None = None
    times: int = 0
    next_try_at: datetime | None = None
    log: Path | None = None
    undelivered: Sequence[UndeliveredMail] = ()


@dataclass(frozen=True, slots=True)
class AlertMail:
    """The mail's subject and its two bodies."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class AlertLetter:
    """Everything that the mail says."""

    kind: AlertKind
    subject: str
    heading: str
    lead: str
    facts: Sequence[tuple[str, str]]
    reason: Sequence[str]  # line by line
    steps: Sequence[str]
    mails: Sequence[tuple[Sequence[str], Sequence[str]]]  # which mails, and why they reached nobody
    more: str  # how many mails are left out, "" = none
    footer: str


def alert_mail(facts: AlertFacts, language: Language) -> AlertMail:
    """The mail that tells these facts."""
    letter = _letter(facts, language)
    html, text = bodies("alert", letter, language)
    return AlertMail(subject=letter.subject, html=html, text=text)


def _letter(facts: AlertFacts, language: Language) -> AlertLetter:
    count = len(facts.undelivered)
    told = {"name": facts.name, "count": count, "since": facts.since or facts.now}
    subject = say(language, f"alert.subject.{facts.kind}", **told)
    if facts.register:
        names = {"subject": subject, "register": facts.register}
        subject = say(language, "alert.subject.of-register", **names)
    return AlertLetter(
        kind=facts.kind,
        subject=subject,
        heading=say(language, f"alert.heading.{facts.kind}", **told),
        lead=say(language, f"alert.lead.{facts.kind}", host=facts.host, now=facts.now),
        facts=_facts(facts, language),
        reason=plain_text(facts.reason)[:_REASON_CHARS].splitlines(),
        steps=_steps(facts, language),
        mails=_mails(facts.undelivered[:_MOST_MAILS], language),
        more=say(language, "alert.mail.more", count=count - _MOST_MAILS)
        if count > _MOST_MAILS
        else "",
        footer=say(language, f"alert.footer.{facts.kind}", settings=facts.settings),
    )


def _facts(facts: AlertFacts, language: Language) -> list[tuple[str, str]]:
    def moment(at: datetime | None) -> str:
        return say(language, "alert.value.moment", moment=at) if at else ""

    held = {
        "register": facts.register,
        "told" if facts.kind == "well" else "since": moment(facts.since),
        "times": say(language, "alert.value.times", times=facts.times) if facts.times else "",
        "next": moment(facts.next_try_at),
        "log": str(facts.log or ""),
        "settings": str(facts.settings),
    }
    return [(say(language, f"alert.fact.{name}"), value) for name, value in held.items() if value]


def _steps(facts: AlertFacts, language: Language) -> list[str]:
    """What to do next, in this order."""
    steps: list[str] = []
    if facts.kind == "failed":
        steps += ["reason", "doctor", *(["log"] if facts.log else [])]
        steps += ["waits"] if facts.next_try_at else []
    if facts.undelivered:
        steps += ["mend", "resend", "discard"]
        steps += ["outbox"] if len(facts.undelivered) > _MOST_MAILS else []
    return [say(language, f"alert.next.{name}", log=facts.log) for name in steps]


def _mails(
    mails: Sequence[UndeliveredMail], language: Language
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """The mails, those with the same reasons together."""
    held: dict[tuple[str, ...], list[str]] = {}
    for mail in mails:
        held.setdefault(_reasons(mail, language), []).append(_mail(mail, language))
    return [(named, reasons) for reasons, named in held.items()]


def _mail(mail: UndeliveredMail, language: Language) -> str:
    recipients = say(language, "alert.between").join(mail.recipients)
    names = {"subject": one_line(mail.subject), "recipients": one_line(recipients, 300)}
    return say(language, "alert.mail.to", **names)


def _reasons(mail: UndeliveredMail, language: Language) -> tuple[str, ...]:
    """Why nobody was reached; with the addresses where there are several."""
    if len(mail.recipients) == 1:
        return tuple(one_line(reason, 600) for _, reason in mail.reasons)
    return tuple(
        one_line(say(language, "alert.mail.reason", address=address, reason=reason), 600)
        for address, reason in mail.reasons
    )
