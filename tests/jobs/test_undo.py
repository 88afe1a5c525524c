from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import NOW, Company, new
from registers import clean

from xlflow.jobs.backups import Backup, backups
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.undo import (
    AlreadyUndone,
    BackupDamaged,
    EditedSince,
    NothingToUndo,
    UndoOutcome,
    UndoRefused,
    undo,
)
from xlflow.ledger import Ledger
from xlflow.workbook.share import WorkbookChanged, WorkbookOpen


class CautiousCompany(Company):
    """People here take runs back."""

    def undoes(self, **options: Any) -> UndoOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return undo(self.settings, ledger, NOW, **options)

    def backups(self) -> tuple[Backup, ...]:
        with open_ledger(self.settings) as ledger:
            return backups(self.settings, ledger)

    def states(self) -> dict[int, str]:
        with open_ledger(self.settings) as ledger:
            assert ledger.intents.open() == ()
            return dict(ledger.numbers.states(self.settings.workbook.id, 2024))

    def numbers(self) -> dict[object, object]:
        """Title -> number."""
        return dict(zip(self.column("title"), self.column("number"), strict=True))


class Killed(BaseException):
    """Ends a job as a kill does: nobody catches it."""


def killing(at: int) -> Callable[[str], None]:
    """A step that ends the job when it is told for the `at`-th time."""
    left = [at]

    def step(name: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed(name)

    return step


@pytest.fixture
def company(tmp_path: Path) -> CautiousCompany:
    return CautiousCompany(tmp_path / "company")


def test_undo_puts_back_every_byte_and_the_next_run_gives_the_same_numbers(company):
    company.has(clean("closed", number="2024-007", title="Old"), new("One"), new("Two"))
    before = company.sha()
    company.runs()
    given = company.numbers()
    outcome = company.undoes()
    assert company.sha() == before
    assert sorted(outcome.numbers) == ["2024-008", "2024-009"]
    assert company.states() == {7: "given", 8: "free", 9: "free"}
    company.runs()
    assert company.numbers() == given
    assert company.states() == {7: "given", 8: "given", 9: "given"}


def test_a_number_that_is_free_again_goes_to_one_record_only(company):
    company.has(new("One"), new("Two"))
    company.runs()
    company.undoes()
    company.has(new("Three"))
    company.runs()
    assert company.numbers() == {"Three": "2024-001"}
    assert company.states() == {1: "given", 2: "free"}
    company.has(clean("submitted", number="2024-001", title="Three"), new("Four"), new("Five"))
    company.runs()
    assert company.numbers() == {"Three": "2024-001", "Four": "2024-002", "Five": "2024-003"}


def test_what_somebody_saved_after_the_run_is_never_undone(company):
    company.has(new("Something new"))
    company.runs()
    company.type_into("B4", "Something better")
    saved = company.sha()
    with pytest.raises(EditedSince, match="saved by somebody") as refused:
        company.undoes()
    assert refused.value.backup == company.backups()[0].path
    assert company.sha() == saved
    assert company.states() == {1: "given"}


def test_undo_goes_back_one_step_and_not_two(company):
    company.has(new("One"))
    first = company.runs()
    second = company.runs(NOW + timedelta(days=5))
    assert first.placed is not None
    assert second.placed is not None
    company.undoes()
    assert company.sha() == first.placed.sha256
    with pytest.raises(AlreadyUndone, match="already"):
        company.undoes()
    assert company.sha() == first.placed.sha256
    assert company.states() == {1: "given"}


def test_after_another_run_undo_is_offered_again(company):
    company.has(new("Something new"))
    before = company.sha()
    for _ in range(3):
        company.runs()
        assert company.column("number") == ["2024-001"]
        company.undoes()
        assert company.sha() == before
        assert company.states() == {1: "free"}


def test_a_run_that_wrote_nothing_does_not_stand_in_the_way(company):
    company.has(new("Something new"))
    before = company.sha()
    company.runs()
    assert company.runs().placed is None
    company.undoes()
    assert company.sha() == before
    assert company.states() == {1: "free"}


def test_without_a_run_there_is_nothing_to_undo(company):
    company.has(new("Something new"))
    before = company.sha()
    with pytest.raises(NothingToUndo, match="xlflow backups"):
        company.undoes()
    assert company.sha() == before


def test_an_open_register_is_left_alone_and_the_person_named(company):
    company.has(new("Something new"))
    company.runs()
    after = company.sha()
    lock = company.file.with_name(".~lock.register.xlsx#")
    lock.write_text(",王*,office-pc,22.03.2024 08:59,file:///home/wang;", encoding="utf-8")
    with pytest.raises(WorkbookOpen, match=r"王\* \(office-pc\)"):
        company.undoes()
    assert company.sha() == after
    assert company.states() == {1: "given"}


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"PK"), Path.unlink])
def test_a_copy_that_is_damaged_or_gone_is_not_put_back(company, damage):
    company.has(new("Something new"))
    company.runs()
    after = company.sha()
    damage(Path(company.backups()[0].path))
    with pytest.raises((BackupDamaged, NothingToUndo)):
        company.undoes()
    assert company.sha() == after
    assert company.states() == {1: "given"}


