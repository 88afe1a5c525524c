"""What the doctor says of the outbox, and of who is told when a job fails."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import NOW, Company
from registers import clean

from xlflow.jobs.doctor import Line, examine
from xlflow.jobs.keeping import open_ledger
from xlflow.settings import SETTINGS_FILE

MAIL = {"send": True, "host": "127.0.0.1", "port": 9, "sender": "xlflow@example.com"}
HOUR = timedelta(hours=1)


def company_of(folder: Path, **changes: Any) -> Company:
    company = Company(folder / "company", mail=MAIL | changes, calendar={"country": "none"})
    company.has(clean("closed", number="2024-001"))
    return company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return company_of(tmp_path)


def has_mails(company: Company, *keys: str) -> None:
    with open_ledger(company.settings) as ledger:
        for key in keys:
            ledger.outbox.put(key, f"<{key}@example.com>", ["li@example.com"], b"x", NOW)


def told(company: Company, check: str, now: datetime = NOW) -> list[Line]:
    file = company.settings.folder / SETTINGS_FILE
    return [line for line in examine(file, lambda: now, {}).lines if line.check == check]


def test_mails_that_wait_for_a_while_are_no_fault(company: Company) -> None:
    has_mails(company, "digest:1", "digest:2")
    with open_ledger(company.settings) as ledger:
        ledger.outbox.sent("digest:1", NOW)
    (line,) = told(company, "mail.outbox", NOW + 23 * HOUR)
    assert (line.state, line.message("en")) == (
        "good",
        "1 mail waits in the outbox, 1 was sent.",
    )


def test_mails_that_wait_for_long_are_told_with_since_when(company: Company) -> None:
    has_mails(company, "digest:1")
    (line,) = told(company, "mail.outbox", NOW + 25 * HOUR)
    assert line.state == "bad"
    assert "the oldest since 2024-03-22 09:00" in line.message("en")


def test_dead_letters_are_told_until_somebody_sees_to_them(company: Company) -> None:
    has_mails(company, "digest:1")
    with open_ledger(company.settings) as ledger:
        ledger.outbox.dead("digest:1", "", NOW)
    (line,) = told(company, "mail.outbox")
    assert line.state == "bad"
    assert "1 mail could not be delivered, and is not tried again." in line.message("en")
    with open_ledger(company.settings) as ledger:
        ledger.outbox.discard("digest:1", NOW)
    assert [line.state for line in told(company, "mail.outbox")] == ["good"]


def test_a_company_without_a_ledger_has_no_mails(company: Company) -> None:
    assert [line.state for line in told(company, "mail.outbox")] == ["good"]


def test_where_jobs_run_by_themselves_somebody_must_be_told(company: Company) -> None:
    with open_ledger(company.settings) as ledger:
        assert told(company, "mail.administrator") == []
        ledger.slots.beat("run", "host:1", NOW)
    (line,) = told(company, "mail.administrator")
    assert line.state == "bad"
    assert 'administrator = ["name@example.com"]' in line.message("en")


def test_who_is_told_is_named(tmp_path: Path) -> None:
    company = company_of(tmp_path, administrator=["zhou@example.com"])
    (line,) = told(company, "mail.administrator")
    assert (line.state, line.message("en")) == (
        "good",
        "When a job fails, zhou@example.com is told by mail.",
    )


def test_an_administrator_whom_no_mail_can_reach_is_told(tmp_path: Path) -> None:
    company = company_of(tmp_path, administrator=["zhou@example.com", "zhou wu@example"])
    (line,) = told(company, "mail.administrator")
    assert line.state == "bad"
    assert "zhou wu@example" in line.message("en")


def test_where_nothing_is_sent_nobody_need_be_named(tmp_path: Path) -> None:
    company = company_of(tmp_path, send=False)
    with open_ledger(company.settings) as ledger:
        ledger.slots.beat("run", "host:1", NOW)
    assert told(company, "mail.administrator") == []
