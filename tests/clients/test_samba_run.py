"""The whole program on a register that lies on a real Samba: run, wait, settle, take back."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from clients.samba_person import Person
from clients.samba_server import PASSWORD, XLFLOW, Place, SambaServer
from company import NOW, Company, new
from workbook.children import KilledAt, in_child
from workbook.test_owner_files import excel_owner_file

from xlflow.jobs.backups import backups
from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.undo import undo
from xlflow.workbook.share import WorkbookOpen

NAME = "登记 2024.xlsx"


@pytest.fixture
def place(samba: SambaServer) -> Place:
    return samba.place()


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    """A company whose register lies on a server."""
    password = tmp_path / "password"
    password.touch(0o600)
    password.write_text(PASSWORD, encoding="utf-8")
    company = Company(
        tmp_path / "company",
        register={"path": place.location(NAME), "language": "en"},
        share={"user": XLFLOW, "password_file": str(password)},
    )
    company.file = place.path(NAME)
    company.has(new("Something new"))
    company.file.chmod(0o666)
    return company


def test_a_run_writes_numbers_and_an_undo_takes_them_back(company: Company, place: Place) -> None:
    before = company.sha()

    assert list(company.runs().numbered.values()) == ["2024-001"]
    assert company.column("number") == ["2024-001"]
    assert company.runs().placed is None

    with open_ledger(company.settings) as ledger:
        (backup,) = backups(company.settings, ledger)
        assert backup.path == place.location(backup.name)
        assert backup.size_bytes == place.path(backup.name).stat().st_size
        assert undo(company.settings, ledger, NOW).numbers == ("2024-001",)
    assert company.sha() == before


def test_while_excel_has_it_open_a_run_checks_and_the_next_one_writes(
    company: Company, place: Place
) -> None:
    before = company.sha()
    with Person(place) as li, li.opens(NAME):
        place.path(f"~${NAME}").write_bytes(excel_owner_file("Li Na"))
        outcome = company.runs()
        place.path(f"~${NAME}").unlink()

    assert isinstance(outcome.deferred, WorkbookOpen)
    assert outcome.deferred.by == "Li Na"
    assert len(outcome.inspection.register.requirements.frame) == 1
    assert company.sha() == before
    assert list(company.runs().numbered.values()) == ["2024-001"]


def run_killed(company: Company, count: int) -> None:
    company.runs(step=KilledAt(count))


@pytest.mark.parametrize(
    ("count", "names"),
    [
        pytest.param(7, {".bak", ".tmp"}, id="without-a-workbook"),
        pytest.param(8, {NAME, ".bak"}, id="before-the-ledger-knows"),
    ],
)
def test_a_run_that_was_killed_is_settled_by_the_next_one(
    company: Company, place: Place, count: int, names: set[str]
) -> None:
    assert in_child(run_killed, company, count) == -signal.SIGKILL
    assert {name if name == NAME else name[-4:] for name in place.names()} == names

    company.runs()

    assert company.column("number") == ["2024-001"]
    assert {name if name == NAME else name[-4:] for name in place.names()} == {NAME, ".bak"}
