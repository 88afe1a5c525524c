"""The proof before a commit finds whatever a patch might have spoilt."""

from __future__ import annotations

import zipfile

import pytest
from workbook.handmade import SHEET, parts, relation, sheet, zipped

from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.refusals import DamagedWorkbook, NotVerified
from xlflow.workbook.verification import verify

XML = sheet(
    '<row r="1" ht="20" spans="1:2"><c r="A1" s="1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    '<row r="2"><c r="A2"><f>A1</f><v>1</v></c></row><row r="4"><c r="A4"><v>4</v></c></row>',
    '<dimension ref="A1:B4"/><cols><col min="1" max="1" width="9"/></cols>',
    '<mergeCells><mergeCell ref="C1:D1"/></mergeCells>',
)
AFTER = XML.replace('s="1"><v>1</v>', 's="1"><v>5</v>')
EDITS = [CellEdit("S1", 1, "A", 5)]


def content(xml=XML, **options):
    options.setdefault("extra", {"xl/media/image1.png": b"\x89PNG"})
    return parts(xml, sheet('<row r="1"/>'), **options)


def proved(before, after, edits=EDITS):
    """Whether the proof holds."""
    try:
        verify(zipped(before), zipped(after), edits)
    except NotVerified:
        return False
    return True


def test_the_edited_cell_alone_may_differ():
    assert proved(content(), content(AFTER))


def test_nothing_edited_is_proved_by_the_same_workbook():
    data = zipped(content())
    verify(data, data, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<v>5</v>", "<v>6</v>"),  # the edited cell holds another value
        ('<c r="A1" s="1"><v>5</v></c>', ""),
        ("<v>2</v>", "<v>3</v>"),  # a cell beside it
        ('<c r="B1"><v>2</v></c>', ""),
        ("<v>4</v>", "<v>5</v>"),  # a cell in another row
        ("<f>A1</f>", ""),
        ('ht="20"', 'ht="30"'),
        ('<row r="4"><c r="A4"><v>4</v></c></row>', ""),
        ('<row r="4"', '<row r="3"/><row r="4"'),
        ('width="9"', 'width="8"'),
        ('<mergeCell ref="C1:D1"/>', ""),
        ("</sheetData>", "</sheetData><hyperlinks/>"),
        ("</worksheet>", ""),
        ("</worksheet>", "</worksheet><!--"),
        ("<v>2</v>", "<v>2</w>"),
    ],
)
def test_anything_else_in_the_sheet_is_found(old, new):
    assert old in AFTER
    assert not proved(content(), content(AFTER.replace(old, new)))


def test_spans_and_dimension_may_widen():
    wide = AFTER.replace('ref="A1:B4"', 'ref="A1:C9"').replace('spans="1:2"', 'spans="1:3"')
    assert proved(content(), content(wide))


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("xl/media/image1.png", b"\x89PNX"),
        ("xl/worksheets/sheet2.xml", sheet('<row r="2"/>')),
        ("xl/workbook.xml", None),
        ("xl/_rels/workbook.xml.rels", None),
        ("[Content_Types].xml", None),
        ("xl/new.xml", b"<new/>"),
    ],
)
def test_anything_in_another_part_is_found(part, data):
    after = content(AFTER)
    if data is None:
        xml = after[part]
        for old, new in (('"S2"', '"T2"'), ("sheet2.xml", "sheet1.xml")):
            xml = xml.replace(old, new)
        data = xml
    assert after.get(part) != data
    assert not proved(content(), after | {part: data})


def test_a_part_that_is_gone_is_found():
    after = content(AFTER)
    del after["xl/media/image1.png"]
    assert not proved(content(), after)


def test_what_concerns_calculation_may_change_and_nothing_beside_it():
    before = content(
        related=[relation("rIdC", "calcChain", "calcChain.xml")],
        extra={"xl/calcChain.xml": "<calcChain/>"},
        workbook='<definedNames><definedName name="n">S1!$A$1</definedName></definedNames>',
    )
    edits = [CellEdit("S1", 2, "A", 7, overwrite_formulas=True)]
    result = patch(zipped(before), edits)
    assert {SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(result.changed_parts)
    assert result.removed_parts == ("xl/calcChain.xml",)
    verify(zipped(before), result.data, edits)
    other = before | {"xl/workbook.xml": before["xl/workbook.xml"].replace("$A$1", "$A$2")}
    assert not proved(before, other, [])


def test_malformed_xml_that_was_there_before_is_told_as_damage():
    broken = XML.replace("<v>4</v>", "<v>4</w>")
    before = zipped(content(broken))
    with pytest.raises(DamagedWorkbook, match=r"sheet1\.xml"):
        verify(before, patch(before, EDITS).data, EDITS)


def test_damage_in_the_new_workbook_is_found():
    before = zipped(content(), zipfile.ZIP_STORED)
    after = bytearray(zipped(content(AFTER), zipfile.ZIP_STORED))
    verify(before, bytes(after), EDITS)
    after[after.index(b"\x89PNG")] ^= 1
    with pytest.raises((DamagedWorkbook, NotVerified)):
        verify(before, bytes(after), EDITS)
