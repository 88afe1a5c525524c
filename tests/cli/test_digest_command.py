"""`xlflow mail digest`, as a person types it and as a program reads it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from company import Company
from jobs.digest_company import PEOPLE, at, draft

FRIDAY, TUESDAY = date(2024, 3, 1), date(2024, 3, 5)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    made = Company(tmp_path / "company", mail={"sender": "xlflow <xlflow@example.com>"})
    made.has(draft("One", FRIDAY), draft("Two", FRIDAY, requester="Ghost *"), people=PEOPLE)
    made.runs(at(FRIDAY, 8))
    monkeypatch.chdir(made.settings.folder)
    return made


def kept(company: Company) -> dict[str, bytes]:
    """All files but the reports."""
    folder = company.settings.folder
    files = (path for path in folder.rglob("*") if path.is_file() and "reports" not in path.parts)
    return {str(path): path.read_bytes() for path in files if not path.name.endswith("-shm")}


def test_a_dry_run_shows_who_would_get_what_and_changes_nothing(xlflow, company: Company):
    before = kept(company)
    said = xlflow("mail", "digest", "--dry-run", "--date", TUESDAY)
    assert said.code == 0
    row = next(line for line in said.out.splitlines() if "manager@example.com" in line)
    assert re.search(r"\* Manager +manager@example.com +1 ", row)
    assert "2024-001 One: Fill in 【Technical contact】" in row
    assert "Nothing was sent. 1 mail lies in" in said.out
    reason = "the name is not among the people on the Lists sheet"
    assert f"Reaches nobody: Ghost *: {reason}; 1 matter waits: 2024-002" in said.out
    assert len(list((company.settings.folder / "reports").rglob("*.eml"))) == 1
    assert kept(company) == before


def test_without_sending_nobody_counts_as_told(xlflow, company: Company):
    first = xlflow("mail", "digest", "--date", TUESDAY)
    second = xlflow("mail", "digest", "--date", TUESDAY)
    assert first.out == second.out
    assert "Nothing was sent. 1 mail lies in" in second.out


def test_programs_get_all_of_it(xlflow, company: Company):
    said = xlflow("mail", "digest", "--dry-run", "--json", "--date", TUESDAY)
    held = json.loads(said.out)
    assert held["mails"] == [
        {
            "person": "* Manager",
            "address": "manager@example.com",
            "subject": "Requirements, 2024-03-05: 1 overdue",
            "new": {"overdue": 1, "due_soon": 0, "sent_back": 0, "people": 0},
            "waiting": 0,
            "known": 0,
            "queued": False,
            "sent": False,
        }
    ]
    assert held["nobody_to_tell"] == [
        {
            "name": "Ghost *",
            "department": None,
            "reason": "unknown",
            "waiting": 1,
            "numbers": ["2024-002"],
        }
    ]


def test_a_server_that_is_away_is_told_once_and_the_mails_wait(xlflow, company: Company):
    text = (company.settings.folder / "xlflow.toml").read_text("utf-8")
    settings = text.replace("#port = 587", "port = 9").replace('#host = "localhost"', "")
    (company.settings.folder / "xlflow.toml").write_text(settings, "utf-8")
    said = xlflow("mail", "digest", "--send", "--date", TUESDAY)
    assert said.code == 3
    assert said.err.startswith("1 mail waits: localhost:9 cannot be reached.")
    again = xlflow("mail", "digest", "--send", "--date", TUESDAY)
    assert "There is nothing new for anybody." in again.out


def test_before_the_first_run_it_says_what_to_do(xlflow, tmp_path: Path, monkeypatch):
    made = Company(tmp_path / "new", mail={"sender": "xlflow <xlflow@example.com>"})
    made.has(draft("One", FRIDAY), people=PEOPLE)
    monkeypatch.chdir(made.settings.folder)
    said = xlflow("mail", "digest", "--dry-run", "--date", TUESDAY)
    assert said.code == 0
    assert "main: 1 matter waits until a run has seen it: xlflow run" in said.out
    assert not (made.settings.folder / "xlflow.db").exists()


def test_a_register_that_cannot_be_read_is_told(xlflow, company: Company):
    company.file.unlink()
    said = xlflow("mail", "digest", "--dry-run", "--date", TUESDAY)
    assert said.code == 3
    assert said.err.startswith("main: ")


def test_a_name_that_nobody_has_is_refused(xlflow, company: Company):
    said = xlflow("mail", "digest", "--dry-run", "--to", "Nobody *", "--date", TUESDAY)
    assert said.code == 2
    assert "Nobody called Nobody *" in said.err
