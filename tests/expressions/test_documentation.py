"""The page about expressions tells the truth: its examples are read, its tables are complete."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from checkout import ROOT
from registers import clean, register

from xlflow.checks import check, rules
from xlflow.errors import SettingsError
from xlflow.expressions import Names, understand
from xlflow.expressions.functions import FUNCTIONS
from xlflow.expressions.parsing import MAX_CHARACTERS
from xlflow.languages import LANGUAGES, Language
from xlflow.settings import Settings, load_settings
from xlflow.settings.own_rules import RuleSettings


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture
def page(language: Language) -> str:
    return (ROOT / "docs" / language / "expressions.md").read_text(encoding="utf-8")


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)


def rows_of_tables(page: str) -> list[list[str]]:
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_its_rules_are_good_settings(page: str, tmp_path: Path) -> None:
    file = tmp_path / "xlflow.toml"
    examples = "\n".join(blocks(page, "toml"))
    file.write_text(f'[register]\npath = "a.xlsx"\n{examples}', encoding="utf-8")
    settings: Settings = load_settings(file)
    assert len(settings.rules) == 2
    assert len(rules(settings)) == len(rules()) + 2


def test_its_conditions_are_understood(page: str) -> None:
    examples = [row[2].strip("`") for row in rows_of_tables(page) if len(row) == 3]
    conditions = [text for text in examples if re.search(r"[=<>]|contains|matches| in ", text)]
    assert len(conditions) == 8
    for text in conditions:
        assert understand(text, Names()) != (None, ()), text
        expression, faults = understand(text, Names())
        assert (expression is not None, faults) == (True, ()), text


def test_every_function_is_told_as_it_is_called(page: str) -> None:
    told = " ".join(row[0] for row in rows_of_tables(page))
    assert all(f"`{function.shown}`" in told for function in FUNCTIONS.values())
    assert f"{MAX_CHARACTERS:,}" in page


def test_every_setting_of_a_rule_is_told(page: str) -> None:
    told = {row[0].strip("`") for row in rows_of_tables(page) if len(row) == 2}
    assert set(RuleSettings.model_fields) <= told


def test_its_table_of_blanks_is_true(page: str, now: datetime) -> None:
    table = [row for row in rows_of_tables(page) if len(row) == 4][2:]
    kept, broken = table[0][1], table[0][2]
    for demand, *cells in table:
        verdicts = []
        for estimate in (12, 5, None):
            held = {"id": "own", "demand": demand.strip("`"), "message": "x"}
            settings = Settings.model_validate({"register": {"path": "a.xlsx"}, "rules": [held]})
            findings = check(register([clean(estimate=estimate)]), settings, now)
            is_broken = any(found.rule == "own" for found in findings)
            verdicts.append(broken if is_broken else kept)
        assert verdicts == cells


def test_its_faults_are_told_so(page: str, language: Language, tmp_path: Path) -> None:
    file = tmp_path / "xlflow.toml"
    demand = "estimat > 3 and priority == 'hoch' or goal != ''"
    rule = f'[[rules]]\nid = "own"\nmessage = "x"\ndemand = "{demand}"\n'
    file.write_text(f'[register]\npath = "a.xlsx"\n\n{rule}', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    told = caught.value.message(language).replace(str(file), "xlflow.toml").splitlines()[1:]
    assert told == blocks(page, "text")[0].splitlines()
