"""The intake form: what can be typed, what is told, and what stays hidden."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.numbers import PLAIN
from xlflow.record.register import Person
from xlflow.record.schema import STANDARD
from xlflow.record.submission import asked
from xlflow.settings import default_settings
from xlflow.workbook.form.blank import ANSWER, HINT, KEY, LABEL, OPEN, FormFacts, build_form
from xlflow.workbook.package import Package
from xlflow.workbook.reader_properties import custom_properties

FACTS = FormFacts(
    form_id="a1b2",
    register_id="main",
    inbox=r"\\server\share\inbox",
    departments=("Marketing", "Finance"),
    people=(Person("L. *", "Finance", "li@example.com", "Z. *"),),
)
ASKED = {
    *("title", "department", "requester", "submitted_on", "type", "expected_on"),
    *("background", "goal", "description", "benefit", "priority", "interruption"),
}


def form(language: Language = "en", facts: FormFacts = FACTS) -> Any:
    return openpyxl.load_workbook(io.BytesIO(build_form(language, facts, default_settings())))


def rows(sheet: Any) -> dict[str, int]:
    """Key -> row."""
    return {
        cell.value: cell.row
        for row in sheet.iter_rows(min_col=KEY, max_col=KEY)
        for cell in row
        if cell.value
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_for_what_a_submission_needs(language: Language):
    sheet = form(language).worksheets[0]
    found = rows(sheet)
    assert set(found) == ASKED
    for key, row in found.items():
        field = STANDARD.field(key)
        assert sheet.cell(row, LABEL).value == field.label(language)
        assert sheet.cell(row, HINT).value == field.hint(language, PLAIN)
        assert sheet.cell(row, ANSWER).value is None


def test_required_fields_bear_a_star_that_is_no_part_of_the_label():
    sheet = form().worksheets[0]
    starred = {
        key for key, row in rows(sheet).items() if "*" in sheet.cell(row, LABEL).number_format
    }
    assert starred == ASKED - {"interruption"}


def test_only_answers_can_be_typed():
    book = form()
    sheet = book.worksheets[0]
    assert all(tab.protection.sheet for tab in book)
    assert book.security.lockStructure
    open_cells = {c.coordinate for row in sheet for c in row if not c.protection.locked}
    answers = {sheet.cell(row, ANSWER).coordinate for row in rows(sheet).values()}
    assert open_cells == answers


def test_every_answer_is_guided():
    sheet = form().worksheets[0]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    kinds = {key: rules[f"B{row}"].type for key, row in rows(sheet).items()}
    assert all(rules[f"B{row}"].prompt for row in rows(sheet).values())
    assert {key for key, kind in kinds.items() if kind == "list"} == {
        *("department", "requester", "type", "priority")
    }
    assert {key for key, kind in kinds.items() if kind == "date"} == {"submitted_on", "expected_on"}
    assert kinds["title"] == "textLength"


def test_a_list_without_entries_refuses_nothing():
    facts = FormFacts("a1b2", "main", "inbox")
    sheet = form("en", facts).worksheets[0]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    for key in ("department", "requester"):
        assert rules[f"B{rows(sheet)[key]}"].type in (None, "none")
        assert rules[f"B{rows(sheet)[key]}"].prompt


def test_it_says_where_to_put_it_and_how_much_is_open():
    sheet = form().worksheets[0]
    told = "\n".join(str(sheet.cell(row, 1).value) for row in range(1, 6))
    assert FACTS.inbox in told
    shown = openpyxl.load_workbook(
        io.BytesIO(build_form("en", FACTS, default_settings())), data_only=True
    ).worksheets[0]
    assert shown["A5"].value == say("en", "form.blank.open", count=11)
    assert sum(shown.cell(row, OPEN).value for row in rows(shown).values()) == 11


def test_it_gives_away_names_but_no_addresses():
    texts = {str(cell.value) for tab in form() for row in tab for cell in row if cell.value}
    assert "L. *" in texts
    assert not texts & {"li@example.com", "Z. *"}


def test_its_lists_and_keys_are_hidden():
    book = form()
    assert [tab.sheet_state for tab in book] == ["visible", "hidden"]
    assert book.worksheets[0].column_dimensions["D"].hidden


def test_it_knows_itself_and_the_same_form_is_the_same_file():
    data = build_form("zh-Hant", FACTS, default_settings())
    assert custom_properties(Package.open(data, "form.xlsx")) == {
        "xlflow schema": "1",
        "xlflow language": "zh-Hant",
        "xlflow register": "main",
        "xlflow form": "1",
        "xlflow form id": "a1b2",
    }
    assert data == build_form("zh-Hant", FACTS, default_settings())


def test_it_fits_the_width_of_a_page():
    setup = form().worksheets[0].page_setup
    assert (setup.orientation, setup.paperSize) == ("portrait", 9)
    assert setup.fitToHeight == 0


def test_asked_fields_are_those_that_people_fill_in_at_first():
    assert {field.key for field in asked(STANDARD.register)} == ASKED
