"""Closed records move to the archive of their year, whole, once, and come back whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import NOW, new
from jobs.archive_company import (
    ONE,
    RECENTLY,
    THREE,
    TWO,
    ArchiveCompany,
    closed,
    held_by,
    progress,
    two_closed,
)
from registers import clean
from workbook.test_owner_files import excel_owner_file

from xlflow.jobs.archiving.choosing import NotMovableError

LATER = NOW + timedelta(days=200)


@pytest.fixture
def company(tmp_path: Path) -> ArchiveCompany:
    return two_closed(tmp_path / "company")


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


def test_a_new_ledger_learns_the_numbers_of_the_archives(company):
    company.runs()
    company.archives(ONE)
    company.archives(THREE)
    for ledger in company.settings.folder.glob("xlflow.db*"):
        ledger.unlink()
    company.appends(new("Newest"))
    outcome = company.runs()
    assert company.numbers() == [TWO, "2024-004"]
    assert {move.file for move in company.known().values()} == {"2023.xlsx", "2024.xlsx"}
    assert not [f for f in outcome.inspection.findings if f.rule == "record-vanished"]


def test_a_number_is_never_given_again(company):
    company.runs()
    company.archives(THREE)
    company.appends(new("Newest"))
    company.runs()
    assert company.numbers() == [ONE, TWO, "2024-004"]
