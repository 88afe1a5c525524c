"""Workbooks whose package or XML is damaged, hostile or odd."""

from __future__ import annotations

from workbook.bad_archives import zip_of
from workbook.bad_workbooks import (
    Case,
    appended,
    part,
    readable,
    refused,
    register,
    text,
    unwritable,
    with_more,
)
from workbook.handmade import MAIN, OFFICE, relation, relations
from workbook.odd_registers import REGISTER_PART, with_parts

from xlflow.workbook import refusals
from xlflow.workbook.reader_refusals import (
    LayoutRefused,
    NewerSchema,
    NoRegisterSheet,
    Unreadable,
)

TYPES, ROOT = "[Content_Types].xml", "_rels/.rels"
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS, STYLES, PROPERTIES = "xl/sharedStrings.xml", "xl/styles.xml", "docProps/custom.xml"
EXAMPLE = "xl/worksheets/sheet7.xml"  # a sheet that is no part of the register
Damaged, NotOne = refusals.DamagedWorkbook, refusals.NotAWorkbook
Unsafe, Encoding = refusals.UnsafeXml, refusals.UnsupportedEncoding

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">'


def missing(name: str) -> bytes:
    return part(name, lambda _: None)


def empty(name: str) -> bytes:
    return part(name, lambda _: b"")


def declared(name: str, doctype: str) -> bytes:
    """A part with a document type declaration before its root."""
    return part(name, lambda xml: xml.replace(b"?>", b"?>" + doctype.encode(), 1))


def utf16(name: str) -> bytes:
    return part(name, lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16"))


def said_to_be(encoding: str, name: str) -> bytes:
    return text(name, "UTF-8", encoding)


def control_character(name: str) -> bytes:
    return part(name, lambda xml: xml.replace(b' name="', b' name="\x01', 3))


def document(kind: str, part_name: str) -> bytes:
    """A document of another program of the same family."""
    return zip_of(
        {
            TYPES: b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            ROOT: relations(relation("rId1", "officeDocument", part_name)).encode(),
            part_name: f'<x:{kind} xmlns:x="urn:{kind}"/>'.encode(),
        }
    )


def opendocument() -> bytes:
    return zip_of(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"<office:document-content/>",
            "META-INF/manifest.xml": b"<manifest:manifest/>",
        }
    )


def target(old: str, new_target: str, mode: str = "") -> bytes:
    """The register with a relation of its workbook that leads elsewhere."""
    external = f'" TargetMode="{mode}' if mode else ""
    return text(RELATIONS, f'Target="{old}', f'Target="{new_target}{external}')


def related(*more: str, parts: dict[str, bytes] | None = None) -> bytes:
    """The register with more relations of its workbook, and the parts that they lead to."""

    def change(name: str, xml: bytes) -> bytes:
        if name != RELATIONS:
            return xml
        return xml.replace(b"</Relationships>", "".join(more).encode() + b"</Relationships>")

    return appended(with_parts(register(), change), parts or {})


def signed() -> bytes:

    return with_more(("_xmlsignatures/origin.sigs", b""))


FAR_SHEET = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    "</sheetData></worksheet>"
).encode()


def two_workbooks() -> bytes:
    """What the relations call the workbook is harmless; at the usual place lies a bomb."""

    held: dict[str, bytes] = {}
    with_parts(register(), lambda name, xml: held.setdefault(name, xml))
    sheets = {f"other/{n[3:]}": xml for n, xml in held.items() if n.startswith("xl/")}
    bomb = part(REGISTER_PART, lambda _: FAR_SHEET)

    def change(name: str, xml: bytes) -> bytes:
        return xml.replace(b'"xl/workbook.xml"', b'"other/workbook.xml"') if name == ROOT else xml

    return appended(with_parts(bomb, change), sheets)


def tabs(count: int) -> bytes:
    """A workbook that lists one sheet many times."""
    listed = "".join(f'<sheet name="T{n}" sheetId="{n}" r:id="rId1"/>' for n in range(9, count))
    return text(WORKBOOK, "</sheets>", f"{listed}</sheets>")


NAMES = (TYPES, ROOT, WORKBOOK, RELATIONS, REGISTER_PART, STRINGS, STYLES, PROPERTIES)

