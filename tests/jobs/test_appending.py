"""New lines stand below the last one, and nothing that anybody keeps in the workbook changes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill
from registers import clean
from workbook.layouts import edited, text

from xlflow.jobs.appending import Appended, appended
from xlflow.record.register import Register
from xlflow.workbook.free_rows import EndOfList, NoDateFormat, NoRoom
from xlflow.workbook.package import Package
from xlflow.workbook.patch import patch
from xlflow.workbook.reader import read_register
from xlflow.workbook.refusals import NotVerified
from xlflow.workbook.template import build_register
from xlflow.workbook.verification import verify

RAISED = datetime(2024, 3, 4, 9, 30)  # noqa: DTZ001 - workbooks know no time zones
NEW = {"title": "New", "submitted_on": date(2024, 3, 20), "goal": "=1+1", "core_days": 2.5}
EXTRA = "BZ"  # a column that people added behind those of the register


def book_of(*titles: str) -> bytes:
    rows = [clean("submitted", title=title) for title in titles]
    return build_register("en", rows=rows, departments=("Marketing",))


def by_hand(data: bytes, change: Callable[[Any], object]) -> bytes:
    """The workbook after a person was at work in its register."""
    book, saved = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    change(book["Register"])
    book.save(saved)
    return saved.getvalue()


def append(
    data: bytes, lines: Mapping[str, Sequence[Any]] | None = None
) -> tuple[Appended, Register]:
    """Append, prove it, and read the register again."""
    held = lines or {"register": [NEW]}
    register = read_register(data, "register.xlsx")
    found = appended(data, register, held)
    result = patch(data, found.edits)
    verify(data, result.data, result.edits)
    assert len(result.edits) == len(found.edits)
    return found, read_register(result.data, "register.xlsx")


def rows(data: bytes, count: int = 1) -> tuple[int, ...]:
    found, register = append(data, {"register": [NEW] * count})
    frame = register.requirements.frame
    for row in found.rows["register"]:
        assert {key: frame.at[row, key] for key in NEW} == NEW
        assert type(frame.at[row, "submitted_on"]) is date
    return found.rows["register"]


def test_a_line_comes_below_the_last_one():
    assert rows(book_of("One", "Two")) == (6,)


def test_the_first_line_comes_below_the_header():
    assert rows(book_of(), 3) == (4, 5, 6)


def test_lines_of_all_sheets_are_appended_at_once():
    line = {"number": "2024-001", "raised_at": RAISED, "issue": "Slow"}
    found, register = append(book_of("One"), {"register": [NEW], "issues": [line], "changes": []})
    assert found.rows == {"register": (5,), "issues": (4,)}
    assert register.issues.frame.at[4, "raised_at"] == RAISED
    assert register.issues.frame.at[4, "number"] == "2024-001"


def test_what_people_keep_beside_the_list_is_not_written_over():
    def notes(sheet: Any) -> None:
        sheet[f"{EXTRA}5"] = "our note"
        sheet[f"{EXTRA}7"] = 0

    assert rows(by_hand(book_of("One"), notes), 3) == (6, 8, 9)


def test_formulas_filled_down_beside_the_list_are_ready_for_the_next_line():
    def filled_down(sheet: Any) -> None:
        for row in range(4, 40):
            sheet[f"{EXTRA}{row}"] = f"=LEN(B{row})"

    data = by_hand(book_of("One"), filled_down)
    assert rows(data) == (5,)


def test_a_total_below_the_list_is_no_free_row():
    assert rows(by_hand(book_of("One"), lambda s: s.__setitem__(f"{EXTRA}5", "=SUM(A1:A4)"))) == (
        6,
    )


@pytest.mark.parametrize(("key", "row"), [("core_days", 8), ("estimate", 5)])
def test_a_formula_in_a_column_that_is_written_is_not_written_over(key: str, row: int):
    def filled_down(sheet: Any) -> None:
        columns = read_register(book_of(), "x").requirements.columns
        for row in range(4, 8):
            sheet[f"{columns[key]}{row}"] = f"=LEN(B{row})"

    assert rows(by_hand(book_of("One"), filled_down)) == (row,)


@pytest.mark.parametrize("row", [500, 100_000])
def test_a_stray_entry_far_below_is_not_the_end_of_the_list(row: int):
    data = by_hand(book_of("One"), lambda sheet: sheet.__setitem__(f"B{row}", "x"))
    register = read_register(data, "register.xlsx")
    assert row in register.requirements.frame.index
    assert rows(data) == (5,)


def test_blank_rows_within_the_list_stay_blank():
    data = by_hand(book_of("One"), lambda sheet: sheet.__setitem__("B60", "Sixty"))
    assert rows(data) == (61,)


def test_an_entry_in_the_way_is_stepped_over():
    data = by_hand(book_of("One"), lambda sheet: sheet.__setitem__("B106", "x"))
    assert rows(data, 103)[-3:] == (105, 107, 108)


def test_stray_formats_do_not_matter():
    def formats(sheet: Any) -> None:
        for row in range(5, 9):
            for column in range(1, 70):
                sheet.cell(row, column).fill = PatternFill("solid", fgColor="FFFF00")
                sheet.cell(row, column).font = Font(bold=True)
                sheet.cell(row, column).number_format = "General"

    assert rows(by_hand(book_of("One"), formats), 2) == (5, 6)


def test_a_date_shows_as_a_date_where_its_column_lost_its_format():
    columns = r'(?<=<sheetFormatPr defaultRowHeight="15"/>)<cols>.*?</cols>'
    data = edited(book_of("One"), "Register", lambda xml: re.sub(columns, "", xml))
    assert "<cols>" not in text(data, "Register")
    assert rows(data) == (5,)


def test_a_date_finds_a_format_elsewhere_in_the_workbook():
    data = edited(book_of(), "Register", lambda xml: re.sub(r"<cols>.*?</cols>", "", xml))
    assert rows(data) == (4,)


def test_a_workbook_without_any_date_format_is_refused():
    without = edited(book_of(), "Register", lambda xml: re.sub(r"<cols>.*?</cols>", "", xml))
    data = edited(without, "styles", lambda xml: re.sub(r"yyyy[^\"]*", "0", xml))
    with pytest.raises(NoDateFormat, match="Register"):
        appended(data, read_register(data, "register.xlsx"), {"register": [NEW]})


def test_a_hidden_row_is_used_and_told():
    data = by_hand(book_of("One"), lambda sheet: setattr(sheet.row_dimensions[5], "hidden", True))
    found, _ = append(data, {"register": [NEW, NEW]})
    assert found.rows["register"] == (5, 6)
    assert found.hidden["register"] == (5,)


def test_merged_cells_are_stepped_over():
    data = by_hand(book_of("One"), lambda sheet: sheet.merge_cells("A5:F6"))
    assert rows(data) == (7,)


def test_a_list_that_reaches_the_last_row_has_no_room():
    data = book_of("One")
    package = Package.open(data, "register.xlsx")
    end = EndOfList(package, "Register", range(4, 1_048_576), 4)
    assert [row.number for row in end.free(1, [1], [1])] == [1_048_576]
    with pytest.raises(NoRoom, match="fewer than 2 free rows"):
        end.free(2, [1], [1])


def test_an_unknown_field_is_a_fault_of_the_caller():
    data = book_of()
    with pytest.raises(KeyError, match="nothing"):
        appended(data, read_register(data, "register.xlsx"), {"register": [{"nothing": "x"}]})


def test_another_cell_format_than_asked_for_is_not_verified():
    data = book_of()
    found = appended(data, read_register(data, "register.xlsx"), {"register": [NEW]})
    result = patch(data, found.edits)
    wrong = edited(result.data, "Register", lambda xml: re.sub(r'(r="B4" s=")\d+', r"\g<1>1", xml))
    with pytest.raises(NotVerified):
        verify(data, wrong, result.edits)
