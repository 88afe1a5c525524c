"""What would stay behind or point at another record is refused; what holds for all rows is not.

Most workbooks are written by XlsxWriter, which writes as Excel does: six records in rows 2 to 7 of
the sheet Reg, columns A to C. Row 4 is to go, so rows 4 to 7 are concerned.
"""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import xlsxwriter
from workbook.compaction_model import faults, replaced
from workbook.handmade import OFFICE, book, part, relation, relations, sheet

from xlflow.languages import LANGUAGES
from xlflow.workbook.compaction import (
    CompactionRefused,
    Removal,
    blocked_until,
    compact,
    refusals_of,
    verify_compaction,
)
from xlflow.workbook.refusals import SheetUnsupported

REMOVAL = Removal("Reg", [4], first_row=2, last_row=7, columns="ABC")


def png():
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def register(change=lambda book, reg: None):
    """The workbook after `change(book, sheet)`; records hold a number, a text and a date."""
    saved = io.BytesIO()
    with xlsxwriter.Workbook(saved) as made:
        reg = made.add_worksheet("Reg")
        made.add_worksheet("Other")
        reg.write_row(0, 0, ["No", "Title", "Due"])
        for row in range(1, 7):
            reg.write_row(row, 0, [row, f"title {row}", 45000 + row])
        change(made, reg)
    return saved.getvalue()


def other(made):
    return made.get_worksheet_by_name("Other")


def found(data, removal=REMOVAL):
    """Address, reason and who points, of all obstacles; each has its text in all languages."""
    told = refusals_of(data, [removal])
    for language in LANGUAGES:
        text = CompactionRefused("reg.xlsx", told).message(language)
        assert all(o.place in text and o.by in text for o in told)
    return [(o.address, o.reason, o.by) for o in told]


def accepted(data, removal=REMOVAL):
    """Whether the records can be removed; then all is as the proof and the model want it."""
    if refusals_of(data, [removal]):
        return False
    result = compact(data, [removal])
    verify_compaction(data, result.data, [removal])
    return faults(data, result.data, removal) == []


# name -> what is done to the workbook, and what is told of it
TIED = {
    "a note": (lambda made, reg: reg.write_comment("B5", "why?"), ("B5", "note")),
    "a note on the record that goes": (
        lambda made, reg: reg.write_comment("A4", "why?"),
        ("A4", "note"),
    ),
    "a link": (
        lambda made, reg: reg.write_url("B6", "https://x.example/", made.formats[0]),
        ("B6", "hyperlink"),
    ),
    "a picture": (
        lambda made, reg: reg.insert_image("B6", "x.png", {"image_data": io.BytesIO(png())}),
        ("B6", "drawing"),
    ),
    "a shape that reaches into the rows": (
        lambda made, reg: reg.insert_textbox("C2", "x", {"width": 20, "height": 70}),
        ("C2:C5", "drawing"),
    ),
    "a button": (
        lambda made, reg: reg.insert_button("A6", {"width": 20, "height": 10}),
        ("A6", "drawing"),
    ),
    "merged cells": (lambda made, reg: reg.merge_range("B5:C5", "x"), ("B5:C5", "merged")),
    "a table": (lambda made, reg: reg.add_table("A1:C7"), ("A1:C7", "table")),
    "an own height": (lambda made, reg: reg.set_row(4, 40), ("5:5", "height")),
    "a hidden row": (
        lambda made, reg: reg.set_row(5, None, None, {"hidden": 1}),
        ("6:6", "hidden"),
    ),
    "a group of rows": (
        lambda made, reg: reg.set_row(5, None, None, {"level": 1}),
        ("6:6", "grouped"),
    ),
    "an own cell format": (
        lambda made, reg: reg.write("C6", 1, made.add_format({"num_format": "yyyy"})),
        ("C6", "format"),
    ),
    "an own format of a blank cell": (
        lambda made, reg: reg.write_blank("B5", None, made.add_format({"bold": 1})),
        ("B5", "format"),
    ),
    "a formula": (lambda made, reg: reg.write_formula("C5", "=1+1"), ("C5", "formula")),
    "a value beside": (lambda made, reg: reg.write("D6", "mine"), ("D6", "beside")),
    "a conditional format for one record": (
        lambda made, reg: reg.conditional_format(
            "A5:C5", {"type": "no_blanks", "format": made.add_format({"bold": 1})}
        ),
        ("A5:C5", "mark"),
    ),
    "a data bar for some records": (
        lambda made, reg: reg.conditional_format(
            "A2:A5", {"type": "data_bar", "data_bar_2010": True}
        ),
        ("A2:A5", "mark"),
    ),
    "a range with permissions": (
        lambda made, reg: (reg.protect(), reg.unprotect_range("A6:C6", "x")),
        ("A6:C6", "protected-range"),
    ),
}


