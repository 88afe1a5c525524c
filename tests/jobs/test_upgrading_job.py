"""The upgrade as a job: on the drive, in the ledger, and under the commit protocol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from company import NOW, Company, new
from own_fields import SECTIONS

from xlflow.jobs.backups import backups
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.undo import undo
from xlflow.jobs.upgrading import UpgradeOutcome, planned_upgrade, upgrade_register
from xlflow.settings import load_settings
from xlflow.workbook.share import WorkbookOpen

KEYS = {"cost_centre", "plant", "budget", "review_days", "external", "approver", "audit_on"}


class GrowingCompany(Company):
    """A company with a register in use, which then adds fields of its own to its settings."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.has(new("One"), new("Two", department="Finance"))
        self.runs()
        path = folder / "xlflow.toml"
        path.write_text(path.read_text(encoding="utf-8") + SECTIONS, encoding="utf-8")
        self.settings = load_settings(path)

    def upgrades(self, **options: Callable[[str], None]) -> UpgradeOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return upgrade_register(self.settings, ledger, NOW, **options)


@pytest.fixture
def company(tmp_path: Path) -> GrowingCompany:
    return GrowingCompany(tmp_path / "company")


def test_a_plan_changes_nothing(company: GrowingCompany):
    before = company.sha()
    outcome = planned_upgrade(company.settings, NOW)
    assert {column.key for column in outcome.upgraded.added} == KEYS
    assert (outcome.placed, company.sha()) == (None, before)


def test_an_upgrade_keeps_what_people_typed_and_a_copy(company: GrowingCompany):
    titles, kept = company.column("title"), company.file.read_bytes()
    outcome = company.upgrades()
    assert outcome.placed
    assert Path(outcome.placed.aside).read_bytes() == kept
    assert company.column("title") == titles
    assert company.register().requirements.columns.keys() >= KEYS


def test_a_second_upgrade_writes_nothing(company: GrowingCompany):
    company.upgrades()
    before = company.sha()
    outcome = company.upgrades()
    assert (outcome.placed, outcome.upgraded.added) == (None, ())
    assert company.sha() == before


def test_runs_before_and_after_the_upgrade_work(company: GrowingCompany):
    company.runs()
    assert "Cost centre" not in str(company.column("check")[0])
    company.upgrades()
    outcome = company.runs()
    assert outcome.refused is None
    assert "Cost centre" in str(company.column("check")[0])
    assert company.column("number") == ["2024-001", "2024-002"]
    assert company.runs().placed is None


def test_an_upgrade_is_taken_back_by_undo(company: GrowingCompany):
    before = company.sha()
    company.upgrades()
    with one_run_at_a_time(company.settings), open_ledger(company.settings) as ledger:
        # the run before it was at the same moment
        assert {held.kind for held in backups(company.settings, ledger)} == {"run", "upgrade"}
        undo(company.settings, ledger, NOW)
    assert company.sha() == before


def test_a_workbook_that_is_open_is_left_alone(company: GrowingCompany):
    before = company.sha()
    (company.file.parent / f".~lock.{company.file.name}#").write_text(
        "Li Na,li.na,PC-7,22.03.2024 08:59,file:///home/li.na;", encoding="utf-8"
    )
    with pytest.raises(WorkbookOpen):
        company.upgrades()
    assert company.sha() == before


class Killed(BaseException):
    """Ends a job as a kill does: nobody catches it."""


def killing(at: int) -> Callable[[str], None]:
    """A step that ends the job when it is told for the `at`-th time."""
    left = [at]

    def step(_name: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    return step


def test_an_upgrade_that_was_killed_anywhere_is_done_by_the_next_one(tmp_path: Path):
    at = 0
    while True:
        at += 1
        company = GrowingCompany(tmp_path / f"company-{at}")
        titles = company.column("title")
        try:
            company.upgrades(step=killing(at))
        except Killed:
            company.upgrades()
            assert company.column("title") == titles
            assert company.register().requirements.columns.keys() >= KEYS
            continue
        break
    assert at > 5
