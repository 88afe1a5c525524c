"""The steps of the jobs, one by one: what docs/architecture.md promises about their order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from jobs.crash_company import SCENES, CrashCompany

# A step is told before the thing is done. What has a name on the drive then, and the intent:
RUN = """
commit ledger    | register           |        the run begins
commit ledger    | register           |        where the register lies
commit ledger    | register           |        the numbers are reserved, the intent stored
create temporary | register           | open
write temporary  | register temporary | open
keep rights      | register temporary | open
flush temporary  | register temporary | open
flush folder     | register temporary | open
rename           | register temporary | open   the old one aside
flush folder     | aside temporary    | open
rename           | aside temporary    | open   the new one in its place
flush folder     | aside register     | open
commit ledger    | aside register     | open   the intent is settled, the numbers are given
commit ledger    | aside register     | done   the run ends
"""


@pytest.fixture
def company(tmp_path: Path) -> CrashCompany:
    return CrashCompany(tmp_path / "company")


def on_the_drive(company: CrashCompany) -> str:
    kinds = {".tmp": "temporary", ".bak": "aside", ".xlsx": "register"}
    return " ".join(sorted(kinds[path.suffix] for path in company.drive.iterdir()))


def newest_intent(company: CrashCompany) -> str:
    file = company.settings.folder / "xlflow.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as ledger:
        try:
            found = ledger.execute("SELECT state FROM intents ORDER BY rowid DESC").fetchone()
        except sqlite3.OperationalError:  # no tables yet
            found = None
    return found[0] if found else ""


def test_each_step_of_a_run_is_told_before_it_is_done(company: CrashCompany):
    scene, told = SCENES["a first run"], []
    scene.begin(company)

    def step(name: str) -> None:
        told.append((name, on_the_drive(company), newest_intent(company)))

    scene.job(company.settings_file, scene.now, step)
    expected = [line.split("|") for line in RUN.strip().splitlines()]
    tables_made, *run = told
    assert tables_made == ("commit ledger", "register", "")
    assert run == [
        (name.strip(), drive.strip(), intent[:6].strip()) for name, drive, intent in expected
    ]


STEPS = [line.split("|")[0].strip() for line in RUN.strip().splitlines()]


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("new records", STEPS),
        ("a person's edit", STEPS),
        ("results only", [*STEPS, "remove"]),  # a copy too old to be kept
        ("an undo", STEPS[1:]),  # where the register lies is known
        ("a repair", STEPS[2:]),
    ],
)
def test_every_job_takes_the_same_steps(company: CrashCompany, name: str, steps: list[str]):
    scene, told = SCENES[name], []
    scene.begin(company)
    scene.job(company.settings_file, scene.now, told.append)
    assert told == steps
