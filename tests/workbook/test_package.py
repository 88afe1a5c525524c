"""Opening a workbook without trusting it."""

from __future__ import annotations

import importlib.util
import io
import struct
import sys
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from random import Random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook.handmade import (
    DECLARATION,
    SHEET,
    STRICT_MAIN,
    STRICT_OFFICE,
    book,
    names,
    part,
    parts,
    read,
    relation,
    relations,
    sheet,
    zipped,
)

from xlflow.errors import EXIT_WORLD, XlflowError
from xlflow.languages import LANGUAGES
from xlflow.workbook import deflate, refusals
from xlflow.workbook.archive import Limits
from xlflow.workbook.package import Package
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.verification import verify

PLAIN = sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
EDIT = [CellEdit("S1", 1, "A", 5)]


def package(data, **limits):
    return Package.open(data, "register.xlsx", Limits(**limits))


def patched(data):
    """The workbook with A1 set, verified, and readable for another library."""
    result = patch(data, EDIT)
    verify(data, result.data, EDIT)
    assert openpyxl.load_workbook(io.BytesIO(result.data))["S1"]["A1"].value == 5
    with zipfile.ZipFile(io.BytesIO(result.data)) as archive:
        assert archive.testzip() is None
    return result.data


def renamed(data, old, new):
    """The archive with a part's name replaced by one of the same length, headers included."""
    assert len(old) == len(new)
    return data.replace(old.encode(), new.encode())


def infos(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: info for info in archive.infolist()}


def test_sheets_are_found_by_their_names_in_order_and_in_any_case():
    opened = package(book(sheet(), sheet()))
    assert [s.name for s in opened.sheets] == ["S1", "S2"]
    assert opened.worksheet("s2") == "xl/worksheets/sheet2.xml"


def test_the_date_system_is_told():
    assert not package(book(PLAIN)).date_1904
    assert not package(book(PLAIN, properties='<workbookPr date1904="0"/>')).date_1904
    assert package(book(PLAIN, properties='<workbookPr date1904="true"/>')).date_1904


def test_a_strict_and_a_prefixed_workbook_are_opened():
    strict = book(sheet(main=STRICT_MAIN), main=STRICT_MAIN, office=STRICT_OFFICE)
    assert package(strict).worksheet("S1") == SHEET
    content = parts(PLAIN)
    xml = content["xl/workbook.xml"].replace("<sheet", "<x:sheet").replace("</sheet", "</x:sheet")
    xml = xml.replace("<workbook xmlns=", "<x:workbook xmlns:x=").replace("</work", "</x:work")
    assert package(zipped(content | {"xl/workbook.xml": xml})).worksheet("S1") == SHEET


def test_relations_that_lead_out_of_the_package_are_not_followed():
    content = parts(PLAIN)
    for target, mode in (
        ("https://example.com/sheet1.xml", "External"),
        ("file:///etc/passwd", "External"),
        ("../../../etc/passwd", ""),
        ("worksheets/none.xml", ""),
    ):
        listed = relations(relation("rId1", "worksheet", target, mode=mode))
        opened = package(zipped(content | {"xl/_rels/workbook.xml.rels": listed}))
        assert opened.sheets[0].part is None
        with pytest.raises(refusals.DamagedWorkbook):
            opened.worksheet("S1")


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", refusals.NotAWorkbook),
        (b"number,title\n2024-001,x\n", refusals.NotAWorkbook),
        (b"%PDF-1.7\n", refusals.NotAWorkbook),
        (zipped({"word/document.xml": "<w/>"}), refusals.NotAWorkbook),
        (zipped({}), refusals.NotAWorkbook),
        (COMPOUND_FILE + "Workbook".encode("utf-16-le"), refusals.LegacyWorkbook),
        (COMPOUND_FILE + "EncryptedPackage".encode("utf-16-le"), refusals.EncryptedWorkbook),
        (COMPOUND_FILE + "WordDocument".encode("utf-16-le"), refusals.NotAWorkbook),
    ],
)
def test_what_is_no_workbook_is_refused_by_its_kind(data, refusal):
    with pytest.raises(refusal) as caught:
        package(data)
    assert type(caught.value) is refusal
    assert caught.value.exit_code == EXIT_WORLD
    assert "register.xlsx" in str(caught.value)


