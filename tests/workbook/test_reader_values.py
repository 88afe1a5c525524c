"""Each cell is read as what stands in it: types apart, errors told, phantom rows left out."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_registers import SHORT, column, edited, plain, rows_of, with_cells, with_parts
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from xlsxwriter.workbook import Workbook as Writer

from xlflow.languages import say
from xlflow.record.example import worked_example
from xlflow.record.fields import REGISTER, SHEETS
from xlflow.record.register import CellError
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register

GOAL = f"{get_column_letter(column('goal'))}4"
SUBMITTED = f"{get_column_letter(column('submitted_on'))}4"


def at(n: int) -> datetime:
    return datetime(2024, 3, 1, 14, 30) + timedelta(seconds=n)  # noqa: DTZ001 - a cell has no zone


def written(values: dict[str, Any], *, date_1904: bool = False) -> bytes:
    """A register of one record with these values, by XlsxWriter, with bare sheets."""
    saved = io.BytesIO()
    with Writer(saved, {"in_memory": True, "date_1904": date_1904}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        clock = book.add_format({"num_format": "[h]:mm:ss"})
        for sheet, fields in SHEETS.items():
            tab = book.add_worksheet(say("en", f"record.sheet.{sheet}"))
            for n, field in enumerate(fields):
                tab.write_string(0, n, field.key)
                tab.write_string(2, n, field.label("en"))
                value = values.get(field.key) if sheet == "register" else None
                if isinstance(value, str):
                    tab.write_string(3, n, value)
                elif isinstance(value, timedelta | time):
                    tab.write_datetime(3, n, value, clock)
                elif isinstance(value, datetime):
                    tab.write_datetime(3, n, value, moment)
                elif isinstance(value, date):
                    tab.write_datetime(3, n, value, day)
                elif isinstance(value, bool):
                    tab.write_boolean(3, n, value)
                elif value is not None:
                    tab.write_number(3, n, value)
    return saved.getvalue()


def read_cell(content: str, address: str = GOAL) -> Any:
    """What the register holds where the sheet's XML has a cell with this content."""
    found = read_register(with_cells(plain(), {address: content}), "r.xlsx")
    return found.requirements.frame.loc[4, "goal" if address == GOAL else "submitted_on"]


CELLS: dict[str, tuple[str, Any]] = {
    "a text": ('t="inlineStr"><is><t>a</t></is>', "a"),
    "a text with blanks around it": (
        't="inlineStr"><is><t xml:space="preserve"> a </t></is>',
        " a ",
    ),
    "a text of several lines": ('t="inlineStr"><is><t>a\nb</t></is>', "a\nb"),
    "an escaped character": ('t="inlineStr"><is><t>a_x000D_b</t></is>', "a\rb"),
    "what looks like an escape": ('t="inlineStr"><is><t>_x005F_x000D_</t></is>', "_x000D_"),
    "rich text": (
        't="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is>',
        "a b",
    ),
    "a text with its pronunciation": (
        't="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is>',
        "東京",
    ),
    "a text that looks like a number": ('t="inlineStr"><is><t>007</t></is>', "007"),
    "a text that looks like an error": ('t="inlineStr"><is><t>#N/A</t></is>', "#N/A"),
    "a text that looks like a date": ('t="inlineStr"><is><t>2024-03-01</t></is>', "2024-03-01"),
    "a text that looks like an attribute": (
        't="inlineStr"><is><t>t="e" r="ZZZ9" =\'</t></is>',
        't="e" r="ZZZ9" =\'',
    ),
    "an empty text": ('t="inlineStr"><is><t></t></is>', None),
    "white space": ('t="inlineStr"><is><t xml:space="preserve"> \t\n\u3000\u00a0</t></is>', None),
    "zero-width characters": ('t="inlineStr"><is><t>\u200b\ufeff\u2060\u00ad</t></is>', None),
    "a whole number": ("><v>5</v>", 5),
    "a whole number in scientific notation": ("><v>1E3</v>", 1000),
    "a fraction": ("><v>2.5</v>", 2.5),
    "the largest number that is exact": ("><v>9007199254740992</v>", 9007199254740992),
    "a number that Excel has rounded": ("><v>123456789012345680000</v>", 1.2345678901234568e20),
    "not a finite number": ("><v>INF</v>", CellError("#NUM!")),
    "true": ('t="b"><v>1</v>', True),
    "false": ('t="b"><v>0</v>', False),
    "a number from a formula": ("><f>1+1</f><v>2</v>", 2),
    "a text from a formula": ('t="str"><f>A1&amp;"x"</f><v>x</v>', "x"),
    "a blank from a formula": ('t="str"><f>""</f><v></v>', None),
    "a formula that was never calculated": ("><f>1+1</f>", None),
    "a date in ISO notation": ('t="d"><v>2024-03-01</v>', date(2024, 3, 1)),
    "a midnight in ISO notation": ('t="d"><v>2024-03-01T00:00:00</v>', date(2024, 3, 1)),
    "a moment in ISO notation": ('t="d"><v>2024-03-01T14:30:00</v>', at(0)),
}
ERRORS = (
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#PYTHON!",
)


