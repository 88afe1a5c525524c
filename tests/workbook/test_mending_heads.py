"""Headers and hidden keys that people have overwritten or deleted."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import openpyxl
import pytest
from workbook.layouts import edited, mended, replaced, rules, template, told, validations, without

from xlflow.languages import LANGUAGES, Language
from xlflow.record.fields import SHEETS
from xlflow.settings import default_settings
from xlflow.workbook.mending.mending import mend
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.reader import read_register
from xlflow.workbook.reader_refusals import LayoutRefused, NewerSchema, NoRegisterSheet
from xlflow.workbook.refusals import DamagedWorkbook, NotAWorkbook
from xlflow.workbook.template import build_register


def overwritten(data: bytes, cells: Mapping[str, str | None], tab: str = "Register") -> bytes:
    """The workbook with these texts in cells of a tab."""
    split = {address: re.fullmatch("([A-Z]+)([0-9]+)", address) for address in cells}
    edits = [
        CellEdit(tab, int(found[2]), found[1], cells[address])
        for address, found in split.items()
        if found
    ]
    return patch(data, edits).data


def cells(data: bytes, tab: str = "Register") -> dict[str, str]:
    """What stands in the first rows of a tab."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))[tab]
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows(max_row=3)
        for cell in row
        if cell.value
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_comes_back_by_its_key_and_a_key_by_its_label(language: Language):
    whole = template(language)
    tab = read_register(whole, "register.xlsx").requirements.title
    damaged = overwritten(whole, {"C3": "?", "J3": None, "D1": None, "K1": "mine"}, tab)
    outcome = mended(damaged)
    assert [difference.kind for difference in outcome.put_back] == [
        "header",
        "key-empty",
        "header-empty",
        "key",
    ]
    assert cells(outcome.data, tab) == cells(whole, tab)
    assert outcome.cells == 4


def test_what_stood_in_a_header_is_told():
    outcome = mended(overwritten(template(), {"C3": "ask Ann about this"}))
    (difference,) = outcome.put_back
    assert difference.facts == {"text": "Status", "found": "ask Ann about this"}
    assert "ask Ann about this" in difference.message("en")


def test_a_whole_header_row_comes_back_by_the_keys():
    fields = SHEETS["register"]
    gone = overwritten(template(), {cell: None for cell in cells(template()) if cell.endswith("3")})
    outcome = mended(gone)
    assert [difference.kind for difference in outcome.put_back] == ["header-empty"] * len(fields)
    assert cells(outcome.data) == cells(template())


def test_a_whole_row_of_keys_comes_back_by_the_headers():
    keys = re.compile("[A-Z]+1$")
    gone = overwritten(template(), {cell: None for cell in cells(template()) if keys.match(cell)})
    assert cells(mended(gone).data) == cells(template())


def test_a_column_that_lost_both_is_known_by_its_validation():
    damaged = overwritten(template(), {"I1": None, "I3": "Who?", "T1": None, "T3": None})
    outcome = mended(damaged)
    assert told(outcome.put_back) == [
        ("header", "Register!I3"),
        ("key-empty", "Register!I1"),
        ("header-empty", "Register!T3"),
        ("key-empty", "Register!T1"),
    ]


def test_a_column_that_lost_all_three_is_restored_only_where_nothing_else_stands():
    rule = '<dataValidation (?:(?!<dataValidation ).)*?sqref="I4:I1048576">.*?</dataValidation>'
    empty = without(overwritten(template(), {"I1": None, "I3": None}), "Register", rule)
    assert ("header-empty", "Register!I3") in told(mended(empty).put_back)
    own = without(overwritten(template(), {"I1": None, "I3": "Room"}), "Register", rule)
    with pytest.raises(LayoutRefused) as refused:
        mend(own, default_settings(), file="register.xlsx")
    (fault,) = refused.value.faults
    assert (fault.kind, fault.key) == ("header-changed", "requester")
    assert "Register!I3" in refused.value.message("en")
    assert "Requester" in refused.value.message("en")


def test_a_field_in_two_columns_is_left_to_a_person():
    doubled = overwritten(template(), {"BL1": "title", "BL3": "Title"})
    with pytest.raises(LayoutRefused) as refused:
        mend(doubled, default_settings(), file="register.xlsx")
    assert [fault.kind for fault in refused.value.faults] == ["column-doubled"]


def with_columns_swapped(data: bytes, first: str, second: str) -> bytes:
    """The register with the cells of two columns in each other's place."""
    other = {first: second, second: first}

    def ordered(row: re.Match[str]) -> str:
        cells = {
            other.get(cell[1], cell[1]): f'<c r="{other.get(cell[1], cell[1])}{cell[2]}{cell[3]}'
            for cell in re.finditer(r'<c r="([A-Z]+)(\d+)((?:"[^>]*/>)|(?:".*?</c>))', row[2])
        }
        in_order = sorted(cells, key=lambda letters: (len(letters), letters))
        return row[1] + "".join(cells[letters] for letters in in_order) + row[3]

    return edited(
        data,
        "Register",
        lambda xml: re.sub(r"(<row [^>]*>)(.*?)(</row>)", ordered, xml, flags=re.DOTALL),
    )