def test_a_document_of_another_program_is_refused():
    content = parts(PLAIN) | {
        "_rels/.rels": relations(relation("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": '<w:document xmlns:w="urn:word"/>',
    }
    with pytest.raises(refusals.NotAWorkbook):
        package(zipped(content))


def test_a_binary_workbook_is_refused():
    content = parts(PLAIN) | {
        "_rels/.rels": relations(relation("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": b"\x83\x01\x00",
    }
    with pytest.raises(refusals.BinaryWorkbook):
        package(zipped(content))


def test_a_signed_workbook_is_read_but_not_written():
    root = relations(
        relation("rId1", "officeDocument", "xl/workbook.xml"),
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/'
        'relationships/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/>',
    )
    signed = book(PLAIN, extra={"_rels/.rels": root, "_xmlsignatures/origin.sigs": b""})
    assert package(signed).worksheet("S1") == SHEET
    with pytest.raises(refusals.SignedWorkbook):
        patch(signed, EDIT)


def test_a_legacy_shared_workbook_is_read_but_not_written():
    shared = book(
        PLAIN,
        related=[relation("rId9", "revisionHeaders", "revisions/revisionHeaders.xml")],
        extra={"xl/revisions/revisionHeaders.xml": "<headers/>"},
    )
    assert package(shared).worksheet("S1") == SHEET
    with pytest.raises(refusals.LegacySharedWorkbook):
        patch(shared, EDIT)


@pytest.mark.parametrize(
    "name",
    [
        "xl/../../boot.xml",
        "/xl/absolute1.xml",
        "xl\\..\\..\\boot.xml",
        "\\\\server\\theme1.xml",
        "C:/xl/theme/1.xml",
        "xl//theme/one.xml",
        "./xl/theme/on.xml",
        "../xl/them/on.xml",
        "xl/theme/1.xm\0x",
    ],
)
def test_a_part_name_that_points_out_of_the_package_is_refused(name):
    placeholder = "x" * len(name)
    data = renamed(book(PLAIN, extra={placeholder: b"x"}), placeholder, name)
    with pytest.raises(refusals.UnsafePartName):
        package(data)


@pytest.mark.parametrize("name", [SHEET, SHEET.upper(), "xl/Worksheets/sheet1.xml"])
def test_two_parts_of_one_name_in_any_case_are_refused(name):
    placeholder = "y" * len(name)
    data = renamed(book(PLAIN, extra={placeholder: b"x"}), placeholder, name)
    with pytest.raises(refusals.DoubledPart):
        package(data)


def test_backslashes_in_part_names_are_slashes_to_the_patch_and_stay():
    content = {name.replace("/", "\\"): xml for name, xml in parts(PLAIN).items()}
    data = zipped(content)
    after = patch(data, EDIT)
    verify(data, after.data, EDIT)
    assert after.changed_parts == (SHEET,)
    assert names(after.data) == list(content)
    assert read(after.data) == [[5.0]]


def test_a_part_with_slashes_and_one_with_backslashes_are_doubles():
    placeholder = "y" * len(SHEET)
    data = renamed(book(PLAIN, extra={placeholder: b"x"}), placeholder, SHEET.replace("/", "\\"))
    with pytest.raises(refusals.DoubledPart):
        package(data)


def test_a_folder_entry_is_no_part_and_passes_through():
    data = patched(book(PLAIN, extra={"xl/": b"", "xl/worksheets/": b""}))
    assert "xl/worksheets/" in names(data)


def test_a_truncated_file_is_damaged_at_any_length():
    data = book(PLAIN)
    for length in range(4, len(data) - 1, 7):
        with pytest.raises(refusals.DamagedWorkbook):
            package(data[:length])


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/media/image1.png"])
def test_a_flipped_bit_in_any_part_is_found_before_anything_is_written(name):
    data = book(PLAIN, extra={"xl/media/image1.png": bytes(range(256)) * 4})
    info = infos(data)[name]
    middle = info.header_offset + 30 + len(name) + info.compress_size // 2
    flipped = data[:middle] + bytes([data[middle] ^ 0x10]) + data[middle + 1 :]
    with pytest.raises(refusals.DamagedWorkbook):
        patch(flipped, EDIT)


def test_a_wrong_crc_or_size_in_the_directory_is_found():
    data = book(PLAIN)
    place = data.rindex(SHEET.encode()) - 46
    for field, code in ((16, "<L"), (24, "<L")):
        (value,) = struct.unpack_from(code, data, place + field)
        for wrong in (value + 1, value - 1):
            header = struct.pack(code, wrong)
            bad = data[: place + field] + header + data[place + field + 4 :]
            with pytest.raises(refusals.DamagedWorkbook):
                patch(bad, EDIT)


def test_another_name_in_the_local_header_is_damage():
    data = book(PLAIN)
    with pytest.raises(refusals.DamagedWorkbook):
        package(data.replace(SHEET.encode(), b"xl/worksheets/sheet9.xml", 1))


def test_entries_that_share_bytes_are_damage():
    data = bytearray(book(PLAIN))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    with pytest.raises(refusals.DamagedWorkbook):
        package(bytes(data))


def test_a_part_under_a_zip_password_or_another_compression_is_refused():
    data = bytearray(book(PLAIN))
    place = data.rindex(SHEET.encode()) - 46
    data[place + 8] |= 1
    with pytest.raises(refusals.UnsupportedCompression):
        package(bytes(data))
    with pytest.raises(refusals.UnsupportedCompression):
        package(zipped(parts(PLAIN), zipfile.ZIP_LZMA))


def test_a_zip_bomb_is_refused_before_it_is_inflated():
    bomb = book(PLAIN, extra={"xl/media/image1.png": bytes(64 << 20)})
    assert len(bomb) < 200_000
    with pytest.raises(refusals.ExpandsTooFar, match="image1"):
        package(bomb)
    with pytest.raises(refusals.ExpandsTooFar):
        package(book(PLAIN), part_bytes=100)
    with pytest.raises(refusals.ExpandsTooFar):
        package(book(PLAIN), total_bytes=1000)


def test_a_bomb_that_lies_about_its_size_is_never_inflated_beyond_the_lie():
    data = bytearray(book(PLAIN, extra={"xl/media/image1.png": bytes(8 << 20)}))
    place = data.rindex(b"xl/media/image1.png") - 46
    data[place + 24 : place + 28] = struct.pack("<L", 1000)
    entry = package(bytes(data)).entry("xl/media/image1.png")
    with pytest.raises(deflate.DeflateError):
        entry.inflated()
    with pytest.raises(refusals.DamagedWorkbook):
        patch(bytes(data), EDIT)


def test_too_many_parts_and_too_large_a_file_are_refused():
    many = book(PLAIN, extra={f"xl/media/{n}.png": b"x" for n in range(40)})
    with pytest.raises(refusals.TooManyParts):
        package(many, parts=40)
    with pytest.raises(refusals.WorkbookTooLarge, match="1 MB; the limit is 0 MB"):
        package(many, file_bytes=1000)


def test_the_limits_let_a_large_register_pass():
    body = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" s="3"/>' for c in "ABCDEFGH") + "</row>"
        for n in range(1, 20_001)
    )
    large = sheet(body)
    assert package(book(large), ratio_from_bytes=1 << 20).entry(SHEET).size > 3 << 20


@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda xml: xml[:-3], refusals.DamagedWorkbook),
        (lambda xml: xml.encode("utf-16"), refusals.UnsupportedEncoding),
        (
            lambda xml: xml.replace(
                DECLARATION,
                '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
            ),
            refusals.UnsafeXml,
        ),
    ],
)
def test_a_spoilt_part_is_refused_whichever_it_is(name, spoil, refusal):
    content = parts(FORMULA, related=[relation("rIdC", "calcChain", "calcChain.xml")])
    content |= {"xl/calcChain.xml": "<calcChain/>", name: spoil(content[name])}
    with pytest.raises(refusal):
        patch(zipped(content), [replace(EDIT[0], overwrite_formulas=True)])


