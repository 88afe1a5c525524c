"""Records taken out by compaction: values move up as they are written, and all else stays."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registers import clean
from workbook.compaction_model import faults, replaced, sheet_of, values_in
from workbook.handmade import book, part, read, rows_of, sheet, zipped
from workbook.handmade import parts as content

from xlflow.languages import LANGUAGES, say
from xlflow.record.fields import SHEETS
from xlflow.workbook.compaction import (
    CompactionRefused,
    Removal,
    blocked_until,
    compact,
    refusals_of,
    verify_compaction,
)
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.reader import read_register
from xlflow.workbook.refusals import SheetMissing, SignedWorkbook
from xlflow.workbook.template import build_register


def removal(*rows, first_row=2, last_row=9, columns="ABC", title="S1"):
    return Removal(title, rows, first_row=first_row, last_row=last_row, columns=columns)


def without(data, *rows, **area):
    """The workbook without these records; checked by the proof and by the tests' own model."""
    asked = removal(*rows, **area)
    result = compact(data, [asked])
    verify_compaction(data, result.data, [asked])
    assert faults(data, result.data, asked) == []
    return result


def grid(*rows):
    """Rows from 1 on, each a list of the insides of `c` in A, B, ...; None for no cell."""
    return "".join(
        f'<row r="{n}">'
        + "".join(
            re.sub("^<c", f'<c r="{"ABCDE"[i]}{n}"', cell) for i, cell in enumerate(cells) if cell
        )
        + "</row>"
        for n, cells in enumerate(rows, 1)
    )


def number(value):
    return f"<c><v>{value}</v></c>"


def plain(*values):
    """A header, and rows with these numbers in A."""
    return book(sheet(grid([number(0)], *([number(value)] for value in values))))


def column_a(data):
    return [row[0] for row in read(data)][1:]


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([2], [20, 30, 40, 50]),
        ([6], [10, 20, 30, 40]),
        ([3, 5], [10, 30, 50]),
        ([2, 3, 4, 5], [50]),
        ([2, 3, 4, 5, 6], []),
    ],
)
def test_the_records_below_move_up_and_the_tail_is_cleared(rows, left):
    data = plain(10, 20, 30, 40, 50)
    result = without(data, *rows)
    assert [value for value in column_a(result.data) if value != ""] == left
    assert 'r="A6"' in rows_of(result.data)


def test_the_result_tells_which_row_became_which():
    result = without(plain(10, 20, 30, 40, 50), 3, 5)
    (told,) = result.sheets
    assert told.moved == {4: 3, 6: 4}
    assert told.cleared == (5, 6)
    assert result.changed_parts == ("xl/worksheets/sheet1.xml",)


def test_blank_rows_between_records_move_along():
    data = book(
        sheet('<row r="2"><c r="A2"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c></row>')
    )
    result = without(data, 2)
    assert result.sheets[0].moved == {5: 4}
    assert column_a(result.data) == ["", "", 2.0]


@pytest.mark.parametrize("rows", [[], [7], [8, 9]])
def test_nothing_to_remove_gives_back_the_very_workbook(rows):
    data = plain(10, 20, 30, 40, 50)
    result = compact(data, [removal(*rows)])
    assert result.data is data
    assert result.sheets[0].moved == {}
    verify_compaction(data, data, [removal(*rows)])


