"""Closed records move to the archive of their year, whole, once, and come back whole."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import NOW, new
from jobs.archive_company import ArchiveCompany, closed, issue, progress, typed
from openpyxl.comments import Comment
from registers import clean
from workbook.children import with_room_for
from workbook.test_owner_files import excel_owner_file

from xlflow.jobs.archiving.archives import NoArchive
from xlflow.jobs.archiving.choosing import NotMovableError
from xlflow.jobs.undo import PutBack
from xlflow.workbook.share import DiskFull, WorkbookOpen

WORDS = [chr(n) for n in range(0x4E00, 0x9000)]  # so many that they hardly compress
ONE, TWO, THREE = "2024-001", "2024-002", "2024-003"
RECENTLY = date(2024, 3, 19)
LATER = NOW + timedelta(days=200)


@pytest.fixture
def company(tmp_path: Path) -> ArchiveCompany:
    """Two closed records and one at work, with lines of each."""
    company = ArchiveCompany(tmp_path / "company")
    company.has(
        closed(ONE, title="First"),
        clean("developing", number=TWO, title="At work"),
        closed(THREE, RECENTLY, title="Third"),
        progress=[progress(ONE, "one"), progress(TWO, "two"), progress(ONE, "one again", 6)],
        issues=[issue(TWO, "slow"), issue(ONE, "broken")],
        changes=[{"number": ONE, "change_number": "2024-001-C1", "change": "more", "by": "*Li"}],
    )
    return company


def held_by(company: ArchiveCompany, file: Path) -> dict[str, list[dict[str, Any]]]:
    """What people typed, by sheet."""
    sheets = ("register", "progress", "issues", "changes")
    return {sheet: [typed(row, sheet) for row in company.rows(file, sheet)] for sheet in sheets}


# --- moving


def test_a_closed_record_moves_with_its_lines_to_the_archive_of_its_year(company):
    before = held_by(company, company.file)
    outcome = company.archives(ONE)
    assert outcome.moved == {ONE: "2023.xlsx"}
    there, here = held_by(company, company.folder / "2023.xlsx"), held_by(company, company.file)
    for sheet, rows in before.items():
        assert there[sheet] == [row for row in rows if row["number"] == ONE]
        assert here[sheet] == [row for row in rows if row["number"] != ONE]


def test_the_archive_tells_when_and_from_where_a_record_came(company):
    company.archives(ONE)
    (row,) = company.rows(company.folder / "2023.xlsx")
    assert row["archived_at"] == datetime(2024, 3, 22, 9)  # noqa: DTZ001 - as in the workbook
    assert row["archived_from"] == "register.xlsx"


def test_archiving_twice_moves_nothing_twice(company):
    company.archives(ONE)
    company.runs()
    files = [company.file, *company.folder.glob("*.xlsx")]
    before = [file.read_bytes() for file in files]
    again = company.archives(ONE)
    assert (again.moved, again.already, again.placed) == ({}, {ONE: "2023.xlsx"}, ())
    assert company.archives(closed_before=date(2024, 1, 1)).placed == ()
    assert [file.read_bytes() for file in files] == before


def test_without_numbers_what_was_closed_long_enough_ago_moves(company):
    assert company.archives(now=NOW).moved == {}
    assert company.archives(now=NOW + timedelta(days=6)).moved == {ONE: "2023.xlsx"}
    assert company.archives(now=datetime(2024, 6, 16, 9, tzinfo=NOW.tzinfo)).moved == {}
    assert company.archives(now=datetime(2024, 6, 17, 9, tzinfo=NOW.tzinfo)).moved == {
        THREE: "2024.xlsx"
    }


def test_a_day_may_be_given_instead(company):
    assert company.archives(closed_before=RECENTLY).moved == {ONE: "2023.xlsx"}
    assert company.archives(closed_before=RECENTLY + timedelta(days=1)).moved == {
        THREE: "2024.xlsx"
    }


def test_numbers_and_a_day_together_mean_both(company):
    assert company.archives(ONE, THREE, closed_before=RECENTLY).moved == {ONE: "2023.xlsx"}


def test_a_cancelled_record_counts_from_the_last_thing_that_happened(tmp_path):
    company = ArchiveCompany(tmp_path / "company")
    plans = {"expected_on": date(2024, 12, 1), "golive_due": date(2024, 11, 1)}
    company.has(
        clean("cancelled", number=ONE, live_on=None, closed_on=None, **plans),
        progress=[progress(ONE, "the last word", 20)],
    )
    assert company.archives(closed_before=date(2024, 3, 20)).moved == {}
    assert company.archives(closed_before=date(2024, 3, 21)).moved == {ONE: "2024.xlsx"}


def test_a_cancelled_record_counts_from_the_run_that_saw_it_so_where_one_did(company):
    company.runs()
    company.types_status(TWO, "Cancelled")
    seen = NOW + timedelta(days=30)
    company.runs(seen)
    assert company.archives(closed_before=seen.date()).moved.keys() == {ONE, THREE}
    assert company.archives(closed_before=seen.date() + timedelta(days=1)).moved == {
        TWO: "2024.xlsx"
    }


def test_a_second_move_adds_to_the_archive_of_the_year(company):
    company.archives(ONE, now=NOW)
    company.types_status(TWO, "Cancelled")
    company.archives(TWO, THREE, now=LATER)
    assert company.titles("2024.xlsx") == ["At work", "Third"]
    assert company.titles("2023.xlsx") == ["First"]
    assert company.numbers() == []


# --- what people typed, whatever it is


ODD: dict[str, Any] = {
    "background": datetime(2024, 2, 29),  # noqa: DTZ001 - a date among texts
    "goal": 12345,
    "description": "=1+1",
    "benefit": "'quoted\n second line  with  blanks ",
    "interruption": True,
    "assessed_on": "March 2nd",  # a text among dates
    "confirmed_on": 17,  # a number among dates
    "estimate": 2.5,
    "core_days": "three",
    "resources": "<a & b> \U0001f600 _x000D_",
    "risk": "2024-03-05",
    "solution": "长" * 5000,
    "monitoring": datetime(2024, 3, 16, 10, 30),  # noqa: DTZ001 - as in the workbook
    "live_on": datetime(2024, 3, 15, 18, 45),  # noqa: DTZ001
}


def test_each_value_keeps_its_type_there_and_back(tmp_path):
    company = ArchiveCompany(tmp_path / "company")
    company.has(closed(ONE), clean("developing", number=TWO))
    columns = company.register().requirements.columns

    def type_odd_things(book: Any) -> None:
        for key, value in ODD.items():
            cell = book["Register"][f"{columns[key]}4"]
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            # as Excel formats what it takes for a date or a number, all down the column
            for row in (4, 5):
                shown = "yyyy-mm-dd hh:mm" if isinstance(value, date) else "General"
                book["Register"][f"{columns[key]}{row}"].number_format = shown

    company.edits(company.file, type_odd_things)
    (before, _) = held_by(company, company.file)["register"]
    assert {key: before[key] for key in ODD} == ODD
    assert company.archives(ONE).moved
    (there,) = held_by(company, company.folder / "2023.xlsx")["register"]
    assert there == before
    assert {k: type(v) for k, v in there.items()} == {k: type(v) for k, v in before.items()}
    assert company.unarchives(ONE).back
    _, back = held_by(company, company.file)["register"]
    assert back == before
    assert {k: type(v) for k, v in back.items()} == {k: type(v) for k, v in before.items()}


def add_columns(company: ArchiveCompany) -> None:
    """Staff add columns of their own at the right of two sheets."""

    def add(book: Any) -> None:
        for tab, row in (("Register", 4), ("Progress", 6)):
            sheet = book[tab]
            last = sheet.max_column
            for n, (header, value) in enumerate(
                [("Cost", 4200.5), ("Cost", "second"), (None, "no header"), ("Seen", RECENTLY)], 1
            ):
                sheet.cell(3, last + n).value = header
                sheet.cell(row, last + n).value = value
                for other in range(4, 8):
                    sheet.cell(other, last + n).number_format = sheet.cell(
                        row, last + n
                    ).number_format

    company.edits(company.file, add)


def test_columns_of_the_staffs_own_come_along(company):
    add_columns(company)
    assert company.archives(ONE).moved
    (row,) = company.rows(company.folder / "2023.xlsx")
    own = [value for name, value in row.items() if name in ("Cost", "Cost (2)", "Seen")]
    assert own == [4200.5, "second", datetime(2024, 3, 19)]  # noqa: DTZ001
    assert "no header" in row.values()
    line = company.rows(company.folder / "2023.xlsx", "progress")[1]
    assert line["Cost"] == 4200.5
    sheet = openpyxl.load_workbook(company.file)["Register"]
    assert not any("no header" in row for row in sheet.iter_rows(values_only=True))


def test_columns_of_the_staffs_own_come_back_or_are_asked_for(company):
    add_columns(company)
    company.archives(ONE)
    whole = company.file.read_bytes()

    def drop(book: Any) -> None:
        book["Register"].delete_cols(book["Register"].max_column)

    company.edits(company.file, drop)
    with pytest.raises(Exception, match="Register: Seen"):
        company.unarchives(ONE)
    assert company.numbers() == [TWO, THREE]
    company.file.write_bytes(whole)
    assert company.unarchives(ONE).back == {ONE: "2023.xlsx"}
    back = company.rows(company.file)[-1]
    assert (back["number"], back["Seen"]) == (ONE, datetime(2024, 3, 19))  # noqa: DTZ001


def test_formulas_of_the_staffs_own_stay_with_the_rows_and_their_values_are_archived(company):
    def add(book: Any) -> None:
        sheet = book["Register"]
        last = sheet.max_column + 1
        sheet.cell(3, last).value = "Length"
        for row in (4, 5, 6):
            sheet.cell(row, last).value = f"=LEN(B{row})"

    company.edits(company.file, add)
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    assert company.archives(ONE).placed == ()


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


# --- two copies


def test_a_record_that_an_undo_brought_back_is_taken_out_again(company):
    company.archives(ONE)
    company.undoes()
    assert company.numbers() == [ONE, TWO, THREE]
    assert company.archives(ONE).moved == {ONE: "2023.xlsx"}
    assert company.titles("2023.xlsx") == ["First"]


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
    (company.folder / "notes.xlsx").write_bytes(b"none of ours")
    before = company.sha()
    with pytest.raises(NoArchive, match=r"2023\.xlsx"):
        company.archives(ONE)
    assert company.sha() == before


# --- coming back


def test_a_record_comes_back_with_all_that_it_had(company):
    before = held_by(company, company.file)
    company.archives(ONE)
    assert company.unarchives(ONE).back == {ONE: "2023.xlsx"}
    back, left = held_by(company, company.file), held_by(company, company.folder / "2023.xlsx")
    for sheet, rows in before.items():
        assert sorted(back[sheet], key=str) == sorted(rows, key=str)
        assert left[sheet] == []
    assert company.known() == {}


def test_unarchiving_twice_is_told_and_changes_nothing(company):
    company.archives(ONE)
    company.unarchives(ONE)
    before = company.sha()
    with pytest.raises(NotMovableError) as refused:
        company.unarchives(ONE, "2024-999")
    assert "2024-001 is in the register already" in refused.value.message("en")
    assert "2024-999 is in no archive" in refused.value.message("en")
    assert company.sha() == before


def test_what_was_taken_back_is_not_archived_again_at_once(company):
    moment = NOW + timedelta(days=10)
    company.archives(ONE, now=moment)
    company.unarchives(ONE, now=moment)
    assert company.archives(now=moment + timedelta(days=1)).moved == {}
    assert company.archives(now=moment + timedelta(days=91)).moved == {
        ONE: "2023.xlsx",
        THREE: "2024.xlsx",
    }


def test_an_open_archive_keeps_its_copy_until_the_next_call(company):
    company.archives(ONE)
    (company.folder / "~$2023.xlsx").write_bytes(excel_owner_file("李娜"))
    outcome = company.unarchives(ONE)
    assert (outcome.back, outcome.waiting) == ({}, {ONE: "2023.xlsx"})
    assert company.numbers() == [TWO, THREE, ONE]
    (company.folder / "~$2023.xlsx").unlink()
    assert company.unarchives(ONE).back == {ONE: "2023.xlsx"}
    assert company.numbers() == [TWO, THREE, ONE]
    assert company.titles("2023.xlsx") == []


def test_an_archived_record_has_not_vanished(company):
    company.runs()
    company.archives(ONE)
    found = {finding.rule for finding in company.runs(NOW + timedelta(days=1)).inspection.findings}
    assert "record-vanished" not in found


def test_a_line_for_an_archived_record_is_told_where_the_record_is(company):
    company.archives(ONE)

    def add(book: Any) -> None:
        for column, value in enumerate([ONE, date(2024, 3, 21), None, "more", "*Li"], 1):
            book["Progress"].cell(6, column).value = value

    company.edits(company.file, add)
    (found,) = [
        finding
        for finding in company.runs().inspection.findings
        if finding.rule == "line-of-unknown-number"
    ]
    assert "2024-001 is archived in 2023.xlsx" in found.message("en")
    assert company.archives(ONE).moved == {}
    assert company.unarchives(ONE).back == {ONE: "2023.xlsx"}
    assert company.titles("2023.xlsx") == []
    lines = [row["text"] for row in company.rows(company.file, "progress")]
    assert sorted(lines) == ["more", "one", "one again", "two"]
    assert not [f for f in company.runs().inspection.findings if "unknown-number" in f.rule]


def test_a_number_is_never_given_again(company):
    company.runs()
    company.archives(THREE)
    company.appends(new("Newest"))
    company.runs()
    assert company.numbers() == [ONE, TWO, "2024-004"]
