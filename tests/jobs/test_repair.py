"""The repair as a job: on the drive, in the ledger, and under the commit protocol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from company import NOW, Company, new
from registers import clean
from workbook.layouts import without

from xlflow.jobs.backups import backups
from xlflow.jobs.inspection import take_snapshot
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.repair import RepairOutcome, differences, repair
from xlflow.jobs.undo import undo
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.reader_refusals import LayoutRefused, NoRegisterSheet
from xlflow.workbook.share import LOCAL, WorkbookOpen


class DamagedCompany(Company):
    """People here have pasted over the header of Status, and deleted all its dropdowns."""

    def damage(self) -> None:
        data = patch(self.file.read_bytes(), [CellEdit("Register", 3, "J", "When?")]).data
        data = without(data, "Register", "<dataValidations.*</dataValidations>")
        self.file.write_bytes(data)

    def repairs(self, **options: Any) -> RepairOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return repair(self.settings, ledger, NOW, **options)

    def texts(self) -> dict[str, list[object]]:
        frame = self.register().requirements.frame
        return {str(key): list(frame[key]) for key in frame.columns}


@pytest.fixture
def company(tmp_path: Path) -> DamagedCompany:
    company = DamagedCompany(tmp_path / "company")
    company.has(new("One"), new("Two", department="Finance"))
    company.runs()
    company.damage()
    return company


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


def found(company: DamagedCompany) -> tuple[str, ...]:
    taken = take_snapshot(company.settings, NOW, LOCAL)
    return tuple(difference.kind for difference in differences(company.settings, taken))


def test_differences_are_told_without_touching_anything(company: DamagedCompany):
    before = company.sha()
    assert set(found(company)) == {"header", "guard-missing", "validation-missing"}
    assert company.sha() == before


def test_a_repair_puts_back_and_keeps_what_people_typed(company: DamagedCompany):
    typed, kept = company.texts(), company.file.read_bytes()
    outcome = company.repairs()
    assert outcome.placed
    assert Path(outcome.placed.aside).read_bytes() == kept
    assert company.texts() == typed
    assert found(company) == ()


def test_a_second_repair_writes_nothing(company: DamagedCompany):
    company.repairs()
    before = company.sha()
    outcome = company.repairs()
    assert (outcome.placed, outcome.put_back, outcome.left) == (None, (), ())
    assert company.sha() == before
    assert len(list(company.file.parent.glob(".xlflow-*"))) == 2  # of the run and the first repair


def test_a_run_right_after_a_repair_works(company: DamagedCompany):
    company.type_into("D4", "pasted over")  # all is written anew by another program
    company.repairs()
    outcome = company.runs()
    assert outcome.refused is None
    assert company.column("check")[0] != "pasted over"
    assert company.runs().placed is None


def test_a_header_and_key_of_which_nothing_is_left_are_refused_and_told(company: DamagedCompany):
    data = patch(
        company.file.read_bytes(),
        [CellEdit("Register", 3, "J", "When?"), CellEdit("Register", 1, "J", None)],
    ).data
    company.file.write_bytes(data)
    before = company.sha()
    with pytest.raises(LayoutRefused) as refused:
        company.repairs()
    assert 'Register!J3 reads "When?"' in refused.value.message("en")
    assert company.sha() == before


def test_a_file_that_is_no_register_is_refused(company: DamagedCompany):
    from openpyxl import Workbook

    Workbook().save(company.file)
    before = company.sha()
    with pytest.raises(NoRegisterSheet):
        company.repairs()
    assert company.sha() == before


def test_a_workbook_that_somebody_has_open_is_left_alone(company: DamagedCompany):
    sign = company.file.with_name(f".~lock.{company.file.name}#")
    sign.write_text(",ann,desk,22.03.2024 08:59,;", encoding="utf-8")
    before = company.sha()
    with pytest.raises(WorkbookOpen):
        company.repairs()
    assert company.sha() == before
    with open_ledger(company.settings) as ledger:
        assert ledger.intents.open() == ()
    sign.unlink()
    assert company.repairs().placed


def test_a_save_in_between_counts_and_the_repair_begins_again(company: DamagedCompany):
    edit = CellEdit("Register", 4, "B", "One, in other words")
    theirs = patch(company.file.read_bytes(), [edit]).data
    saves = iter([theirs])

    def somebody_saves(_name: str) -> None:
        for data in saves:
            company.file.write_bytes(data)

    assert company.repairs(step=somebody_saves).placed
    assert company.repairs().placed is None
    assert company.column("title")[0] == "One, in other words"


def test_a_repair_that_was_killed_anywhere_leaves_a_whole_register(tmp_path: Path):
    steps: list[str] = []
    company = DamagedCompany(tmp_path / "counted")
    company.has(clean("submitted"))
    company.damage()
    damaged = company.file.read_bytes()
    company.repairs(step=steps.append)
    assert len(steps) >= 3
    repaired = company.file.read_bytes()
    for at in range(1, len(steps) + 1):
        company = DamagedCompany(tmp_path / f"killed-{at}")
        company.file.write_bytes(damaged)
        with pytest.raises(Killed):
            company.repairs(step=killing(at))
        company.repairs()
        assert company.file.read_bytes() == repaired
        with open_ledger(company.settings) as ledger:
            assert ledger.intents.open() == ()


def test_undo_takes_a_repair_back(company: DamagedCompany):
    damaged = company.file.read_bytes()
    company.repairs()
    with one_run_at_a_time(company.settings), open_ledger(company.settings) as ledger:
        outcome = undo(company.settings, ledger, NOW)
        held = backups(company.settings, ledger)
        assert dict(ledger.numbers.states(company.settings.workbook.id, 2024)) == {
            1: "given",
            2: "given",
        }
    assert company.file.read_bytes() == damaged
    assert (outcome.numbers, outcome.undone.cells) == ((), 1)
    assert sorted(backup.kind for backup in held) == ["repair", "run", "undo"]


def test_the_ledger_tells_that_it_was_a_repair(company: DamagedCompany):
    put_back = len(company.repairs().put_back)
    with open_ledger(company.settings) as ledger:
        described = [held.commit.cells for held in backups(company.settings, ledger) if held.commit]
    (repaired,) = (cells for cells in described if cells.get("by") == "repair")
    assert repaired == {"by": "repair", "numbers": [], "cells": 1, "put_back": put_back}
