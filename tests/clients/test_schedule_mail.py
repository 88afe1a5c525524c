"""Mails that go out by themselves, through a real mail server."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from clients.smtp_server import SmtpServer, authority
from company import Company
from jobs.digest_company import PEOPLE, draft
from scheduler.test_loop import Told, desk_of, known_for_a_week

from xlflow.jobs.keeping import open_ledger
from xlflow.scheduler.health import health
from xlflow.scheduler.loop import tick
from xlflow.settings import load_company

MONDAY = datetime(2024, 3, 25, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FRIDAY = MONDAY - timedelta(days=3) + 2 * HOUR


def company_of(folder: Path, port: int, **mail: object) -> Company:
    settings = {
        "send": True,
        "host": "127.0.0.1",
        "port": port,
        "security": "starttls",
        "ca_file": authority().file,
        "sender": "xlflow <xlflow@example.com>",
        "weekly": ["boss@example.com"],
        "administrator": ["admin@example.com"],
        **mail,
    }
    company = Company(folder / "company", mail=settings)
    company.has(draft("One", date(2024, 3, 22)), people=PEOPLE)
    known_for_a_week(company.settings.folder, FRIDAY)
    return company


@pytest.fixture
def server() -> SmtpServer:
    return SmtpServer(security="starttls")


def who(server: SmtpServer) -> Counter[str]:
    return Counter(address for mail in server.mails for address in mail.recipients)


def test_each_mail_goes_out_once_at_its_time(server: SmtpServer, tmp_path: Path) -> None:
    with server:
        company = company_of(tmp_path, server.connection().port)
        folder, told = company.settings.folder, Told()
        tick(desk_of(folder, told, FRIDAY))
        tick(desk_of(folder, told, MONDAY - HOUR))
        before = who(server)
        assert before["boss@example.com"] == 0
        for minutes in (0, 1, 30, 31, 60):
            tick(desk_of(folder, told, MONDAY + minutes * MINUTE))
        mails = who(server)
    assert mails["boss@example.com"] == 1
    assert mails["admin@example.com"] == 0
    assert max(mails.values()) <= 2  # a digest a working day
    assert len(mails) > 1
    assert {state for _, state in told.outcomes} == {"done"}


def test_a_server_that_is_away_holds_mails_up_and_loses_none(tmp_path: Path) -> None:
    with SmtpServer(security="starttls") as away:
        port = away.connection().port
    company = company_of(tmp_path, port)
    folder, told = company.settings.folder, Told()
    tick(desk_of(folder, told, FRIDAY))
    told.ended.clear()
    tick(desk_of(folder, told, MONDAY))
    assert dict(told.outcomes)["weekly"] == "done"
    assert dict(told.outcomes)["send"] == "failed"
    tries = 0
    for minute in range(1, 10):
        told.ended.clear()
        tick(desk_of(folder, told, MONDAY + minute * MINUTE))
        tries += dict(told.outcomes).get("send") == "failed"
    assert tries == 3  # after 1, 2 and 4 minutes
    found = health(load_company(folder / "xlflow.toml"), MONDAY + 10 * MINUTE)
    bad = {check.subject: check.message("en") for check in found.checks if check.state == "bad"}
    assert "127.0.0.1" in bad["send"]
    with open_ledger(company.settings) as ledger:
        keys = [mail.key for mail in ledger.outbox.listing()]
    assert any(key.startswith("weekly:") for key in keys)
    assert not any(key.startswith("alert:send") for key in keys)


def test_the_administrator_gets_a_mail_when_a_job_fails_and_when_it_works_again(
    server: SmtpServer, tmp_path: Path
) -> None:
    with server:
        company = company_of(tmp_path, server.connection().port, weekly=[])
        folder, told = company.settings.folder, Told()
        away = company.file.with_name("away.xlsx")
        company.file.rename(away)
        for minute in (0, 1, 3, 7):
            tick(desk_of(folder, told, FRIDAY + minute * MINUTE))
        subjects = sorted(str(mail.message["Subject"]) for mail in server.mails)
        assert len(subjects) == 3  # validation, board and digest, each of them once
        assert any("Validation has been failing since 2024-03-22 10:00" in s for s in subjects)
        away.rename(company.file)
        for minute in (30, 31):
            tick(desk_of(folder, told, FRIDAY + minute * MINUTE))
        well = [str(mail.message["Subject"]) for mail in server.mails[3:]]
        assert "xlflow: Validation works again" in well
        assert {mail.recipients for mail in server.mails[:3]} == {("admin@example.com",)}


def test_mails_that_were_given_up_are_told_to_the_administrator_once(tmp_path: Path) -> None:
    refused = {"boss@example.com": "550 no such user"}
    with SmtpServer(security="starttls", refuse=refused) as server:
        company = company_of(tmp_path, server.connection().port)
        folder, told = company.settings.folder, Told()
        tick(desk_of(folder, told, FRIDAY))
        for minute in range(4):
            tick(desk_of(folder, told, MONDAY + minute * MINUTE))
        to_admin = [mail for mail in server.mails if mail.recipients == ("admin@example.com",)]
    (mail,) = to_admin
    assert mail.message["Subject"] == "xlflow: 1 mail could not be delivered"
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert "boss@example.com" in body.get_content()
    found = health(load_company(folder / "xlflow.toml"), MONDAY + 5 * MINUTE)
    assert [check.key for check in found.checks if check.state == "bad"] == ["dead"]