def test_values_move_as_they_are_written():
    cells = [
        number("1.10"),
        number("0.1000000000000000055511151231257827"),
        number("1E-7"),
        number("123456789012345678"),
        '<c t="s"><v>0</v></c>',
        '<c t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><r><t>b</t></r></is></c>',
        '<c t="str"><v> a &amp; b_x000D_</v></c>',
        '<c t="b"><v>1</v></c>',
        '<c t="e"><v>#N/A</v></c>',
        '<c t="d"><v>2024-03-01</v></c>',
        '<c t="e" vm="1"><v>#VALUE!</v></c>',  # a picture in the cell
        '<c t="s" ph="1"><v>1</v></c>',  # shows its reading
        "<c><v>1</v><extLst><ext><c><v>2</v></c></ext></extLst></c>",
    ]
    strings = ["<r><rPr><i/></rPr><t>x</t></r><r><t>y</t></r>", "<t>漢</t><rPh><t>kan</t></rPh>"]
    data = book(sheet(grid([number(0)], [number(9)], *([cell] for cell in cells))), strings=strings)
    moved = without(data, 2, last_row=20).data
    assert values_in(moved, "S1", range(2, 15), 1) == values_in(data, "S1", range(3, 16), 1)
    for cell in cells:
        assert cell.removeprefix("<c").removesuffix("</c>") in part(moved)
    assert part(moved, "xl/sharedStrings.xml") == part(data, "xl/sharedStrings.xml")


def test_dates_stay_the_same_days_in_either_date_system():
    for properties in ("", '<workbookPr date1904="1"/>'):
        data = book(sheet(grid(*[[number(n)] for n in (0, 45000, 45001)])), properties=properties)
        assert "<v>45001</v>" in rows_of(without(data, 2).data).partition('r="A3"')[0]


def test_what_is_blank_becomes_blank_and_keeps_its_format():
    data = book(
        sheet(
            grid(
                [number(0)] * 3,
                [number(1), None, '<c s="0"/>'],
                [None, number(2), number(3)],
                [number(4), '<c t="inlineStr"> </c>', None],
            )
        )
    )
    moved = without(data, 2)
    assert read(moved.data)[1:] == [["", 2.0, 3.0], [4.0, "", ""]]


def test_cells_that_a_row_lacks_are_made_where_they_belong():
    data = book(
        sheet(
            '<row r="2" spans="2:2"><c r="B2"><v>1</v></c></row>'
            '<row r="3"><c r="A3"><v>2</v></c><c r="B3"><v>3</v></c><c r="C3"><v>4</v></c></row>'
            '<row r="5" s="1" customFormat="1"><c r="A5" s="1"><v>5</v></c></row>',
            '<cols><col min="1" max="1" width="9" style="0"/></cols>',
        )
    )
    asked = removal(2)
    assert {o.reason for o in refusals_of(data, [asked])} == {"row-format", "format"}
    plain_row = data_without(data, ' s="1" customFormat="1"', ' s="1"')
    moved = without(plain_row, 2)
    assert rows_of(moved.data).startswith(
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>3</v></c><c r="C2"><v>4</v></c></row>'
    )
    assert '<row r="4"><c r="A4"><v>5</v></c></row><row r="5"><c r="A5"/></row>' in part(moved.data)


def data_without(data, *texts):
    """A one-sheet workbook without some of its sheet's text."""
    xml = part(data)
    for text in texts:
        assert text in xml
        xml = xml.replace(text, "")
    return book(xml)


def test_a_moved_value_takes_the_format_of_the_column_where_a_cell_is_missing():
    cols = '<cols><col min="1" max="3" width="9" style="2"/></cols>'
    xml = sheet(
        '<row r="2"><c r="A2" s="2"><v>1</v></c></row>'
        '<row r="3"><c r="A3" s="2"><v>2</v></c><c r="B3" s="2"><v>3</v></c></row>',
        cols,
    )
    assert '<c r="B2" s="2"><v>3</v></c>' in part(without(book(xml), 2).data)


def test_a_height_that_excel_fitted_goes_with_its_text():
    data = book(
        sheet(
            '<row r="2" ht="15"><c r="A2"><v>1</v></c></row>'
            '<row r="3" ht="60" x="y"><c r="A3"><v>2</v></c></row>'
            '<row r="4"><c r="A4"><v>3</v></c></row>'
        )
    )
    moved = without(data, 2)
    assert re.findall("<row [^>]*>", part(moved.data)) == [
        '<row r="2" ht="60">',
        '<row r="3" x="y">',
        '<row r="4">',
    ]


