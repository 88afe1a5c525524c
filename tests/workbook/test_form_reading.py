"""A filled form is read whatever people did to it; what is no form is left alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from company import NOW
from forms import answers, blank, filled
from openpyxl.styles import Font
from registers import clean
from workbook.layouts import edited

from xlflow.languages import LANGUAGES, Language
from xlflow.record.register import CellError
from xlflow.record.schema import STANDARD
from xlflow.settings import default_settings
from xlflow.workbook.archive import Limits
from xlflow.workbook.form.blank import ANSWER, KEY
from xlflow.workbook.form.reading import FilledForm, NewerForm, NotAForm, read_form
from xlflow.workbook.form.record import RecordFacts, build_record_form
from xlflow.workbook.refusals import WorkbookRefused
from xlflow.workbook.template import build_register

HELD = answers("New one")
PROPERTIES = "docProps/custom.xml"


def read(data: bytes) -> FilledForm:
    return read_form(data, "form.xlsx", STANDARD)


def without_properties(data: bytes) -> bytes:
    """As a program saves it that drops custom properties."""
    return edited(data, PROPERTIES, lambda _xml: EMPTY_PROPERTIES)


EMPTY_PROPERTIES = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)


def without_keys(sheet: Any) -> None:
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, KEY).value = None


def row_of(sheet: Any, key: str) -> int:
    return next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, KEY).value == key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_read_as_they_were_typed(language: Language):
    form = read(filled(HELD, blank(language, "f1", "it")))
    assert form.answers == HELD
    assert (form.language, form.form_id, form.register_id) == (language, "f1", "it")


def test_each_answer_tells_its_cell():
    form = read(filled(HELD))
    assert (form.cells["title"], form.cells["goal"]) == ("Requirement!B7", "Requirement!B15")


def test_a_blank_form_has_no_answers():
    assert read(blank()).answers == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_properties_and_keys_a_form_is_read_by_its_labels(language: Language):
    data = without_properties(filled(HELD, blank(language), without_keys))
    form = read(data)
    assert form.answers == HELD
    assert (form.language, form.form_id, form.register_id) == (language, None, None)


def test_a_label_that_was_typed_over_does_no_harm():
    def vandal(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "goal"), 1).value = "???"

    assert read(filled(HELD, change=vandal)).answers == HELD


def test_merged_cells_are_read_by_their_first():
    def merge(sheet: Any) -> None:
        row = row_of(sheet, "description")
        sheet.merge_cells(start_row=row, end_row=row, start_column=ANSWER, end_column=ANSWER + 1)

    assert read(filled(HELD, change=merge)).answers == HELD


def test_an_answer_hidden_in_merged_cells_is_none():
    def merge(sheet: Any) -> None:
        row = row_of(sheet, "background")
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=ANSWER, end_column=ANSWER)

    found = read(filled(HELD, change=merge)).answers
    assert "goal" not in found
    assert found["background"] == HELD["background"]


def test_pasted_formats_do_not_matter():
    def paste(sheet: Any) -> None:
        for key in ("title", "goal"):
            cell = sheet.cell(row_of(sheet, key), ANSWER)
            cell.font, cell.number_format = Font(bold=True, size=20), "General"

    assert read(filled(HELD, change=paste)).answers == HELD


def test_a_date_that_was_typed_as_text_stays_a_text():
    found = read(filled({**HELD, "expected_on": "2024/3/15"})).answers
    assert found["expected_on"] == "2024/3/15"


def test_an_error_in_a_cell_is_one():
    error = '<c r="B15" t="e"><v>#N/A</v></c>'
    data = edited(
        filled(HELD),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r'<c r="B15".*?</c>', error, xml, count=1),
    )
    assert read(data).answers["goal"] == CellError("#N/A")


def own_form(
    pairs: Mapping[str, Any], *, columns: int = 1, language: Language = "zh-Hans"
) -> bytes:
    """A form that a company made by itself: labels with colons, so many pairs a line."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "需求申请单"
    sheet.merge_cells("A1:D1")
    for n, (key, value) in enumerate(pairs.items()):
        row, column = 3 + n // columns, 1 + 2 * (n % columns)
        sheet.cell(row, column).value = f"{STANDARD.field(key).label(language)}："
        sheet.cell(row, column + 1).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("columns", [1, 2])
def test_a_form_of_the_companys_own_is_read_by_its_labels(columns: int):
    form = read(own_form(HELD, columns=columns))
    assert form.answers == HELD
    assert form.language == "zh-Hans"


def test_what_else_a_form_tells_is_read_too():
    held = {**HELD, "contact": "L. *", "number": None, "status": "开发中"}
    form = read(own_form(held))
    assert form.answers == {**HELD, "contact": "L. *"}


def test_the_digest_is_that_of_the_answers():
    one = read(filled(HELD))
    assert read(filled(HELD, blank("zh-Hans", "other"))).digest == one.digest
    assert read(filled({**HELD, "goal": f"  {HELD['goal']}\n"})).digest == one.digest
    assert read(filled({**HELD, "goal": "Another"})).digest != one.digest
    assert read(filled({**HELD, "expected_on": date(2024, 3, 18)})).digest != one.digest


def test_a_register_is_no_form_with_and_without_its_properties():
    register = build_register("en", rows=[clean("submitted")])
    for data in (register, without_properties(register)):
        with pytest.raises(NotAForm):
            read(data)


def test_the_page_of_a_record_is_no_form():
    facts = RecordFacts("2024-001", 4, "register.xlsx", clean("live", number="2024-001"), {})
    page = build_record_form("en", facts, NOW, default_settings())
    for data in (page, without_properties(page)):
        with pytest.raises(NotAForm):
            read(data)


def test_another_workbook_is_no_form():
    book, saved = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Title", "Goal", "Type"])
    book.save(saved)
    with pytest.raises(NotAForm, match="no requirement form"):
        read(saved.getvalue())


def test_a_form_of_a_newer_xlflow_is_refused():
    data = edited(
        blank(), PROPERTIES, lambda xml: xml.replace("<vt:i4>1</vt:i4>", "<vt:i4>9</vt:i4>")
    )
    with pytest.raises(NewerForm, match="newer"):
        read(data)


def test_a_form_that_is_too_large_or_damaged_is_refused():
    with pytest.raises(WorkbookRefused):
        read_form(blank(), "form.xlsx", STANDARD, limits=Limits(file_bytes=1000))
    with pytest.raises(WorkbookRefused):
        read(blank()[:3000])


def test_pictures_are_noticed():
    data = io.BytesIO(filled(HELD))
    assert not read(data.getvalue()).has_pictures
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("xl/media/image1.png", b"a picture")
    assert read(data.getvalue()).has_pictures


def test_a_moment_in_a_date_stays_a_moment():
    moment = datetime(2024, 3, 1, 14, 30)  # noqa: DTZ001 - workbooks know no time zones
    assert read(filled({**HELD, "submitted_on": moment})).answers["submitted_on"] == moment
