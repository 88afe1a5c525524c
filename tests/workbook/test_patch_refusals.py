"""Cells that the patch may not touch, and what it does to the formulas of a workbook."""

from __future__ import annotations

import pytest
from workbook.handmade import (
    PACKAGE,
    book,
    names,
    part,
    parts,
    read,
    relation,
    relations,
    rows_of,
    sheet,
    zipped,
)

from xlflow.languages import LANGUAGES
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.refusals import EditsRefused, NotAWorksheet, SheetDoubled, SheetMissing
from xlflow.workbook.verification import verify

CHAIN = (
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<c r="B1" i="1"/></calcChain>'
)
FORMULA = sheet('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1+1</f><v>2</v></c></row>')


def edit(where, value=9, **options):
    return CellEdit("S1", int(where[1:]), where[0], value, **options)


def refused(data, *edits):
    """The refused cells and why; whatever is refused, nothing is returned."""
    with pytest.raises(EditsRefused) as caught:
        patch(data, edits)
    return {cell.address: cell.reason for cell in caught.value.cells}


def with_calculation_chain(xml=FORMULA, **options):
    content = parts(
        xml,
        related=[relation("rIdC", "calcChain", "calcChain.xml")],
        extra={"xl/calcChain.xml": CHAIN},
        **options,
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    override = f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/>'
    types = content["[Content_Types].xml"].replace("</Types>", override + "</Types>")
    return zipped(content | {"[Content_Types].xml": types})


def test_a_formula_is_refused_even_when_its_result_is_the_value():
    assert refused(book(FORMULA), edit("B1", 2)) == {"B1": "formula"}


def test_an_overwritten_formula_goes_with_the_calculation_chain():
    data = with_calculation_chain()
    edits = [edit("B1", 5, overwrite_formulas=True)]
    result = patch(data, edits)
    verify(data, result.data, edits)
    assert rows_of(result.data) == ('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>5</v></c></row>')
    assert result.removed_parts == ("xl/calcChain.xml",)
    assert "xl/calcChain.xml" not in names(result.data)
    assert "calcChain" not in part(result.data, "[Content_Types].xml")
    assert "calcChain" not in part(result.data, "xl/_rels/workbook.xml.rels")
    assert read(result.data) == [[1.0, 5.0]]


def test_the_calculation_chain_stays_while_every_formula_stays():
    data = with_calculation_chain()
    result = patch(data, [edit("A1")])
    verify(data, result.data, [edit("A1")])
    assert result.removed_parts == ()
    assert part(result.data, "xl/calcChain.xml") == CHAIN
    assert result.changed_parts == ("xl/workbook.xml", "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '</sheets><calcPr fullCalcOnLoad="1"/></workbook>'),
        ('<calcPr calcId="191029"/>', '<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>'),
        ('<calcPr fullCalcOnLoad="0"></calcPr>', '<calcPr fullCalcOnLoad="1"></calcPr></workbook>'),
        (
            '<definedNames><definedName name="n">S1!$A$1</definedName></definedNames><extLst/>',
            '</definedNames><calcPr fullCalcOnLoad="1"/><extLst/></workbook>',
        ),
    ],
)
def test_excel_is_asked_to_compute_when_there_is_a_formula(before, after):
    data = book(FORMULA, workbook=before)
    result = patch(data, [edit("A1")])
    verify(data, result.data, [edit("A1")])
    assert part(result.data, "xl/workbook.xml").endswith(after)


def test_a_formula_on_another_sheet_counts():
    data = book(sheet(), FORMULA)
    assert "xl/workbook.xml" in patch(data, [edit("A1")]).changed_parts


def test_the_workbook_part_stays_when_it_asks_already_or_nothing_is_computed():
    asked = book(FORMULA, workbook='<calcPr fullCalcOnLoad="1"/>')
    assert patch(asked, [edit("A1")]).changed_parts == ("xl/worksheets/sheet1.xml",)
    plain = book(sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>f</t></is></c></row>'))
    assert patch(plain, [edit("A1")]).changed_parts == ("xl/worksheets/sheet1.xml",)


def test_the_master_of_a_shared_formula_is_refused_and_a_follower_only_unless_asked_for():
    body = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>0</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>0</v></c></row>'
    )
    data = book(sheet(body))
    assert refused(data, edit("A1"), edit("A2")) == {"A1": "shared-formula", "A2": "formula"}
    forced = [edit("A1", overwrite_formulas=True)]
    assert refused(data, *forced) == {"A1": "shared-formula"}
    after = patch(data, [edit("A2", overwrite_formulas=True)]).data
    assert '<c r="A2"><v>9</v></c>' in rows_of(after)


@pytest.mark.parametrize(
    ("kind", "reason"), [("array", "array-formula"), ("dataTable", "data-table")]
)
def test_every_cell_of_an_array_or_data_table_is_refused_whatever_is_asked(kind, reason):
    body = (
        f'<row r="2"><c r="B2" cm="1"><f t="{kind}" ref="B2:C3">X1</f><v>1</v></c>'
        '<c r="C2"><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row>'
    )
    edits = [edit(where, overwrite_formulas=True) for where in ("B2", "C2", "B3", "C3")]
    expected = dict.fromkeys(("B2", "C2", "B3", "C3"), reason)
    assert refused(book(sheet(body)), *edits) == expected
    assert patch(book(sheet(body)), [edit("D2"), edit("A3"), edit("C4")]).edits


