"""What stands in the way of a move, and copies that differ: told, and nothing is lost."""

from __future__ import annotations

import os
import random
import tempfile
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import NOW
from jobs.archive_company import (
    ONE,
    RECENTLY,
    THREE,
    TWO,
    ArchiveCompany,
    closed,
    two_closed,
)
from openpyxl.comments import Comment
from workbook.children import NOBODY, in_child, with_room_for
from workbook.test_owner_files import excel_owner_file

from xlflow.jobs.archiving.archive import archive
from xlflow.jobs.archiving.archives import NoArchive
from xlflow.jobs.archiving.choosing import NotMovableError, Wish
from xlflow.jobs.backups import backups
from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.undo import PutBack
from xlflow.workbook.refusals import SignedWorkbook
from xlflow.workbook.share import DiskFull, ShareReadOnly, WorkbookOpen

WORDS = [chr(n) for n in range(0x4E00, 0x9000)]  # so many that they hardly compress
LATER = NOW + timedelta(days=200)


@pytest.fixture
def company(tmp_path: Path) -> ArchiveCompany:
    return two_closed(tmp_path / "company")


# --- what stands in the way


def test_a_record_with_a_note_stays_is_marked_and_waits_for_its_row_to_be_deleted(company):
    def note(book: Any) -> None:
        book["Register"]["B4"].comment = Comment("ask *Li", "*Wang")

    company.edits(company.file, note)
    outcome = company.archives(ONE)
    assert outcome.stayed == {ONE: "2023.xlsx"}
    assert [(found.reason, found.address) for found in outcome.obstacles] == [("note", "B4")]
    first = company.register().requirements.frame.iloc[0]
    assert "Delete this row in Excel" in first["next_step"]
    assert "2023.xlsx" in first["next_step"]
    company.runs()
    assert company.register().requirements.frame.iloc[0]["next_step"] == first["next_step"]
    again = company.archives(ONE)
    assert (again.stayed, again.placed) == ({ONE: "2023.xlsx"}, ())
    assert company.titles("2023.xlsx") == ["First"]
    company.edits(company.file, lambda book: setattr(book["Register"]["B4"], "comment", None))
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    assert company.titles("2023.xlsx") == ["First"]


def test_records_below_an_obstacle_leave_all_the_same(company):
    def note(book: Any) -> None:
        book["Register"]["B4"].comment = Comment("ask *Li", "*Wang")

    company.edits(company.file, note)
    outcome = company.archives(ONE, THREE)
    assert outcome.moved == {THREE: "2024.xlsx"}
    assert outcome.stayed == {ONE: "2023.xlsx"}
    assert company.numbers() == [ONE, TWO]


def test_a_line_that_must_stay_keeps_its_record(company):
    def note(book: Any) -> None:
        book["Progress"]["D4"].comment = Comment("really?", "*Wang")

    company.edits(company.file, note)
    assert company.archives(ONE).stayed == {ONE: "2023.xlsx"}
    assert company.numbers() == [ONE, TWO, THREE]
    assert len(company.rows(company.file, "progress")) == 3


def test_numbers_that_cannot_go_are_told_all_at_once(company):
    before = company.sha()
    with pytest.raises(NotMovableError) as refused:
        company.archives(ONE, TWO, "2024-999")
    text = refused.value.message("en")
    assert "2024-002 is not finished (status: Developing)" in text
    assert "2024-999 is neither" in text
    assert company.sha() == before
    assert not company.folder.exists()


def test_a_doubled_number_stays_where_it_is(tmp_path):
    company = ArchiveCompany(tmp_path / "company")
    company.has(closed(ONE, title="One"), closed(ONE, title="Another"), closed(TWO, title="Two"))
    outcome = company.archives(closed_before=RECENTLY)
    assert outcome.moved == {TWO: "2023.xlsx"}
    assert [(found.number, found.places) for found in outcome.conflicts] == [(ONE, ())]
    assert company.column("title") == ["One", "Another"]


def test_a_record_without_a_number_never_moves(tmp_path):
    company = ArchiveCompany(tmp_path / "company")
    company.has({key: value for key, value in closed(ONE).items() if key != "number"})
    assert company.archives(closed_before=LATER.date()).moved == {}
    assert len(company.register().requirements) == 1


