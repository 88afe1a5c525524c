"""Which cells a formula reads, as far as a compaction must know it."""

from __future__ import annotations

import pytest

from xlflow.workbook.compaction.references import references, relative

BOTTOM = 1_048_576


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("Register!A15", [("Register", "A15")]),
        ("'My ''own'' sheet'!$B$2:C3", [("My 'own' sheet", "B2:C3")]),
        ("登记表!A15+登记表!$B$2", [("登记表", "A15"), ("登记表", "B2")]),
        ('COUNTIFS($A$4:$A$2000,"B15",C4,"it""s A1")', [("", "A4:A2000"), ("", "C4")]),
        ("SUM(A:C)+SUM($4:$4)", [("", f"A1:C{BOTTOM}"), ("", "A4:XFD4")]),
        ("C5:A3", [("", "A3:C5")]),
        ("A1 B2,C3", [("", "A1"), ("", "B2"), ("", "C3")]),
        ("-A1^B2%&C3<>D4", [("", "A1"), ("", "B2"), ("", "C3"), ("", "D4")]),
        ("a15", [("", "A15")]),
        # what only looks like a reference
        ("LOG10(2)+FY2024X+_A15+A15_+x.A15+A15.y+TRUE", []),
        ("XFE1+A0+A1048577", []),
        ("Table1[[#This Row],[A15]]+Table1[B2]", []),
        ("#REF!+Register!#REF!", []),
        ("A15!B2", [("A15", "B2")]),  # a sheet with the name of a cell
        # other workbooks
        ("[1]Sheet1!A15+'[1]My sheet'!B2+'C:\\[x.xlsx]S'!C3+D4", [("", "D4")]),
        # ranges whose other end is computed
        ("$A$4:INDEX($A$4:$A$2000,9)", [("", f"A4:A{BOTTOM}"), ("", "A4:A2000")]),
        ("INDEX(A4:A20,1):A20", [("", "A4:A20"), ("", "A1:A20")]),
        ("OFFSET( Register!$A$4,0,0,9)", [("Register", f"A4:A{BOTTOM}")]),
    ],
)
def test_references_are_found(formula, found):
    assert [("".join(one.sheets), str(one.area)) for one in references(formula)] == found


def test_sheets_that_lie_between_two_are_named_by_both():
    (one,) = references("SUM(Jan:Mar!A15)")
    assert one.sheets == ("Jan", "Mar")
    (two,) = references("SUM('Jan 24:Mar 24'!A15)")
    assert two.sheets == ("Jan 24", "Mar 24")


@pytest.mark.parametrize(
    ("formula", "three_rows_down"),
    [
        ("A4", "A7"),
        ("A$4", "A4"),
        ("$A$4:$A4", "A4:A7"),
        ("A4:B5", "A7:B8"),
        ("A:A", f"A1:A{BOTTOM}"),
        ("4:4", "A7:XFD7"),
        ("$A$4:INDEX(A9,1)", f"A4:A{BOTTOM}"),
    ],
)
def test_rows_without_a_dollar_slide_along_with_the_formula(formula, three_rows_down):
    assert str(next(references(formula)).slid(3)) == three_rows_down


def test_a_formula_told_from_its_cell_is_the_same_wherever_it_is_copied():
    here = relative('IF(A$3&B4="A4",COUNTIF($A$4:$A4,A4),Lists!$K5)', 4, 1)
    there = relative('IF(C$3&D9="A4",COUNTIF($A$4:$A9,C9),Lists!$K10)', 9, 3)
    assert here == there
    assert relative("A4", 4, 1) != relative("A4", 5, 1)


def test_a_long_text_of_letters_is_read_without_delay():
    assert list(references("A" * 8192 + "!" * 8192)) == []