FORMULA = sheet('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')


def test_a_data_descriptor_behind_the_bytes_is_understood():
    class Unseekable(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise OSError

        def tell(self):
            raise OSError

    buffer = Unseekable()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts(PLAIN).items():
            archive.writestr(name, xml)
    data = buffer.getvalue()
    assert infos(data)[SHEET].flag_bits & 8
    assert not infos(patched(data))[SHEET].flag_bits & 8


def test_zip64_headers_are_understood():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts(PLAIN).items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as stream:
                stream.write(xml.encode())
    data = buffer.getvalue()
    assert struct.unpack_from("<L", data, 18) == (0xFFFFFFFF,)
    after = patched(data)
    assert struct.unpack_from("<L", after, 18) != (0xFFFFFFFF,)


def test_a_zip64_directory_is_understood():
    data = book(PLAIN)
    end = data.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", data, end + 10)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    patched(data[:end] + record + locator + tail)


def test_stored_parts_stay_stored_and_the_edited_one_is_deflated():
    data = zipped(parts(PLAIN), zipfile.ZIP_STORED)
    after = infos(patched(data))
    assert after[SHEET].compress_type == zipfile.ZIP_DEFLATED
    assert after["_rels/.rels"].compress_type == zipfile.ZIP_STORED


def test_a_patched_sheet_of_a_few_megabytes_is_no_larger_than_zlib_makes_it():
    values = Random(7)
    cell = '<c r="{}{}"><v>{}</v></c>'
    rows = (
        "".join(cell.format(column, row, values.randrange(900)) for column in "ABCDEFGH")
        for row in range(1, 14_000)
    )
    data = book(sheet("".join(f'<row r="{n}">{cells}</row>' for n, cells in enumerate(rows, 1))))
    before, after = infos(data)[SHEET], infos(patch(data, EDIT).data)[SHEET]
    assert 3 << 20 < before.file_size < 4 << 20
    assert after.compress_size < 1.01 * before.compress_size


def test_junk_before_the_archive_is_passed_over():
    assert patched(b"junk before\r\n" + book(PLAIN)).startswith(b"PK\x03\x04")


def test_an_empty_part_that_is_called_deflated_is_whole():
    data = bytearray(book(PLAIN, extra={"docProps/thumbnail.wmf": b""}))
    assert infos(bytes(data))["docProps/thumbnail.wmf"].compress_size == 2
    stored = zipfile.ZipInfo("docProps/thumbnail.wmf")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, xml in parts(PLAIN).items():
            archive.writestr(name, xml)
        archive.writestr(stored, b"")
    data = bytearray(buffer.getvalue())
    place = data.rindex(b"docProps/thumbnail.wmf") - 46
    data[place + 10] = zipfile.ZIP_DEFLATED
    patched(bytes(data))


def test_order_dates_attributes_and_comments_of_the_archive_stay():
    data = book(PLAIN, extra={"附件/说明.xml": b"<x/>", "xl/vbaProject.bin": b"\x01macro"})
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"from the archive"
        info = zipfile.ZipInfo("docProps/a.bin", (2001, 2, 3, 4, 5, 6))
        info.external_attr, info.create_system = 0o600 << 16, 3
        info.extra, info.comment = b"\xfe\xca\x02\x00ok", b"of the entry"
        archive.writestr(info, b"x")
    data = buffer.getvalue()
    before, after = infos(data), infos(patched(data))
    assert list(before) == list(after)
    for name, info in before.items():
        for fact in ("date_time", "external_attr", "create_system", "extra", "comment"):
            assert getattr(after[name], fact) == getattr(info, fact)
    with zipfile.ZipFile(io.BytesIO(patched(data))) as archive:
        assert archive.comment == b"from the archive"
    assert part(patched(data), "附件/说明.xml") == "<x/>"


def test_untouched_parts_keep_their_compressed_bytes():
    data = book(PLAIN, sheet(), extra={"xl/media/image1.png": bytes(range(256)) * 99})
    before = {entry.name: entry for entry in package(data).entries}
    after = {entry.name: entry for entry in package(patched(data)).entries}
    assert [name for name in before if before[name].raw != after[name].raw] == [SHEET]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_patched_right_but_never_a_crash(data):
    whole = book(PLAIN, sheet(), strings=["<t>a</t>"])
    spoilt = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[place] = data.draw(st.integers(0, 255))
    try:
        result = patch(bytes(spoilt), EDIT)
    except XlflowError as refusal:
        told = {refusal.message(language) for language in LANGUAGES}
    else:
        told = set(LANGUAGES)
        with suppress(refusals.NotVerified):  # malformed XML that the patch did not come across
            verify(bytes(spoilt), result.data, EDIT)
    assert len(told) == len(LANGUAGES)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_sheet_of_broken_xml_is_refused_or_patched_right_but_never_a_crash(data):
    whole = sheet(
        '<row r="1" spans="1:2"><c r="A1" s="1" t="s"><v>0</v></c>'
        '<c r="B1"><f>A1</f><v>2</v></c></row>'
        "<!-- x --><row r='3'><c><v>1</v></c></row>",
        '<dimension ref="A1:B3"/><cols><col min="1" max="2" style="1"/></cols>',
        '<mergeCells><mergeCell ref="C1:D1"/></mergeCells>',
    )
    spoilt = bytearray(whole.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(spoilt) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"<", b">", b'"', b"'", b"/", b"\0", b"<c", b"&", b"9"])
        )
        spoilt[place : place + data.draw(st.integers(0, 8))] = piece
    before = book(bytes(spoilt), strings=["<t>a</t>"])
    edits = [*EDIT, CellEdit("S1", 2, "B", "x"), CellEdit("S1", 3, "A", None)]
    with suppress(XlflowError):
        after = patch(before, edits).data
        verify(before, after, edits)
        assert patch(after, edits).data is after


