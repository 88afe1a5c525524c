"""Workbooks whose cells are damaged, hostile or odd.

The register's records stand in rows 4 to 6: the title in B, the department in C, a date in J.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbook.bad_workbooks import Case, part, readable, refused, register, sheet, text
from workbook.odd_registers import REGISTER_PART, with_cells

from xlflow.workbook import refusals
from xlflow.workbook.reader_refusals import (
    ImpossibleDate,
    LayoutRefused,
    SheetTooLarge,
    Unreadable,
)

STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
Damaged = refusals.DamagedWorkbook
LAST = "XFD1048576"


def cell(address: str, content: str) -> bytes:
    """The register with a cell that is written as ``t="e"><v>#N/A</v>``."""
    return with_cells(register(), {address: content})


def date_cell(serial: str, address: str = "J4") -> bytes:
    return cell(address, f's="21"><v>{serial}</v>')


def duration_cell(serial: str) -> bytes:
    """A cell in the format ``[h]:mm:ss``, number 46 of Excel's own."""
    xml = text_of(STYLES)
    count = xml.count("<xf ", xml.index("<cellXfs"), xml.index("</cellXfs>"))
    styled = xml.replace("</cellXfs>", '<xf numFmtId="46" applyNumberFormat="1"/></cellXfs>')
    data = part(STYLES, lambda _: styled.encode())
    return with_cells(data, {"J4": f's="{count}"><v>{serial}</v>'})


def text_of(name: str) -> str:
    held: dict[str, bytes] = {}
    part(name, lambda xml: held.setdefault("", xml))
    return held[""].decode()


def referred(address: str) -> bytes:
    """The register with another reference in place of that of the title of its first record."""
    return text(REGISTER_PART, 'r="B4"', f'r="{address}"')


def more_rows(rows: str) -> bytes:
    return text(REGISTER_PART, "</sheetData>", f"{rows}</sheetData>")


def merged(*ranges: str) -> bytes:
    cells = "".join(f'<mergeCell ref="{held}"/>' for held in ranges)
    return text(REGISTER_PART, "</sheetData>", f"</sheetData><mergeCells>{cells}</mergeCells>")


def rows_swapped() -> bytes:
    """Row 5 before row 4."""
    return sheet(
        lambda xml: re.sub(r'(<row r="4".*?</row>)(<row r="5".*?</row>)', r"\2\1", xml, flags=re.S)
    )


def row_again(row: int, number: int) -> bytes:
    """A row of the register once more, under a number of its own."""

    def change(xml: str) -> str:
        found = re.search(rf'<row r="{row}".*?</row>', xml, re.DOTALL)
        assert found
        again = re.sub(rf'(r="[A-Z]*){row}"', rf'\g<1>{number}"', found[0])
        return xml.replace("</sheetData>", again + "</sheetData>")

    return sheet(change)


def million_styled_rows() -> bytes:
    last = 1_048_576
    styled = (f'<row r="{n}" s="1" customFormat="1"/>' for n in range(7, last))
    return more_rows("".join(styled) + f'<row r="{last}" s="1"><c r="{LAST}" s="1"/></row>')


def in_shared_texts(inner: str) -> bytes:
    """The register with other XML within its first shared text."""
    return part(STRINGS, lambda xml: re.sub(rb"<t>[^<]*</t>", inner.encode(), xml, count=1))


def counted(attribute: str, count: str) -> bytes:
    return part(
        STRINGS,
        lambda xml: re.sub(
            rb' %s="\d+"' % attribute.encode(), f' {attribute}="{count}"'.encode(), xml
        ),
    )


def prefixed_far_cell() -> bytes:
    """A far cell under a prefix that the sheet's other cells do not have."""
    return more_rows(
        '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1048576">'
        f'<x:c r="{LAST}"><x:v>1</x:v></x:c></x:row>'
    )


def errors_without_end() -> str:
    """Cells that begin, one inside the other, and never end."""
    return '<row r="9">' + '<c t="e">' * 400_000


def holes_without_end(mark: str) -> bytes:
    return text(REGISTER_PART, "<sheetData>", mark * 2_000_000 + "<sheetData>")


def headers_gone() -> bytes:
    """Both rows by which columns are known, cleared."""
    return sheet(lambda xml: re.sub(r'<row r="[123]".*?</row>', "", xml, flags=re.DOTALL))


