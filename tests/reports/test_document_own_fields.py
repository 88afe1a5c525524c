"""A company's own fields and choices stand in the documents, each in its module."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import own_fields
import pytest
import word
from docx import Document

from xlflow.languages import LANGUAGES
from xlflow.reports.documents.kinds import BY_ID, KINDS
from xlflow.reports.documents.package import Marks
from xlflow.reports.documents.rendering import filled
from xlflow.reports.documents.templates import build_template
from xlflow.reports.documents.values import context_of


def document(kind: str, language="en", **values):
    """A document of the worked example with these values in the company's own fields."""
    held = word.example(language, own_fields.SCHEMA, **values)
    names = context_of(held, BY_ID[kind], language)
    return filled(build_template(BY_ID[kind], language), kind, names, language, word.NOW, Marks())


def rows(data: bytes) -> dict[str, str]:
    """Label -> value, of all tables."""
    found = {}
    for table in Document(BytesIO(data)).tables:
        for row in table.rows:
            cells = [cell.text for cell in row.cells]
            found |= dict(zip(cells[::2], cells[1::2], strict=False))
    return found


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("requirement-record", {"Cost centre": "4711"}),
        (
            "assessment-report",
            {
                "Plant": "Suzhou",
                "Budget": "120",
                "Review days": "2 working days",
                "External help": "No",
            },
        ),
        ("solution", {"Approver": "J. *"}),
        ("uat-report", {"Audit on": "20 March 2024"}),
        ("closure-confirmation", {"Audit on": "20 March 2024"}),
    ],
)
def test_own_fields_stand_in_the_document_of_their_module(kind, shown):
    assert shown.items() <= rows(document(kind, **own_fields.FILLED).data).items()


@pytest.mark.parametrize(
    ("language", "label", "plant"),
    [("en", "Plant", "Suzhou"), ("zh-Hans", "工厂", "苏州"), ("zh-Hant", "工廠", "蘇州")],
)
def test_own_choices_are_shown_in_the_document_s_language(language, label, plant):
    made = document("assessment-report", language, **own_fields.FILLED | {"plant": "苏州"})
    assert rows(made.data)[label] == plant


def test_a_blank_own_field_is_missing_if_it_is_needed_by_then_and_else_left_out():
    blank = dict.fromkeys(own_fields.FILLED)
    made = document("assessment-report", **blank)
    assert rows(made.data)["Plant"] == "【Plant】"
    assert [gap.label for gap in made.gaps] == ["Plant"]
    assert "Budget" not in rows(made.data)
    assert "Audit on" not in rows(document("uat-report", **blank).data)
    assert rows(document("closure-confirmation", **blank).data)["Audit on"] == "【Audit on】"


@pytest.mark.parametrize(("day", "shown"), [("2024-03-01", True), ("2024-03-02", False)])
def test_a_blank_own_field_is_missing_only_in_requirements_that_are_asked_for_it(day, shown):
    sections = own_fields.SECTIONS.replace(
        'required_from = "designing"', f'required_from = "designing"\nsince = {day}'
    )
    schema = own_fields.settings(sections=sections).schema
    held = word.example("en", schema, **dict.fromkeys(own_fields.FILLED))
    kind = BY_ID["assessment-report"]
    names = context_of(held, kind, "en")
    made = filled(build_template(kind, "en"), "", names, "en", word.NOW, Marks())
    assert ("Plant" in rows(made.data)) == shown


def test_an_own_field_without_a_column_is_not_missing():
    held = word.example("en", own_fields.SCHEMA, **dict.fromkeys(own_fields.FILLED))
    table = held.register.requirements
    columns = {key: column for key, column in table.columns.items() if key != "plant"}
    register = replace(held.register, requirements=replace(table, columns=columns))
    names = context_of(word.source(register), BY_ID["assessment-report"], "en")
    assert [str(one["label"]) for one in names["own"]["assessment"]] == []


def test_own_fields_may_be_named_in_templates():
    held = word.example("en", own_fields.SCHEMA, **own_fields.FILLED)
    text = "{% if record.plant == 'sz' %}{{ label.plant }}: {{ record.plant }}{% endif %}"
    assert "Plant: Suzhou" in word.texts(word.fill(word.template(text), held).data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_own_field_that_was_read_decides_whether_a_document_is_another(language):
    one = document("assessment-report", language, **own_fields.FILLED)
    same = document("assessment-report", language, **own_fields.FILLED)
    other = document("assessment-report", language, **own_fields.FILLED | {"budget": 121})
    assert one.marks == same.marks
    assert one.marks.source != other.marks.source


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_no_own_field_stands_in_a_document_of_another_module(kind):
    labels = set(rows(document(kind.id, **own_fields.FILLED).data))
    own = {field.label("en") for field in own_fields.SCHEMA.register if field.is_companys}
    modules = {
        part.own for section in kind.sections for part in section.parts if hasattr(part, "own")
    }
    expected = {
        field.label("en")
        for field in own_fields.SCHEMA.register
        if field.is_companys and field.module in modules
    }
    assert labels & own == expected