@pytest.mark.parametrize(("content", "expected"), CELLS.values(), ids=CELLS.keys())
def test_a_cell_is_read_as_what_stands_in_it(content: str, expected: Any) -> None:
    found = read_cell(content)

    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize("literal", ERRORS)
def test_an_error_is_told_by_its_literal(literal: str) -> None:
    assert read_cell(f't="e"><v>{literal}</v>') == CellError(literal)
    assert read_cell(f'vm="1" t="e"><f>XLOOKUP(1,A:A,B:B)</f><v>{literal}</v>') == CellError(
        literal
    )
    assert read_cell(f"t='e'><v>{literal}</v>") == CellError(literal)


def test_errors_on_sheets_of_the_staff_stop_nothing() -> None:
    book = with_cells(plain(), {"A1": 't="e"><v>#SPILL!</v>'}, part="xl/worksheets/sheet7.xml")

    assert rows_of(read_register(book, "r.xlsx").requirements) == [worked_example("en"), SHORT]


def test_cells_beside_an_error_are_read_as_before() -> None:
    errors = {GOAL: 't="e"><v>#CALC!</v>', "B5": 't="e"><f>NA()</f><v>#N/A</v>'}

    first, second = rows_of(read_register(with_cells(plain(), errors), "r.xlsx").requirements)

    assert first == worked_example("en") | {"goal": CellError("#CALC!")}
    assert second == SHORT | {"title": CellError("#N/A")}


@pytest.mark.parametrize("date_1904", [False, True], ids=["from 1900", "from 1904"])
def test_dates_and_moments_are_read_from_either_epoch(date_1904: bool) -> None:
    values = {
        "title": "Dates",
        "submitted_on": date(2024, 2, 29),
        "expected_on": date(1999, 12, 31),
        "confirmed_on": at(1),
        "assessed_on": date(2024, 3, 1),
    }

    found = read_register(written(values, date_1904=date_1904), "r.xlsx")

    assert rows_of(found.requirements) == [values]


def test_a_date_without_a_date_format_is_a_number() -> None:
    assert read_cell("><v>45352</v>", SUBMITTED) == 45352


def test_a_built_in_chinese_date_format_makes_a_date() -> None:
    def format_31(name: str, xml: bytes) -> bytes:
        if name != "xl/styles.xml":
            return xml
        head, _, tail = xml.partition(b"<cellXfs")
        return head + b"<cellXfs" + tail.replace(b'<xf numFmtId="0"', b'<xf numFmtId="31"', 1)

    book = with_parts(with_cells(plain(), {SUBMITTED: 's="0"><v>45352</v>'}), format_31)

    assert read_register(book, "r.xlsx").requirements.frame.loc[4, "submitted_on"] == date(
        2024, 3, 1
    )


def test_a_time_without_a_date_is_text_as_people_type_it() -> None:
    values = {
        "title": "Times",
        "submitted_on": time(14, 30),
        "expected_on": time(14, 30, 5),
        "core_days": timedelta(hours=36, minutes=5),
    }

    assert rows_of(read_register(written(values), "r.xlsx").requirements) == [
        {
            "title": "Times",
            "submitted_on": "14:30",
            "expected_on": "14:30:05",
            "core_days": "36:05",
        }
    ]


def test_the_longest_text_of_a_cell_is_read_whole() -> None:
    longest = "需求😀" * 8191

    assert rows_of(read_register(written({"title": longest}), "r.xlsx").requirements) == [
        {"title": longest}
    ]