def test_heights_and_formats_that_all_rows_share_are_no_obstacle():
    rows = "".join(
        f'<row r="{n}" ht="30" customHeight="1" s="3" customFormat="1"><c r="A{n}" s="3">'
        f"<v>{n}</v></c></row>"
        for n in range(2, 6)
    )
    moved = without(book(sheet(rows)), 3)
    assert column_a(moved.data) == [2.0, 4.0, 5.0]
    assert part(moved.data).count('ht="30" customHeight="1" s="3" customFormat="1"') == 4


def test_equal_formats_of_different_numbers_count_as_one():
    xf = '<xf numFmtId="{}" fontId="0"/>'
    styles = (
        f"<styleSheet><cellXfs>{xf.format(0)}{xf.format(14)}{xf.format(14)}</cellXfs></styleSheet>"
    )
    extra = {"xl/styles.xml": styles}
    related = ['<Relationship Id="rIdT" Type="http://x/styles" Target="styles.xml"/>']
    rows = grid([number(0)], ['<c s="1"><v>1</v></c>'], ['<c s="2"><v>2</v></c>'])
    data = book(sheet(rows), extra=extra, related=related)
    assert '<c r="A2" s="1"><v>2</v></c>' in rows_of(without(data, 2).data)
    other = book(sheet(rows.replace('s="2"', 's="0"')), extra=extra, related=related)
    assert [o.reason for o in refusals_of(other, [removal(2)])] == ["format"]


@pytest.mark.parametrize(
    "xml",
    [
        # no addresses
        sheet(
            "<row><c><v>0</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row>"
            "<row><c><v>3</v></c><c/></row>"
        ),
        # attributes in another order, single quotes, blanks, a comment
        sheet(
            "<row spans='1:2' r='2'> <c s='0' r='A2'  t='n' ><v>1</v></c><!-- <c r='B2'> --></row >"
            '\n<row r="3">\n<c t="n" r="A3" s="0"><v>2</v></c>\n<c r="B3"><v>3</v></c>\n</row>'
        ),
        # an empty style, CDATA, an empty value
        sheet(
            '<row r="2"><c r="A2" s=""><v><![CDATA[1]]></v></c><c r="B2"><v></v></c></row>'
            '<row r="3"><c r="A3" t="str"><v><![CDATA[<c>]]></v></c></row>'
        ),
        # a prefix, and what another program keeps with a row
        sheet(
            '<row r="2"><c r="A2"><v>1</v></c><extLst><ext><c r="A2"/></ext></extLst></row>'
            '<row r="3"><c r="A3"><v>2</v></c></row>'
        )
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("<x:?", "<?")
        .replace("xmlns=", "xmlns:x="),
    ],
)
def test_odd_spellings_are_understood(xml):
    without(book(xml), 2)


def test_other_cells_of_the_rows_stay_where_they_are():
    xml = sheet(
        grid(
            [number(0)] * 5,
            [number(1), number(2), None, None, number(8)],
            [number(3), None, None, None, "<c><f>SUM(A2:A9)</f><v>4</v></c>"],
        )
    )
    data = book(xml)
    moved = without(data, 2, columns="AB")
    assert [row[4] for row in read(moved.data)] == [0.0, 8.0, 4.0]
    assert 'fullCalcOnLoad="1"' in part(moved.data, "xl/workbook.xml")


def test_several_sheets_are_compacted_at_once():
    one, two = sheet(grid(*[[number(n)] for n in range(5)])), sheet(grid([number(7)], [number(8)]))
    data = book(one, two)
    asked = [removal(3), removal(1, first_row=1, title="S2")]
    result = compact(data, asked)
    assert column_a(result.data) == [1.0, 3.0, 4.0]
    assert read(result.data, "S2") == [[8.0]]
    assert [told.moved for told in result.sheets] == [{4: 3, 5: 4}, {2: 1}]
    verify_compaction(data, result.data, asked)


