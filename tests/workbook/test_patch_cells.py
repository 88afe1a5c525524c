"""What stands in a cell after the patch: values of every kind, and what they replace."""

from __future__ import annotations

import io
import math
from datetime import date, datetime, timedelta, timezone

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook.handmade import book, part, read, sheet

from xlflow.workbook.cell_values import escaped, unescaped
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.refusals import EditsRefused
from xlflow.workbook.verification import verify

ONE_CELL = sheet('<row r="1"><c r="A1" s="7"><v>1</v></c><c r="B1"><v>2</v></c></row>')


PLAIN_CELL = ONE_CELL.replace(' s="7"', "")  # openpyxl looks the style up


def set_a1(data, value, **options):
    return patch(data, [CellEdit("S1", 1, "A", value, **options)])


def a1(data):
    """The XML of cell A1."""
    return part(data).partition('<row r="1">')[2].partition('<c r="B1">')[0]


def reasons(data, *edits):
    with pytest.raises(EditsRefused) as caught:
        patch(data, edits)
    return {cell.address: cell.reason for cell in caught.value.cells}


@pytest.mark.parametrize(
    ("value", "xml"),
    [
        ("已提交", '<c r="A1" s="7" t="inlineStr"><is><t>已提交</t></is></c>'),
        ("2024-015", '<c r="A1" s="7" t="inlineStr"><is><t>2024-015</t></is></c>'),
        ("a<b>&c", '<c r="A1" s="7" t="inlineStr"><is><t>a&lt;b&gt;&amp;c</t></is></c>'),
        (5, '<c r="A1" s="7"><v>5</v></c>'),
        (2.5, '<c r="A1" s="7"><v>2.5</v></c>'),
        (-0.1, '<c r="A1" s="7"><v>-0.1</v></c>'),
        (1e300, '<c r="A1" s="7"><v>1e+300</v></c>'),
        (True, '<c r="A1" s="7" t="b"><v>1</v></c>'),
        (False, '<c r="A1" s="7" t="b"><v>0</v></c>'),
        (None, '<c r="A1" s="7"/>'),
        ("", '<c r="A1" s="7"/>'),
        (date(2024, 3, 1), '<c r="A1" s="7"><v>45352</v></c>'),
        (datetime.fromisoformat("2024-03-01T12:00"), '<c r="A1" s="7"><v>45352.5</v></c>'),
    ],
)
def test_a_value_replaces_the_old_one_and_the_style_stays(value, xml):
    assert a1(set_a1(book(ONE_CELL), value).data) == xml


def test_the_next_cell_keeps_its_xml():
    assert '<c r="B1"><v>2</v></c></row>' in part(set_a1(book(ONE_CELL), "x").data)


def test_two_columns_by_letters_and_by_number_are_the_same():
    by_letters = patch(book(ONE_CELL), [CellEdit("S1", 1, "B", 9)])
    assert patch(book(ONE_CELL), [CellEdit("S1", 1, 2, 9)]).data == by_letters.data


@pytest.mark.parametrize(
    "text",
    [
        " leads",
        "trails ",
        "two  blanks",
        "line\nbreak",
        "tab\there",
        "\n",
        " ",
        "carriage\r\nreturn",
        "bell\x07",
        "nul\x00",
        "escape\x1b[0m",
        "\ufffe",
        "\uffff",
        "_x000D_ literally",
        "_x005F_",
        "_x00",
        "__x0041_",
        "_x000d_",
        "😀",
        "𠮷野家",
        "]]>",
        "'=1+1",
        "=1+1",
        "&amp;",
        "  ",
        "_X0041_",
    ],
)
def test_any_text_is_read_back_as_it_was_typed(text):
    written = set_a1(book(PLAIN_CELL), text).data
    loaded = openpyxl.load_workbook(io.BytesIO(written))["S1"]["A1"].value
    # openpyxl keeps the escapes of an inline string; an XML reader turns no other character
    assert unescaped(loaded) == text
    assert set_a1(written, text).data is written