@pytest.mark.parametrize("name", TIED)
def test_what_is_tied_to_a_row_is_refused(name):
    change, told = TIED[name]
    data = register(change)
    assert {(address, reason) for address, reason, _ in found(data)} == {told}
    assert removable_below(data)


def removable_below(data):
    """Whether each record further down than the obstacle tells can be removed by itself."""
    (told,) = {obstacle.until for obstacle in refusals_of(data, [REMOVAL])}
    return all(
        accepted(data, Removal("Reg", [row], first_row=2, last_row=7, columns="ABC"))
        for row in range(told + 1, 8)
    )


def test_a_row_format_is_refused():
    data = register(lambda made, reg: reg.set_row(4, None, made.add_format({"bold": 1})))
    assert ("5:5", "row-format", "") in found(data)


def test_rows_hidden_by_a_filter_are_told_apart():
    def change(made, reg):
        reg.autofilter("A1:C7")
        reg.filter_column("A", "x != 5")
        reg.set_row(5, None, None, {"hidden": 1})

    assert found(register(change)) == [("6:6", "filtered", "")]


def test_a_filter_that_hides_no_row_concerned_is_fine():
    def change(made, reg):
        reg.autofilter("A1:C7")
        reg.filter_column("A", "x != 2")
        reg.set_row(2, None, None, {"hidden": 1})

    assert accepted(register(change))


POINTING = {
    "a formula on another sheet": (
        lambda made, reg: other(made).write_formula("B2", "=Reg!A6"),
        ("A6", "pointed-formula", "Other!B2"),
    ),
    "a formula that reads the record that goes": (
        lambda made, reg: other(made).write_formula("B2", "=1+Reg!$B$4"),
        ("B4", "pointed-formula", "Other!B2"),
    ),
    "a formula above the records": (
        lambda made, reg: reg.write_formula("E1", "=C7"),
        ("C7", "pointed-formula", "Reg!E1"),
    ),
    "a formula over some of the records": (
        lambda made, reg: other(made).write_formula("A1", "=SUM(Reg!A2:A5)"),
        ("A2:A5", "pointed-formula", "Other!A1"),
    ),
    "a formula over the lower records": (
        lambda made, reg: other(made).write_formula("A1", "=SUM(Reg!A6:A900)"),
        ("A6:A900", "pointed-formula", "Other!A1"),
    ),
    "a formula that reads a whole row": (
        lambda made, reg: other(made).write_formula("A1", "=COUNTA(Reg!5:5)"),
        ("5:5", "pointed-formula", "Other!A1"),
    ),
    "a formula over several sheets": (
        lambda made, reg: other(made).write_formula("A1", "=SUM(Reg:Other!A6)"),
        ("A6", "pointed-formula", "Other!A1"),
    ),
    "a name": (
        lambda made, reg: made.define_name("newest", "=Reg!$A$7"),
        ("A7", "pointed-name", "newest"),
    ),
    "a name for some of the records": (
        lambda made, reg: made.define_name("block", "=Reg!$A$5:$C$6"),
        ("A5:C6", "pointed-name", "block"),
    ),
    "a conditional format on another sheet": (
        lambda made, reg: other(made).conditional_format(
            "A1", {"type": "formula", "criteria": "=Reg!$A$6>1"}
        ),
        ("A6", "pointed-rule", "Other!A1"),
    ),
    "a conditional format that compares with one record": (
        lambda made, reg: reg.conditional_format(
            "A2:C7", {"type": "formula", "criteria": "=$A2>$A$5"}
        ),
        ("A5", "pointed-rule", "Reg!A2:C7"),
    ),
    "a validation": (
        lambda made, reg: other(made).data_validation(
            "A1", {"validate": "list", "source": "=Reg!$B$5:$B$6"}
        ),
        ("B5:B6", "pointed-rule", "Other!A1"),
    ),
    "a link to a record": (
        lambda made, reg: other(made).write_url("A1", "internal:Reg!B6"),
        ("B6", "pointed-link", "Other!A1"),
    ),
    "a link of a picture": (
        lambda made, reg: other(made).insert_image(
            "A1", "x.png", {"image_data": io.BytesIO(png()), "url": "internal:Reg!B6"}
        ),
        ("B6", "pointed-link", "Other"),
    ),
    "a text box that shows a record": (
        lambda made, reg: other(made).insert_textbox("A1", "", {"textlink": "=Reg!$B$6"}),
        ("B6", "pointed-control", "Other"),
    ),
    "a sparkline over some of the records": (
        lambda made, reg: other(made).add_sparkline("A1", {"range": "Reg!A2:A5"}),
        ("A2:A5", "pointed-sparkline", "Other!A1"),
    ),
}


