"""Archiving on a real Samba: the archive lies beside the register on the share."""

from __future__ import annotations

from pathlib import Path

import pytest
from clients.samba_person import Person
from clients.samba_server import PASSWORD, XLFLOW, Place, SambaServer
from company import NOW
from jobs.archive_company import ArchiveCompany, closed, progress
from registers import clean
from workbook.children import KILLED, KilledAt, in_child

from xlflow.jobs.archiving.archive import archive
from xlflow.jobs.archiving.choosing import Wish
from xlflow.jobs.keeping import open_ledger
from xlflow.settings import Settings
from xlflow.workbook.share import WorkbookOpen

NAME = "登记 2024.xlsx"
ONE, TWO = "2024-001", "2024-002"


@pytest.fixture
def company(samba: SambaServer, tmp_path: Path) -> ArchiveCompany:
    """A company whose register lies on a server; everybody may write there."""
    place = samba.place()
    password = tmp_path / "password"
    password.touch(0o600)
    password.write_text(PASSWORD, encoding="utf-8")
    company = ArchiveCompany(
        tmp_path / "company",
        register={"path": place.location(NAME), "language": "en"},
        share={"user": XLFLOW, "password_file": str(password)},
    )
    company.file = place.path(NAME)
    company.has(
        closed(ONE, title="First"),
        clean("developing", number=TWO),
        progress=[progress(ONE, "one"), progress(TWO, "two")],
    )
    company.file.chmod(0o666)
    company.place = place
    return company


def test_a_record_moves_to_an_archive_on_the_share_and_back(company: ArchiveCompany) -> None:
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    assert company.titles("2023.xlsx") == ["First"]
    assert company.numbers() == [TWO]
    assert company.archives(ONE).placed == ()
    assert company.unarchives(ONE).back == {ONE: "2023.xlsx"}
    assert company.numbers() == [TWO, ONE]
    assert company.titles("2023.xlsx") == []


def test_an_archive_that_excel_has_open_is_waited_for(company: ArchiveCompany) -> None:
    company.archives(ONE)
    company.unarchives(ONE)
    place: Place = company.place
    with Person(place) as li, li.opens("archive/2023.xlsx"):
        outcome = company.archives(ONE)
    (err,) = outcome.held_up
    assert isinstance(err, WorkbookOpen)
    assert outcome.moved == {}
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}


def archive_killed(settings: Settings, count: int) -> None:
    with open_ledger(settings) as ledger:
        archive(settings, ledger, NOW, Wish((ONE,)), step=KilledAt(count))


@pytest.mark.parametrize("count", [5, 12, 18, 24])
def test_a_kill_on_the_share_is_finished_by_the_next(company: ArchiveCompany, count: int) -> None:
    assert in_child(archive_killed, company.settings, count) == KILLED
    company.archives(ONE)
    assert company.titles("2023.xlsx") == ["First"]
    assert company.numbers() == [TWO]
    assert [row["text"] for row in company.rows(company.file, "progress")] == ["two"]