def test_who_saves_while_the_run_is_taken_back_keeps_the_save(company):
    company.has(new("Something new"))
    company.runs()

    saved: list[str] = []

    def save_at_the_rename(step: str) -> None:
        if step == "rename" and not saved:
            saved.append(step)
            company.type_into("B4", "Something better")

    with pytest.raises(WorkbookChanged):
        company.undoes(step=save_at_the_rename)
    assert company.numbers() == {"Something better": "2024-001"}
    assert company.states() == {1: "given"}


def undo_until(company: CautiousCompany, at: int) -> bool:
    """Take the last run back, killed at the `at`-th step on drive or ledger; whether it was."""
    step = killing(at)
    settings = company.settings
    try:
        with (
            one_run_at_a_time(settings),
            Ledger.open(settings.ledger.url, beside=settings.folder, step=step) as ledger,
        ):
            undo(settings, ledger, NOW, step=step)
    except Killed:
        return True
    return False


@pytest.mark.parametrize("settled_by", ["run", "undo"])
def test_an_undo_that_is_killed_at_any_step_is_settled_by_the_next(
    company: CautiousCompany, settled_by: str
):
    company.has(new("One"), new("Two"))
    fresh = company.file.read_bytes()
    was_killed, at = True, 0
    endings = set()
    while was_killed:
        at += 1
        for left in company.file.parent.glob(".xlflow-*"):
            left.unlink()
        (company.settings.folder / "xlflow.db").unlink(missing_ok=True)
        company.file.write_bytes(fresh)
        company.runs()
        was_killed = undo_until(company, at)
        if settled_by == "undo":
            try:
                company.undoes()
            except UndoRefused as err:
                endings.add(type(err))
            assert company.file.read_bytes() == fresh
            assert company.states() == {1: "free", 2: "free"}
        else:
            endings.update(recovered.state for recovered in company.runs().recovered)
        company.runs()
        assert company.numbers() == {"One": "2024-001", "Two": "2024-002"}
        assert company.states() == {1: "given", 2: "given"}
        assert not list(company.file.parent.glob("*.tmp"))
    assert at > 12
    assert endings == ({AlreadyUndone} if settled_by == "undo" else {"done", "undone"})


KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.undo import undo
from xlflow.settings import load_settings

renames = 0
def step(name):
    global renames
    renames += name == "rename"
    if renames == 2:
        os.kill(os.getpid(), 9)

settings = load_settings(Path(sys.argv[1]))
with one_run_at_a_time(settings), open_ledger(settings) as ledger:
    undo(settings, ledger, datetime.fromisoformat(sys.argv[2]), step=step)