PARTS: dict[str, Case] = {
    # other kinds of file under the name of a workbook
    "a Word document": refused(lambda: document("document", "word/document.xml"), NotOne),
    "a presentation": refused(lambda: document("presentation", "ppt/presentation.xml"), NotOne),
    "an OpenDocument sheet": refused(opendocument, NotOne),
    "a binary workbook": refused(lambda: document("x", "xl/workbook.bin"), refusals.BinaryWorkbook),
    "a workbook of Excel 97": refused(
        lambda: _CFB + "Workbook".encode("utf-16-le"), refusals.LegacyWorkbook
    ),
    "a workbook under a password": refused(
        lambda: _CFB + "EncryptedPackage".encode("utf-16-le"), refusals.EncryptedWorkbook
    ),
    "a compound file of another kind": refused(lambda: _CFB, NotOne),
    # parts that are not there
    "no content types": refused(lambda: missing(TYPES), NotOne),
    "no relations of the package": refused(lambda: missing(ROOT), Unreadable),
    "no workbook part": refused(lambda: missing(WORKBOOK), NotOne),
    "no relations of the workbook": refused(lambda: missing(RELATIONS), Unreadable),
    "no register sheet's part": refused(lambda: missing(REGISTER_PART), Unreadable),
    "no part of a sheet beside the register": readable(lambda: missing(EXAMPLE)),
    "no shared texts": refused(lambda: missing(STRINGS), Unreadable),
    "no styles": readable(lambda: missing(STYLES)),
    "no properties": readable(lambda: missing(PROPERTIES)),
    "no theme": readable(lambda: missing("xl/theme/theme1.xml")),
    # declarations of entities, in each kind of part
    **{
        f"a document type in {name}": refused(lambda name=name: declared(name, OUTSIDE), Unsafe)
        for name in NAMES
    },
    **{
        f"a billion laughs in {name}": refused(
            lambda name=name: declared(name, BILLION_LAUGHS), Unsafe
        )
        for name in (WORKBOOK, REGISTER_PART, STRINGS)
    },
    **{
        f"an external entity in {name}": refused(lambda name=name: declared(name, EXTERNAL), Unsafe)
        for name in (RELATIONS, REGISTER_PART, STRINGS)
    },
    # encodings and characters
    **{f"{name} in UTF-16": refused(lambda name=name: utf16(name), Encoding) for name in NAMES},
    "a workbook said to be Latin-1": refused(lambda: said_to_be("ISO-8859-1", WORKBOOK), Encoding),
    "a sheet said to be GBK": refused(lambda: said_to_be("GBK", REGISTER_PART), Encoding),
    "a sheet said to be UTF-7": refused(lambda: said_to_be("UTF-7", REGISTER_PART), Encoding),
    "byte order marks": readable(lambda: part(WORKBOOK, lambda xml: b"\xef\xbb\xbf" + xml)),
    "a control character in the workbook": refused(lambda: control_character(WORKBOOK), Damaged),
    "half a character in the workbook": refused(
        lambda: part(WORKBOOK, lambda xml: xml.replace(b"Guide", b"Gu\xc3de")), Damaged
    ),
    # XML that is none
    **{f"{name} empty": refused(lambda name=name: empty(name), Damaged) for name in NAMES[:4]},
    "a workbook cut off": refused(lambda: part(WORKBOOK, lambda xml: xml[:900]), Damaged),
    "a workbook of HTML": refused(lambda: part(WORKBOOK, lambda _: b"<html/>"), NotOne),
    "a workbook of another namespace": refused(lambda: text(WORKBOOK, MAIN, "urn:x"), NotOne),
    "a workbook nested deep": refused(
        lambda: text(WORKBOOK, "<sheets>", "<a>" * 200_000 + "<sheets>"), Damaged
    ),
    "deep nesting that is well-formed": readable(
        lambda: text(WORKBOOK, "</workbook>", "<a>" * 50_000 + "</a>" * 50_000 + "</workbook>")
    ),
    "an attribute of ten megabytes": readable(
        lambda: text(WORKBOOK, "<sheets>", f'<x y="{"z" * 10_000_000}"/><sheets>')
    ),
    "a sheet name of a megabyte": readable(
        lambda: text(WORKBOOK, 'name="Example"', f'name="{"z" * 1_000_000}"')
    ),
    # sheets
    "no sheets": refused(
        lambda: part(
            WORKBOOK,
            lambda xml: xml[: xml.index(b"<sheets>")] + xml[xml.index(b"</sheets>") + 9 :],
        ),
        NoRegisterSheet,
    ),
    "two sheets of the register's name": refused(
        lambda: text(WORKBOOK, 'name="Example"', 'name="Register"'), LayoutRefused
    ),
    "two sheets with one id": readable(lambda: text(WORKBOOK, 'sheetId="7"', 'sheetId="2"')),
    "a sheet id out of range": readable(lambda: text(WORKBOOK, 'sheetId="7"', 'sheetId="-1e9"')),
    "two sheets in one part": refused(
        lambda: text(WORKBOOK, 'r:id="rId7"', 'r:id="rId2"'), Damaged
    ),
    "one sheet under a hundred thousand tabs": refused(lambda: tabs(100_000), Damaged),
    "a sheet without a relation": refused(
        lambda: text(WORKBOOK, 'r:id="rId2"', 'r:id="rId99"'), Unreadable
    ),
    "a register that is a chart sheet": refused(
        lambda: text(
            RELATIONS,
            f'{OFFICE}/worksheet" Target="worksheets/sheet2.xml',
            f'{OFFICE}/chartsheet" Target="worksheets/sheet2.xml',
        ),
        NoRegisterSheet,
    ),
    "a register that is a dialog sheet": refused(
        lambda: text(
            RELATIONS,
            f'{OFFICE}/worksheet" Target="worksheets/sheet2.xml',
            f'{OFFICE}/dialogsheet" Target="worksheets/sheet2.xml',
        ),
        NoRegisterSheet,
    ),
    "a hidden register": readable(
        lambda: text(WORKBOOK, 'name="Register"', 'name="Register" state="hidden"')
    ),
    "a register hidden from the menu": readable(
        lambda: text(WORKBOOK, 'name="Register"', 'name="Register" state="veryHidden"')
    ),
    "a hidden state that Excel does not know": refused(
        lambda: text(WORKBOOK, 'name="Example"', 'name="Example" state="gone"'), Unreadable
    ),
    # relations
    "a sheet on the network": refused(
        lambda: target("worksheets/sheet2.xml", "http://192.0.2.1/sheet2.xml", "External"),
        Unreadable,
    ),
    "a sheet on a share": refused(
        lambda: target("worksheets/sheet2.xml", r"\\192.0.2.1\x\sheet2.xml", "External"),
        Unreadable,
    ),
    "a sheet in the file system": refused(
        lambda: target("worksheets/sheet2.xml", "file:///etc/passwd"), Unreadable
    ),
    "a sheet outside the package": refused(
        lambda: target("worksheets/sheet2.xml", "../../../../etc/passwd"), Unreadable
    ),
    "relations that are their own target": refused(
        lambda: target("worksheets/sheet2.xml", "_rels/workbook.xml.rels"), Damaged
    ),
    "a workbook that is its own sheet": refused(
        lambda: target("worksheets/sheet2.xml", "workbook.xml"), Damaged
    ),
    "styles that are a sheet": refused(
        lambda: target("styles.xml", "worksheets/sheet2.xml"), Damaged
    ),
    "one relation id twice": refused(
        lambda: related(relation("rId2", "worksheet", "worksheets/none.xml")), Unreadable
    ),
    "a link to another workbook": readable(
        lambda: related(relation("rIdX", "externalLinkPath", "file:///c:/x.xlsx", mode="External"))
    ),
    "a picture on the network": readable(
        lambda: related(relation("rIdX", "image", r"\\192.0.2.1\x.png", mode="External"))
    ),
    "a workbook elsewhere, and a bomb at its usual place": readable(two_workbooks),
    # what the workbook says of itself
    "a signature": unwritable(signed, refusals.SignedWorkbook),
    "a revision log": unwritable(
        lambda: related(
            relation("rIdX", "revisionHeaders", "revisions/h.xml"),
            parts={"xl/revisions/h.xml": b"<headers/>"},
        ),
        refusals.LegacySharedWorkbook,
    ),
    "the layout of a later version": refused(
        lambda: part(PROPERTIES, lambda xml: xml.replace(b">1</vt:", b">99</vt:", 1)),
        NewerSchema,
    ),
    "a layout that is no number": readable(
        lambda: part(PROPERTIES, lambda xml: xml.replace(b">1</vt:", b">nan</vt:", 1))
    ),
    "a layout beyond all numbers": readable(
        lambda: part(PROPERTIES, lambda xml: xml.replace(b">1</vt:", b">1e999</vt:", 1))
    ),
    "a language that nobody speaks": readable(
        lambda: part(PROPERTIES, lambda xml: xml.replace(b">en<", b">tlh<", 1))
    ),
    "more parts than relations": readable(lambda: with_more(("xl/vbaProject.bin", bytes(99)))),
}
