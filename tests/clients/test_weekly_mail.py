from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clients.smtp_server import SmtpServer, authority
from company import NOW, Company, new
from python_calamine import CalamineWorkbook

from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.sending import connection_of, send_waiting
from xlflow.jobs.mailing.weekly import WeeklyOutcome, send_weekly
from xlflow.languages import say
from xlflow.mail import Security
from xlflow.settings.passwords import Password

PEOPLE = ("zhang@example.com", "总经理 <boss@example.com>")


@pytest.fixture(params=["starttls", "tls", "none"])
def server(request: pytest.FixtureRequest) -> Iterator[SmtpServer]:
    security: Security = request.param
    users = None if security == "none" else {"xlflow": "secret"}
    with SmtpServer(security=security, users=users) as running:
        yield running


def company_of(server: SmtpServer, folder: Path) -> Company:
    held = server.connection()
    mail: dict[str, Any] = {
        "host": held.host,
        "port": held.port,
        "security": held.security,
        "sender": "需求管理 <xlflow@example.com>",
        "ca_file": authority().file,
        "weekly": PEOPLE,
        "weekly_language": "zh-Hans",
    }
    if held.security != "none":
        mail["user"] = "xlflow"
    company = Company(folder / "company", mail=mail)
    company.has(new("订单状态实时同步 <b>", submitted_on=date(2024, 3, 1)))
    return company


def sends(company: Company, *, again: bool = False, now: datetime = NOW) -> WeeklyOutcome:
    settings = company.settings
    password = Password("secret") if settings.mail.user else None
    with open_ledger(settings) as ledger:
        return send_weekly([settings], ledger, password, now, again=again)


def test_everybody_gets_the_summary_with_the_status_workbook(server: SmtpServer, tmp_path: Path):
    company = company_of(server, tmp_path)
    outcome = sends(company)
    everybody = [("boss@example.com",), ("zhang@example.com",)]
    assert sorted(sent.accepted for sent in outcome.sent) == everybody
    assert sorted(mail.recipients for mail in server.mails) == everybody
    message = server.mails[0].message
    assert "需求" in message["Subject"]
    assert str(message["From"]) == "需求管理 <xlflow@example.com>"
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "订单状态实时同步" in plain.get_content()
    assert "请立即填写【技术接口人】" in plain.get_content()
    assert "订单状态实时同步 &lt;b&gt;" in html.get_content()
    attached = next(iter(message.iter_attachments()))
    assert attached.get_filename() == "requirements-2024-W12.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(attached.get_content()))
    assert book.sheet_names[0] == say("zh-Hans", "reports.page.summary")
    assert say("zh-Hans", "reports.page.overdue") in book.sheet_names


def test_the_summary_of_a_week_goes_out_once(tmp_path: Path):
    with SmtpServer(security="none") as server:
        company = company_of(server, tmp_path)
        sends(company)
        second = sends(company)
        assert len(server.mails) == 2
        assert second.sent == ()
        assert second.already == ("zhang@example.com", "boss@example.com")
        sends(company, again=True)
        assert len(server.mails) == 4


def test_the_summary_of_the_next_week_is_another_mail(tmp_path: Path):
    with SmtpServer(security="none") as server:
        company = company_of(server, tmp_path)
        sends(company)
        sends(company, now=NOW + timedelta(days=2))  # Sunday of the same week
        assert len(server.mails) == 2
        sends(company, now=NOW + timedelta(days=3))
        assert len(server.mails) == 4


def test_a_mail_that_the_server_puts_off_goes_out_later_and_once(tmp_path: Path):
    with SmtpServer(security="none", replies=["451 4.3.0 Try again later"]) as server:
        company = company_of(server, tmp_path)
        first = sends(company)
        assert [sent.accepted for sent in first.sent] == [(), ("zhang@example.com",)]
        retry_at = first.sent[0].next_try_at
        assert retry_at is not None
        with open_ledger(company.settings) as ledger:
            connection = connection_of(company.settings)
            too_early = retry_at - timedelta(seconds=1)
            assert send_waiting(ledger, connection, None, too_early) == ()
            later = send_waiting(ledger, connection, None, retry_at)
        assert [sent.accepted for sent in later] == [("boss@example.com",)]
    assert sorted(mail.recipients[0] for mail in server.mails) == [
        "boss@example.com",
        "zhang@example.com",
    ]


def test_a_wrong_password_loses_no_mail(tmp_path: Path):
    with SmtpServer(security="starttls", users={"xlflow": "other"}) as server:
        company = company_of(server, tmp_path)
        outcome = sends(company)
        assert server.mails == []
        reasons = [failure for sent in outcome.sent for failure in sent.refused.values()]
        assert {failure.outcome for failure in reasons} == {"settings"}
    with open_ledger(company.settings) as ledger:
        assert ledger.outbox.counts() == {"failed": 2}