def test_rules_are_written_for_the_columns_where_the_fields_stand_now():
    moved = with_columns_swapped(template(), "C", "H")
    assert cells(moved)["H3"] == "Status"
    moved = without(moved, "Register", "<conditionalFormatting.*</dataValidations>")
    outcome = mended(moved)
    held = validations(outcome.data, "Register")
    assert held["H4:H1048576"]["formulas"] == ["xlflow_status"]
    assert held["C4:C1048576"]["formulas"] == ["xlflow_departments"]
    by_formula = {formula: sqref for _, sqref, formula in rules(outcome.data, "Register")}
    live = "AND(NOT(LEN(TRIM(AZ4))>0),SUMPRODUCT(--(xlflow__reached_live=TRIM($H4)))>0)"
    assert by_formula[live] == "AZ4:AZ1048576 BC4:BF1048576"
    assert not any("$C4" in formula for formula in by_formula)


def test_a_row_that_people_put_on_top_moves_all_that_rules_refer_to():
    def moved_down(xml: str) -> str:
        def lower(found: re.Match[str]) -> str:
            return f'{found[1]}{int(found[2]) + 1}"'

        return re.sub(r'(<row r="|<c r="[A-Z]+)(\d+)"', lower, xml)

    down = edited(template(), "Register", moved_down)
    down = without(down, "Register", "<conditionalFormatting.*</dataValidations>")
    outcome = mended(down)
    assert "C5:C1048576" in validations(outcome.data, "Register")
    assert rules(outcome.data, "Register")[0] == (
        1,
        "A5:BK1048576",
        'ISNUMBER(FIND("【"&A$4&"】",$D5))',
    )


def test_a_header_that_is_merged_away_is_told_and_all_else_put_back():
    merged = '<mergeCells count="1"><mergeCell ref="B3:C3"/></mergeCells>'
    damaged = overwritten(template(), {"C3": "?"})
    damaged = edited(
        damaged,
        "Register",
        lambda xml: xml.replace("<conditionalFormatting", merged + "<conditionalFormatting", 1),
    )
    damaged = without(damaged, "Register", "<dataValidations.*</dataValidations>")
    outcome = mend(damaged, default_settings(), file="register.xlsx")
    assert outcome.refused
    assert [cell.address for cell in outcome.refused.cells] == ["C3"]
    assert [difference.place for difference in outcome.left] == ["Register!C3"]
    assert "C4:C1048576" in validations(outcome.data, "Register")


def test_a_workbook_that_is_no_register_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Budget"
    book.save(tmp_path / "budget.xlsx")
    with pytest.raises(NoRegisterSheet):
        mend((tmp_path / "budget.xlsx").read_bytes(), default_settings(), file="budget.xlsx")
    with pytest.raises(NotAWorkbook):
        mend(b"not a workbook", default_settings(), file="budget.xlsx")
    with pytest.raises(DamagedWorkbook):
        mend(template()[:-2000], default_settings(), file="register.xlsx")


def test_an_empty_sheet_that_is_called_register_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Register"
    book.save(tmp_path / "empty.xlsx")
    with pytest.raises(LayoutRefused) as refused:
        mend((tmp_path / "empty.xlsx").read_bytes(), default_settings(), file="empty.xlsx")
    assert "no-header" in [fault.kind for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("part", "end"),
    [("styles", "</dxfs>"), ("Register", "</worksheet>"), ("Lists", "</worksheet>")],
)
def test_a_part_that_is_damaged_where_only_a_repair_looks_is_refused(part: str, end: str):
    damaged = replaced(template(), part, end, f"<x>{end}")
    with pytest.raises(DamagedWorkbook):
        mend(damaged, default_settings(), file="register.xlsx")


def test_a_label_with_blanks_around_it_is_put_right():
    (difference,) = mended(overwritten(template(), {"C3": " Status "})).put_back
    assert (difference.kind, difference.facts["found"]) == ("header", " Status ")


def test_a_register_of_a_newer_xlflow_is_refused():
    newer = replaced(template(), "docProps/custom.xml", "<vt:i4>1</vt:i4>", "<vt:i4>9</vt:i4>")
    with pytest.raises(NewerSchema):
        mend(newer, default_settings(), file="register.xlsx")


def test_the_headers_tell_the_language_where_the_workbook_does_not():
    anonymous = without(build_register("zh-Hant"), "_rels/.rels", "<Relationship [^>]*custom[^>]*>")
    assert mended(anonymous).put_back == ()