def test_an_open_register_stops_all_before_anything_is_written(company):
    company.file.with_name("~$register.xlsx").write_bytes(excel_owner_file("李娜"))
    with pytest.raises(WorkbookOpen, match="李娜"):
        company.archives(ONE)
    assert not company.folder.exists()


def test_a_signed_register_stops_all_before_anything_is_written(company):
    with zipfile.ZipFile(company.file, "a") as package:
        package.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    with pytest.raises(SignedWorkbook):
        company.archives(ONE)
    assert not company.folder.exists()


def test_an_open_archive_holds_up_its_own_records_only(company):
    company.archives(ONE)
    company.unarchives(ONE)
    (company.folder / "~$2023.xlsx").write_bytes(excel_owner_file("李娜"))
    outcome = company.archives(ONE, THREE)
    assert outcome.moved == {THREE: "2024.xlsx"}
    (err,) = outcome.held_up
    assert isinstance(err, WorkbookOpen)
    assert (err.by, Path(err.path).name) == ("李娜", "2023.xlsx")
    assert company.numbers() == [TWO, ONE]
    (company.folder / "~$2023.xlsx").unlink()
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}


def expect_held_up(folder: Path, kind: type[Exception]) -> None:
    company = ArchiveCompany.of(folder)
    before = company.sha()
    outcome = company.archives(ONE)
    assert [type(err) for err in outcome.held_up] == [kind]
    assert outcome.moved == {}
    assert company.sha() == before


def test_a_full_drive_changes_nothing(tmp_path):
    """The ledger and an empty archive have room, the archive with the record has not."""
    company, chance = ArchiveCompany(tmp_path / "company"), random.Random(1)
    texts = {key: "".join(chance.choices(WORDS, k=30_000)) for key in ("goal", "risk", "solution")}
    company.has(closed(ONE, **texts, description=texts["goal"][::-1], benefit=texts["risk"][::-1]))
    company.runs()
    with_room_for(250_000, expect_held_up, company.settings.folder, DiskFull)
    assert company.titles("2023.xlsx") == []
    assert [path.name for path in company.folder.iterdir()] == ["2023.xlsx"]
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}