def full_width_rows() -> Iterator[str]:
    letters = [a + b for a in ("", *"ABCDEFGHIJKL") for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    for row in range(10, 40):
        yield (
            f'<row r="{row}">'
            + "".join(f'<c r="{c}{row}"><v>0</v></c>' for c in letters)
            + "</row>"
        )


SHEETS: dict[str, Case] = {
    # XML that is no sheet
    "an empty part": refused(lambda: sheet(lambda _: ""), Unreadable),
    "no XML": refused(lambda: sheet(lambda _: "number,title\n"), Unreadable),
    "HTML": refused(lambda: sheet(lambda _: "<html><table/></html>"), LayoutRefused),
    "cut off": refused(lambda: sheet(lambda xml: xml[: len(xml) // 2]), Unreadable),
    "no rows": refused(
        lambda: sheet(lambda xml: re.sub("<sheetData>.*</sheetData>", "", xml, flags=re.DOTALL)),
        LayoutRefused,
    ),
    "headers gone": refused(headers_gone, LayoutRefused),
    "tags that cross": refused(
        lambda: text(REGISTER_PART, "</v></c></row>", "</c></v></row>"), Unreadable
    ),
    "elements nested deep in a row": refused(
        lambda: more_rows('<row r="9"><c r="B9">' + "<a>" * 300_000), Unreadable
    ),
    "elements nested deep and closed": readable(
        lambda: text(
            REGISTER_PART, "</worksheet>", "<a>" * 100_000 + "</a>" * 100_000 + "</worksheet>"
        )
    ),
    "comments that never end": refused(lambda: holes_without_end("<!--"), Damaged),
    "instructions that never end": refused(lambda: holes_without_end("<?"), Damaged),
    "CDATA that never ends": refused(lambda: holes_without_end("<![CDATA["), Damaged),
    "errors that never end": refused(lambda: more_rows(errors_without_end()), Unreadable),
    "a tag with a hundred thousand attributes": refused(
        lambda: more_rows('<row r="9"><c ' + 't="e" ' * 100_000), Unreadable
    ),
    # references
    **{
        f"a cell at {address or 'no place'}": refused(lambda a=address: referred(a), Unreadable)
        for address in ("", "B", "4", "B0", "B-4", "4B", "B4:C5", "$B$4", "ÄÖ4", "B&#52;", "R4C2")
    },
    "a row without a number": readable(lambda: text(REGISTER_PART, '<row r="4"', "<row")),
    "a negative row": refused(lambda: more_rows('<row r="-7"><c><v>1</v></c></row>'), Unreadable),
    "row zero": refused(lambda: more_rows('<row r="0"><c><v>1</v></c></row>'), Unreadable),
    "rows out of order": readable(rows_swapped),
    "a row twice": readable(lambda: row_again(6, 6)),
    "a record far below": readable(lambda: row_again(6, 100_000), 4),
    # too far away
    "a cell in the last corner": refused(
        lambda: more_rows(f'<row r="1048576"><c r="{LAST}"><v>1</v></c></row>'), SheetTooLarge
    ),
    "a cell beyond the last row": refused(lambda: referred("B99999999"), SheetTooLarge),
    "a row number that wraps around": refused(lambda: referred("B4294967300"), SheetTooLarge),
    "a column that wraps around": refused(lambda: referred("ZZZZZZZZZZ4"), SheetTooLarge),
    "a far cell under another prefix": refused(prefixed_far_cell, SheetTooLarge),
    "a far cell whose value has a prefix": refused(
        lambda: more_rows(f'<row r="1048576"><c r="{LAST}"><x:v>1</x:v></c></row>'), SheetTooLarge
    ),
    "a far cell whose end tag has a blank": refused(
        lambda: more_rows(f'<row r="1048576"><c r="{LAST}"><v >1</v ></c ></row >'), SheetTooLarge
    ),
    "a million styled rows without an entry": readable(million_styled_rows),
    "a dimension beyond the sheet": readable(
        lambda: sheet(lambda xml: re.sub("<dimension[^>]*>", '<dimension ref="A1:ZZZZ9"/>', xml))
    ),
    "a dimension that is none": refused(
        lambda: sheet(lambda xml: re.sub("<dimension[^>]*>", '<dimension ref="?"/>', xml)),
        Unreadable,
    ),
    "thirty rows of three hundred zeros": readable(lambda: more_rows("".join(full_width_rows()))),
    # types and values
    "a boolean that says maybe": refused(lambda: cell("B4", 't="b"><v>maybe</v>'), Unreadable),
    "an unknown type": refused(lambda: cell("B4", 't="zz"><v>1</v>'), Unreadable),
    "an unknown error": readable(lambda: cell("B4", 't="e"><v>#WHAT!</v>')),
    "an error without a literal": readable(lambda: cell("B4", 't="e"><v></v>')),
    "a number in words": refused(lambda: cell("B4", 't="n"><v>twelve</v>'), Unreadable),
    "a number in hexadecimals": readable(lambda: cell("B4", "><v>0x1F</v>")),
    "a number beyond all": readable(lambda: cell("B4", "><v>1e999</v>")),
    "a number that is none": readable(lambda: cell("B4", "><v>NaN</v>")),
    "a number of a thousand digits": readable(lambda: cell("B4", f"><v>{'9' * 1000}</v>")),
    "an ISO date that is none": readable(lambda: cell("J4", 't="d"><v>2024-99-99</v>')),
    "an ISO date of the year 99999": readable(lambda: cell("J4", 't="d"><v>99999-01-01</v>')),
    "a value without a type of text": readable(lambda: cell("B4", 't="str"><v>Title</v>')),
    "an inline text of nothing": readable(lambda: cell("B4", 't="inlineStr">')),
    "a formula that spills over the sheet": readable(
        lambda: cell("B4", f't="str"><f t="array" ref="A1:{LAST}">X1</f><v>Title</v>')
    ),
    "a shared formula that is not there": readable(
        lambda: cell("B4", 't="str"><f t="shared" si="99999999999"/><v>Title</v>')
    ),
    # dates
    **{
        f"the date {serial}": readable(lambda s=serial: date_cell(s))
        for serial in (
            "0",
            "60",
            "-1",
            "-45366",
            "2958466",
            "1e15",
            "1e300",
            "-1e300",
            "NaN",
            "0.99999999",
        )
    },
    "a date in a line of nothing else": readable(
        lambda: more_rows('<row r="9"><c r="J9" s="21"><v>-1e12</v></c></row>'), 4
    ),
    "a duration of 1e300 days": refused(lambda: duration_cell("1e300"), ImpossibleDate),
    "a duration below zero": readable(lambda: duration_cell("-3.5")),
    # styles
    **{
        f"the style {style}": readable(
            lambda s=style: text(REGISTER_PART, 'r="B4" s="18"', f'r="B4" s="{s}"')
        )
        for style in ("999999", "-1", "first", "4294967314")
    },
    "styles that count four milliards": readable(
        lambda: part(
            STYLES, lambda xml: re.sub(rb'(<cellXfs count=")\d+', rb"\g<1>4000000000", xml)
        )
    ),
    "styles of HTML": refused(lambda: part(STYLES, lambda _: b"<html/>"), Unreadable),
    # shared texts
    **{
        f"the shared text {index}": refused(
            lambda i=index: cell("B4", f't="s"><v>{i}</v>'), Damaged
        )
        for index in ("-1", "first", "1e3", "99999999999999999999")
    },
    "a shared text that is not there": refused(
        lambda: cell("B4", 't="s"><v>999999</v>'), Unreadable
    ),
    "no index of a shared text": readable(lambda: cell("B4", 't="s"><v></v>')),
    "four milliards of shared texts": readable(lambda: counted("uniqueCount", "4000000000")),
    "a negative count of shared texts": readable(lambda: counted("uniqueCount", "-1")),
    "a count of shared texts in words": readable(lambda: counted("uniqueCount", "many")),
    "an entity that nobody declared": refused(lambda: in_shared_texts("<t>&lol;</t>"), Unreadable),
    "half a character by number": refused(lambda: in_shared_texts("<t>&#xD800;</t>"), Unreadable),
    "a character beyond Unicode": refused(
        lambda: in_shared_texts("<t>&#xFFFFFFFF;</t>"), Unreadable
    ),
    "a text of a megabyte": readable(
        lambda: cell("B4", f't="inlineStr"><is><t>{"long " * 200_000}</t></is>')
    ),
    "a NUL in a text": readable(lambda: cell("B4", 't="inlineStr"><is><t>a_x0000_b</t></is>')),
    "runs nested deep in a text": readable(
        lambda: cell("B4", f't="inlineStr"><is>{"<r>" * 50_000}{"</r>" * 50_000}</is>')
    ),
    # merged cells
    "all cells merged into one": readable(lambda: merged(f"A1:{LAST}"), 0),
    "a merged range that is none": refused(lambda: merged("nowhere"), Unreadable),
    "a merged range from right to left": readable(lambda: merged("D9:B8")),
    "merged cells over one another": readable(
        lambda: merged(*(f"A{row % 7 + 7}:XFD1048576" for row in range(20_000)))
    ),
    "two hundred thousand merged rows": readable(
        lambda: merged(*(f"A{row}:XFD{row}" for row in range(1000, 201_000)))
    ),
    "a merged own column": readable(lambda: merged("A4:A6")),
}