@pytest.mark.parametrize("text", ["a\rb", "_x000D_", "nul\x01"])
def test_what_xml_cannot_hold_is_escaped_as_excel_escapes_it(text):
    assert read(set_a1(book(ONE_CELL), text).data)[0][0] == text


def test_the_escapes_are_those_of_the_standard():
    assert escaped("\r_x000D_\x01_x00_") == "_x000D__x005F_x000D__x0001__x00_"
    assert unescaped("_x000D__x005F_x000D__x0001_") == "\r_x000D_\x01"
    assert unescaped("_xD83D__xDE00_") == "😀"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_escaping_is_undone_for_every_text(text):
    assert (
        unescaped(escaped(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        == text
    )


def test_text_of_32767_utf16_units_fits_and_one_more_is_refused():
    emoji = "😀" * 16_383
    assert set_a1(book(ONE_CELL), emoji + "x").edits
    assert set_a1(book(ONE_CELL), "x" * 32_767).edits
    assert reasons(book(ONE_CELL), CellEdit("S1", 1, "A", emoji + "xy")) == {"A1": "too-long"}
    assert reasons(book(ONE_CELL), CellEdit("S1", 1, "A", "x" * 32_768)) == {"A1": "too-long"}


def test_half_a_character_is_refused():
    assert reasons(book(ONE_CELL), CellEdit("S1", 1, "A", "a\ud83d")) == {"A1": "broken-character"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.inf, "not-a-number"),
        (math.nan, "not-a-number"),
        (123456789012345678, "inexact-number"),
        (10**400, "inexact-number"),
        (date(1899, 12, 31), "date-too-early"),
    ],
)
def test_a_number_that_no_cell_holds_is_refused(value, reason):
    assert reasons(book(ONE_CELL), CellEdit("S1", 1, "A", value)) == {"A1": reason}


@pytest.mark.parametrize(
    ("day", "serial"),
    [
        (date(1900, 1, 1), 1),
        (date(1900, 2, 28), 59),
        (date(1900, 3, 1), 61),
        (date(2024, 3, 1), 45352),
        (date(9999, 12, 31), 2958465),
    ],
)
def test_a_date_is_a_serial_number_of_the_1900_system(day, serial):
    assert f"<v>{serial}</v>" in a1(set_a1(book(ONE_CELL), day).data)


def test_a_date_is_a_serial_number_of_the_1904_system_where_the_workbook_uses_it():
    data = book(ONE_CELL, properties='<workbookPr date1904="1"/>')
    assert "<v>43890</v>" in a1(set_a1(data, date(2024, 3, 1)).data)
    assert reasons(data, CellEdit("S1", 1, "A", date(1903, 12, 31))) == {"A1": "date-too-early"}


def test_a_time_zone_or_a_cell_off_the_sheet_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="time zones"):
        CellEdit("S1", 1, "A", datetime(2024, 3, 1, tzinfo=timezone(timedelta(hours=8))))
    for row, column in ((0, 1), (1_048_577, 1), (1, 0), (1, 16_385), (1, "XFE"), (1, "a")):
        with pytest.raises(ValueError, match="no"):
            CellEdit("S1", row, column, 1)


def test_two_values_for_one_cell_are_a_fault_of_the_program():
    with pytest.raises(ValueError, match="two values for S1!A1"):
        patch(book(ONE_CELL), [CellEdit("S1", 1, "A", 5), CellEdit("S1", 1, 1, 6)])


