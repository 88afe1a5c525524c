"""Where new rows and cells come to stand, and what of the sheet's XML may look like a cell."""

from __future__ import annotations

import codecs
from datetime import date
from xml.dom import minidom

import pytest
from workbook.handmade import (
    DECLARATION,
    MAIN,
    SHEET,
    STRICT_MAIN,
    STRICT_OFFICE,
    book,
    part,
    parts,
    read,
    relation,
    relations,
    rows_of,
    sheet,
    zipped,
)

from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.refusals import (
    DamagedWorkbook,
    EditsRefused,
    SheetUnsupported,
    UnsafeXml,
    UnsupportedEncoding,
)
from xlflow.workbook.verification import verify


def edited(xml, *cells, **options):
    """The sheet after setting these cells ("B2", value), verified."""
    data = book(xml, **options)
    edits = [CellEdit("S1", int(where[1:]), where[0], value) for where, value in cells]
    result = patch(data, edits)
    verify(data, result.data, edits)
    assert patch(result.data, edits).data is result.data
    minidom.parseString(part(result.data))
    return result.data


def rows(xml, *cells, **options):
    """What stands between the sheetData tags after setting these cells."""
    return rows_of(edited(xml, *cells, **options))


def tangled(rows, *cells):
    with pytest.raises(EditsRefused) as caught:
        edited(sheet(rows), *cells)
    return [(cell.address, cell.reason) for cell in caught.value.cells]


def test_a_missing_row_comes_to_stand_between_its_neighbours():
    assert rows(sheet('<row r="1"/><row r="9"/>'), ("B5", 1), ("A7", 2)) == (
        '<row r="1"/><row r="5"><c r="B5"><v>1</v></c></row>'
        '<row r="7"><c r="A7"><v>2</v></c></row><row r="9"/>'
    )


def test_a_missing_row_comes_first_or_last():
    assert rows(sheet('<row r="3"/>'), ("A1", 1), ("A4", 4)) == (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"/><row r="4"><c r="A4"><v>4</v></c></row>'
    )


def test_rows_and_cells_are_written_in_order_whatever_the_order_of_the_edits():
    assert rows(sheet(), ("B2", 4), ("A2", 3), ("B1", 2), ("A1", 1)) == (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>4</v></c></row>'
    )


def test_a_sheet_without_any_row_gets_its_first():
    xml = f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    data = edited(xml, ("B2", "x"), ("A2", 1))
    assert '<sheetData><row r="2"><c r="A2"><v>1</v></c><c r="B2"' in part(data)
    assert read(data) == [["", ""], [1.0, "x"]]


def test_an_empty_row_is_opened_and_keeps_its_attributes():
    assert rows(sheet('<row r="2" ht="30" customHeight="1"/>'), ("B2", 1)) == (
        '<row r="2" ht="30" customHeight="1"><c r="B2"><v>1</v></c></row>'
    )


@pytest.mark.parametrize(
    ("cells", "where", "expected"),
    [
        ('<c r="B1"/><c r="D1"/>', "A1", '<c r="A1"><v>9</v></c><c r="B1"/><c r="D1"/>'),
        ('<c r="B1"/><c r="D1"/>', "C1", '<c r="B1"/><c r="C1"><v>9</v></c><c r="D1"/>'),
        ('<c r="B1"/><c r="D1"/>', "E1", '<c r="B1"/><c r="D1"/><c r="E1"><v>9</v></c>'),
        ("", "C1", '<c r="C1"><v>9</v></c>'),
    ],
)
def test_a_missing_cell_comes_to_stand_between_its_neighbours(cells, where, expected):
    assert rows(sheet(f'<row r="1">{cells}</row>'), (where, 9)) == f'<row r="1">{expected}</row>'


def test_columns_beyond_z_come_after_those_before():
    data = book(sheet('<row r="1"><c r="Z1"/><c r="AB1"/></row>'))
    after = patch(data, [CellEdit("S1", 1, "AA", 1), CellEdit("S1", 1, "XFD", 2)]).data
    assert rows_of(after) == (
        '<row r="1"><c r="Z1"/><c r="AA1"><v>1</v></c><c r="AB1"/><c r="XFD1"><v>2</v></c></row>'
    )


