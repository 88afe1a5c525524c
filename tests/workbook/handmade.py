"""Workbooks written by hand, part by part, so that a test can hold any oddity."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from python_calamine import CalamineWorkbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet(rows: str = "", head: str = "", tail: str = "", main: str = MAIN) -> str:
    """A worksheet with these rows; `head` stands before the rows, `tail` after them."""
    root = f'<worksheet xmlns="{main}" xmlns:r="{OFFICE}">'
    return f"{DECLARATION}{root}{head}<sheetData>{rows}</sheetData>{tail}</worksheet>"


def relation(key: str, kind: str, target: str, office: str = OFFICE, mode: str = "") -> str:
    external = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="{key}" Type="{office}/{kind}" Target="{target}"{external}/>'


def relations(*each: str) -> str:
    root = f'<Relationships xmlns="{PACKAGE}/relationships">'
    return f"{DECLARATION}{root}{''.join(each)}</Relationships>"


def parts(
    *sheets: str | bytes,
    strings: Sequence[str] = (),
    workbook: str = "",
    properties: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    extra: Mapping[str, str | bytes] | None = None,
    related: Sequence[str] = (),
) -> dict[str, str | bytes]:
    """The parts of a workbook with the sheets S1, S2, ...; `strings` are the insides of each si.

    `workbook` stands after the list of sheets, `properties` before it; `related` are more relations
    of the workbook; `extra` adds or replaces parts.
    """
    tabs = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1)
    )
    own = [
        relation(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml", office)
        for n in range(1, len(sheets) + 1)
    ]
    if strings:
        own.append(relation("rIdS", "sharedStrings", "sharedStrings.xml", office))
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.'
            'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        + "</Types>",
        "_rels/.rels": relations(relation("rId1", "officeDocument", "xl/workbook.xml", office)),
        "xl/workbook.xml": f'{DECLARATION}<workbook xmlns="{main}" xmlns:r="{office}">'
        f"{properties}<sheets>{tabs}</sheets>{workbook}</workbook>",
        "xl/_rels/workbook.xml.rels": relations(*own, *related),
    }
    for number, xml in enumerate(sheets, 1):
        found[f"xl/worksheets/sheet{number}.xml"] = xml
    if strings:
        items = "".join(f"<si>{inner}</si>" for inner in strings)
        found["xl/sharedStrings.xml"] = f'{DECLARATION}<sst xmlns="{main}">{items}</sst>'
    return found | dict(extra or {})


def zipped(content: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 3, 1, 12, 30, 2)), data, method)
    return buffer.getvalue()


def book(*sheets: str | bytes, **options: object) -> bytes:
    """A workbook with the sheets S1, S2, ...; the options are those of `parts`."""
    return zipped(parts(*sheets, **options))  # type: ignore[arg-type]


def part(data: bytes, name: str = SHEET) -> str:
    """The text of a part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode("utf-8")


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def rows_of(data: bytes) -> str:
    """What stands between the sheetData tags of the first sheet."""
    return part(data).partition("sheetData>")[2].rpartition("</")[0].rpartition("</")[0]


def read(data: bytes, name: str = "S1") -> list[list[object]]:
    """The cells of a sheet as python-calamine reads them, from A1 on."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