@pytest.mark.parametrize("name", POINTING)
def test_what_points_at_a_record_is_refused(name):
    change, told = POINTING[name]
    data = register(change)
    assert found(data) == [told]
    assert removable_below(data)


def chart(made, values, kind="chart"):
    drawn = made.add_chart({"type": "column"})
    drawn.add_series({"values": values})
    if kind == "chart":
        other(made).insert_chart("A1", drawn)
    else:
        made.add_chartsheet("Drawn").set_chart(drawn)


@pytest.mark.parametrize(("kind", "by"), [("chart", "Other"), ("chartsheet", "Drawn")])
def test_a_chart_over_some_of_the_records_is_refused(kind, by):
    data = register(lambda made, reg: chart(made, "=Reg!$A$2:$A$5", kind))
    assert found(data) == [("A2:A5", "pointed-chart", by)]
    assert accepted(register(lambda made, reg: chart(made, "=Reg!$A$2:$A$7", kind)))


ALL_ROWS = {
    "formulas over all records": lambda made, reg: (
        other(made).write_formula("A1", '=COUNTIFS(Reg!$A$2:$A$2000,">1",Reg!C:C,"<9")'),
        other(made).write_formula("A2", "=SUM(Reg!A2:C7)+SUM(Reg!1:900)"),
        reg.write_formula("E1", "=MAX(A2:A7)"),
        reg.write_formula("F6", "=SUMPRODUCT(--(A1:A99>0))"),
    ),
    "formulas that read above or beside": lambda made, reg: (
        other(made).write_formula("A1", "=Reg!A1&Reg!A3&Reg!E5&Reg!A8"),
        other(made).write_formula("A2", "=A5+C6"),
    ),
    "a formula of its own row beside the records": lambda made, reg: [
        reg.write_formula(row, 4, f"=A{row + 1}*2+SUM($B{row + 1}:C{row + 1})")
        for row in range(1, 7)
    ],
    "names for all records": lambda made, reg: (
        made.define_name("all", "=Reg!$A$2:$C$7"),
        made.define_name("grows", "=Reg!$A$2:INDEX(Reg!$A$2:$A$999,COUNTA(Reg!$A$2:$A$999))"),
        made.define_name("offset", "=OFFSET(Reg!$A$2,0,0,COUNTA(Reg!$A:$A)-1,3)"),
        made.define_name("Other!local", "=Reg!$B:$B"),
    ),
    "what lays out the page and the filter": lambda made, reg: (
        reg.print_area("A1:C5"),
        reg.repeat_rows(0),
        reg.autofilter("A1:C7"),
        reg.set_h_pagebreaks([5]),
        reg.freeze_panes(1, 1),
        reg.ignore_errors({"number_stored_as_text": "A2:A5"}),
    ),
    "rules for all records": lambda made, reg: (
        reg.conditional_format("A2:C999", {"type": "formula", "criteria": "=$A2>3"}),
        reg.conditional_format("A2:A999", {"type": "formula", "criteria": "=A2=A1"}),
        reg.conditional_format(
            "A2:A7", {"type": "formula", "criteria": "=COUNTIF($A$2:$A2,$A2)>1"}
        ),
        reg.conditional_format("A2:A7", {"type": "data_bar", "data_bar_2010": True}),
        reg.data_validation("B2:B999", {"validate": "list", "source": "=$A$2:$A$999"}),
        reg.data_validation("C5", {"validate": "custom", "value": "=$A5>0"}),
    ),
    "a rule in pieces, as copying leaves it": lambda made, reg: [
        reg.conditional_format(
            area, {"type": "formula", "criteria": f"=$A{first}>3", "format": made.formats[1]}
        )
        for area, first in (("A2:C4", 2), ("A5:C5", 5), ("A6:C99", 6))
    ],
    "a rule for a list of areas that meet": lambda made, reg: reg.conditional_format(
        "A2:C4", {"type": "no_blanks", "multi_range": "A2:C4 A6:B9 A5:C5 C6:C7"}
    ),
    "drawings and notes away from the records": lambda made, reg: (
        reg.insert_image("E2", "x.png", {"image_data": io.BytesIO(png())}),
        reg.insert_textbox("E4", "x"),
        reg.write_comment("A1", "header"),
        reg.write_comment("E5", "beside"),
        reg.write_comment("B3", "above"),
        reg.write_url("A1", "https://x.example/"),
    ),
    "sparklines over all records or of their own row": lambda made, reg: (
        other(made).add_sparkline("A1", {"range": "Reg!A2:A7"}),
        [reg.add_sparkline(row, 4, {"range": f"Reg!A{row + 1}:C{row + 1}"}) for row in range(1, 7)],
    ),
    "links to the sheet": lambda made, reg: (
        other(made).write_url("A1", "internal:Reg!A1"),
        other(made).write_url("A2", "internal:Reg!A2:C7"),
    ),
    "a value behind a blank column": lambda made, reg: reg.write("E6", "legend"),
    "what the area's columns do not hold": lambda made, reg: (
        reg.add_table("F1:G7"),
        reg.merge_range("E4:E6", ""),
        other(made).write_formula("A1", "=Reg!F6"),
    ),
}