def test_emptying_a_cell_that_is_not_there_changes_nothing():
    data = book(sheet('<row r="1"/>'))
    assert patch(data, [CellEdit("S1", 1, "A", None), CellEdit("S1", 8, "A", None)]).data is data


def test_a_new_cell_takes_the_style_of_its_row_else_of_its_column():
    head = '<cols><col min="1" max="2" width="9" style="4"/><col min="3" max="3" width="9"/></cols>'
    body = '<row r="1" s="8" customFormat="1"><c r="D1"/></row><row r="2" s="8"><c r="D2"/></row>'
    cells = [(f"{letter}{row}", 1) for row in (1, 2, 3) for letter in "BC"]
    assert rows(sheet(body, head), *cells) == (
        '<row r="1" s="8" customFormat="1"><c r="B1" s="8"><v>1</v></c><c r="C1" s="8"><v>1</v></c>'
        '<c r="D1"/></row>'
        '<row r="2" s="8"><c r="B2" s="4"><v>1</v></c><c r="C2"><v>1</v></c><c r="D2"/></row>'
        '<row r="3"><c r="B3" s="4"><v>1</v></c><c r="C3"><v>1</v></c></row>'
    )


def test_rows_and_cells_without_addresses_are_counted():
    body = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>4</v></c></row>"
    after = rows(sheet(body), ("B1", 20), ("A2", 30), ("C2", 50), ("A3", 60))
    assert after == (
        "<row><c><v>1</v></c><c><v>20</v></c></row>"
        '<row><c><v>30</v></c><c><v>4</v></c><c r="C2"><v>50</v></c></row>'
        '<row r="3"><c r="A3"><v>60</v></c></row>'
    )


def test_an_address_that_is_not_the_first_attribute_counts():
    body = "<row spans='1:2' r='4'><c s='1' r='B4' t=\"n\"><v>1</v></c></row>"
    assert (
        rows(sheet(body), ("B4", 5)) == "<row spans='1:2' r='4'><c s='1' r='B4'><v>5</v></c></row>"
    )


def test_spans_are_widened_to_a_new_cell():
    body = '<row r="1" spans="2:3" ht="9"><c r="B1"/></row>'
    assert rows(sheet(body), ("A1", 1), ("E1", 2)).startswith('<row r="1" spans="1:5" ht="9">')
    assert rows(sheet(body), ("C1", 1)).startswith('<row r="1" spans="2:3" ht="9">')
    empty = '<row r="1" spans="2:3"/>'
    assert rows(sheet(empty), ("D1", 1)).startswith('<row r="1" spans="2:4"><c r="D1">')


def test_the_dimension_is_widened_to_a_new_cell():
    xml = sheet('<row r="2"><c r="B2"><v>1</v></c></row>', '<dimension ref="B2:C4"/>')
    assert '<dimension ref="B2:C4"/>' in part(edited(xml, ("C3", 1)))
    assert '<dimension ref="A1:E6"/>' in part(edited(xml, ("E6", 1), ("A1", 2)))
    single = sheet("", "<dimension ref='A1'></dimension>")
    assert '<dimension ref="A1:B2"></dimension>' in part(edited(single, ("B2", 1)))


