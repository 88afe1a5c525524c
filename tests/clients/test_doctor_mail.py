from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from clients.smtp_server import HOST, SmtpServer, authority, new_authority
from company import Company
from registers import clean

from xlflow.jobs.doctor import Line, examine, mail
from xlflow.mail import Security
from xlflow.settings import SETTINGS_FILE

SECRET = {"XLFLOW_MAIL_PASSWORD": "secret"}


def company_of(server: SmtpServer, folder: Path, **changes: Any) -> Company:
    held = server.connection()
    section = {
        "send": True,
        "host": held.host,
        "port": held.port,
        "security": held.security,
        "user": "xlflow",
        "sender": held.sender,
        "ca_file": authority().file,
        "weekly": ["boss@example.com"],
    }
    if held.security == "none":
        del section["user"]
    company = Company(folder / "company", mail=section | changes, calendar={"country": "none"})
    company.has(clean("closed", number="2024-001"))
    return company


def examined(company: Company, environment: Mapping[str, str] = SECRET) -> Line:
    """The line about the connection."""
    file = company.settings.folder / SETTINGS_FILE
    report = examine(file, lambda: datetime.now(UTC), environment)
    (line,) = [line for line in report.lines if line.check == "mail.connection"]
    return line


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_server_that_lets_us_in_is_good_and_gets_no_mail(tmp_path: Path, security: Security):
    users = None if security == "none" else {"xlflow": "secret"}
    with SmtpServer(security=security, users=users) as server:
        line = examined(company_of(server, tmp_path))
    assert line.state == "good"
    assert HOST in line.message("en")
    assert server.mails == []
    assert server.logins == ([] if security == "none" else [("xlflow", True)])


def test_a_wrong_password_is_told_and_never_shown(tmp_path: Path):
    with SmtpServer(users={"xlflow": "secret"}) as server:
        line = examined(company_of(server, tmp_path), {"XLFLOW_MAIL_PASSWORD": "not-the-password"})
    assert line.state == "bad"
    assert "refused the login of xlflow" in line.message("en")
    assert "not-the-password" not in line.message("en")
    assert set(server.logins) == {("xlflow", False)}


def test_a_password_that_is_nowhere_is_told_without_asking_the_server(tmp_path: Path):
    file = tmp_path / "password"
    with SmtpServer(users={"xlflow": "secret"}) as server:
        line = examined(company_of(server, tmp_path, password_file=file), {})
    assert line.state == "bad"
    assert str(file) in line.message("en")
    assert server.logins == []


def test_a_certificate_of_a_stranger_is_told(tmp_path: Path):
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    with SmtpServer(users={"xlflow": "secret"}) as server:
        line = examined(company_of(server, tmp_path, ca_file=new_authority(stranger).file))
    assert line.state == "bad"
    assert "not trusted" in line.message("en")
    assert server.logins == []


def test_a_server_that_is_gone_is_told(tmp_path: Path):
    with SmtpServer(security="none") as server:
        company = company_of(server, tmp_path)
    line = examined(company)
    assert line.state == "bad"
    assert "cannot be reached" in line.message("en")


def test_a_server_that_is_silent_is_given_up_in_time(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(mail, "ANSWER_SECONDS", 0.3)
    with SmtpServer(security="none") as server, socket.create_server((HOST, 0)) as silent:
        company = company_of(server, tmp_path, port=silent.getsockname()[1])
        began = time.monotonic()
        line = examined(company)
    assert line.state == "bad"
    assert "did not answer within 0.3 seconds" in line.message("en")
    assert time.monotonic() - began < 10


def test_where_nothing_is_to_be_sent_nobody_connects(tmp_path: Path):
    with SmtpServer(users={"xlflow": "secret"}) as server:
        line = examined(company_of(server, tmp_path, send=False))
    assert line.state == "skipped"
    assert "send = false" in line.message("en")
    assert server.logins == []


def test_a_missing_sender_and_missing_recipients_are_told(tmp_path: Path):
    with SmtpServer(security="none") as server:
        company = company_of(server, tmp_path, sender=None, weekly=[])
    file = company.settings.folder / SETTINGS_FILE
    report = examine(file, lambda: datetime.now(UTC), {})
    bad = [line for line in report.lines if line.subject == "mail" and line.state == "bad"]
    texts = [line.message("en") for line in bad]
    assert len(texts) == 2
    assert "weekly" in texts[0]
    assert "sender" in texts[1]