def test_an_array_formula_of_one_cell_is_a_formula_like_any_other():
    body = '<row r="1"><c r="A1" cm="1"><f t="array" ref="A1">X1</f><v>1</v></c></row>'
    assert refused(book(sheet(body)), edit("A1")) == {"A1": "formula"}
    after = patch(book(sheet(body)), [edit("A1", overwrite_formulas=True)]).data
    assert rows_of(after) == '<row r="1"><c r="A1"><v>9</v></c></row>'


def test_only_the_first_of_merged_cells_is_written():
    xml = sheet(tail='<mergeCells count="1"><mergeCell ref="B2:C3"/></mergeCells>')
    edits = [edit(where) for where in ("B3", "C2", "C3")]
    assert refused(book(xml), *edits) == dict.fromkeys(("C2", "B3", "C3"), "merged")
    assert patch(book(xml), [edit("B2"), edit("A2"), edit("D3"), edit("B4")]).edits


def test_emptying_what_is_empty_is_no_edit_of_a_merged_cell():
    data = book(sheet(tail='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'))
    assert patch(data, [edit("B1", None)]).data is data


def beside_the_sheet(kind, xml):
    """A workbook whose sheet points to one more part."""
    return book(
        sheet('<row r="2"><c r="B2" t="inlineStr"><is><t>Name</t></is></c></row>'),
        extra={
            "xl/worksheets/_rels/sheet1.xml.rels": relations(
                relation("rId1", kind, "../others/part1.xml"),
                relation("rId2", "hyperlink", "https://example.com/a", mode="External"),
            ),
            "xl/others/part1.xml": xml,
        },
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", {"B2": "table-header", "C2": "table-header"}),
        ('headerRowCount="0"', {}),
        (
            'totalsRowCount="1"',
            {"B2": "table-header", "C2": "table-header", "B6": "table-totals"},
        ),
        ('totalsRowShown="0"', {"B2": "table-header", "C2": "table-header"}),
    ],
)
def test_headers_and_totals_of_a_table_are_refused(attributes, expected):
    table = f'<table xmlns="{PACKAGE}" ref="B2:C6" {attributes}/>'
    edits = [edit(where) for where in ("A2", "B2", "C2", "D2", "B3", "B6", "B7")]
    data = beside_the_sheet("table", table)
    if expected:
        assert refused(data, *edits) == expected
    else:
        assert len(patch(data, edits).edits) == 7
    assert patch(data, [edit("B2", "Name")]).data is data


def test_pivot_output_and_its_page_fields_are_refused():
    location = '<location ref="B5:C8" firstHeaderRow="1" rowPageCount="2" colPageCount="1"/>'
    pivot = f'<pivotTableDefinition xmlns="{PACKAGE}">{location}</pivotTableDefinition>'
    data = beside_the_sheet("pivotTable", pivot)
    inside = ("B2", "C3", "B5", "C8")
    expected = dict.fromkeys(inside, "pivot")
    assert refused(data, *(edit(w) for w in (*inside, "B4", "D2", "D5", "B9", "B1"))) == expected
    outside = [edit(where) for where in ("B1", "B4", "D2", "D5", "A5", "B9")]
    assert len(patch(data, outside).edits) == len(outside)


def test_all_refused_cells_are_told_at_once_in_every_language():
    data = book(FORMULA, sheet(tail='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'))
    edits = [
        edit("A1"),
        edit("B1"),
        CellEdit("S2", 1, "B", "x" * 40_000),
        CellEdit("S2", 1, "B", 1),
    ]
    with pytest.raises(ValueError, match="two values"):
        patch(data, edits)
    with pytest.raises(EditsRefused) as caught:
        patch(data, [*edits[:2], CellEdit("S2", 1, "B", 1)], file="register.xlsx")
    assert caught.value.message("en").splitlines() == [
        "2 cells of register.xlsx cannot be written; nothing was changed:",
        "  'S1'!B1: holds a formula; clear it first if the formula is not needed",
        "  'S2'!B1: is hidden in a merged cell; unmerge it, or write to its first cell",
    ]
    for language in LANGUAGES:
        lines = caught.value.message(language).splitlines()
        assert len(lines) == 3
        assert "register.xlsx" in lines[0]
        assert "S1'!B1" in lines[1]


def test_a_sheet_that_is_missing_doubled_or_a_chart_is_refused():
    data = book(sheet(), sheet(), sheet())
    with pytest.raises(SheetMissing, match='no sheet named "Register"'):
        patch(data, [CellEdit("Register", 1, "A", 1)])
    content = parts(sheet(), sheet())
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace('"S2"', '"s1"')
    with pytest.raises(SheetDoubled):
        patch(zipped(content), [edit("A1")])
    chart = parts(sheet(), extra={"xl/chartsheets/sheet1.xml": "<chartsheet/>"})
    chart["xl/_rels/workbook.xml.rels"] = relations(
        relation("rId1", "chartsheet", "chartsheets/sheet1.xml")
    )
    with pytest.raises(NotAWorksheet):
        patch(zipped(chart), [edit("A1")])
