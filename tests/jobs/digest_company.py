"""A company whose people get digests: a real mail server, days that pass, what the mails say."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clients.smtp_server import ReceivedMail, SmtpServer
from company import Company, new
from registers import clean

from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.digest import DigestOutcome, send_digests
from xlflow.record.register import Person
from xlflow.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = (
    Person("* Manager", "Marketing", "manager@example.com", "* Director"),
    Person("* Director", "Marketing", "director@example.com", "* Director"),
    Person("Zhang *", "IT", "zhang@example.com", "Li *"),
    Person("Li *", "IT", "li@example.com", ""),
)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=ZONE)


def draft(title: str, submitted_on: date, **changes: Any) -> dict[str, Any]:
    """A submission that waits for its confirmation by the requester, "* Manager"."""
    row = new(title, submitted_on=submitted_on, **{"expected_on": date(2030, 1, 1), **changes})
    return {**row, "requester": row.get("requester") or "* Manager"}


def assessed(title: str, confirmed_on: date, **changes: Any) -> dict[str, Any]:
    """A record that waits for its assessment by "Zhang *"."""
    changes = {"contact": "Zhang *", "owner": None, "expected_on": date(2030, 1, 1), **changes}
    row = clean("assessing", title=title, number=None, submitted_on=confirmed_on, **changes)
    later = (
        "assessed_on feasible complexity resources core_days other_days estimate risk solution "
        "design_due development_due test_due golive_due design_owner development_owner test_owner "
        "business_signed_on technical_signed_on criteria result accepted_by accepted_department "
        "rollback live_on retrospective progress issues measures"
    )
    return {**row, **dict.fromkeys(later.split()), "confirmed_on": confirmed_on}


@dataclass(frozen=True)
class Got:
    """A mail that somebody got."""

    address: str
    subject: str
    text: str
    html: str

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Section, record and deadline with its due date (or the cell) of each item, as read."""
        found: list[tuple[str, str, str]] = []
        section = record = ""
        for line in self.text.splitlines():
            if heading := re.fullmatch(r"== (.*?)(?: \(\d+\))? ==", line):
                section = heading[1]
            elif start := re.match(r"(?:(?:[A-Z]+-)?\d{4}-\d{3}|row \d+)  (\S.*)", line):
                record = start[1]
            elif due := re.match(r"  (?:.*\. )?(.*), due (\d{4}-\d\d-\d\d.*)", line):
                found.append((section, record, f"{due[1]} {due[2]}"))
            elif section.startswith("Sent back") and (cell := re.match(r"  (\S+!\w+)", line)):
                found.append((section, record, cell[1]))
        return found


def read(mail: ReceivedMail) -> Got:
    message = mail.message
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    (address,) = mail.recipients
    return Got(address, str(message["Subject"]), plain.get_content(), html.get_content())


def mail_settings(server: SmtpServer) -> dict[str, Any]:
    held = server.connection()
    return {
        "send": True,
        "host": held.host,
        "port": held.port,
        "security": held.security,
        "sender": "xlflow <xlflow@example.com>",
    }


def toml_of(mail: dict[str, Any]) -> str:
    """The section ``[mail]``."""
    return "\n".join(["[mail]", *(f"{name} = {json.dumps(mail[name])}" for name in mail)])


class DigestCompany(Company):
    """One register, people on its Lists sheet, and a day of the week at a time."""

    def __init__(self, folder: Path, server: SmtpServer, **sections: dict[str, Any]) -> None:
        super().__init__(folder, **{"mail": mail_settings(server), **sections})
        self.server = server
        self.people: Sequence[Person] = PEOPLE

    def begins(self, day: date = date(2024, 3, 1)) -> None:
        """The first run sees the register as it is."""
        self.runs(at(day, 8))

    def has(self, *rows: dict[str, Any], **lines: Any) -> None:
        super().has(*rows, people=self.people, **lines)

    def day(self, day: date, *, hour: int = 9, runs: bool = True) -> list[Got]:
        """A run and the digests of a day; what people got, by address."""
        if runs:
            self.runs(at(day, hour))
        self.sends(at(day, hour))
        got = [read(mail) for mail in self.server.mails]
        self.server.mails.clear()
        return sorted(got, key=lambda one: one.address)

    def sends(self, now: datetime, **options: Any) -> DigestOutcome:
        return sends([self.settings], now, **options)


def sends(registers: Sequence[Settings], now: datetime, **options: Any) -> DigestOutcome:
    with open_ledger(registers[0]) as ledger:
        return send_digests(registers, ledger, None, now, **options)
