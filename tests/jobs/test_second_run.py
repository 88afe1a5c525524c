"""A run that goes by what the last one noted tells what a run that goes all the way would tell."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from company import NOW, Company, new
from registers import clean

from xlflow.cli import main
from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.outcome import RunOutcome
from xlflow.jobs.reporting.status import write_status_workbook
from xlflow.jobs.second_run import note_what_stands, run_again, world_of

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Whose register waits for hours within the day: an answer, a moment recorded too early."""
    made = Company(tmp_path)
    made.has(
        clean("developing", number="2024-001"),
        clean("live", number="2024-002", title="Gone live", monitoring=None),
        new("To be numbered"),
        issues=[
            {
                "number": "2024-001",
                "raised_at": datetime.fromisoformat("2024-03-21T13:30"),
                "issue": "Which of them?",
                "needs_answer": "Yes",
                "state": "In progress",
                "owner": "L. *",
            },
            {
                "number": "2024-001",
                "raised_at": datetime.fromisoformat("2024-03-22T16:45"),
                "issue": "Raised in the afternoon",
                "needs_answer": "No",
                "measure": "Wait",
                "state": "In progress",
                "owner": "L. *",
            },
        ],
    )
    return made


def goes_all_the_way(company: Company, now: datetime) -> RunOutcome:
    """And writes the status workbook, and notes what it found, as the command does."""
    world = world_of(company.settings)
    outcome = company.runs(now)
    assert outcome.inspection is not None
    report = write_status_workbook([(company.settings, outcome.inspection)])
    with open_ledger(company.settings) as ledger:
        note_what_stands(company.settings, ledger, outcome, report, world)
    return outcome


def again(company: Company, now: datetime) -> RunOutcome | None:
    with open_ledger(company.settings) as ledger:
        return run_again(company.settings, ledger, now, world_of(company.settings))


def told(outcome: RunOutcome) -> tuple[Any, ...]:
    """All that the command prints of a run, but its moment."""
    writing = (outcome.numbered, outcome.cells, outcome.placed, outcome.refused)
    return (outcome.figures, outcome.sha256, *writing, outcome.recovered, outcome.deferred)


MOMENTS = ("22 08:00", "22 13:29", "22 13:31", "22 16:46", "22 23:59")
NEXT_DAY = ("23 00:00", "23 13:30")


def test_what_stands_is_what_a_whole_run_finds_at_any_moment(company: Company):
    goes_all_the_way(company, NOW)
    stood = []
    for text in (*MOMENTS, *NEXT_DAY):
        moment = datetime.strptime(f"2024-03-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
        outcome = again(company, moment)
        if outcome is None:
            goes_all_the_way(company, moment)
        else:
            stood.append(text)
            assert told(outcome) == told(company.runs(moment))
    assert stood == ["22 13:29", "22 23:59", "23 13:30"]


@pytest.mark.parametrize(
    "at", ["2024-03-22T13:30:00", "2024-03-22T16:45:00", "2024-03-23T00:00:00"]
)
def test_it_stands_until_the_moment_at_which_something_changes(company: Company, at: str):
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    goes_all_the_way(company, moment - timedelta(minutes=10))
    assert again(company, moment - timedelta(seconds=1)) is not None
    assert again(company, moment) is None


@pytest.mark.parametrize("options", [(), ("--json", "--fail-on", "error"), ("--lang", "zh-TW")])
def test_the_command_prints_the_same_as_when_it_goes_all_the_way(
    company: Company, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    file = str(company.settings.folder / "xlflow.toml")

    def command() -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["run", "--settings", file, "--date", "2024-03-22", *options])
        return (left.value.code, *capsys.readouterr())

    command()  # numbers the new record
    noted = company.settings.folder / "xlflow.db"
    with sqlite3.connect(noted) as ledger:
        ledger.execute("DELETE FROM standing")
    whole = command()
    assert command() == whole
    with sqlite3.connect(noted) as ledger:
        assert ledger.execute("SELECT count(*) FROM runs").fetchone() == (3,)


def test_it_stands_from_the_beginning_of_its_second(company: Company):
    goes_all_the_way(company, NOW + timedelta(milliseconds=5))
    assert again(company, NOW + timedelta(milliseconds=2)) is not None
    assert again(company, NOW - timedelta(milliseconds=2)) is None


def test_the_ledger_knows_of_each_run_that_changed_nothing(company: Company):
    first = goes_all_the_way(company, NOW)
    assert first.placed is not None
    assert again(company, NOW + timedelta(minutes=1)) is not None
    with open_ledger(company.settings) as ledger:
        second, before = ledger.runs.latest("main", 2)
    assert second.outcome == "done"
    assert second.counts == {**before.counts, "numbered": 0, "cells": 0}


def test_nothing_stands_before_the_first_run_or_in_another_ledger(company: Company):
    assert again(company, NOW) is None
    goes_all_the_way(company, NOW)
    (company.settings.folder / "xlflow.db").unlink()
    assert again(company, NOW) is None


def _typed(company: Company) -> None:
    company.type_into("B4", "Another title")


def _settings(company: Company) -> None:
    company.settings = company.settings.model_copy(update={"severities": {"vague-wording": "off"}})


def _report_gone(company: Company) -> None:
    (_report(company)).unlink()


def _report_changed(company: Company) -> None:
    _report(company).write_bytes(b"scribbled over")


def _workbook_gone(company: Company) -> None:
    company.file.rename(company.file.with_name("elsewhere.xlsx"))


def _commit_left_open(company: Company) -> None:
    with open_ledger(company.settings) as ledger:
        names = ("target", "temporary", "aside", "sha_before", "sha_after")
        ledger.intents.store({"id": "left", **dict.fromkeys(names, "x")}, "main", NOW)


def _report(company: Company) -> Path:
    (file,) = company.settings.locate(company.settings.reports.folder).glob("status-*.xlsx")
    return file


@pytest.mark.parametrize(
    "change",
    [_typed, _settings, _report_gone, _report_changed, _workbook_gone, _commit_left_open],
    ids=lambda change: change.__name__.strip("_"),
)
def test_after_a_change_a_run_goes_all_the_way(company: Company, change: Callable[[Company], None]):
    goes_all_the_way(company, NOW)
    assert again(company, NOW) is not None
    change(company)
    assert again(company, NOW) is None


def test_company_days_that_change_are_seen(tmp_path: Path):
    company = Company(tmp_path, calendar={"file": "days.toml"})
    days = company.settings.folder / "days.toml"
    days.write_text('[2024]\noff = ["2024-03-25"]\n', encoding="utf-8")
    company.has(clean("developing", number="2024-001"))
    goes_all_the_way(company, NOW)
    assert again(company, NOW) is not None
    days.write_text('[2024]\noff = ["2024-03-26"]\n', encoding="utf-8")
    assert again(company, NOW) is None