def archived_without_rights(folder: Path, other: Path) -> None:
    """Archive as an account that may do nothing special; all that needs has been loaded before."""
    ArchiveCompany.of(other).archives(ONE)
    company = ArchiveCompany.of(folder)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    with open_ledger(company.settings) as ledger:
        outcome = archive(company.settings, ledger, NOW, Wish((ONE,)))
    (err,) = outcome.held_up
    assert isinstance(err, ShareReadOnly)
    assert str(company.folder) in err.path


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_without_the_right_to_write_is_named_and_nothing_changes(company, exists):
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        other = ArchiveCompany(Path(name) / "company")
        other.has(closed(ONE, title="First"))
        other.runs()
        for path in (other.settings.folder, *other.settings.folder.glob("xlflow.*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        other.file.chmod(0o666)
        if exists:
            other.folder.mkdir()
        before = other.sha()
        folders = other.settings.folder, company.settings.folder
        assert in_child(archived_without_rights, *folders) == 0
        assert other.sha() == before


# --- two copies


def test_a_record_that_an_undo_brought_back_is_taken_out_again(company):
    company.archives(ONE)
    company.undoes()
    assert company.numbers() == [ONE, TWO, THREE]
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    assert company.titles("2023.xlsx") == ["First"]


def test_the_copy_that_was_put_aside_tells_of_the_archiving(company):
    company.archives(ONE)
    with open_ledger(company.settings) as ledger:
        (backup,) = backups(company.settings, ledger)
    assert backup.kind == "archive"
    assert backup.cells > 50


def test_what_was_edited_in_the_register_meanwhile_reaches_the_archive(company):
    company.archives(ONE)
    company.undoes()

    def edit(book: Any) -> None:
        book["Register"]["B4"] = "A better title"
        book["Progress"]["D4"] = "one, corrected"
        book["Progress"]["A5"] = ONE

    company.edits(company.file, edit)
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    file = company.folder / "2023.xlsx"
    assert company.titles("2023.xlsx") == ["A better title"]
    lines = [row["text"] for row in company.rows(file, "progress")]
    assert sorted(lines) == ["one again", "one, corrected", "two"]


def test_a_line_that_was_deleted_meanwhile_is_gone_from_the_archive_too(company):
    company.archives(ONE)
    company.undoes()

    def delete(book: Any) -> None:
        for cell in book["Progress"][4]:
            cell.value = None

    company.edits(company.file, delete)
    assert company.archives(ONE).moved
    lines = company.rows(company.folder / "2023.xlsx", "progress")
    assert [row["text"] for row in lines] == ["one again"]


def test_two_copies_that_people_edited_are_left_to_them(company):
    company.archives(ONE)
    company.undoes()
    file = company.folder / "2023.xlsx"
    company.edits(file, lambda book: book["Register"].__setitem__("B4", "Edited there"))
    company.edits(company.file, lambda book: book["Register"].__setitem__("B4", "Edited here"))
    shas = company.sha(), file.read_bytes()
    outcome = company.archives(ONE)
    (conflict,) = outcome.conflicts
    assert (conflict.number, conflict.file, conflict.places) == (
        ONE,
        "2023.xlsx",
        (("register", "title"),),
    )
    assert (company.sha(), file.read_bytes()) == shas
    assert [c.number for c in company.unarchives(ONE).conflicts] == [ONE]
    assert (company.sha(), file.read_bytes()) == shas


def test_another_record_with_an_archived_number_overwrites_nothing(company):
    company.archives(ONE)

    def retype(book: Any) -> None:
        sheet = book["Register"]
        other = {cell.column: f"other {cell.column}" for cell in sheet[5] if cell.column > 3}
        for column, value in {**other, 1: ONE, 3: "Closed"}.items():
            sheet.cell(5, column).value = value

    company.edits(company.file, retype)
    shas = company.sha(), (company.folder / "2023.xlsx").read_bytes()
    assert [found.number for found in company.archives(ONE).conflicts] == [ONE]
    assert [found.number for found in company.unarchives(ONE).conflicts] == [ONE]
    assert (company.sha(), (company.folder / "2023.xlsx").read_bytes()) == shas


def test_an_undo_never_takes_back_what_the_archive_no_longer_has(company):
    company.archives(ONE)
    company.unarchives(ONE)
    before = company.sha()
    with pytest.raises(PutBack, match="2024-001"):
        company.undoes()
    assert company.sha() == before


def test_a_lost_ledger_is_no_loss(company):
    company.archives(ONE)
    company.undoes()
    (company.settings.folder / "xlflow.db").unlink()
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    assert company.known()[ONE].file == "2023.xlsx"
    assert company.titles("2023.xlsx") == ["First"]


def test_a_record_stays_in_the_archive_that_has_it(company):
    company.archives(ONE)
    company.undoes()
    columns = company.register().requirements.columns
    company.type_into(f"{columns['closed_on']}4", date(2024, 1, 2))
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    assert not (company.folder / "2024.xlsx").exists()


# --- other files in the folder


def test_registers_with_one_folder_do_not_mix(company, tmp_path):
    register = {"path": "drive/other.xlsx", "language": "en", "id": "sales"}
    other = ArchiveCompany(tmp_path / "other", register=register)
    other.file = other.file.with_name("other.xlsx")
    other.has(closed(ONE, title="Of sales"))
    other.archives(ONE)
    (other.folder / "2023.xlsx").rename(tmp_path / "2023.xlsx")
    company.folder.mkdir()
    (tmp_path / "2023.xlsx").rename(company.folder / "2023.xlsx")
    before = (company.folder / "2023.xlsx").read_bytes()
    assert company.archives(ONE).moved == {ONE: "2023-main.xlsx"}
    assert (company.folder / "2023.xlsx").read_bytes() == before
    assert company.unarchives(ONE).back == {ONE: "2023-main.xlsx"}


def test_a_copy_of_the_register_is_no_archive(company):
    company.folder.mkdir()
    (company.folder / "2023.xlsx").write_bytes(company.file.read_bytes())
    for other in ("notes.xlsx", "2023-budget.xlsx", "2023.xlsx.bak"):
        (company.folder / other).write_bytes(b"none of ours")
    before = company.sha()
    with pytest.raises(NoArchive, match=r"2023\.xlsx"):
        company.archives(ONE)
    assert company.sha() == before
    openpyxl.Workbook().save(company.folder / "2023.xlsx")
    with pytest.raises(NoArchive, match=r"2023\.xlsx"):
        company.archives(ONE)
    (company.folder / "2023.xlsx").unlink()
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