def test_of_merged_cells_only_the_first_counts() -> None:
    def merge(name: str, xml: bytes) -> bytes:
        if not name.endswith("sheet2.xml"):
            return xml
        merged = (
            b'<mergeCells count="2"><mergeCell ref="B4:B5"/><mergeCell ref="H4:I4"/></mergeCells>'
        )
        return xml.replace(b"</sheetData>", b"</sheetData>" + merged, 1)

    def only_new(name: str, xml: bytes) -> bytes:
        if not name.endswith("sheet2.xml"):
            return xml
        head, _, tail = xml.partition(b"<mergeCells")
        return head + tail.partition(b"</mergeCells>")[2] if tail else xml

    bare = with_parts(plain(), only_new)
    first, second = rows_of(read_register(with_parts(bare, merge), "r.xlsx").requirements)

    expected = worked_example("en")
    hidden = REGISTER[8].key
    assert first == {key: value for key, value in expected.items() if key != hidden}
    assert second == {key: value for key, value in SHORT.items() if key != "title"}


PHANTOMS: dict[str, dict[str, Any]] = {
    "white space": {"title": "  ", "goal": "\u3000\n", "owner": "\u200b"},
    "texts of xlflow's own that were left behind": {
        "number": "2024-002",
        "check": "Title is missing",
        "due_on": date(2024, 3, 1),
        "progress": "Done",
    },
    "zeros and FALSE of formulas filled down": {"core_days": 0, "estimate": 0.0, "result": False},
    "nothing": {},
}


@pytest.mark.parametrize("left", PHANTOMS.values(), ids=PHANTOMS.keys())
def test_a_row_in_which_nobody_typed_is_no_record(left: dict[str, Any]) -> None:
    rows = [left, SHORT, left, left, SHORT | {"title": "Below"}, left]

    found = read_register(build_register("en", rows=rows, progress=[{"check": "x"}]), "r.xlsx")

    assert list(found.requirements.frame.index) == [5, 8]
    assert [row["title"] for row in rows_of(found.requirements)] == ["A second one", "Below"]
    assert len(found.progress) == 0


def test_a_row_with_nothing_but_errors_is_no_record() -> None:
    errors = {f"{letter}5": 't="e"><v>#REF!</v>' for letter in ("B", "H", "J")}

    found = read_register(with_cells(plain(), errors), "r.xlsx")

    assert list(found.requirements.frame.index) == [4]


def test_a_zero_beside_a_typed_value_is_kept() -> None:
    row = SHORT | {"other_days": 0}

    assert rows_of(read_register(build_register("en", rows=[row]), "r.xlsx").requirements) == [row]


def test_styled_rows_without_values_cost_nothing() -> None:
    def style(book: Workbook) -> None:
        for row in range(6, 3000):
            book["Register"].row_dimensions[row].height = 20
            book["Register"].cell(row, 5).number_format = "0.00"

    found = read_register(edited(plain(), style), "r.xlsx")

    assert list(found.requirements.frame.index) == [4, 5]


def visible(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


# Everything that XML 1.0 lets a cell hold, but what Excel itself stores differently: line ends.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t", max_codepoint=0x1FFFF
    ),
    max_size=40,
).filter(visible)
LARGEST = 9.99999999999999e307  # that Excel takes, by its specifications and limits
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(-LARGEST, LARGEST, allow_subnormal=False)
DAYS = st.dates(date(1900, 3, 1), date(2199, 12, 31))
MOMENTS = st.builds(
    lambda day, seconds: datetime(day.year, day.month, day.day) + timedelta(seconds=seconds),  # noqa: DTZ001
    DAYS,
    st.integers(1, 86_399),
)


def expected_type(value: Any) -> type:
    whole = isinstance(value, float) and value.is_integer() and abs(value) <= 2**53
    return int if whole else type(value)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([field.key for field in REGISTER if not field.is_own]),
        TEXTS | NUMBERS | DAYS | MOMENTS | st.booleans(),
        max_size=30,
    )
)
def test_every_value_comes_back_equal_and_of_its_type(values: dict[str, Any]) -> None:
    values = values | {"title": "A record"}

    (found,) = rows_of(read_register(written(values), "r.xlsx").requirements)

    assert found.keys() == values.keys()
    for key, value in values.items():
        assert type(found[key]) is expected_type(value)
        near = pytest.approx(value, rel=1e-15) if type(value) in (int, float) else value
        assert found[key] == near  # XlsxWriter writes 16 digits