def test_no_edit_gives_the_very_same_bytes():
    data = book(ONE_CELL)
    assert patch(data, []).data is data


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>5</v></c>', 5),
        ('<c r="A1"><v>5.0</v></c>', 5),
        ('<c r="A1" t="n"><v>5E0</v></c>', 5.0),
        ('<c r="A1" s="2"><v>45352</v></c>', date(2024, 3, 1)),
        ('<c r="A1" t="d"><v>2024-03-01</v></c>', date(2024, 3, 1)),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="s"><v>0</v></c>', "一"),
        ('<c r="A1" t="s"><v>1</v></c>', "rich text"),
        ('<c r="A1" t="s"><v>2</v></c>', "漢字"),
        ('<c r="A1" t="s"><v>3</v></c>', "a\rb"),
        ('<c r="A1" t="s"><v>4</v></c>', "1 < 2"),
        ('<c r="A1" t="s"><v> 5 </v></c>', None),
        ('<c r="A1" t="str"><v>x &amp; y</v></c>', "x & y"),
        ('<c r="A1" t="inlineStr"><is><t>abc</t></is></c>', "abc"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', " a "),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c>', "a<b"),
        ('<c r="A1" t="inlineStr"><is><t>x<!-- no -->y</t></is></c>', "xy"),
        ('<c r="A1" s="3"/>', None),
        ('<c r="A1" s="3"></c>', None),
        ('<c r="A1"><v></v></c>', None),
        ("", None),
    ],
)
def test_a_cell_that_holds_the_value_already_is_left_alone(cell, value):
    strings = [
        "<t>一</t>",
        '<r><rPr><b/></rPr><t>rich</t></r><r><t xml:space="preserve"> text</t></r>',
        '<t>漢字</t><rPh sb="0" eb="2"><t>かんじ</t></rPh>',
        "<t>a_x000D_b</t>",
        "<t>1 &#60; 2</t>",
        "<t/>",
    ]
    data = book(sheet(f'<row r="1">{cell}</row>'), strings=strings)
    result = set_a1(data, value)
    assert result.data is data
    assert result.changed_parts == ()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>1</v></c>', True),
        ('<c r="A1"><v>5</v></c>', "5"),
        ('<c r="A1" t="s"><v>0</v></c>', 0),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" t="inlineStr"><is><t> a </t></is></c>', " a "),  # no xml:space: readers trim it
        ('<c r="A1" t="b"><v>1</v></c>', 1),
    ],
)
def test_a_value_of_another_type_is_an_edit(cell, value):
    data = book(sheet(f'<row r="1">{cell}</row>'), strings=["<t>0</t>"])
    once = set_a1(data, value).data
    assert once is not data
    assert set_a1(once, value).data is once


def test_the_metadata_of_a_replaced_value_goes_and_other_attributes_stay():
    xml = sheet(
        '<row r="1"><c r="A1" s="4" cm="1" vm="2" ph="1" t="e"><v>#VALUE!</v></c>'
        '<c r="B1"><v>1</v></c></row>'
    )
    assert a1(set_a1(book(xml), 3).data) == '<c r="A1" s="4" ph="1"><v>3</v></c>'


def test_what_other_programs_keep_with_a_cell_stays():
    kept = '<extLst><ext uri="{x}"><c r="Z9"><v>1</v></c></ext></extLst>'
    xml = sheet(f'<row r="1"><c r="A1"><v>1</v>{kept}</c><c r="B1"><v>2</v></c>{kept}</row>')
    after = part(patch(book(xml), [CellEdit("S1", 1, "A", 3), CellEdit("S1", 1, "C", 4)]).data)
    assert f'<row r="1"><c r="A1"><v>3</v>{kept}</c><c r="B1"><v>2</v></c>' in after
    assert f'<c r="C1"><v>4</v></c>{kept}</row>' in after


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.dates(date(1900, 1, 1)),
)
CELLS = st.dictionaries(st.tuples(st.integers(1, 12), st.integers(1, 8)), VALUES, max_size=20)


@settings(max_examples=60, deadline=None)
@given(first=CELLS, second=CELLS)
def test_any_edits_on_any_edits_are_what_the_cells_then_hold(first, second):
    data = book(sheet())
    for cells in (first, second):
        edits = [CellEdit("S1", row, column, value) for (row, column), value in cells.items()]
        before, data = data, patch(data, edits).data
        verify(before, data, edits)
        assert patch(data, edits).data is data
    held = first | second
    loaded = openpyxl.load_workbook(io.BytesIO(data))["S1"]
    for (row, column), value in held.items():
        found = loaded.cell(row, column).value
        if isinstance(value, date):
            assert found == pytest.approx((value - date(1899, 12, 30)).days, abs=1)
        elif isinstance(value, str) and value:
            assert unescaped(str(found)) == value
        else:
            assert found == (value if value != "" else None)
