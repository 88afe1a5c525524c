"""What the doctor says of a ledger on a PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clients.postgresql_server import PASSWORD, PostgresqlServer
from company import NOW, Company
from registers import clean

from xlflow.jobs.doctor import Report, examine
from xlflow.jobs.keeping import one_run_at_a_time
from xlflow.languages import LANGUAGES
from xlflow.settings import SETTINGS_FILE


@pytest.fixture
def url(postgresql: PostgresqlServer) -> Iterator[str]:
    with postgresql.new_database() as address:
        yield address


def company_with(url: str, folder: Path) -> Company:
    company = Company(folder / "company", ledger={"url": url}, calendar={"country": "none"})
    company.has(clean("closed", number="2024-001"))
    return company


def examined(company: Company) -> Report:
    return examine(company.settings.folder / SETTINGS_FILE, lambda: datetime.now(UTC), os.environ)


def ledger_lines(report: Report, language="en") -> list[tuple[str, str, str]]:
    return [
        (line.check, line.state, line.message(language))
        for line in report.lines
        if line.subject == "ledger"
    ]


def test_before_the_first_run_it_is_empty_and_stays_so(postgresql, url: str, tmp_path: Path):
    company = company_with(url, tmp_path)
    (_, state, told), *others = ledger_lines(examined(company))
    assert state == "good"
    assert "has nothing of xlflow yet" in told
    assert [line[1] for line in others] == ["skipped", "good"]
    name = url.rpartition("/")[2]
    assert postgresql.does("SELECT tablename FROM pg_tables WHERE schemaname='public'", name) == []


def test_after_a_run_it_tells_of_that_run_and_of_one_at_work(url: str, tmp_path: Path):
    company = company_with(url, tmp_path)
    company.runs(NOW)
    file, _, last = ledger_lines(examined(company))
    assert (file[1], last[1]) == ("good", "good")
    assert "2024-03-22 09:00" in last[2]
    with one_run_at_a_time(company.settings):
        at_work = ledger_lines(examined(company))[2]
    assert at_work[1] == "note"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_login_is_told_without_the_password_and_hides_nothing(
    url: str, tmp_path: Path, language
):
    company = company_with(url.replace(PASSWORD, "wrong-secret"), tmp_path)
    report = examined(company)
    (_, state, told), *others = ledger_lines(report, language)
    assert state == "bad"
    assert "PGPASSWORD" in told
    assert "wrong-secret" not in told
    assert [line[1] for line in others] == ["skipped", "skipped"]
    assert {line.state for line in report.lines if line.subject == "drive"} <= {"good", "note"}
