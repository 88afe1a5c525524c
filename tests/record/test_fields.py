from __future__ import annotations

import pytest

from xlflow.languages import LANGUAGES
from xlflow.record import stages
from xlflow.record.choices import CHOICES
from xlflow.record.example import worked_example, worked_progress
from xlflow.record.fields import MODULES, REGISTER, SHEETS, Kind
from xlflow.record.numbers import PLAIN
from xlflow.record.schema import STANDARD

EVERY = [field for fields in SHEETS.values() for field in fields]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sheet", SHEETS)
def test_every_label_is_its_own_and_is_found_again(sheet, language):
    labels = [field.label(language) for field in SHEETS[sheet]]
    assert len(set(labels)) == len(labels)
    assert [STANDARD.key_of(sheet, label) for label in labels] == [
        field.key for field in SHEETS[sheet]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_hint_fits_into_the_prompt_of_excel(language):
    assert [f.key for f in EVERY if not 0 < len(f.hint(language, PLAIN)) <= 255] == []


def test_headers_are_read_in_either_script_and_in_other_usual_words():
    assert STANDARD.key_of("register", "技術接口人") == "contact"
    assert STANDARD.key_of("register", " 復盤記錄 ") == "retrospective"
    assert STANDARD.key_of("register", "REQUESTED BY") == "requester"
    assert STANDARD.key_of("register", "上线（计划）") == "golive_due"
    assert STANDARD.key_of("register", "anything else") is None
    assert STANDARD.key_of("register", 12) is None


def test_every_field_stands_in_a_known_module_and_is_needed_from_a_known_status():
    assert {field.module for field in REGISTER} == set(MODULES)
    assert {field.required_from for field in EVERY} <= {"", *stages.STATUSES}


def test_what_xlflow_writes_is_never_asked_of_a_person():
    assert [f.key for f in EVERY if f.is_own and f.required_from] == []
    own = [field.key for field in REGISTER if field.is_own]
    assert own == [
        "number",
        "check",
        "deadline",
        "next_step",
        "due_on",
        "progress",
        "issues",
        "measures",
    ]


@pytest.mark.parametrize("choice_set", CHOICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_is_read_back_from_its_label(choice_set, language):
    held = CHOICES[choice_set]
    assert [held.parse(label) for label in held.labels(language)] == list(held.codes)


def test_choices_are_read_as_people_write_them():
    assert CHOICES["status"].parse(" 開發中 ") == "developing"
    assert CHOICES["type"].parse("功能最佳化") == "optimisation"
    assert CHOICES["result"].parse("PASSED") == "pass"
    assert CHOICES["confirmation"].parse(value := True) == "yes", value
    assert CHOICES["priority"].parse("whatever") is None
    assert CHOICES["priority"].parse(3) is None


def test_the_nearest_choice_is_offered():
    assert CHOICES["status"].closest("Develping") == "developing"
    assert CHOICES["status"].closest("开发") == "developing"
    assert CHOICES["status"].closest("zzz") is None


def test_a_status_has_reached_all_before_it():
    assert stages.has_reached("testing", "designing")
    assert not stages.has_reached("designing", "testing")
    assert stages.has_reached("blocked", "submitted")
    assert not stages.has_reached("blocked", "assessing")


def test_every_status_can_be_reached_and_left_only_for_a_known_one():
    reached = {after for follow in stages.TRANSITIONS.values() for after in follow}
    assert reached | {"submitted"} == set(stages.STATUSES)
    assert stages.TRANSITIONS.keys() == set(stages.STATUSES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worked_example_fills_what_its_status_needs(language):
    row = worked_example(language)
    needed = {
        field.key
        for field in REGISTER
        if field.required_from and stages.has_reached("closed", field.required_from)
    }
    assert needed <= row.keys()
    for key, value in row.items():
        field = STANDARD.field(key)
        if field.kind is Kind.CHOICE:
            assert CHOICES[field.choices].parse(value)
    assert len(row["title"]) <= STANDARD.field("title").limit[language]
    assert len(worked_progress(language)) == 3
