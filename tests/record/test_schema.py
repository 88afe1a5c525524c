"""The schema of a company with fields and choices of its own."""

from __future__ import annotations

import pickle

import pytest
from own_fields import SCHEMA, settings

from xlflow.languages import LANGUAGES
from xlflow.record.fields import Kind
from xlflow.record.schema import STANDARD
from xlflow.settings import default_settings


def test_without_own_fields_the_schema_is_the_standards():
    schema = default_settings().schema
    assert schema.sheets == dict(STANDARD.sheets)
    assert {name: held.codes for name, held in schema.choices.items()} == {
        name: held.codes for name, held in STANDARD.choices.items()
    }


def test_a_new_field_stands_last_under_its_banner():
    keys = [field.key for field in SCHEMA.register]
    assert keys[keys.index("confirmed_on") + 1] == "cost_centre"
    assert keys[keys.index("risk") + 1 :][:4] == ["plant", "budget", "review_days", "external"]
    assert keys[-1] == "audit_on"
    assert [key for key in keys if key in STANDARD.by_key("register")] == [
        field.key for field in STANDARD.register
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_field_is_found_by_its_key_and_its_label_in_any_script(language):
    for field in SCHEMA.register:
        assert SCHEMA.key_of("register", field.label(language)) == field.key
        assert SCHEMA.key_of("register", field.key) == field.key
    assert SCHEMA.key_of("register", "簽核人") == SCHEMA.key_of("register", "签核人") == "approver"


def test_kinds_are_those_of_the_settings():
    kinds = {key: SCHEMA.field(key).kind for key in ("budget", "review_days", "approver")}
    assert kinds == {"budget": Kind.AMOUNT, "review_days": Kind.DAYS, "approver": Kind.NAME}


def test_own_choices_are_read_and_shown_in_every_language():
    plant = SCHEMA.choices_of("plant")
    assert plant.labels("zh-Hant") == ("蘇州", "Shanghai")
    assert [plant.parse(text) for text in ("蘇州", "苏州", "suzhou", "SZ")] == ["sz"] * 4
    assert plant.closest("Suzou") == "sz"
    assert plant.heading("en") == "Plant"


def test_a_value_may_be_added_to_the_types():
    types = SCHEMA.choices["type"]
    assert types.codes[:5] == STANDARD.choices["type"].codes
    assert (types.codes[5], types.label("report", "zh-Hant")) == ("report", "報表")


def test_another_label_is_shown_and_the_old_one_still_understood():
    priority = SCHEMA.choices["priority"]
    assert priority.label("high", "en") == "P1"
    assert priority.label("high", "zh-Hans") == "高"
    assert [priority.parse(text) for text in ("P1", "High", "高", "TOP")] == ["high"] * 4


def test_names_that_may_stand_in_full_are_texts():
    text = '[[fields]]\nkey = "a"\nlabel = "Partner"\nkind = "name"\nmasked = false\n'
    assert settings(sections=text).schema.field("a").kind is Kind.TEXT


def test_a_label_in_one_language_stands_for_all():
    text = '[[fields]]\nkey = "a"\nlabel = {zh-Hans = "成本中心"}\n'
    field = settings(sections=text).schema.field("a")
    assert [field.label(language) for language in LANGUAGES] == ["成本中心"] * 3


def test_a_schema_goes_to_another_process():
    again = pickle.loads(pickle.dumps(SCHEMA))
    assert again.sheets == SCHEMA.sheets
    assert again.choices["own-plant"].parse("苏州") == "sz"
