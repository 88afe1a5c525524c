"""Putting back what a register's layout has lost, beside a new register."""

from __future__ import annotations

import re
from xml.etree.ElementTree import canonicalize

import pytest
from registers import clean
from workbook.layouts import (
    PARTS,
    changed_parts,
    children,
    edited,
    mended,
    replaced,
    rules,
    template,
    text,
    told,
    validations,
    without,
)

from xlflow.languages import LANGUAGES
from xlflow.settings import default_settings
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register

VALIDATIONS = "<dataValidations.*</dataValidations>"
MARKS = "<conditionalFormatting.*</conditionalFormatting>"
PROTECTION = "<sheetProtection[^>]*/>"
FILTER = "<autoFilter[^>]*/>"
RECORD_SHEETS = ("Register", "Progress", "Issues", "Changes")


def with_cells(data: bytes, *cells: tuple[str, int, str, str | None]) -> bytes:
    """The workbook with texts in cells: tab, row, column, text."""
    return patch(data, [CellEdit(*cell) for cell in cells]).data


def test_a_new_register_differs_in_nothing():
    assert mended(template()).put_back == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_that_are_gone_come_back_as_they_were(language):
    damaged = whole = template(language)
    for name in RECORD_SHEETS:
        for gone in (VALIDATIONS, MARKS, PROTECTION, FILTER):
            damaged = without(damaged, name, gone)
    damaged = without(damaged, "styles", "<dxf>.*</dxf>")
    outcome = mended(damaged)
    assert outcome.left == ()
    for name in RECORD_SHEETS:
        assert validations(outcome.data, name) == validations(whole, name)
        assert rules(outcome.data, name) == [
            (rank, sqref, formula.replace("TRUE", "1"))
            for rank, sqref, formula in rules(whole, name)
        ]
        assert children(outcome.data, name) == children(whole, name)
        assert re.findall(PROTECTION, text(outcome.data, name)) == re.findall(
            PROTECTION, text(whole, name)
        )
        assert re.findall(FILTER, text(outcome.data, name)) == re.findall(FILTER, text(whole, name))
    assert canonicalize(text(outcome.data, "styles")) == canonicalize(text(whole, "styles"))


def test_only_the_sheets_styles_and_names_that_lack_something_are_written():
    damaged = without(template(), "Issues", VALIDATIONS)
    assert changed_parts(damaged, mended(damaged).data) == {PARTS["Issues"]}
    damaged = without(template(), "book", r'<definedName name="xlflow_status">[^<]*</definedName>')
    assert changed_parts(damaged, mended(damaged).data) == {PARTS["book"]}


def test_the_rows_of_a_mended_sheet_keep_every_byte():
    damaged = without(without(template(), "Register", VALIDATIONS), "Register", MARKS)
    outcome = mended(damaged)
    rows = re.compile("<sheetData>.*</sheetData>", re.DOTALL)
    assert rows.findall(text(outcome.data, "Register")) == rows.findall(text(damaged, "Register"))


def test_what_is_missing_is_told_with_its_cells_and_columns():
    damaged = replaced(template(), "Register", 'sqref="C4:C1048576"', 'sqref="C4:C5 C9:C1048576"')
    outcome = mended(damaged)
    assert told(outcome.put_back) == [
        ("validation-missing", "Register!C6:C8"),
        ("marks-missing", "Register!C6:C8"),
    ]
    assert outcome.put_back[0].fields == ("Status",)


def test_rules_that_lie_in_pieces_are_whole():
    pieces = "C4:C5 C6 C7:C9 C10:C1048576"
    damaged = replaced(template(), "Register", 'sqref="C4:C1048576"', f'sqref="{pieces}"')
    assert mended(damaged).put_back == ()


def test_what_lacks_far_below_the_last_entry_is_no_difference():
    damaged = replaced(template(), "Register", "1048576", "1006")
    assert mended(damaged).put_back == ()
    damaged = replaced(template(), "Register", "1048576", "50")
    assert mended(damaged).put_back != ()


