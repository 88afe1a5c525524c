"""A job other than the run changes cells that people typed, under the same protocol."""

from __future__ import annotations

from pathlib import Path

import pytest
from company import NOW, Company, new

from xlflow.jobs.changing import Change, change_register, patched
from xlflow.jobs.drive import drive_of
from xlflow.jobs.keeping import open_ledger
from xlflow.workbook.patch import CellEdit
from xlflow.workbook.share import Placed, Snapshot, WorkbookChanged, WorkbookOpen


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path / "company")
    company.has(new("One"), new("Two"))
    return company


def set_title(company: Company, title: str, meanwhile: list[str] | None = None) -> Placed | None:
    """Put a title into the first record; each of `meanwhile` is saved by a person after a look."""
    waiting = list(meanwhile or ())

    def decide(taken: Snapshot, _intent: str) -> Change:
        change = patched(taken, [CellEdit("Register", 4, "B", title)], titles=[title])
        if waiting:
            company.type_into("B5", waiting.pop(0))
        return change

    with open_ledger(company.settings) as ledger, drive_of(company.settings) as drive:
        return change_register(company.settings, ledger, drive, NOW, decide, by="restore")


def last_run(company: Company) -> tuple[str | None, dict[str, int]]:
    with open_ledger(company.settings) as ledger:
        (run,) = ledger.runs.latest("main")
        return run.outcome, dict(run.counts)


def test_the_cells_are_set_and_the_ledger_tells_by_whom(company: Company):
    placed = set_title(company, "Better")
    assert placed is not None
    assert company.column("title") == ["Better", "Two"]
    assert last_run(company) == ("restore", {"cells": 1})
    with open_ledger(company.settings) as ledger:
        intent = ledger.intents.get(Path(placed.aside).stem.removeprefix(".xlflow-"))
    assert intent.state == "done"
    assert intent.cells == {"by": "restore", "numbers": [], "cells": 1, "titles": ["Better"]}


def test_what_is_so_already_is_not_written(company: Company):
    before = company.sha()
    assert set_title(company, "One") is None
    assert company.sha() == before


def test_a_save_in_between_counts_and_the_job_begins_again(company: Company):
    assert set_title(company, "Better", meanwhile=["Typed meanwhile"])
    assert company.column("title") == ["Better", "Typed meanwhile"]


def test_people_who_save_again_and_again_are_not_disturbed(company: Company):
    with pytest.raises(WorkbookChanged):
        set_title(company, "Better", meanwhile=["a", "b", "c", "d"])
    assert company.column("title") == ["One", "c"]
    assert last_run(company)[0] == "failed"


def test_a_workbook_that_is_open_stays_as_it_is(company: Company):
    before = company.sha()
    (company.file.parent / "~$register.xlsx").write_bytes(b"\x03Ann" + bytes(161))
    with pytest.raises(WorkbookOpen):
        set_title(company, "Better")
    assert company.sha() == before
    with open_ledger(company.settings) as ledger:
        assert ledger.intents.open() == ()
        assert ledger.runs.latest("main") == ()