@pytest.mark.parametrize("name", ALL_ROWS)
def test_what_holds_for_all_records_is_no_obstacle(name):
    def change(made, reg):
        made.add_format({"bold": 1})
        ALL_ROWS[name](made, reg)

    data = register(change)
    assert found(data) == []
    assert accepted(data)


def test_a_range_that_begins_above_the_removed_record_is_fine_if_it_ends_below_all():
    data = register(lambda made, reg: other(made).write_formula("A1", "=SUM(Reg!A3:A9)"))
    assert accepted(data)
    upper = Removal("Reg", [3], first_row=2, last_row=7, columns="ABC")
    assert found(data, upper) == [("A3:A9", "pointed-formula", "Other!A1")]
    assert blocked_until(refusals_of(data, [upper]), "Reg") == 3


def test_a_formula_of_its_own_row_is_refused_on_another_sheet_or_with_a_fixed_row():
    for formula in ("=Reg!A5", "=Reg!A$5"):
        change = lambda made, reg, f=formula: other(made).write_formula("B5", f)  # noqa: E731
        assert found(register(change)) == [("A5", "pointed-formula", "Other!B5")]
    fixed = register(lambda made, reg: reg.write_formula("E5", "=A$5"))
    assert found(fixed) == [("A5", "pointed-formula", "Reg!E5")]