def test_a_validation_pasted_over_a_field_makes_way_and_stays_on_its_own_columns():
    pasted = (
        '<dataValidation type="whole" showErrorMessage="1" sqref="C5 BM2:BN9">'
        "<formula1>BM2+$A$1</formula1><formula2>9</formula2></dataValidation></dataValidations>"
    )
    damaged = replaced(template(), "Register", 'sqref="C4:C1048576"', 'sqref="C4 C6:C1048576"')
    damaged = replaced(damaged, "Register", "</dataValidations>", pasted)
    outcome = mended(damaged)
    assert ("validation-foreign", "Register!C5") in told(outcome.put_back)
    held = validations(outcome.data, "Register")
    # The formula is written for the first cell of all, which was C2 and is BM2 now.
    assert held["BM2:BN9"]["formulas"] == ["DW2+$A$1", "9"]
    assert held["C4:C1048576"]["formulas"] == ["xlflow_status"]


def test_a_validation_in_the_extensions_makes_way_too():
    space = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    rule = (
        '<x14:dataValidation type="list"><x14:formula1><xm:f>Lists!$A$4:$A$8</xm:f></x14:formula1>'
        "<xm:sqref>{}</xm:sqref></x14:dataValidation>"
    )
    extension = (
        f'<extLst><ext xmlns:x14="{space}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}">'
        f'<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" '
        f'count="2">{rule.format("D5:D9")}{rule.format("D8 BM4:BM9")}</x14:dataValidations>'
        "</ext></extLst></worksheet>"
    )
    damaged = replaced(template(), "Register", "</worksheet>", extension)
    outcome = mended(damaged)
    assert told(outcome.put_back) == [("guard-foreign", "Register!D5:D9")]
    assert set(re.findall("<xm:sqref>(.*?)<", text(outcome.data, "Register"))) == {"BM4:BM9"}
    alone = replaced(damaged, "Register", " BM4:BM9", "")
    assert "extLst" not in text(mended(alone).data, "Register")


def test_staffs_own_colours_stay_behind_those_of_the_template():
    own = (
        '<conditionalFormatting sqref="C4:C90 BM1:BM9">'
        '<cfRule type="cellIs" dxfId="0" priority="2" operator="equal">'
        '<formula>"Live"</formula></cfRule><cfRule type="expression" dxfId="1" priority="1">'
        '<formula>$C4="Blocked"</formula></cfRule></conditionalFormatting>'
    )
    damaged = edited(template(), "Register", lambda xml: re.sub(MARKS, own, xml, flags=re.DOTALL))
    outcome = mended(damaged)
    marks = len(rules(template(), "Register"))
    assert rules(outcome.data, "Register")[marks:] == [
        (marks + 1, "C4:C90 BM1:BM9", '$C4="Blocked"'),
        (marks + 2, "C4:C90 BM1:BM9", '"Live"'),
    ]


def test_data_bars_of_staffs_keep_their_place_behind_the_colours():
    bar = (
        '<conditionalFormatting sqref="BM4:BM9"><cfRule type="dataBar" priority="3"><dataBar/>'
        "</cfRule></conditionalFormatting>"
    )
    space = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    extended = (
        f'<extLst><ext xmlns:x14="{space}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}">'
        '<x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="dataBar" '
        'priority="2" id="{1}"/></x14:conditionalFormatting></x14:conditionalFormattings>'
        "</ext></extLst></worksheet>"
    )
    damaged = edited(template(), "Progress", lambda xml: re.sub(MARKS, bar, xml, flags=re.DOTALL))
    damaged = replaced(damaged, "Progress", "</worksheet>", extended)
    xml = text(mended(damaged).data, "Progress")
    marks = len(rules(template(), "Progress"))
    assert f'<cfRule type="dataBar" priority="{marks + 2}"><dataBar/>' in xml
    assert f'<x14:cfRule type="dataBar" id="{{1}}" priority="{marks + 1}"/>' in xml


def test_a_rule_whose_formula_is_written_for_its_first_area_is_understood():
    whole, pieces = 'sqref="C4:C1048576"', 'sqref="C9:C1048576 C4:C8"'
    formula = (
        "IFERROR(AND(LEN(TRIM(C{0}))&gt;0,"
        "NOT(SUMPRODUCT(--(xlflow__any_status=TRIM(C{0})))&gt;0)),TRUE)"
    )
    data = replaced(template(), "Register", whole, pieces)
    assert mended(data).put_back == ()
    data = replaced(data, "Register", formula.format(4), formula.format(9))
    assert mended(data).put_back == ()