def test_prefixed_elements_stay_prefixed():
    xml = (
        f'{DECLARATION}<x:worksheet xmlns:x="{MAIN}"><x:dimension ref="A1"/>'
        '<x:cols><x:col min="2" max="2" style="3"/></x:cols><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>old</x:t></x:is></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    data = edited(xml, ("A1", "new"), ("B1", 2), ("A2", True))
    assert (
        '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>new</x:t></x:is></x:c>'
        '<x:c r="B1" s="3"><x:v>2</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="b"><x:v>1</x:v></x:c></x:row></x:sheetData>'
    ) in part(data)
    assert read(data) == [["new", 2.0], [True, ""]]


def test_single_quotes_and_a_greater_than_in_an_attribute_are_understood():
    body = "<row r='1' note='a > b'><c r='A1' s='2' hint='<c r=&quot;A1&quot;>'/></row>"
    body = body.replace("<c r=&quot;", "&lt;c r=&quot;")
    assert rows(sheet(body), ("A1", 5)) == (
        "<row r='1' note='a > b'><c r='A1' s='2' hint='&lt;c r=&quot;A1&quot;>'><v>5</v></c></row>"
    )


def test_a_byte_order_mark_stays():
    xml = codecs.BOM_UTF8 + sheet('<row r="1"><c r="A1"/></row>').encode()
    assert part(edited(xml, ("A1", 5))).startswith("\ufeff<?xml")


def test_comments_cdata_and_instructions_that_look_like_cells_are_none():
    lure = '<row r="1"><c r="A1"><v>0</v></c></row>'
    body = (
        f'<!-- {lure} --><?old {lure}?><row r="1"><!--<c r="A1"/>-->'
        f'<c r="A1" t="str"><v><![CDATA[{lure}]]></v></c><c r="B1"><v>2</v></c></row>'
    )
    assert rows(sheet(body), ("A1", 7), ("B1", 8)) == (
        f'<!-- {lure} --><?old {lure}?><row r="1"><!--<c r="A1"/>-->'
        '<c r="A1"><v>7</v></c><c r="B1"><v>8</v></c></row>'
    )
    assert f"<![CDATA[{lure}]]>" in rows(sheet(body), ("B1", 8))


def test_text_that_looks_like_a_cell_is_none():
    body = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&lt;c r="B1"> &lt;/row> r="B1"</t></is></c>'
        '<c r="B1"><v>2</v></c></row>'
    )
    assert rows(sheet(body), ("B1", 8)) == body.replace("<v>2</v>", "<v>8</v>")


def test_alternate_content_and_extensions_pass_through():
    tail = (
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice Requires="x14"><controls>'
        '<row r="1"><c r="A1"/></row></controls></mc:Choice></mc:AlternateContent>'
        '<extLst><ext uri="{78C0D931}" xmlns:x14="urn:x14"><x14:c r="A1">'
        "<sheetData/></x14:c></ext></extLst>"
    )
    data = edited(sheet('<row r="1"><c r="A1"/></row>', tail=tail), ("A1", 5), ("A2", 6))
    assert part(data).endswith(
        f'<row r="2"><c r="A2"><v>6</v></c></row></sheetData>{tail}</worksheet>'
    )


def test_rows_that_depend_on_who_reads_them_are_refused():
    choice = '<mc:Choice Requires="x14"><row r="1"/></mc:Choice>'
    body = f'<mc:AlternateContent xmlns:mc="urn:mc">{choice}</mc:AlternateContent>'
    with pytest.raises(SheetUnsupported):
        edited(sheet(body), ("A1", 1))


def test_rows_under_a_second_prefix_for_their_namespace_are_refused():
    head = f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}"><sheetData>'
    rest = "</sheetData></worksheet>"
    for body in (
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
        '<row r="1"><x:c r="A1"><x:v>1</x:v></x:c></row>',
    ):
        with pytest.raises(SheetUnsupported):
            edited(f"{head}{body}{rest}", ("A1", 2))
    plain = f'{head}<row r="1"><c r="A1"><v>1</v></c></row>{rest}'
    assert '<c r="A1"><v>2</v></c>' in part(edited(plain, ("A1", 2)))


def test_the_words_alternate_content_as_text_are_only_text():
    body = '<row r="1"><c r="A1" t="inlineStr"><is><t>AlternateContent extLst</t></is></c></row>'
    assert "<v>1</v>" in rows(sheet(body), ("A1", 1))


def test_blanks_between_the_elements_stay():
    body = '\n  <row r="1">\n    <c r="A1" >\n      <v>1</v>\n    </c>\n  </row >\n'
    assert rows(sheet(body), ("A1", 2), ("B1", 3)) == (
        '\n  <row r="1">\n    <c r="A1"><v>2</v></c><c r="B1"><v>3</v></c>\n  </row >\n'
    )