"""


def test_an_undo_killed_while_no_register_has_the_name_loses_none(company):
    company.has(new("Something new"))
    company.runs()
    after = company.sha()
    place = str(company.settings.folder / "xlflow.toml")
    done = subprocess.run([sys.executable, "-c", KILLED, place, NOW.isoformat()], check=False)
    assert done.returncode == -9
    assert not company.file.exists()
    outcome = company.runs()
    assert [recovered.state for recovered in outcome.recovered] == ["undone"]
    assert company.sha() == after
    assert company.states() == {1: "given"}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_runs_and_undos_do_no_number_is_in_two_records(
    company: CautiousCompany, seed: int
):
    chance = random.Random(seed)
    company.has(new("Requirement 0"))
    count = 1
    for _ in range(12):
        match chance.choice(["submit", "run", "undo", "undo", "withdraw"]):
            case "submit":
                submit(company, f"Requirement {count}")
                count += 1
            case "run":
                company.runs()
            case "undo":
                try:
                    company.undoes()
                except UndoRefused:
                    continue
            case "withdraw":
                withdraw_last(company)
        held = [number for number in company.column("number") if number]
        assert len(held) == len(set(held))
        assert all(company.states()[int(str(number)[5:])] == "given" for number in held)
    company.runs()
    numbers = sorted(str(number) for number in company.column("number"))
    assert len(numbers) == len(set(numbers))
    assert "None" not in numbers


def submit(company: Company, title: str) -> None:
    book = openpyxl.load_workbook(company.file)
    sheet, columns = book["Register"], company.register().requirements.columns
    row = 4 + len(company.column("title"))
    for key, value in new(title).items():
        sheet[f"{columns[key]}{row}"] = value
    # choices as the template shows them
    for key in ("type", "priority", "complexity", "status"):
        if key in columns and sheet[f"{columns[key]}4"].value:
            sheet[f"{columns[key]}{row}"] = sheet[f"{columns[key]}4"].value
    book.save(company.file)


def withdraw_last(company: Company) -> None:
    row = 3 + len(company.column("title"))
    if row > 4:
        book = openpyxl.load_workbook(company.file)
        for cell in book["Register"][row]:
            cell.value = None
        book.save(company.file)


def test_backups_tell_which_run_put_them_aside_and_what_it_wrote(company):
    company.has(new("One"), new("Two"))
    first = company.runs()
    second = company.runs(NOW + timedelta(days=5))
    company.undoes()
    held = company.backups()
    assert {backup.kind for backup in held} == {"run", "undo"}
    by_run = [backup for backup in held if backup.kind == "run"]
    assert [backup.cells for backup in by_run] == [second.cells, first.cells]
    assert [backup.made_at for backup in by_run] == [NOW + timedelta(days=5), NOW]
    assert by_run[1].numbers == ("2024-001", "2024-002")
    assert all(backup.size_bytes == Path(backup.path).stat().st_size for backup in held)
    with open_ledger(company.settings) as ledger:
        runs = {run.id for run in ledger.runs.latest(company.settings.workbook.id, 10)}
    assert all(backup.commit and backup.commit.run in runs for backup in held)


def test_copies_that_the_ledger_does_not_know_are_listed_as_such(company):
    company.has(new("Something new"))
    company.runs()
    (company.settings.folder / "xlflow.db").unlink()
    (backup,) = company.backups()
    assert (backup.kind, backup.commit, backup.cells) == ("unknown", None, None)
    with pytest.raises(NothingToUndo):
        company.undoes()


def test_copies_of_another_register_and_other_files_are_left_out(company):
    company.has(new("Something new"))
    company.runs()
    (mine,) = company.backups()
    (company.file.parent / ".xlflow-notes.bak").write_bytes(b"somebody's")
    with open_ledger(company.settings) as ledger:
        other = "20240101T000000Z-00000000"
        facts = dict.fromkeys(("target", "temporary", "aside", "sha_before", "sha_after"), "x")
        ledger.intents.store({"id": other, **facts}, "another-register", NOW)
    (company.file.parent / f".xlflow-{other}.bak").write_bytes(b"another's")
    assert company.backups() == (mine,)