@pytest.mark.parametrize("part", ["Register", "Issues"])
def test_a_sheet_whose_elements_have_a_prefix_is_mended_in_its_own_way(part):
    def prefixed(xml: str) -> str:
        return re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=")

    damaged = without(template(), part, VALIDATIONS)
    damaged = without(damaged, part, MARKS)
    damaged = without(damaged, "styles", "<dxfs.*</dxfs>")
    for name in (part, "styles", "book"):
        damaged = edited(damaged, name, prefixed)
    damaged = without(damaged, "book", r'<x:definedName name="xlflow_type">[^<]*</x:definedName>')
    outcome = mended(damaged)
    assert validations(outcome.data, part) == validations(template(), part)
    assert "<x:dxfs count=" in text(outcome.data, "styles")
    assert '<x:definedName name="xlflow_type">Lists!$A$4:$A$8' in text(outcome.data, "book")


def test_a_colour_of_staffs_like_one_of_ours_but_with_a_look_of_its_own_stays():
    own = (
        '<conditionalFormatting sqref="G4:G99"><cfRule type="expression" dxfId="5" priority="99">'
        "<formula>AND(ISNUMBER($G4),$G4&lt;=TODAY()+7)</formula></cfRule></conditionalFormatting>"
    )
    kept = replaced(template(), "styles", "</dxfs>", "<dxf><font><i/></font></dxf></dxfs>")
    kept = replaced(kept, "Register", "<dataValidations", own + "<dataValidations")
    assert mended(kept).put_back == ()
    damaged = replaced(kept, "Register", 'sqref="C4:C1048576"', 'sqref="C9:C1048576"')
    assert "TODAY()+7" in text(mended(damaged).data, "Register")


def test_colours_and_checks_follow_a_limit_that_the_settings_have_changed():
    settings = default_settings()
    limits = settings.limits.model_copy(update={"title_en": 40})
    outcome = mended(template(), settings.model_copy(update={"limits": limits}))
    assert told(outcome.put_back) == [
        ("validation-foreign", "Register!B4:B1048576"),
        ("marks-missing", "Register!B4:B1048576"),
        ("marks-outdated", "Register!B4:B1048576"),
    ]
    formulas = [formula for _, _, formula in rules(outcome.data, "Register")]
    assert sum("LEN(B4)>40" in formula for formula in formulas) == 1
    assert not any("LEN(B4)>60" in formula for formula in formulas)


def test_lost_names_are_defined_again_and_changed_ones_corrected():
    name = '<definedName name="xlflow_status">'
    damaged = without(template(), "book", f"{name}[^<]*</definedName>")
    damaged = replaced(damaged, "book", "Lists!$B$4:$B$6", "#REF!")
    outcome = mended(damaged)
    assert told(outcome.put_back) == [("name", "Lists"), ("name-missing", "Lists")]
    assert f"{name}Lists!$E$4:$E$12<" in text(outcome.data, "book")
    assert '<definedName name="xlflow_priority">Lists!$B$4:$B$6<' in text(outcome.data, "book")


def test_the_lists_get_their_choices_keys_and_headings_back_but_people_keep_their_entries():
    damaged = with_cells(
        template(),
        ("Lists", 5, "B", None),
        ("Lists", 6, "B", "Later"),
        ("Lists", 1, "A", None),
        ("Lists", 3, "E", "State"),
        ("Lists", 6, "K", "Legal"),
        ("Lists", 9, "B", "Some day"),
    )
    outcome = mended(damaged)
    assert told(outcome.put_back) == [
        ("list-empty", "Lists!B5"),
        ("list", "Lists!B6"),
        ("list", "Lists!E3"),
        ("list-empty", "Lists!A1"),
    ]
    assert outcome.put_back[1].facts["found"] == "Later"
    register = read_register(outcome.data, "register.xlsx")
    assert register.departments == ("Marketing", "Finance", "Legal")
    assert "Some day" in text(outcome.data, "xl/worksheets/sheet6.xml")


