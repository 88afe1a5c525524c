"""The folder of documents goes with its record, and no file takes the place of another."""

from __future__ import annotations

from pathlib import Path

import pytest
from jobs.archive_company import ArchiveCompany, closed

from xlflow.jobs.archiving.documents import fetch_back, put_away

ONE, TWO = "2024-001", "2024-002"


@pytest.fixture
def company(tmp_path: Path) -> ArchiveCompany:
    company = ArchiveCompany(tmp_path / "company")
    company.has(closed(ONE, title="First"), closed(TWO, title="Second"))
    write(root(company) / ONE / "1 requirement.docx", "the first")
    write(root(company) / ONE / "mails" / "answer.txt", "yes")
    write(root(company) / TWO / "1 requirement.docx", "the second")
    return company


def root(company: ArchiveCompany) -> Path:
    return company.settings.folder / "documents"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def files(folder: Path) -> dict[str, str]:
    """Path below the folder -> text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_documents_move_with_their_record_and_come_back(company):
    before = files(root(company))
    assert company.archives(ONE).documents == (ONE,)
    assert files(root(company)) == {
        "archive/2023/2024-001/1 requirement.docx": "the first",
        "archive/2023/2024-001/mails/answer.txt": "yes",
        "2024-002/1 requirement.docx": "the second",
    }
    assert company.archives(ONE).documents == ()
    assert company.unarchives(ONE).documents == (ONE,)
    assert files(root(company)) == before


def test_documents_of_a_record_that_stays_stay(company):
    company.archives(ONE)
    company.undoes()
    write(root(company) / ONE / "2 assessment.docx", "new")
    assert company.archives(TWO).documents == (TWO,)
    assert (root(company) / ONE / "2 assessment.docx").exists()
    assert company.archives(ONE).documents == (ONE,)


def test_what_was_added_later_joins_what_is_there(tmp_path):
    write(tmp_path / ONE / "a.txt", "a")
    assert put_away(tmp_path, ONE, 2023)
    write(tmp_path / ONE / "a.txt", "another a")
    write(tmp_path / ONE / "b.txt", "b")
    assert put_away(tmp_path, ONE, 2023)
    assert files(tmp_path) == {
        "archive/2023/2024-001/a.txt": "a",
        "archive/2023/2024-001/a (2).txt": "another a",
        "archive/2023/2024-001/b.txt": "b",
    }


def test_the_same_file_in_both_is_one_file(tmp_path):
    """As a kill leaves it between giving a file its second name and taking the first away."""
    write(tmp_path / ONE / "a.txt", "a")
    write(tmp_path / "archive" / "2023" / ONE / "a.txt", "a")
    assert put_away(tmp_path, ONE, 2023)
    assert not (tmp_path / ONE).exists()
    assert files(tmp_path) == {"archive/2023/2024-001/a.txt": "a"}
    assert fetch_back(tmp_path, ONE, 2023)
    assert not fetch_back(tmp_path, ONE, 2023)
    assert files(tmp_path) == {"2024-001/a.txt": "a"}
