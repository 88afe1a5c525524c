"""Every kind of mail that leaves, made of hostile texts, in each language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from clients.mail_faults import faults_of
from clients.smtp_server import ReceivedMail, SmtpServer
from jobs.digest_company import DigestCompany, at, draft, mail_settings
from registers import clean

from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.alerting import (
    Trouble,
    alert_of_dead_letters,
    alert_of_failure,
    alert_of_recovery,
)
from xlflow.jobs.mailing.sending import connection_of, send_waiting
from xlflow.jobs.mailing.weekly import send_weekly
from xlflow.languages import LANGUAGES, Language
from xlflow.mail import Attachment, build_message

EVIL = "同步\u2028Bcc: evil@example.com <script>alert(1)</script> \u202e { name } \U0001f600"
FRIDAY, TUESDAY = date(2024, 3, 1), date(2024, 3, 5)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer(security="none", refuse={"gone@example.com": "550 no\u00b7such user"}) as it:
        yield it


class Senders(DigestCompany):
    """A company that sends a mail of every kind."""

    def __init__(self, folder: Path, server: SmtpServer, language: Language) -> None:
        super().__init__(folder, server)
        mail = {
            **mail_settings(server),
            "weekly": ["总经理 <boss@example.com>", "gone@example.com"],
            "weekly_language": language,
            "administrator": ["zhou+xlflow@example.com"],
            "administrator_language": language,
        }
        changed = self.settings.mail.model_validate(mail)
        workbook = self.settings.workbook.model_copy(update={"language": language})
        self.settings = self.settings.model_copy(update={"mail": changed, "workbook": workbook})

    def sends_all_kinds(self) -> None:
        self.has(
            draft(EVIL, FRIDAY, department="Marketing"),
            clean("closed", number=None, title=EVIL),
        )
        self.begins(FRIDAY)
        self.sends(at(TUESDAY))
        now = at(TUESDAY, 10)
        with open_ledger(self.settings) as ledger:
            send_weekly([self.settings], ledger, None, now)
            reason = RuntimeError(EVIL)
            alert_of_failure(
                self.settings,
                ledger,
                Trouble("run/it", "schedule.job.validate", reason, now, register="it"),
                now,
            )
            assert alert_of_dead_letters(self.settings, ledger, now)
            assert alert_of_recovery(self.settings, ledger, "run/it", "schedule.job.validate", now)
            send_waiting(ledger, connection_of(self.settings), None, now)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_of_any_kind_has_a_fault(
    tmp_path: Path, server: SmtpServer, language: Language
) -> None:
    company = Senders(tmp_path / "company", server, language)
    company.sends_all_kinds()
    with open_ledger(company.settings) as ledger:
        kinds = {key.split(":")[0] for key in ledger.outbox.known_keys()}
    assert kinds == {"digest", "weekly", "alert"}
    ids = [str(mail.message["Message-ID"]) for mail in server.mails]
    assert len(server.mails) == 5
    assert len(set(ids)) == 5
    for mail in server.mails:
        assert faults_of(mail.content) == [], mail.message["Subject"]
        assert [each.addr_spec for each in mail.message["To"].addresses] == list(mail.recipients)
    assert {may_be_left(mail) for mail in server.mails if is_for_the_administrator(mail)} == {None}
    wanted = "<mailto:zhou%2Bxlflow@example.com?subject=unsubscribe>"
    assert {may_be_left(mail) for mail in server.mails if not is_for_the_administrator(mail)} == {
        wanted
    }


def is_for_the_administrator(mail: ReceivedMail) -> bool:
    return mail.recipients == ("zhou+xlflow@example.com",)


def may_be_left(mail: ReceivedMail) -> str | None:
    return mail.message["List-Unsubscribe"]


def test_the_faults_of_mails_are_found() -> None:
    """A check that finds nothing must be able to find something."""
    bad = build_message(
        sender="x@example.com",
        to=["y@example.com"],
        subject="x" * 200,
        html="<p onclick='x()'>{{ name }}</p>",
        text="See {name}",
        message_id="<1@elsewhere.com>",
        date=at(TUESDAY),
        attachments=[Attachment("data.bin", b"x")],
    ).content
    told = "\n".join(faults_of(bad.replace(b"auto-generated", b"no")))
    for fault in (
        *("Auto-Submitted", "sender's domain", "too long to be read", "plain text was not filled"),
        *("html text was not filled", "runs or loads", "its language", "no program is named"),
    ):
        assert fault in told
    assert "stands there 0 times" in "\n".join(faults_of(b"Subject: x\r\n\r\nbody"))
    assert "not ASCII" in "\n".join(faults_of("Subject: 周\n\nx".encode()))