def test_a_column_of_lists_that_somebody_uses_for_something_else_is_left_to_a_person():
    damaged = with_cells(
        template(),
        ("Lists", 1, "D", None),
        ("Lists", 3, "D", None),
        *(("Lists", row, "D", f"mine {row}") for row in (4, 5, 6)),
    )
    outcome = mended(damaged)
    assert told(outcome.left) == [("list-column-missing", "Lists")]
    assert outcome.data is damaged


def test_a_lists_sheet_that_is_gone_is_left_to_a_person():
    damaged = replaced(template(), "book", 'name="Lists"', 'name="Old"')
    damaged = without(damaged, "Lists", "<sheetData>.*</sheetData>")
    with_rows = replaced(damaged, "Lists", "<mergeCells", "<sheetData/><mergeCells")
    outcome = mended(with_rows)
    assert told(outcome.left) == [("lists-missing", "Lists")]
    assert not outcome.left[0].is_repairable


def test_a_register_that_is_longer_than_its_rules_has_them_to_its_end():
    rows = [clean("submitted", title=f"Title {n}", number=None) for n in range(300)]
    damaged = replaced(build_register("en", rows=rows), "Register", "1048576", "120")
    outcome = mended(damaged)
    kinds = {difference.kind for difference in outcome.put_back}
    assert kinds == {"guard-missing", "validation-missing", "marks-missing"}
    assert "C4:C1048576" in validations(outcome.data, "Register")


def test_cells_that_pasting_has_locked_are_open_again_in_the_format_of_their_column():
    wanted = re.search(r'<c r="C5" s="(\d+)"', text(template(), "Register"))
    damaged = edited(
        template(), "Register", lambda xml: re.sub(r'<c r="C5" s="\d+"', '<c r="C5"', xml)
    )
    outcome = mended(damaged)
    assert wanted
    assert told(outcome.put_back) == [("format", "Register!C5")]
    assert re.search(rf'<c r="C5"[^>]* s="{wanted[1]}"', text(outcome.data, "Register"))


def test_a_locked_cell_of_xlflow_has_the_format_of_its_column_whatever_it_showed():
    due_on = re.search(r'<col min="7" max="7" [^>]*style="(\d+)"', text(template(), "Register"))
    percent = '<xf numFmtId="10" fontId="2" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    damaged = replaced(template(), "styles", "</cellXfs>", percent)
    styles = text(damaged, "styles")
    number = styles[styles.index("<cellXfs") : styles.index("</cellXfs>")].count("<xf ") - 1
    cell = f'<c r="G5" s="{number}"><v>45000</v></c><c r="H5"'
    damaged = replaced(damaged, "Register", '<c r="H5"', cell)
    outcome = mended(damaged)
    assert due_on
    assert told(outcome.put_back) == [("format", "Register!G5")]
    assert f'<c r="G5" s="{due_on[1]}"><v>45000</v></c>' in text(outcome.data, "Register")


def test_a_locked_cell_that_shows_its_number_in_its_own_way_keeps_that():
    percent = '<xf numFmtId="10" fontId="2" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    damaged = replaced(template(), "styles", "</cellXfs>", percent)
    number = text(damaged, "styles").count("<xf ", text(damaged, "styles").index("<cellXfs")) - 1
    number -= text(damaged, "styles").count("<xf ", text(damaged, "styles").index("</cellXfs"))
    damaged = edited(
        damaged,
        "Register",
        lambda xml: re.sub(
            r'<c r="C5" s="\d+" t="s"><v>\d+</v>', f'<c r="C5" s="{number}"><v>0.5</v>', xml
        ),
    )
    outcome = mended(damaged)
    assert told(outcome.put_back) == [("format", "Register!C5")]
    assert re.search(rf'<c r="C5" s="{number + 1}"><v>0.5</v>', text(outcome.data, "Register"))
    styles = text(outcome.data, "styles")
    copy = styles[: styles.index("</cellXfs>")].rpartition("<xf ")[2]
    assert copy.startswith('numFmtId="10" fontId="2"')
    assert '<protection locked="0"/>' in copy
