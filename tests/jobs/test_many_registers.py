"""Three registers of one company, run at once by many processes while people add records."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from company import NOW, new
from jobs.crash_company import CrashCompany, run_job, unwatched
from jobs.test_many_runs import submit
from several import OneOfSeveral, Several
from workbook.children import KILLED, KilledAt, WarmParent

from xlflow.jobs.backups import backups
from xlflow.jobs.keeping import open_ledger
from xlflow.record.numbers import NumberFormat

RUNS_EACH = 2
ROUNDS = 4


class Office(CrashCompany, OneOfSeveral):
    """One of the registers, with people who save as Excel does."""

    def __init__(self, folder: Path, register: str) -> None:
        OneOfSeveral.__init__(self, folder, register)


@pytest.fixture
def offices(tmp_path: Path, url: str) -> list[Office]:
    """The registers it, hr and ops; the last two share a sequence."""
    company = Several(tmp_path / "company", f'[ledger]\nurl = "{url}"')
    made = [Office(company.folder, one.settings.workbook.id) for one in company.registers]
    for office in made:
        office.has(new("The first"))
    return made


def many_runs(parent: WarmParent, offices: list[Office]) -> None:
    """Each round: a person submits to each register, and runs over all of them, one killed.

    Then one more run, for a person who waits for the workbook that the killed one left aside.
    """
    chance = random.Random(ROUNDS)
    for turn in range(ROUNDS):
        people = [parent.start(submit, office, f"Requirement {turn}") for office in offices]
        runs = []
        for at, office in enumerate(offices * RUNS_EACH):
            time.sleep(chance.uniform(0, 0.02))
            step = KilledAt(chance.randint(1, 30)) if at == turn % len(offices) else unwatched
            register = office.settings.workbook.id
            runs.append(parent.start(run_job, office.settings_file, NOW, step, register))
        codes = [parent.wait(run) for run in runs]
        assert codes.pop(turn % len(offices)) in (0, KILLED)
        assert codes == [0] * len(codes)
        hit = offices[turn % len(offices)]
        register = hit.settings.workbook.id
        assert parent.run(run_job, hit.settings_file, NOW, unwatched, register) == 0
        assert [parent.wait(person) for person in people] == [0] * len(people)


def test_registers_that_share_a_sequence_give_no_number_twice_and_leave_no_gap(
    parent, offices: list[Office]
):
    many_runs(parent, offices)
    for office in offices:
        office.runs()
    titles = ["The first", *(f"Requirement {turn}" for turn in range(ROUNDS))]
    assert [office.column("title") for office in offices] == [titles] * len(offices)

    it, hr, ops = (list(map(str, office.column("number"))) for office in offices)
    serials = range(1, len(titles) + 1)
    assert sorted(it) == [NumberFormat("IT").written(2024, serial) for serial in serials]
    shared = range(1, 2 * len(titles) + 1)
    assert sorted(hr + ops) == [NumberFormat().written(2024, serial) for serial in shared]

    with open_ledger(offices[0].settings) as ledger:
        assert ledger.intents.open() == ()
        assert ledger.numbers.states("it", 2024) == dict.fromkeys(serials, "given")
        assert ledger.numbers.states("company", 2024) == dict.fromkeys(shared, "given")
        assert ledger.numbers.states("hr", 2024) == {}
    assert [office.runs().placed for office in offices] == [None] * len(offices)


def test_no_register_takes_the_copies_or_the_temporary_of_another_in_its_folder(
    parent, offices: list[Office]
):
    it, hr, _ = offices
    hr.runs()
    register = "it"
    for count in range(1, 100, 3):
        code = parent.run(run_job, it.settings_file, NOW, KilledAt(count), register)
        if code == 0:
            break
        left = {path for path in it.drive.iterdir() if path.suffix in (".tmp", ".bak")}
        hr.submits(f"Requirement {count}")
        hr.runs()
        assert left <= {*it.drive.iterdir()}
    assert count > 10
    assert it.column("title") == ["The first"]
    with open_ledger(it.settings) as ledger:
        of_it, of_hr = (backups(one.settings, ledger) for one in (it, hr))
    assert {backup.commit.register for backup in of_it if backup.commit} == {"it"}
    assert {backup.commit.register for backup in of_hr if backup.commit} == {"hr"}