def test_rows_out_of_order_are_refused_where_a_row_is_missing_and_edited_where_it_is_there():
    body = '<row r="5"><c r="A5"/></row><row r="2"><c r="A2"/></row>'
    assert tangled(body, ("A3", 1)) == [("A3", "out-of-order")]
    assert rows(sheet(body), ("A2", 1), ("A5", 2)) == (
        '<row r="5"><c r="A5"><v>2</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    )


def test_doubled_rows_are_refused_where_they_are_hit():
    body = '<row r="2"><c r="A2"/></row><row r="2"><c r="A2"/></row><row r="3"><c r="A3"/></row>'
    assert tangled(body, ("A2", 1)) == [("A2", "out-of-order")]
    assert '<c r="A3"><v>1</v></c>' in rows(sheet(body), ("A3", 1))


def test_a_row_numbered_zero_is_not_the_first():
    body = '<row r="0"><c><v>7</v></c></row><row r="2"><c r="A2"/></row>'
    assert tangled(body, ("A1", 1)) == [("A1", "out-of-order")]
    assert '<row r="2"><c r="A2"><v>1</v></c></row>' in rows(sheet(body), ("A2", 1))


def test_cells_out_of_order_are_refused_where_a_cell_is_missing_and_edited_where_it_is_there():
    body = '<row r="1"><c r="C1"/><c r="A1"/></row>'
    assert tangled(body, ("B1", 1)) == [("B1", "out-of-order")]
    assert rows(sheet(body), ("A1", 1), ("C1", 3)) == (
        '<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>'
    )


def test_doubled_cells_are_refused_where_they_are_hit():
    assert tangled('<row r="1"><c r="A1"/><c r="A1"/></row>', ("A1", 1)) == [("A1", "out-of-order")]


@pytest.mark.parametrize("spelling", ["A01", "&#65;1", "$A$1", "a1"])
def test_a_cell_whose_address_is_spelled_oddly_is_not_doubled(spelling):
    body = f'<row r="1"><c r="{spelling}"><v>1</v></c><c r="B1"/></row>'
    assert tangled(body, ("A1", 1)) == [("A1", "out-of-order")]
    assert '<c r="B1"><v>2</v></c>' in rows(sheet(body), ("B1", 2))


def test_a_cell_with_the_address_of_another_row_is_refused():
    body = '<row r="1"><c r="A1"/></row><row r="2"><c r="A1"/></row>'
    assert tangled(body, ("A2", 1)) == [("A2", "out-of-order")]
    assert '<c r="A1"><v>1</v></c></row><row r="2">' in rows(sheet(body), ("A1", 1))


def test_a_strict_workbook_is_edited_like_any_other():
    data = edited(
        sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', main=STRICT_MAIN),
        ("B1", "x"),
        strings=["<t>a</t>"],
        main=STRICT_MAIN,
        office=STRICT_OFFICE,
    )
    assert read(data) == [["a", "x"]]


def test_a_date_goes_into_the_cell_as_a_number_with_the_cells_own_format():
    body = '<row r="1"><c r="A1" s="3"/></row>'
    assert '<c r="A1" s="3"><v>45352</v></c>' in rows(sheet(body), ("A1", date(2024, 3, 1)))


def test_miscased_part_names_and_absolute_targets_are_followed():
    content = parts(sheet('<row r="1"><c r="A1"/></row>'))
    content["XL/Worksheets/Sheet1.XML"] = content.pop(SHEET)
    content["xl/_rels/workbook.xml.rels"] = relations(
        relation("rId1", "worksheet", "/xl/worksheets/sheet1.xml")
    )
    result = patch(zipped(content), [CellEdit("s1", 1, "A", 5)])
    assert result.changed_parts == ("XL/Worksheets/Sheet1.XML",)
    assert '<c r="A1"><v>5</v></c>' in part(result.data, "XL/Worksheets/Sheet1.XML")


@pytest.mark.parametrize(
    ("xml", "refusal"),
    [
        (sheet().encode("utf-16"), UnsupportedEncoding),
        (sheet().encode("utf-16-le"), UnsupportedEncoding),
        (sheet().replace("UTF-8", "GB2312").encode("gb2312"), UnsupportedEncoding),
        (
            f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
            UnsafeXml,
        ),
        (f'<worksheet xmlns="{MAIN}"/>', DamagedWorkbook),
        (f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">', DamagedWorkbook),
        (sheet('<row r="1"><c r="A1"><v>1</row>'), DamagedWorkbook),
        (sheet('<row r="x"/>'), DamagedWorkbook),
        (sheet("<!-- no end"), DamagedWorkbook),
        ('<worksheet xmlns="urn:other"><sheetData/></worksheet>', DamagedWorkbook),
        ("", DamagedWorkbook),
    ],
)
def test_a_sheet_that_cannot_be_told_is_refused(xml, refusal):
    with pytest.raises(refusal):
        edited(xml, ("A1", 5))
