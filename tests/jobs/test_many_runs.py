"""Many runs at once on one register, while a person adds records and some runs are killed."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from company import NOW, new
from jobs.crash_company import CrashCompany, run_job, unwatched
from workbook.children import KILLED, KilledAt, WarmParent

from xlflow.jobs.keeping import open_ledger
from xlflow.workbook.share import ShareError

RUNS = 8


def submit(company: CrashCompany, title: str) -> None:
    """A person opens the register, types a record, saves and closes it, as Excel does."""
    sign = company.file.with_name(f"~${company.file.name}")
    sign.write_bytes(b"\5Li Na".ljust(165, b"\0"))
    saved = False
    while not saved:
        try:
            company.submits(title)
            saved = True
        except (FileNotFoundError, ShareError):  # no register has the name: a run is at work
            time.sleep(0.01)
    sign.unlink()


def many_runs(
    parent: WarmParent, offices: Sequence[CrashCompany], rounds: int, *, kill: bool = True
) -> list[str]:
    """Each round: eight runs at once from these offices, and a person who submits a record.

    `kill`: one of the runs is killed at some step. Returns all titles of the register.
    """
    chance = random.Random(rounds)
    offices[0].has(new("The first"))
    titles = [f"Requirement {number}" for number in range(rounds)]
    for title in titles:
        person = parent.start(submit, offices[0], title)
        runs = []
        for at in range(RUNS):
            time.sleep(chance.uniform(0, 0.02))
            step = KilledAt(chance.randint(1, 30)) if kill and at == 0 else unwatched
            settings_file = offices[at % len(offices)].settings_file
            runs.append(parent.start(run_job, settings_file, NOW, step))
        assert parent.wait(person) == 0
        first, *others = [parent.wait(run) for run in runs]
        assert first in (0, KILLED)
        assert others == [0] * (RUNS - 1)
    return ["The first", *titles]


def numbers_of(titles: Sequence[str]) -> list[str]:
    """A number a record, from the first one on."""
    return [f"2024-{serial:03d}" for serial in range(1, len(titles) + 1)]


@pytest.fixture
def company(tmp_path: Path) -> CrashCompany:
    return CrashCompany(tmp_path / "company")


def office(company: CrashCompany, folder: Path, ledger: str) -> CrashCompany:
    """Another folder of settings for the same register."""
    register = {"path": str(company.file), "language": "en"}
    other = CrashCompany(folder, register=register, ledger={"url": ledger})
    other.file = company.file
    return other


def test_eight_runs_at_once_leave_one_workbook_and_each_record_its_number(parent, company):
    titles = many_runs(parent, [company], 50)
    assert company.column("title") == titles
    company.expect_settled(company.typed(), NOW)


def test_runs_from_many_folders_take_turns_where_they_share_a_ledger(
    parent, company, tmp_path, url
):
    offices = [office(company, tmp_path / f"office {n}", url) for n in range(RUNS)]
    titles = many_runs(parent, offices, 5)
    offices[0].runs()
    assert company.column("title") == titles
    assert sorted(map(str, company.column("number"))) == numbers_of(titles)
    with open_ledger(offices[-1].settings) as opened:
        assert opened.intents.open() == ()
        states = opened.numbers.states("main", 2024)
    assert states == dict.fromkeys(range(1, len(titles) + 1), "given")


def test_two_ledgers_on_one_register_lose_no_record_and_give_no_number_twice(
    parent, company, tmp_path
):
    """Somebody has set xlflow up twice: to each, the other is a person who saves."""
    other = office(company, tmp_path / "office", "sqlite:///xlflow.db")
    titles = many_runs(parent, [company, other], 5, kill=False)
    company.runs()
    assert company.column("title") == titles
    assert sorted(map(str, company.column("number"))) == numbers_of(titles)
    assert other.runs().placed is None
