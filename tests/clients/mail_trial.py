"""A company of many people, their mails, and mail servers that put the sending to the test."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from clients.smtp_server import (
    DROP,
    DROP_AFTER,
    TAKEN,
    Late,
    ReceivedMail,
    Reply,
    SmtpServer,
    authority,
)
from company import Company
from jobs.digest_company import at, draft
from workbook.children import Step

from xlflow.jobs.mailing.digest import send_digests
from xlflow.jobs.mailing.posting import Post, post
from xlflow.jobs.mailing.sending import connection_of, send_waiting
from xlflow.ledger import Ledger
from xlflow.record.register import Person
from xlflow.settings import Settings, load_settings
from xlflow.settings.passwords import Password

Job = Callable[[Path, int, datetime, Step], None]

BEFORE, FRIDAY, TUESDAY = date(2024, 2, 20), date(2024, 3, 1), date(2024, 3, 5)
USERS = {"xlflow": "Tr0ub4dor&3"}
TIMEOUT_SECONDS = 1
SILENCE_SECONDS = 1.3  # beyond the timeout
UNKNOWN = "550 5.1.1 no such user"
BUSY = "451 4.3.0 try again later"
GREYLISTED = "450 4.7.1 greylisted"

# How a server treats a person's mails, try by try; then all is well.
TEMPERS: dict[str, tuple[Reply, ...]] = {
    "slow": (0.2, 0.1),
    "silent": (SILENCE_SECONDS,),
    "late": (Late(SILENCE_SECONDS),),
    "busy": (BUSY, BUSY),
    "drops": (DROP,),
    "drops after": (DROP_AFTER,),
}
# What each server is like: how many of 1,000 mails meet which temper there.
CHARACTERS: dict[str, dict[str, int]] = {
    "refusing": {"greylisted": 60, "busy": 60},
    "slow": {"slow": 60, "silent": 12, "late": 24},
    "dropping": {"drops": 30, "drops after": 60},
}
# How many of 1,000 people no server knows.
STRANGERS = 15
# After these nobody on our side can know that the server has the mail.
UNCERTAIN = ("late", "drops after")


@dataclass
class Mailboxes:
    """What the servers do with the people's mails, and which moments were uncertain."""

    seed: int
    is_lenient: bool = False  # everybody is known by now, and nothing goes wrong any more
    uncertain: Counter[str] = field(default_factory=Counter)
    met: Counter[tuple[str, str]] = field(default_factory=Counter)  # server and address
    on_mail: Callable[[], None] | None = None

    def server(self, name: str) -> SmtpServer:
        """A server of this character, in front of the mailboxes."""
        return SmtpServer(
            users=USERS,
            refuse=lambda address: self._refusal(name, address),
            replies=lambda recipients: self._reply(name, recipients[0]),
        )

    def is_unknown(self, address: str) -> bool:
        """Whether all servers refuse this person for good."""
        drawn = random.Random(f"{self.seed} {address}").randrange(1000)
        return drawn < STRANGERS and not self.is_lenient

    def _temper(self, name: str, address: str) -> str:
        drawn = random.Random(f"{self.seed} {name} {address}").randrange(1000)
        for temper, share in () if self.is_lenient else CHARACTERS[name].items():
            if drawn < share:
                return temper
            drawn -= share
        return "fine"

    def _refusal(self, name: str, address: str) -> str | None:
        if self.is_unknown(address):
            return UNKNOWN
        if self._temper(name, address) == "greylisted":
            self.met[name, address] += 1
            return GREYLISTED if self.met[name, address] <= 2 else None
        return None

    def _reply(self, name: str, address: str) -> Reply:
        if self.on_mail:
            self.on_mail()
        temper = self._temper(name, address)
        replies = TEMPERS.get(temper, ())
        tries = self.met[name, address]
        self.met[name, address] += 1
        if tries >= len(replies):
            return TAKEN
        if temper in UNCERTAIN:
            self.uncertain[address] += 1
        return replies[tries]


class TrialCompany(Company):
    """A company whose mails go out through one server or another."""

    def __init__(self, folder: Path, url: str, people: int) -> None:
        mail: dict[str, Any] = {
            "send": True,
            "host": "127.0.0.1",
            "user": "xlflow",
            "sender": "需求管理 <xlflow@example.com>",
            "ca_file": authority().file,
            "timeout_seconds": TIMEOUT_SECONDS,
            "administrator": ["zhou@example.com"],
        }
        super().__init__(folder, mail=mail, ledger={"url": url})
        self.people = [f"p{number:03}@example.com" for number in range(people)]

    @property
    def settings_file(self) -> Path:
        return self.settings.folder / "xlflow.toml"

    def has_much_to_do(self) -> None:
        """Each of the people has to confirm a requirement of the own, which is late on Tuesday."""
        people = [
            Person(f"Zhang{number:03} *", "Marketing", address)
            for number, address in enumerate(self.people)
        ]
        rows = [draft(f"For {one.name}", FRIDAY, requester=one.name) for one in people]
        self.has(*rows, people=people)
        self.runs(at(FRIDAY, 8))

    def posts(self) -> list[Post]:
        """The mails that are due, a person each; made anew they are the same."""
        return [notice(self.settings, address) for address in self.people]


def notice(settings: Settings, address: str) -> Post:
    """A mail that tells a person what to do."""
    return post(
        settings,
        f"notice:2024-03-05:{address}",
        [address],
        subject=f"您的待办 {address}",
        html="<table>" + f"<tr><td>订单状态同步 {address}</td></tr>" * 40 + "</table>",
        text=f"订单状态同步：请填写【技术接口人】 {address}",
        date=at(TUESDAY),
    )


def send_job(settings_file: Path, port: int, now: datetime, step: Step) -> None:
    """A process that sends what waits through the server at this port."""
    settings = load_settings(settings_file)
    connection = replace(connection_of(settings), port=port)
    with Ledger.open(settings.ledger.url, beside=settings.folder, step=step) as ledger:
        send_waiting(ledger, connection, Password(USERS["xlflow"]), now)


def digest_job(settings_file: Path, port: int, now: datetime, step: Step) -> None:
    """A process that makes everybody's digest of the day and sends what waits."""
    settings = load_settings(settings_file)
    mail = settings.mail.model_copy(update={"port": port})
    settings = settings.model_copy(update={"mail": mail})
    with Ledger.open(settings.ledger.url, beside=settings.folder, step=step) as ledger:
        send_digests([settings], ledger, Password(USERS["xlflow"]), now)


def unwatched(name: str) -> None:
    """The step of a process that nobody kills."""


def load_all(job: Job, settings_file: Path, port: int) -> None:
    """All that the processes of a job need is loaded afterwards; nothing is due yet."""
    job(settings_file, port, at(BEFORE), unwatched)


@dataclass
class Killer:
    """Ends a process while a server is at its `count`th mail from now, before it answers."""

    count: int
    process: int | None = None

    def __call__(self) -> None:
        self.count -= 1
        if self.count <= 0 and self.process is not None:
            with suppress(ProcessLookupError):  # it has just come to its own end
                os.kill(self.process, signal.SIGKILL)
            self.process = None


def copies(mails: list[ReceivedMail]) -> dict[str, Counter[str]]:
    """Address -> Message-ID -> how often it came."""
    held: dict[str, Counter[str]] = {}
    for mail in mails:
        for address in mail.recipients:
            held.setdefault(address, Counter())[str(mail.message["Message-ID"])] += 1
    return held