def test_without_isal_zlib_does_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "isal", None)
    spec = importlib.util.spec_from_file_location("deflate_by_zlib", deflate.__file__)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    assert other._library is zlib
    text = "订单状态".encode() * 500_000  # 6 MB
    raw = other.deflate([text[:7], memoryview(text)[7:]])
    assert deflate.inflate(raw, len(text)) == text
    for library in (deflate, other):
        assert library.inflate(deflate.deflate([text]), len(text)) == text
        assert b"".join(library.inflate_in_chunks(raw, len(text))) == text
        assert library.crc32(text) == zlib.crc32(text)
        for bad, size in (
            (raw, len(text) - 1),
            (raw, len(text) + 1),
            (raw[:-2], len(text)),
            (raw + b"x", len(text)),
            (b"\xff" * 9, 9),
        ):
            with pytest.raises(library.DeflateError):
                library.inflate(bad, size)
            with pytest.raises(library.DeflateError):
                list(library.inflate_in_chunks(bad, size))


EVERY_REFUSAL = [
    refusals.NotAWorkbook("f.xlsx"),
    refusals.LegacyWorkbook("f.xlsx"),
    refusals.BinaryWorkbook("f.xlsx"),
    refusals.EncryptedWorkbook("f.xlsx"),
    refusals.SignedWorkbook("f.xlsx"),
    refusals.LegacySharedWorkbook("f.xlsx"),
    refusals.DamagedWorkbook("f.xlsx"),
    refusals.DoubledPart("f.xlsx", part="p"),
    refusals.UnsafePartName("f.xlsx", part="p"),
    refusals.UnsupportedCompression("f.xlsx", part="p"),
    refusals.WorkbookTooLarge("f.xlsx", megabytes=2, limit=1),
    refusals.TooManyParts("f.xlsx", limit=1),
    refusals.ExpandsTooFar("f.xlsx", part="p"),
    refusals.UnsafeXml("f.xlsx", part="p"),
    refusals.UnsupportedEncoding("f.xlsx", part="p"),
    refusals.SheetMissing("f.xlsx", sheet="s"),
    refusals.SheetDoubled("f.xlsx", sheet="s"),
    refusals.NotAWorksheet("f.xlsx", sheet="s"),
    refusals.SheetUnsupported("f.xlsx", sheet="s"),
    refusals.NotVerified("f.xlsx", part="p"),
]


@pytest.mark.parametrize("refusal", EVERY_REFUSAL, ids=lambda refusal: refusal.reason)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_names_the_file_and_what_to_do_in_every_language(refusal, language):
    text = refusal.message(language)
    assert "f.xlsx" in text
    assert "{" not in text
    assert text.rstrip("。.") != text


def test_no_refusal_is_without_its_text():
    kinds = {kind for kind in vars(refusals).values() if isinstance(kind, type)}
    kinds = {k for k in kinds if issubclass(k, refusals.WorkbookRefused) and k.reason}
    assert kinds == {type(refusal) for refusal in EVERY_REFUSAL}