def test_all_obstacles_of_all_sheets_are_told_at_once():
    link = '<hyperlinks><hyperlink ref="A3"/></hyperlinks>'
    formula = sheet(grid([number(7)], ["<c><f>1+1</f></c>"], [number(1)]))
    data = book(sheet(grid(*[[number(n)] for n in range(5)]), tail=link), formula)
    with pytest.raises(CompactionRefused) as refused:
        compact(data, [removal(2), removal(1, first_row=1, title="S2")], file="r.xlsx")
    found = refused.value.obstacles
    assert [(o.place, o.reason) for o in found] == [
        ("'S1'!A3", "hyperlink"),
        ("'S2'!A2", "formula"),
    ]
    assert blocked_until(found, "S1") == 3
    assert refusals_of(data, [removal(4)]) == ()  # below the link


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_names_the_places_and_folds_repeats(language):
    rows = [[number(n)] for n in range(12)]
    links = "".join(f'<hyperlink ref="A{n}"/>' for n in range(3, 12))
    data = book(sheet(grid(*rows), tail=f"<hyperlinks>{links}</hyperlinks>"))
    with pytest.raises(CompactionRefused) as refused:
        compact(data, [removal(2, last_row=20)], file="r.xlsx")
    told = refused.value.message(language).splitlines()
    assert len(told) == 2
    assert "r.xlsx" in told[0]
    assert say(language, "compaction.reason.hyperlink") in told[1]
    assert "'S1'!A3, 'S1'!A4" in told[1]
    assert "'S1'!A9" not in told[1]
    assert "3" in told[1].partition("A8")[2]


def test_a_removal_must_fit_its_data_area():
    for area in (
        {"first_row": 0},
        {"first_row": 9, "last_row": 2},
        {"columns": []},
        {"columns": ["XFE"]},
        {"last_row": 3},
    ):
        with pytest.raises(ValueError, match=r"no such|outside|no column"):
            removal(4, **area)
    with pytest.raises(ValueError, match="two removals"):
        compact(plain(1, 2), [removal(2), removal(3, title="s1")])


def test_workbooks_that_may_not_be_written_are_refused_as_for_a_patch():
    with pytest.raises(SheetMissing):
        compact(plain(1), [removal(2, title="S9")])
    signed = content(sheet(grid([number(1)], [number(2)])))
    signed["_xmlsignatures/sig1.xml"] = "<x/>"
    with pytest.raises(SignedWorkbook):
        compact(zipped(signed), [removal(2)])


CELLS = st.one_of(
    st.none(),
    st.just("<c/>"),
    st.integers(-5, 10**18).map(number),
    st.floats(allow_nan=False, allow_infinity=False).map(number),
    st.sampled_from(["a", "é漢", " x ", "&lt;c&gt;", ""]).map(
        lambda text: f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    ),
    st.sampled_from(
        ['<c t="s"><v>0</v></c>', '<c t="b"><v>0</v></c>', '<c t="e"><v>#REF!</v></c>']
    ),
)
LOOKS = st.sampled_from(["", ' ht="15"', ' ht="33"'])
ROW = st.one_of(st.none(), st.tuples(LOOKS, st.lists(CELLS, max_size=4)))
SHEET = st.lists(ROW, min_size=1, max_size=12)


@given(SHEET, st.sets(st.integers(2, 13)), st.sampled_from(["A", "AC", "ABC", "ABCD"]))
def test_any_rows_of_any_sheet_give_the_sheet_without_those_records(rows, gone, columns):
    text = "".join(
        f'<row r="{n}"{row[0]}>'
        + "".join(c.replace("<c", f'<c r="{"ABCD"[i]}{n}"', 1) for i, c in enumerate(row[1]) if c)
        + "</row>"
        for n, row in enumerate(rows, 1)
        if row is not None
    )
    data = book(sheet(text), strings=["<t>shared</t>"])
    asked = removal(*gone, last_row=13, columns=columns)
    beside = refusals_of(data, [asked])
    assert {obstacle.reason for obstacle in beside} <= {"beside"}
    if beside:
        held = {c for _, c in sheet_of(data, "S1").values} - set(asked.columns)
        assert held & {o.area.left for o in beside}
        return
    result = compact(data, [asked])
    verify_compaction(data, result.data, [asked])
    assert not gone or faults(data, result.data, asked) == []
    again = compact(result.data, [removal(last_row=13, columns=columns)])
    assert again.data is result.data


