"""The proof before a commit finds whatever a compaction might have spoilt."""

from __future__ import annotations

import pytest
from workbook.compaction_model import replaced
from workbook.handmade import SHEET, book, part, sheet

from xlflow.workbook.compaction import Removal, compact, verify_compaction
from xlflow.workbook.refusals import NotVerified

XML = sheet(
    '<row r="1"><c r="A1"><v>0</v></c></row>'
    '<row r="2" ht="15" spans="1:3"><c r="A2" s="1"><v>1</v></c><c r="B2"><v>2</v></c></row>'
    '<row r="3" ht="30" x="1"><c r="A3" s="1"><v>3</v></c><c r="D3"><f>SUM(A2:A5)</f></c></row>'
    '<row r="4"><c r="A4" s="1"><v>4.50</v></c><c r="B4" t="s"><v>0</v></c></row>'
    '<row r="5"><c r="A5" s="1"/></row>',
    '<cols><col min="1" max="1" width="9" style="1"/></cols>',
    "<mergeCells><mergeCell ref='F1:G1'/></mergeCells>",
)
REMOVAL = Removal("S1", [2], first_row=2, last_row=5, columns="AB")
BEFORE = book(XML, sheet(), strings=["<t>x</t>"])
AFTER = compact(BEFORE, [REMOVAL]).data


def proved(after, before=BEFORE, removal=REMOVAL):
    """Whether the proof holds."""
    try:
        verify_compaction(before, after, [removal])
    except NotVerified:
        return False
    return True


def test_a_compacted_workbook_is_proved():
    assert '<row r="3" x="1"><c r="A3" s="1"><v>4.50</v></c><c r="B3" t="s">' in part(AFTER)
    assert proved(AFTER)
    assert proved(replaced(AFTER, SHEET, part(AFTER)))  # as the tests below put it together


def test_a_workbook_that_was_not_compacted_is_not_proved():
    assert not proved(BEFORE)
    assert not proved(AFTER, removal=Removal("S1", [3], first_row=2, last_row=5, columns="AB"))
    assert proved(BEFORE, removal=Removal("S1", [], first_row=2, last_row=5, columns="AB"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<v>4.50</v>", "<v>4.5</v>"),  # the same number, but not as it was written
        ("<v>4.50</v>", "<v>3</v>"),
        ('t="s"><v>0</v>', 't="s"><v>1</v>'),
        ('t="s"><v>0</v>', "><v>0</v>"),
        ('<c r="B3" t="s"><v>0</v></c>', ""),  # a value is lost
        ('<c r="A4" s="1"/>', '<c r="A4" s="1"><v>4.50</v></c>'),  # the tail is not cleared
        ('<c r="A4" s="1"/>', '<c r="A4"/>'),  # another format
        ('<c r="A3" s="1">', '<c r="A3" s="2">'),
        ('<c r="A5" s="1"/>', '<c r="A5" s="1"><v>9</v></c>'),
        ("<f>SUM(A2:A5)</f>", "<f>SUM(A2:A4)</f>"),  # a cell beside
        ("<v>0</v></c></row>", "<v>1</v></c></row>"),  # a row above
        (' x="1"', ""),
        (' x="1"', ' x="1" ht="15"'),
        ('ht="30"', 'ht="15"'),  # the height of a text that went
        ('width="9"', 'width="8"'),
        ("'F1:G1'", "'F1:G2'"),
        ("</sheetData>", '<row r="6"><c r="A6"><v>1</v></c></row></sheetData>'),
        ("</sheetData>", '<row r="6" hidden="1"/></sheetData>'),
        ('<row r="4">', '<row r="3">'),
        ("</worksheet>", ""),
        ("<v>3</v>", "<v>3</w>"),
    ],
)
def test_anything_else_in_the_sheet_is_found(old, new):
    assert old in part(AFTER)
    assert not proved(replaced(AFTER, SHEET, part(AFTER).replace(old, new, 1)))


def test_exchanged_records_are_found():
    one, two = "<v>3</v>", "<v>4.50</v>"
    text = part(AFTER).replace(one, "*").replace(two, one).replace("*", two)
    assert text != part(AFTER)
    assert not proved(replaced(AFTER, SHEET, text))


def test_a_cell_written_anew_may_take_over_what_its_column_lends():
    bare = part(AFTER).replace('<c r="A5" s="1"/>', "")
    assert proved(replaced(AFTER, SHEET, bare))  # the column has the same format


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("xl/sharedStrings.xml", "<sst/>"),
        ("xl/worksheets/sheet2.xml", sheet('<row r="2"/>')),
        ("xl/new.xml", "<new/>"),
        ("[Content_Types].xml", None),
    ],
)
def test_anything_in_another_part_is_found(name, text):
    assert not proved(replaced(AFTER, name, text or part(AFTER, name).replace("/>", " />", 1)))


def test_of_the_workbook_only_the_wish_to_be_computed_may_differ():
    name = "xl/workbook.xml"
    assert part(AFTER, name).replace('<calcPr fullCalcOnLoad="1"/>', "") == part(BEFORE, name)
    other = part(AFTER, name).replace('name="S2"', 'name="S3"')
    assert not proved(replaced(AFTER, name, other))


def test_a_part_that_is_gone_is_found():
    fewer = book(XML, strings=["<t>x</t>"])
    assert not proved(compact(fewer, [REMOVAL]).data)
