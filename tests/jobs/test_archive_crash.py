"""A move between two files is killed at each step: nothing is lost, nothing doubled, all goes on.

After a kill a record may lie in both files, whole in each; never in none, and never in half.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from company import NOW
from jobs.archive_company import (
    CHILD_SHEETS,
    ArchiveCompany,
    archive_job,
    closed,
    issue,
    progress,
    typed,
    unarchive_job,
)
from registers import clean
from workbook.children import KILLED, KilledAt, Step, WarmParent

ONE, TWO = "2024-001", "2024-002"
SHEETS = ("register", *CHILD_SHEETS)
Rows = dict[str, list[str]]
Job = Callable[[Path, Any, Step], None]


@pytest.fixture
def company(tmp_path: Path) -> ArchiveCompany:
    company = ArchiveCompany(tmp_path / "company")
    company.has(
        closed(ONE, title="First"),
        clean("developing", number=TWO),
        progress=[progress(TWO, "two"), progress(ONE, "one")],
        issues=[issue(ONE, "broken")],
    )
    documents = company.settings.folder / "documents" / ONE
    documents.mkdir(parents=True)
    (documents / "requirement.docx").write_text("first", encoding="utf-8")
    company.runs()
    return company


def held_in(company: ArchiveCompany, file: Path) -> Rows:
    """What people typed into a workbook, by sheet."""
    if not file.exists():
        return {sheet: [] for sheet in SHEETS}
    return {
        sheet: [str(sorted(typed(row, sheet).items())) for row in company.rows(file, sheet)]
        for sheet in SHEETS
    }


def held(company: ArchiveCompany) -> tuple[Rows, Rows]:
    """What stands in the register, and what in the archive."""
    here = held_in(company, company.file)
    return here, held_in(company, company.folder / "2023.xlsx")


def together(here: Rows, there: Rows) -> Rows:
    return {sheet: sorted({*here[sheet], *there[sheet]}) for sheet in SHEETS}


def killed_at_each_step(
    parent: WarmParent, company: ArchiveCompany, job: Job, every: int = 1
) -> Iterator[int]:
    """The job from the same beginning, killed at the first, second, ... step; or every so many."""
    folder, kept = company.settings.folder, company.settings.folder.with_name("kept")
    shutil.copytree(folder, kept)
    for count in range(1, 1000, every):
        code = parent.run(job, folder / "xlflow.toml", NOW, KilledAt(count))
        if code == 0:
            assert count > 20
            return
        assert code == KILLED
        yield count
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)


def documents(company: ArchiveCompany) -> list[str]:
    root = company.settings.folder / "documents"
    return [path.relative_to(root).as_posix() for path in root.rglob("*.docx")]


def expect_nothing_lost(company: ArchiveCompany, before: Rows) -> None:
    """Each row is in the register, in the archive, or in both."""
    if company.file.exists():
        assert together(*held(company)) == before
    else:  # killed between two renames: the old one is aside, and the new one is there, too
        asides = list(company.file.parent.glob(".xlflow-*.bak"))
        temporaries = list(company.file.parent.glob(".xlflow-*.tmp"))
        assert asides
        assert temporaries
    assert len(documents(company)) == 1


def expect_archived(company: ArchiveCompany, before: Rows) -> None:
    here, there = held(company)
    assert together(here, there) == before
    for sheet in SHEETS:
        assert all(f"'number', '{ONE}'" in row for row in there[sheet])
        assert not any(f"'number', '{ONE}'" in row for row in here[sheet])
        assert len(here[sheet]) + len(there[sheet]) == len(before[sheet])
    assert set(company.known()) == {ONE}
    assert documents(company) == [f"archive/2023/{ONE}/requirement.docx"]


def test_an_archive_that_is_killed_anywhere_is_finished_by_the_next(parent, company):
    before = together(*held(company))
    for _ in killed_at_each_step(parent, company, archive_job):
        expect_nothing_lost(company, before)
        company.archives(ONE)
        expect_archived(company, before)
        assert not list(company.file.parent.glob("*.tmp"))
    assert company.archives(ONE).placed == ()


def test_a_run_may_come_between_a_kill_and_the_next_archive(parent, company):
    before = together(*held(company))
    for _ in killed_at_each_step(parent, company, archive_job, every=4):
        company.runs()
        expect_nothing_lost(company, before)
        company.archives(ONE)
        expect_archived(company, before)


def test_an_unarchive_that_is_killed_anywhere_is_finished_by_the_next(parent, company):
    before = together(*held(company))
    company.archives(ONE)
    for _ in killed_at_each_step(parent, company, unarchive_job):
        expect_nothing_lost(company, before)
        unarchive_job(company.settings.folder / "xlflow.toml", NOW, lambda _: None)
        here, there = held(company)
        assert {sheet: sorted(here[sheet]) for sheet in SHEETS} == before
        assert not any(there.values())
        assert company.known() == {}
        assert documents(company) == [f"{ONE}/requirement.docx"]


def test_an_unarchive_that_was_killed_may_be_followed_by_an_archive(parent, company):
    before = together(*held(company))
    company.archives(ONE)
    for _ in killed_at_each_step(parent, company, unarchive_job, every=4):
        company.archives(ONE)
        expect_archived(company, before)