@pytest.mark.parametrize("language", LANGUAGES)
def test_records_and_child_lines_leave_a_real_register(language):
    numbers = [f"2024-{n:03}" for n in range(1, 9)]
    rows = [clean("closed", language, number=n, title=f"標題 {n} <&>") for n in numbers]
    lines = {
        "progress": [{"number": n, "date": date(2024, 3, 1), "text": f"of {n}"} for n in numbers],
        "issues": [{"number": n, "issue": f"of {n}"} for n in reversed(numbers)],
        "changes": [{"number": n, "change_number": f"{n}-C1"} for n in numbers * 2],
    }
    data = build_register(language, rows=rows, departments=["Marketing", "Finance"], **lines)
    before = read_register(data, "register.xlsx")
    gone = ["2024-001", "2024-004", "2024-008"]
    asked = [
        Removal(
            table.title,
            [row for row in table.frame.index if table.frame.at[row, "number"] in gone],
            first_row=4,
            last_row=max(table.frame.index),
            columns=table.columns.values(),
        )
        for table in before.tables
    ]
    result = compact(data, asked, file="register.xlsx")
    verify_compaction(data, result.data, asked)
    assert faults(data, result.data, *asked) == []
    after = read_register(result.data, "register.xlsx")
    for old, new in zip(before.tables, after.tables, strict=True):
        kept = old.frame[~old.frame["number"].isin(gone)]
        assert new.frame.to_dict("records") == kept.to_dict("records")
        assert list(new.frame.index) == list(range(4, 4 + len(kept)))


def test_a_register_that_people_sorted_and_laid_out_their_way_is_compacted():
    rows = [clean("closed", number=f"2024-{n:03}", title=f"t{n}") for n in (3, 1, 4, 2)]
    data = build_register("en", rows=rows, departments=["Marketing", "Finance"])
    data = patch(
        data, [CellEdit("Register", 6, "D", "typed later"), CellEdit("Register", 7, "F", None)]
    ).data
    name = "xl/worksheets/sheet2.xml"
    xml = part(data, name)
    laid_out = re.sub(r'(<col min="6" max="6" )width="[0-9.]+"', r'\1width="3.5" hidden="1"', xml)
    laid_out = laid_out.replace("<autoFilter ", "<autoFilter xmlns:z='z' z:seen='1' ", 1)
    assert laid_out.count("hidden") == xml.count("hidden") + 1
    changed = replaced(data, name, laid_out)
    columns = range(1, len(SHEETS["register"]) + 1)
    result = without(changed, 5, first_row=4, last_row=7, columns=columns, title="Register")
    frame = read_register(result.data, "r.xlsx").requirements.frame
    assert list(frame["number"]) == ["2024-003", "2024-004", "2024-002"]


def test_moments_of_a_register_move_with_full_precision():
    lines = [
        {"number": "2024-001", "raised_at": datetime(2024, 3, 1, 9, 0)},  # noqa: DTZ001
        {"number": "2024-002", "raised_at": datetime(2024, 3, 1, 9, 41, 7)},  # noqa: DTZ001
    ]
    data = build_register("en", issues=lines)
    before = read_register(data, "r").issues.frame.loc[5].to_dict()
    columns = range(1, len(SHEETS["issues"]) + 1)
    area = {"first_row": 4, "last_row": 5, "columns": columns, "title": "Issues"}
    moved = without(data, 4, **area).data
    assert read_register(moved, "r").issues.frame.loc[4].to_dict() == before
