"""What other programs save, and what is damaged or hostile: a right register or a clear refusal."""

from __future__ import annotations

import random
import re
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from clients.libreoffice import Office
from odd_registers import PROGRESS, REGISTER_PART, SHORT, plain, rows_of, with_cells, with_parts

from xlflow.languages import LANGUAGES, Language
from xlflow.record.example import worked_example
from xlflow.workbook.reader import read_register
from xlflow.workbook.reader_refusals import (
    LayoutRefused,
    NoRegisterSheet,
    SheetTooLarge,
    Unreadable,
)
from xlflow.workbook.refusals import (
    DamagedWorkbook,
    NotAWorkbook,
    UnsafeXml,
    UnsupportedEncoding,
    WorkbookRefused,
)

Change = Callable[[str, bytes], bytes | None]


def in_register(change: Callable[[str], str]) -> Change:
    """A change of the register sheet's XML alone."""
    return lambda name, xml: change(xml.decode()).encode() if name == REGISTER_PART else xml


def replaced(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return in_register(change)


def rows_put(rows: str) -> Change:
    return replaced("</sheetData>", rows + "</sheetData>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_libreoffice_saved_is_the_same_register(
    soffice: Office, tmp_path: Path, language: Language
) -> None:
    original = tmp_path / "register.xlsx"
    original.write_bytes(plain(language, register_id="sales"))
    with soffice.open(original) as book:
        saved = book.save_as(tmp_path / "saved.xlsx")

    found = read_register(saved.read_bytes(), "r.xlsx")

    assert (found.language, found.register_id) == (language, "sales")
    assert rows_of(found.requirements) == [worked_example(language), SHORT]
    assert rows_of(found.progress) == [PROGRESS]
    assert list(found.requirements.frame.index) == [4, 5]


def strict(name: str, xml: bytes) -> bytes:
    """Source: ECMA-376 part 1, annex A: the namespaces of strict documents."""
    if not name.endswith((".xml", ".rels")):
        return xml
    for old, new in (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    ):
        xml = xml.replace(old, new)
    return xml


def prefixed(xml: str) -> str:
    xml = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", xml.partition("?>")[2])
    return xml.replace("xmlns=", "xmlns:x=", 1)


def without_references(xml: str) -> str:
    """Rows and cells by their place alone; only where no cell is left out."""
    xml = re.sub(r'<row r="\d+"', "<row", xml)
    return re.sub(r'<c r="[A-Z]+\d+"', "<c", xml)


SAME: dict[str, Change] = {
    "strict": strict,
    "prefixed elements": in_register(prefixed),
    "single quotes": in_register(lambda xml: re.sub(r'r="([A-Z]+\d+)"', r"r='\1'", xml)),
    "a byte order mark": lambda _, xml: b"\xef\xbb\xbf" + xml if xml.startswith(b"<?xml") else xml,
    "a comment that looks like a cell": replaced(
        "<sheetData>", '<sheetData><!-- <row r="9"><c r="B9" t="e"><v>#N/A</v></c></row> -->'
    ),
    "no dimension": in_register(lambda xml: re.sub(r"<dimension[^>]*>", "", xml)),
    "a dimension that lies": in_register(
        lambda xml: re.sub(r"<dimension[^>]*>", '<dimension ref="A1:XFD1048576"/>', xml)
    ),
    "styled cells far below and far right": rows_put(
        '<row r="1048576" s="1"><c r="B1048576" s="1"/><c r="XFD1048576" s="1"/></row>'
    ),
    "an unknown extension": replaced(
        "</worksheet>", '<extLst><ext uri="{0}"><y xmlns="urn:y"/></ext></extLst></worksheet>'
    ),
    "rows out of order": in_register(
        lambda xml: re.sub(r'(<row r="4".*?</row>)(<row r="5".*?</row>)', r"\2\1", xml, flags=re.S)
    ),
    "a picture's relation to the network": lambda name, xml: (
        xml.replace(
            b"</Relationships>",
            b'<Relationship Id="n" Type="urn:image" TargetMode="External" '
            b'Target="\\\\server\\share\\x.png"/></Relationships>',
        )
        if name.endswith("workbook.xml.rels")
        else xml
    ),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_other_ways_to_write_the_same_workbook_are_read(change: Change) -> None:
    found = read_register(with_parts(plain(), change), "r.xlsx")

    assert rows_of(found.requirements) == [worked_example("en"), SHORT]
    assert list(found.requirements.frame.index) == [4, 5]


REFUSED: dict[str, tuple[Change, type[WorkbookRefused]]] = {
    "a shared string that is not there": (
        in_register(lambda xml: re.sub(r'(<c r="B4"[^>]*><v>)\d+', r"\g<1>999999", xml)),
        Unreadable,
    ),
    "a sheet cut off": (in_register(lambda xml: xml[: len(xml) // 2]), Unreadable),
    "a sheet of another kind of XML": (in_register(lambda _: "<html/>"), LayoutRefused),
    "a sheet that is no XML": (in_register(lambda _: "not XML at all"), Unreadable),
    "an empty sheet part": (in_register(lambda _: ""), Unreadable),
    "a document type": (
        replaced("<worksheet", '<!DOCTYPE w [<!ENTITY a "b">]><worksheet'),
        UnsafeXml,
    ),
    "a sheet in UTF-16": (
        lambda name, xml: xml.decode().encode("utf-16") if name == REGISTER_PART else xml,
        UnsupportedEncoding,
    ),
    "no sheet part": (lambda name, xml: None if name == REGISTER_PART else xml, Unreadable),
    "no workbook part": (
        lambda name, xml: None if name == "xl/workbook.xml" else xml,
        NotAWorkbook,
    ),
    "no shared strings": (
        lambda name, xml: None if name == "xl/sharedStrings.xml" else xml,
        Unreadable,
    ),
    "broken properties": (
        lambda name, xml: b"<a" if name == "docProps/custom.xml" else xml,
        DamagedWorkbook,
    ),
}


@pytest.mark.parametrize(("change", "refusal"), REFUSED.values(), ids=REFUSED.keys())
def test_a_damaged_workbook_is_refused(change: Change, refusal: type[WorkbookRefused]) -> None:
    broken = with_parts(plain(), change)

    with pytest.raises(WorkbookRefused) as refused:
        read_register(broken, "r.xlsx")

    assert type(refused.value) is refusal
    for language in LANGUAGES:
        assert refused.value.message(language).startswith("r.xlsx")


FAR = {
    "far below and far right": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "far right in a row far below, far below in column A": (
        '<row r="6"><c r="XFD6"><v>1</v></c></row><row r="900000"><c r="A900000"><v>1</v></c></row>'
    ),
    "cells out of order": (
        '<row r="900000"><c r="XFD900000"><v>1</v></c><c r="B900000"><v>1</v></c></row>'
    ),
    "a reference to another row": '<row r="6"><c r="A999999999"><v>1</v></c></row>',
    "a column that Excel does not have": '<row r="6"><c r="ZZZZZZ6"><v>1</v></c></row>',
    "small letters": '<row r="900000"><c r="zz900000"><v>1</v></c></row>',
    "blanks around the equals sign": '<row r="900000"><c r = "ZZ900000"><v>1</v></c></row>',
    "single quotes": "<row r='900000'><c r='ZZ900000'><v>1</v></c></row>",
    "cells without references": (
        f"<row>{'<c><v>1</v></c>' * 16_384}</row>" + "<row><c><v>1</v></c></row>" * 30_000
    ),
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR.keys())
def test_a_value_far_away_is_refused_before_it_fills_the_memory(rows: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(SheetTooLarge) as refused:
        read_register(with_parts(plain(), rows_put(rows)), "r.xlsx")

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10  # kilobytes
    assert 'Sheet "Register" of r.xlsx reaches to row' in refused.value.message("en")


def test_a_value_far_away_on_a_sheet_of_the_staff_stops_nothing() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'

    def change(name: str, xml: bytes) -> bytes:
        return xml.replace(b"</sheetData>", far) if name.endswith("sheet7.xml") else xml

    found = read_register(with_parts(plain(), change), "r.xlsx")

    assert rows_of(found.requirements) == [worked_example("en"), SHORT]


def test_a_million_styled_rows_are_passed_over() -> None:
    styled = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>'
        for n in range(6, 1_048_577)
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    found = read_register(with_parts(plain(), rows_put(styled)), "r.xlsx")

    assert list(found.requirements.frame.index) == [4, 5]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 << 10  # kilobytes


def test_workbooks_of_other_projects_hold_no_register_and_crash_nothing(corpus: Path) -> None:
    tried = sorted(path for path in (corpus / "public").iterdir() if path.suffix != ".md")
    reasons = {path.name: refusal_of(path.read_bytes()) for path in tried}

    assert len(reasons) == 400
    no_register = [name for name, reason in reasons.items() if reason is NoRegisterSheet]
    assert len(no_register) == 395
    assert {name: reason for name, reason in reasons.items() if reason is Unreadable} == {
        "poi__xlmmacro.xlsm": Unreadable
    }


def refusal_of(data: bytes) -> type[WorkbookRefused] | None:
    try:
        read_register(data, "r.xlsx")
    except WorkbookRefused as refused:
        told = [refused.message(language) for language in LANGUAGES]
        return type(refused) if all(told) else None
    return None


def test_a_workbook_with_damaged_bytes_is_read_or_refused() -> None:
    whole = with_cells(plain(), {"B4": 't="inlineStr"><is><t>Title</t></is>'})
    parts: dict[str, bytes] = {}
    with_parts(whole, lambda name, xml: parts.setdefault(name, xml))
    chance = random.Random(20240315)
    refused = 0
    for _ in range(150):
        hit = chance.choice([REGISTER_PART, REGISTER_PART, "xl/sharedStrings.xml", *parts])
        refused += refusal_of(with_parts(whole, damaged(chance, hit))) is not None
    assert 20 < refused < 150


def damaged(chance: random.Random, part: str) -> Change:
    """Some bytes of a part changed, dropped or repeated."""

    def change(name: str, xml: bytes) -> bytes:
        for _ in range(chance.randint(1, 6) if name == part and xml else 0):
            where = chance.randrange(len(xml))
            length = chance.choice((1, 1, 2, 10, 200))
            piece: Any = chance.choice(
                (b"", b"<", b">", b'"', b"\x00", b"9" * 9, b"\xff", xml[where : where + 50])
            )
            xml = xml[:where] + piece + xml[where + length :] or b" "
        return xml

    return change


def test_who_saved_the_workbook_and_when_is_read() -> None:
    said = (
        "<cp:lastModifiedBy>王经理</cp:lastModifiedBy>"
        "<dcterms:modified>2024-03-22T01:00:00Z</dcterms:modified>"
    )

    def core(name: str, xml: bytes) -> bytes:
        if name != "docProps/core.xml":
            return xml
        kept = re.sub(rb"<(dcterms:modified|cp:lastModifiedBy)\b.*?</\1>", b"", xml)
        return kept.replace(b"</cp:coreProperties>", said.encode() + b"</cp:coreProperties>")

    read = read_register(with_parts(plain(), core), "register.xlsx")
    assert (read.saved_by, read.saved_at) == ("王经理", datetime(2024, 3, 22, 1, tzinfo=UTC))


@pytest.mark.parametrize("content", [b"<a", b"<a><modified>yesterday</modified></a>", None])
def test_a_register_that_does_not_tell_who_saved_it_is_read_all_the_same(
    content: bytes | None,
) -> None:
    data = with_parts(plain(), lambda name, xml: content if name == "docProps/core.xml" else xml)
    read = read_register(data, "register.xlsx")
    assert (read.saved_by, read.saved_at) == (None, None)
