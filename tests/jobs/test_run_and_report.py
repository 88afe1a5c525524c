"""The main job as a command or a schedule calls it: the run, then the status workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from company import NOW, Company, new

from xlflow.jobs.main_job import run_and_report
from xlflow.jobs.waiting import RunningClock
from xlflow.languages import say
from xlflow.ledger import LedgerError


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path)
    made.has(new("To be numbered"))
    return made


def test_the_status_workbook_of_a_run_knows_what_it_saw(company: Company):
    outcome = run_and_report(company.settings, RunningClock(NOW))
    assert outcome.report is not None
    assert outcome.unreported is None
    sheet = openpyxl.load_workbook(outcome.report)[say("en", "reports.page.summary")]
    known = say("en", "reports.tiles.week-since", day=NOW.date())
    assert sheet.cell(4, 1).value == known


def test_a_ledger_that_fails_once_the_run_is_over_costs_the_status_workbook_alone(
    company: Company,
):
    ledger = company.settings.folder / "xlflow.db"

    def break_it(part: str) -> None:
        if part == "reporting":
            for file in ledger.parent.glob("xlflow.db*"):
                file.unlink()
            ledger.write_bytes(b"no database" * 999)

    outcome = run_and_report(company.settings, RunningClock(NOW), progress=break_it)
    assert isinstance(outcome.unreported, LedgerError)
    assert outcome.report is None
    assert list(outcome.numbered.values()) == ["2024-001"]
    assert company.column("number") == ["2024-001"]
