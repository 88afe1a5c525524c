"""What may be wrong with a company's own fields and choices: all at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_fields import SECTIONS

from xlflow.languages import LANGUAGES, entry
from xlflow.settings import load_settings, settings_text
from xlflow.settings.loading import FaultySettingsError
from xlflow.settings.own_fields import FieldSettings

REGISTER = '[register]\npath = "a.xlsx"\n'


def faults(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    """Line, setting and kind of each fault."""
    path = tmp_path / "xlflow.toml"
    whole = REGISTER + text if text.startswith("[") else f"{text}\n{REGISTER}"
    path.write_text(whole, encoding="utf-8")
    with pytest.raises(FaultySettingsError) as caught:
        load_settings(path)
    for language in LANGUAGES:
        assert len(caught.value.message(language).splitlines()) == len(caught.value.faults) + 1
    return [(fault.line, fault.setting, fault.kind) for fault in caught.value.faults]


def test_fields_of_every_kind_are_taken(tmp_path: Path):
    path = tmp_path / "xlflow.toml"
    path.write_text(REGISTER + SECTIONS, encoding="utf-8")
    assert len(load_settings(path).own_fields) == 7


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path):
    text = """[[fields]]
key = "Cost Centre"
label = "Cost centre"
[[fields]]
key = "plant"
label = "A label that is longer than Excel shows"
kind = "list"
module = "guidance"
required_from = "sometime"
[[fields]]
key = "goal"
label = "Aim"
[[fields]]
key = "aim"
label = {en = "Goal", fr = "But"}
colour = "red"
[choices.status]
waiting = "Waiting"
"""
    assert faults(tmp_path, text) == [
        (4, "fields.0.key", "no-key"),
        (8, "fields.1.label", "too-long"),
        (9, "fields.1.kind", "not-offered"),
        (10, "fields.1.module", "not-offered"),
        (11, "fields.1.required_from", "not-offered"),
        (13, "fields.2.key", "key-of-xlflow"),
        (17, "fields.3.label.fr", "not-offered"),
        (18, "fields.3.colour", "unknown"),
        (20, "choices.status.waiting", "choice-fixed"),
    ]


TYPES = "[choices.type]\nreport ="
CHOICE = 'kind = "choice"\n'


def field(key: str, more: str = "", label: str = "") -> str:
    return f'[[fields]]\nkey = "{key}"\nlabel = "{label or key}"\n{more}\n'


@pytest.mark.parametrize(
    ("text", "setting", "kind"),
    [
        (field("a") + field("a", label="b"), "fields.1.key", "key-twice"),
        (field("a", label="成本") + field("b", label=" 成本"), "fields.1.label", "label-twice"),
        (field("a") + field("b", label="目標描述"), "fields.1.label", "label-twice"),
        (field("a", label="title"), "fields.0.label", "label-twice"),
        (field("a", label="【A】"), "fields.0.label", "no-label"),
        (field("a", CHOICE), "fields.0", "no-choices"),
        (field("a", CHOICE + 'choices = ["x", "x"]'), "fields.0.choices", "value-twice"),
        (field("a", CHOICE + 'choices = ["x", "Ｘ"]'), "fields.0.choices.Ｘ", "choice-twice"),
        (field("a", CHOICE + 'choice_set = "typ"'), "fields.0.choice_set", "no-such-set"),
        (field("a", 'kind = "date"\nlimit = 5'), "fields.0", "not-of-kind"),
        (field("a", "limit = 0"), "fields.0.limit", "too-small"),
        (field("a", "since = 2026-12-01"), "fields.0", "since-alone"),
        (field("a", 'since = "soon"'), "fields.0.since", "type"),
        (field("a", "width = 200"), "fields.0.width", "too-large"),
        (field("a", 'hint = ""') + '[choices.a]\nb = "B"', "choices.a", "set-unused"),
        ('[choices.priority]\nlow = "High"', "choices.priority.low", "choice-twice"),
        (TYPES + '"Fix"', "choices.type.report", "choice-twice"),
        (TYPES + '{en = "x", colour = "red"}', "choices.type.report.colour", "not-offered"),
        ("fields = 3", "fields", "no-list"),
        ('[fields]\nkey = "a"', "fields", "no-list"),
        ("choices = 3", "choices", "type"),
    ],
)
def test_a_fault_is_told_at_its_setting(tmp_path: Path, text: str, setting: str, kind: str):
    assert [(found[1], found[2]) for found in faults(tmp_path, text)] == [(setting, kind)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_of_a_field_is_explained(language):
    explained = set(entry(language, "settings.about.fields")) - {"section"}
    assert explained == set(FieldSettings.model_fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_the_written_file_may_be_uncommented(tmp_path: Path, language):
    text = settings_text(language, {"register": {"path": "a.xlsx"}})
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line == "# [[fields]]")
    examples = [line.removeprefix("# ") for line in lines[start:] if line.startswith("# ")]
    kept = [line for line in examples if line.startswith(("[", *"abcdefghijklmnopqrstuvwxyz"))]
    path = tmp_path / "xlflow.toml"
    path.write_text(REGISTER + "\n".join(kept), encoding="utf-8")
    settings = load_settings(path)
    assert [one.key for one in settings.own_fields] == ["cost_centre", "plant"]
    assert settings.schema.choices["type"].codes[-1] == "report"