# What XlsxWriter cannot write, added by hand.


def handmade(tail="", rows="", second="", extra=None, head="", **options):
    """Records in rows 2 to 7 of S1, with `tail` behind the rows."""
    records = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 8))
    return book(sheet(rows or records, head, tail), sheet(second), extra=extra or {}, **options)


S1 = Removal("S1", [4], first_row=2, last_row=7, columns="ABC")
S1_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"


def related(kind, target, xml, **more):
    """Extra parts: one that the first sheet is related to."""
    listed = relations(relation("rId1", kind, f"../{target}"))
    return {S1_RELATIONS: listed, f"xl/{target}": xml, **more}


def test_a_threaded_comment_is_told_once():
    spaces = 'xmlns="http://x"'
    listed = relations(
        relation("rId1", "comments", "../comments1.xml"),
        relation("rId2", "threadedComment", "../threadedComments/threadedComment1.xml"),
    )
    note = f'<comments {spaces}><commentList><comment ref="A5"/></commentList></comments>'
    thread = f'<ThreadedComments {spaces}><threadedComment ref="A5"/></ThreadedComments>'
    extra = {
        S1_RELATIONS: listed,
        "xl/comments1.xml": note,
        "xl/threadedComments/threadedComment1.xml": thread,
    }
    assert found(handmade(extra=extra), S1) == [("A5", "comment", "")]


def test_a_pivot_table_and_fetched_rows_are_refused():
    pivot = '<pivotTableDefinition xmlns="x"><location ref="A2:C9"/></pivotTableDefinition>'
    extra = related("pivotTable", "pivotTables/pivotTable1.xml", pivot)
    assert found(handmade(extra=extra), S1) == [("A2:C9", "pivot", "")]
    query = '<queryTable xmlns="x" name="ExternalData_1"/>'
    names = '<definedNames><definedName name="ExternalData_1" localSheetId="0">S1!$A$1:$C$7'
    extra = related("queryTable", "queryTables/queryTable1.xml", query)
    data = handmade(extra=extra, workbook=f"{names}</definedName></definedNames>")
    assert found(data, S1) == [("A1:C7", "external-data", "")]


def test_a_pivot_table_elsewhere_may_take_the_records_as_its_source():
    cache = (
        '<pivotCacheDefinition xmlns="x"><cacheSource type="worksheet">'
        '<worksheetSource ref="A1:C5" sheet="S1"/></cacheSource></pivotCacheDefinition>'
    )
    extra = {"xl/pivotCache/pivotCacheDefinition1.xml": cache}
    assert accepted(handmade(extra=extra), S1)


def test_what_if_tables_and_scenarios_are_refused():
    table = '<c r="E5"><f t="dataTable" ref="E5:E6" dt2D="0" r1="A6"/><v>1</v></c>'
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c>{table if n == 5 else ""}</row>'
        for n in range(2, 8)
    )
    assert found(handmade(rows=rows), S1) == [("A6", "pointed-formula", "'S1'!E5")]
    inside = rows.replace("E5", "B5").replace("E6", "B6")
    assert ("B5:B6", "data-table", "") in found(handmade(rows=inside), S1)
    scenario = '<scenarios><scenario name="x"><inputCells r="A5" val="1"/></scenario></scenarios>'
    assert found(handmade(scenario), S1) == [("A5", "scenario", "")]


def test_an_array_formula_that_spills_into_the_records_is_refused():
    spilled = '<c r="A2"><f t="array" ref="A2:B5">X1:Y4</f><v>2</v></c>'
    rows = f'<row r="2">{spilled}</row>' + "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(3, 8)
    )
    assert found(handmade(rows=rows), S1) == [("A2:B5", "array-formula", "")]


