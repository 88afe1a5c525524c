"""The parts that mending is made of: areas, the meaning of formulas, elements, and the proof."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbook.layouts import edited, replaced, template, text, without

from xlflow.record.schema import STANDARD
from xlflow.settings import default_settings
from xlflow.workbook.addresses import Area
from xlflow.workbook.markup import MarkupError
from xlflow.workbook.mending.comparing import compare
from xlflow.workbook.mending.meaning import formula, meaning, moved, shape
from xlflow.workbook.mending.outline import SheetFrame, Splice, outline, spliced
from xlflow.workbook.mending.places import Place, place_in_template
from xlflow.workbook.mending.proof import prove
from xlflow.workbook.mending.spans import (
    areas,
    common,
    first_cell,
    outside,
    rows_of,
    united,
)
from xlflow.workbook.mending.spans import (
    without as rows_without,
)
from xlflow.workbook.mending.writing import with_rules
from xlflow.workbook.package import Package
from xlflow.workbook.refusals import NotVerified

ELSEWHERE = Place(STANDARD, "register", "Register", {"title": 3, "status": 5, "check": 2}, 7, 8)
HERE = place_in_template(STANDARD, "register", "Register")

stretches = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)).map(sorted).map(tuple))
blocks = st.builds(
    lambda rows, columns: Area(rows[0], columns[0], rows[1], columns[1]),
    st.tuples(st.integers(1, 9), st.integers(1, 9)).map(sorted),
    st.tuples(st.integers(1, 9), st.integers(1, 9)).map(sorted),
)


def rows(found):
    return {row for first, last in found for row in range(first, last + 1)}


def cells(found):
    return {
        (row, column)
        for area in found
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }


@given(stretches, stretches)
def test_stretches_of_rows_are_sets_of_rows(some, others):
    first, second = united(some), united(others)
    assert rows(first) == rows(some)
    assert rows(rows_without(first, second)) == rows(some) - rows(others)
    assert rows(common(first, second)) == rows(some) & rows(others)
    assert all(second[0] > first[1] + 1 for first, second in pairwise(first))


@given(st.lists(blocks, max_size=4), st.sets(st.integers(1, 9)), st.integers(1, 9))
def test_what_lies_outside_the_fields_is_all_that_is_left(covered, columns, first_row):
    taken = {(row, column) for row in range(first_row, 10) for column in columns}
    left = outside(covered, columns, first_row)
    assert cells(left) == cells(covered) - taken


def test_areas_are_read_and_looked_at_by_column():
    covered = areas("C9:D4 F7 nonsense")
    assert rows_of(covered, 4) == ((4, 9),)
    assert rows_of(covered, 5) == ()
    assert first_cell(covered) == (4, 3)


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        ("ISNUMBER(FIND(B$3,$D4))", "ISNUMBER(FIND(C$7,$B8))"),
        ("LEN(TRIM(B4))>0", "len( trim(C8) ) > 0"),
        ("COUNTA($A4:$BK4)>0", "COUNTA($B8:$E8)>0"),
        ("IFERROR(B4,TRUE)", "IFERROR(C8,1)"),
        ("SUMPRODUCT(--(xlflow__any_status=$C4))", "SUMPRODUCT(--(xlflow__any_status=$E8))"),
    ],
)
def test_formulas_mean_the_same_wherever_their_fields_stand(here, elsewhere):
    meant = meaning(here, HERE, 4, 2)
    assert meaning(elsewhere, ELSEWHERE, 8, 3) == meant
    assert meaning(formula(meant, ELSEWHERE, 3), ELSEWHERE, 8, 3) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [("$C4", "$D4"), ("B$3", "B4"), ("B4", "C4"), ("LOG10(B4)", "LOG11(B4)"), ('"a"', '"A"')],
)
def test_formulas_that_look_elsewhere_mean_something_else(one, other):
    assert meaning(one, HERE, 4, 2) != meaning(other, HERE, 4, 2)


def test_a_limit_is_no_part_of_the_shape():
    assert shape(meaning("LEN(B4)>60", HERE, 4, 2)) == shape(meaning("LEN(B4)>40", HERE, 4, 2))
    assert shape(meaning("LEN(B4)>60", HERE, 4, 2)) != shape(meaning("LEN(B4)<60", HERE, 4, 2))


def test_a_formula_written_for_another_cell_moves_only_relative_references():
    told = """IF(B4="B4",LOG10($B4)+B$4,'B4 !'!C5)&Name1"""
    assert moved(told, 2, 1) == """IF(C6="B4",LOG10($B6)+C$4,'B4 !'!D7)&Name1"""
    assert moved("A1", -1, 0) == "#REF!"


def test_elements_are_found_where_they_stand():
    head = b"""<?xml version="1.0"?><!-- <a> --><x:a xmlns:x="u" k='1>0'>"""
    xml = head + b"<b/><![CDATA[<b>]]><b>t</b></x:a>"
    root = outline(xml)
    assert (root.name, root.prefix, root.get("k")) == ("a", b"x:", "1>0")
    assert [xml[node.tag.start : node.end] for node in root.all("b")] == [b"<b/>", b"<b>t</b>"]
    changed = spliced(xml, [Splice(root.children[1].tag.start, root.children[1].end, b"<c/>")])
    assert changed.endswith(b"<c/></x:a>")


@pytest.mark.parametrize("xml", [b"<a><b></a>", b"<!DOCTYPE a []><a/>", b"", b"<a>&no;</a>"])
def test_what_is_no_xml_is_refused(xml):
    with pytest.raises(MarkupError):
        outline(xml)


def test_a_sheet_keeps_its_rows_while_its_frame_is_changed():
    xml = b'<worksheet xmlns="%s"><sheetData><row r="1"/></sheetData><a/></worksheet>' % (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    )
    frame = SheetFrame(xml)
    assert frame.rows == b'<sheetData><row r="1"/></sheetData>'
    gone = next(frame.root.all("a"))
    assert b"".join(frame.written([Splice(gone.tag.start, gone.end)])) == xml.replace(b"<a/>", b"")


STAFFS = (
    '<dataValidation type="whole" sqref="BM4:BM9"><formula1>77</formula1></dataValidation>'
    "</dataValidations><hyperlinks/>"
)
DAMAGED = without(
    replaced(template(), "Register", "</dataValidations>", STAFFS),
    "Register",
    "<conditionalFormatting.*</conditionalFormatting>",
)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("Register", '<row r="4"', '<row ht="9" r="4"'),
        ("Register", ">77</formula1>", ">78</formula1>"),
        ("Register", "BM4:BM9", "BM4:BM8"),
        ("Register", "<hyperlinks/>", ""),
        ("Register", '<c r="B5"', '<c s="0" r="B5"'),
        ("Register", "<pageMargins", "<dataConsolidate/><pageMargins"),
        ("Progress", '<pageMargins left="0.4"', '<pageMargins left="0.5"'),
        ("book", 'name="Issues"', 'name="Problems"'),
        ("book", "Lists!$A$4", "Lists!$A$5"),
        ("styles", '<dxf><font><color rgb="FF8B0000"/>', '<dxf><font><color rgb="FF8B0001"/>'),
        ("styles", '<xf numFmtId="0"', '<xf numFmtId="1"'),
        ("docProps/core.xml", "</cp:coreProperties>", " </cp:coreProperties>"),
    ],
)
def test_the_proof_finds_whatever_else_has_changed(part, old, new):
    package = Package.open(DAMAGED, "register.xlsx")
    found = compare(package, default_settings())
    right = with_rules(package, found)
    prove(package, Package.open(right, "register.xlsx"), found)
    assert old in text(right, part)
    # all parts anew, as zipfile compresses them, but those that the proof may find changed
    wrong = edited(right, part, lambda xml: xml.replace(old, new, 1))
    with pytest.raises(NotVerified):
        prove(package, Package.open(wrong, "register.xlsx"), found)
