"""An existing register gets the columns of the settings, and loses nothing."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from own_fields import SECTIONS, settings
from registers import clean
from workbook.layouts import children, edited, replaced, template, text, without

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.register import Register
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.mending.mending import mend
from xlflow.workbook.patch import patch
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register
from xlflow.workbook.upgrading import Upgraded, upgrade
from xlflow.workbook.upgrading.refusals import HeadersInTable, NoRoom

KEYS = ["cost_centre", "plant", "budget", "review_days", "external", "approver", "audit_on"]
LAST = 63  # the register's columns before the upgrade


def upgraded(data: bytes, language: Language = "en", sections: str = SECTIONS) -> Upgraded:
    """The outcome, which a second upgrade must not change."""
    wanted = settings(language, sections)
    outcome = upgrade(data, wanted, file="register.xlsx")
    again = upgrade(outcome.data, wanted, file="register.xlsx")
    assert (again.added, again.put_back) == ((), ())
    assert again.data is outcome.data
    return outcome


def read(data: bytes, language: Language = "en") -> Register:
    return read_register(data, "register.xlsx", schema=settings(language).schema)


def values(register: Register) -> dict[str, list[Any]]:
    return {
        f"{table.sheet}.{key}": table.frame[key].tolist()
        for table in register.tables
        for key in table.frame
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_columns_stand_behind_all_others_with_key_banner_and_label(language: Language):
    outcome = upgraded(template(language), language)
    sheet = openpyxl.load_workbook(io.BytesIO(outcome.data))[say(language, "record.sheet.register")]
    schema = settings(language).schema
    for column, key in enumerate(KEYS, LAST + 1):
        field = schema.field(key)
        assert sheet.cell(1, column).value == key
        assert sheet.cell(3, column).value == field.label(language)
        assert colour(sheet.cell(2, column)) == colour(_banner(sheet, schema, field.banner))
        assert (
            sheet.column_dimensions[sheet.cell(3, column).column_letter].width > field.width_chars
        )
    banners = [sheet.cell(2, column).value for column in range(LAST + 1, LAST + 8)]
    modules = ("basic", "assessment", "", "", "", "solution", "acceptance")
    assert banners == [say(language, f"record.module.{m}") if m else None for m in modules]


def colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)


def _banner(sheet: Any, schema: Any, banner: str) -> Any:
    keys = {cell.value: cell.column for cell in sheet[1]}
    like = next(f.key for f in schema.register if f.banner == banner and not f.is_companys)
    return sheet.cell(2, keys[like])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_upgraded_register_is_as_a_new_one_but_for_the_order(language: Language):
    wanted = settings(language)
    outcome = upgraded(template(language), language)
    mended = mend(outcome.data, wanted, file="register.xlsx")
    assert (mended.put_back, mended.left) == ((), ())
    new = read(build_register(language, settings=wanted), language)
    assert set(read(outcome.data, language).requirements.columns) == set(new.requirements.columns)


def test_no_value_is_lost_and_no_other_part_touched():
    before = template()
    outcome = upgraded(before)
    assert values(read(before)) == values(read(outcome.data))
    for part in ("Progress", "Issues", "Changes"):
        assert text(before, part) == text(outcome.data, part)
    old, new = text(before, "Register"), text(outcome.data, "Register")
    assert _rows(old, 4) == _rows(new, 4)


def _rows(xml: str, first: int) -> str:
    """The rows from one on, as they are written."""
    return xml[xml.index(f'<row r="{first}"') : xml.index("</sheetData>")]


def test_new_columns_are_typed_into_and_read(tmp_path):
    outcome = upgraded(template())
    columns = read(outcome.data).requirements.columns
    typed: dict[str, Any] = {
        "cost_centre": "4711",
        "plant": "Suzhou",
        "budget": 120.5,
        "approver": "J. *",
        "audit_on": date(2024, 3, 20),
    }
    edits = [CellEdit("Register", 5, columns[key], value) for key, value in typed.items()]
    frame = read(patch(outcome.data, edits).data).requirements.frame
    held = {key: frame.at[5, key] for key in typed}
    assert held == typed
    book = openpyxl.load_workbook(io.BytesIO(patch(outcome.data, edits).data))["Register"]
    for key, look in (("cost_centre", "@"), ("budget", "General"), ("audit_on", "yyyy-mm-dd")):
        cell = book[f"{columns[key]}5"]
        assert (cell.number_format, cell.protection.locked) == (look, False)


def test_a_star_stands_behind_new_headers_that_a_submission_needs():
    book = openpyxl.load_workbook(io.BytesIO(upgraded(template()).data))["Register"]
    starred = [
        book.cell(1, column).value
        for column in range(LAST + 1, LAST + 8)
        if "*" in book.cell(3, column).number_format
    ]
    assert starred == ["cost_centre"]


def test_filter_and_sorting_take_the_new_columns_along():
    outcome = upgraded(template())
    assert '<autoFilter ref="A3:BR1048576"/>' in text(outcome.data, "Register")
    assert "Register!$A$3:$BR$1048576</definedName>" in text(outcome.data, "book")
    assert 'numberStoredAsText="1" sqref="A4:BR1048576"' in text(outcome.data, "Register")
    assert children(outcome.data, "Register") == children(template(), "Register")


def test_columns_of_somebodys_own_stay_where_they_are():
    data = patch(
        template(),
        [CellEdit("Register", 3, LAST + 2, "Mine"), CellEdit("Register", 5, LAST + 2, "kept")],
    ).data
    outcome = upgraded(data)
    book = openpyxl.load_workbook(io.BytesIO(outcome.data))["Register"]
    assert (book.cell(3, LAST + 2).value, book.cell(5, LAST + 2).value) == ("Mine", "kept")
    assert book.cell(1, LAST + 3).value == "cost_centre"
    assert book.cell(3, LAST + 1).value is None


def test_widths_told_for_all_columns_to_the_end_are_split():
    """As LibreOffice writes them."""
    data = edited(
        template(),
        "Register",
        lambda xml: xml.replace(
            "</cols>", '<col min="64" max="16384" width="9" style="0"/></cols>'
        ),
    )
    xml = text(upgraded(data).data, "Register")
    assert '<col min="71" max="16384" width="9" style="0"/>' in xml or 'min="71"' in xml
    assert 'min="64" max="16384"' not in xml


def test_lists_get_the_new_choices_and_the_new_values_of_old_ones():
    outcome = upgraded(template())
    book = openpyxl.load_workbook(io.BytesIO(outcome.data))
    names = {name: book.defined_names[name].attr_text for name in book.defined_names}

    def listed(name: str) -> list[Any]:
        sheet, _, cells = names[name].partition("!")
        return [cell.value for row in book[sheet][cells.replace("$", "")] for cell in row]

    assert listed("xlflow_own_plant") == ["Suzhou", "Shanghai"]
    assert listed("xlflow_type")[-1] == "Report"
    assert listed("xlflow_priority")[0] == "P1"
    assert listed("xlflow__any_own_plant") == ["苏州", "蘇州", "Suzhou"] + ["Shanghai"] * 3


def test_a_second_wish_is_added_to_the_first():
    first = upgraded(template()).data
    more = SECTIONS + '[[fields]]\nkey = "cave"\nlabel = "Cave"\nmodule = "basic"\n'
    outcome = upgraded(first, sections=more)
    assert [(column.place, column.key) for column in outcome.added] == [("Register!BS", "cave")]


def test_a_field_that_is_no_longer_wanted_stays_and_is_told():
    first = upgraded(template()).data
    columns = read(first).requirements.columns
    typed = patch(first, [CellEdit("Register", 4, columns["budget"], 12)]).data
    outcome = upgraded(typed, sections=without_field("budget"))
    assert [(column.place, column.key) for column in outcome.unknown] == [("Register!BN", "budget")]
    assert {difference.kind for difference in outcome.put_back} <= {"marks-outdated"}
    again = read(outcome.data)
    assert again.requirements.frame.at[4, "budget"] == 12


def without_field(key: str) -> str:
    """The settings without one of the fields."""
    parts = SECTIONS.split("[[fields]]")
    kept = [part for part in parts if f'key = "{key}"' not in part]
    assert len(kept) == len(parts) - 1
    return "[[fields]]".join(kept)


def test_another_key_takes_the_column_over_that_has_the_label():
    first = upgraded(template()).data
    columns = read(first).requirements.columns
    typed = patch(first, [CellEdit("Register", 4, columns["budget"], 12)]).data
    sections = SECTIONS.replace('key = "budget"', 'key = "cash"')
    outcome = upgraded(typed, sections=sections)
    assert [(d.kind, d.place) for d in outcome.put_back] == [("key", "Register!BN1")]
    schema = settings(sections=sections).schema
    assert read_register(outcome.data, "a", schema=schema).requirements.frame.at[4, "cash"] == 12


def test_another_label_is_written_over_the_old_one():
    first = upgraded(template()).data
    outcome = upgraded(first, sections=SECTIONS.replace('en = "Budget"', 'en = "Funds"'))
    assert ("header", "Register!BN3") in [(d.kind, d.place) for d in outcome.put_back]
    assert outcome.added == ()


def test_lost_headers_are_put_back_before_columns_are_added():
    first = upgraded(template()).data
    columns = read(first).requirements.columns
    torn = patch(
        first,
        [
            CellEdit("Register", 3, columns["plant"], None),
            CellEdit("Register", 1, columns["plant"], None),
            CellEdit("Register", 3, "C", "?"),
        ],
    ).data
    outcome = upgraded(torn)
    assert outcome.added == ()  # the validation tells the column of the plant
    assert {d.place for d in outcome.put_back} == {"Register!C3", "Register!BM3", "Register!BM1"}


def test_a_table_over_the_headers_is_refused():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    from openpyxl.worksheet.table import Table

    book["Register"].auto_filter.ref = None
    book["Register"].add_table(Table(displayName="Mine", ref="A3:BK6"))
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(HeadersInTable) as refused:
        upgrade(out.getvalue(), settings(), file="register.xlsx")
    for language in LANGUAGES:
        assert "A3:BK6" in refused.value.message(language)


def test_a_sheet_that_is_used_to_its_last_column_is_refused():
    data = patch(template(), [CellEdit("Register", 9, "XFD", "far out")]).data
    with pytest.raises(NoRoom, match="Register"):
        upgrade(data, settings(), file="register.xlsx")


def test_styles_of_a_register_without_a_fitting_header_are_completed():
    """No field under the banner of acceptance has a star: its header is made of two others."""
    sections = (
        '[[fields]]\nkey = "a"\nlabel = "Aaa"\nmodule = "acceptance"\nrequired_from = "submitted"\n'
    )
    book = openpyxl.load_workbook(io.BytesIO(upgraded(template(), sections=sections).data))
    header, kin = book["Register"].cell(3, LAST + 1), book["Register"].cell(3, LAST)
    assert "*" in header.number_format
    assert colour(header) == colour(kin)
    assert header.font.name == kin.font.name


def test_prefixed_xml_and_missing_column_elements_are_no_hindrance():
    data = without(template(), "Register", "<cols>.*</cols>")
    outcome = upgraded(data)
    assert len(outcome.added) == len(KEYS)
    assert "<cols><col " in text(outcome.data, "Register")


def test_records_in_use_keep_their_rows(tmp_path):
    rows = [clean("closed", title=f"T{n}", number=f"2024-{n:03d}") for n in range(1, 40)]
    data = build_register("en", rows=rows, departments=("Marketing",))
    outcome = upgraded(data)
    frame = read(outcome.data).requirements.frame
    assert frame["title"].tolist() == [f"T{n}" for n in range(1, 40)]


def test_a_workbook_saved_by_openpyxl_is_upgraded():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    out = io.BytesIO()
    book.save(out)
    outcome = upgraded(out.getvalue())
    assert len(outcome.added) == len(KEYS)
    assert values(read(out.getvalue())) == values(read(outcome.data))


def test_a_replaced_look_of_the_house_is_taken_on():
    """Somebody gave the banner of the assessment another colour."""
    data = replaced(template(), "styles", "FF3B5998", "FF112233")
    book = openpyxl.load_workbook(io.BytesIO(upgraded(data).data))["Register"]
    assert book.cell(2, LAST + 2).fill.fgColor.rgb == "FF112233"


@pytest.mark.parametrize("language", LANGUAGES)
def test_records_with_the_label_of_before_are_no_oddity(language: Language):
    """The hidden spellings, by which colours go, hold the new label and the usual one."""
    sections = '[choices.priority]\nhigh = "P1"\n'
    outcome = upgraded(template(language), language, sections)
    book = openpyxl.load_workbook(io.BytesIO(outcome.data))
    sheet, _, cells = book.defined_names["xlflow__any_priority"].attr_text.partition("!")
    first = [cell.value for cell in book[sheet.strip("'")][cells.replace("$", "")][0]]
    usual = say(language, "record.choice.priority.high")
    assert {"P1", usual} <= set(first)