def test_a_shared_formula_counts_for_all_its_cells():
    mirror = '<row r="1"><c r="B1"><f t="shared" ref="B1:B9" si="0">{}</f></c></row>'
    mirror += "".join(
        f'<row r="{n}"><c r="B{n}"><f t="shared" si="0"/></c></row>' for n in range(2, 10)
    )
    assert found(handmade(second=mirror.format("S1!A1")), S1) == [
        ("A1:A9", "pointed-formula", "'S2'!B1")
    ]
    assert accepted(handmade(second=mirror.format("SUM(S1!A$2:A$7)")), S1)
    assert accepted(handmade(second=mirror.format("S1!D1")), S1)
    own = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="E{n}">'
        + ('<f t="shared" ref="E2:E7" si="0">A2*2</f>' if n == 2 else '<f t="shared" si="0"/>')
        + "</c></row>"
        for n in range(2, 8)
    )
    assert accepted(handmade(rows=own), S1)
    above = own.replace("A2*2", "A3*2")
    assert [told[1] for told in found(handmade(rows=above), S1)] == ["pointed-formula"]


def test_controls_and_what_they_are_linked_to_are_refused():
    box = '<formControlPr xmlns="x" objectType="CheckBox" fmlaLink="$A$6"/>'
    extra = related("ctrlProp", "ctrlProps/ctrlProp1.xml", box)
    assert found(handmade(extra=extra), S1) == [("A6", "pointed-control", "S1")]
    drawing = (
        '<xml xmlns:x="urn:x"><x:ClientData ObjectType="Drop"><x:Anchor>0, 1, 4, 2, 1, 3, 5, 9'
        "</x:Anchor><x:FmlaLink>$B$7</x:FmlaLink><x:FmlaRange>S1!$A$2:$A$7</x:FmlaRange>"
        '</x:ClientData><x:ClientData ObjectType="Note"><x:Anchor>0, 1, 4, 2, 1, 3, 5, 9</x:Anchor>'
        "</x:ClientData><br></xml>"
    )
    extra = related("vmlDrawing", "drawings/vmlDrawing1.vml", drawing)
    assert [told[:2] for told in found(handmade(extra=extra), S1)] == [
        ("A5:B6", "drawing"),
        ("B7", "pointed-control"),
    ]
    control = (
        f'<controls><control xmlns:r="{OFFICE}" name="b"><controlPr linkedCell="A5"><anchor>'
        "<from><col>0</col><row>5</row><rowOff>9</rowOff></from>"
        "<to><col>1</col><row>6</row><rowOff>0</rowOff></to></anchor></controlPr></control></controls>"
    )
    assert [told[:2] for told in found(handmade(control), S1)] == [
        ("A6:B6", "drawing"),
        ("A5", "pointed-control"),
    ]


def test_formulas_of_an_old_macro_sheet_are_read():
    macro = (
        '<macrosheet xmlns="x"><sheetData><row><c><f>S1!A6</f></c></row></sheetData></macrosheet>'
    )
    data = handmade()
    workbook = part(data, "xl/workbook.xml").replace(
        "</sheets>", '<sheet name="M" sheetId="9" r:id="rIdM"/></sheets>'
    )
    listed = part(data, "xl/_rels/workbook.xml.rels").replace(
        "</Relationships>", relation("rIdM", "xlMacrosheet", "macros/m.xml") + "</Relationships>"
    )
    data = replaced(data, "xl/workbook.xml", workbook)
    data = replaced(data, "xl/_rels/workbook.xml.rels", listed)
    data = replaced(data, "xl/macros/m.xml", macro)
    assert [told[:2] for told in found(data, S1)] == [("A6", "pointed-control")]


def test_rows_out_of_order_are_refused():
    rows = [f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 8)]
    assert found(handmade(rows="".join(reversed(rows))), S1)[0][1] == "out-of-order"
    doubled = "".join(rows).replace("</c></row>", '</c><c r="A5"/></row>', 4)
    assert {told[1] for told in found(handmade(rows=doubled), S1)} == {"out-of-order"}


def test_rows_in_alternative_versions_are_refused():
    rows = '<mc:AlternateContent xmlns:mc="x"><row r="2"/></mc:AlternateContent>'
    with pytest.raises(SheetUnsupported, match="S1"):
        compact(handmade(rows=rows), [S1])
