"""Every rule faults what breaks it, spares what keeps it, and says so in three languages."""

from __future__ import annotations

from datetime import datetime
from string import Formatter

import pytest
from cases import CASES, Case

from xlflow.checks import check, rules
from xlflow.languages import LANGUAGES, entry
from xlflow.settings import default_settings
from xlflow.timing.calendar import WorkingCalendar

SETTINGS = default_settings()
CALENDAR = WorkingCalendar.of("CN")


def test_every_rule_has_a_clean_and_a_faulty_register() -> None:
    assert [one.id for one in rules()] == list(CASES)


@pytest.mark.parametrize(("rule", "case"), CASES.items(), ids=list(CASES))
def test_a_rule_spares_what_keeps_it(rule: str, case: Case, now: datetime) -> None:
    findings = check(case.clean, SETTINGS, now, calendar=CALENDAR, memory=case.kept)
    assert [found.message("en") for found in findings if found.rule == rule] == []


@pytest.mark.parametrize(("rule", "case"), CASES.items(), ids=list(CASES))
def test_a_rule_faults_what_breaks_it(rule: str, case: Case, now: datetime) -> None:
    findings = check(case.faulty, SETTINGS, now, calendar=CALENDAR, memory=case.memory)
    table = next(table for table in case.faulty.tables if table.sheet == case.sheet)
    cells = [found.cell for found in findings if found.rule == rule]
    assert len(cells) == case.count
    assert cells[-1] == (table.cell(table.frame.index[-1], case.field) if case.field else "")
    for found in findings:
        assert all(found.message(language) for language in LANGUAGES)


@pytest.mark.parametrize("rule", rules(), ids=lambda one: one.id)
def test_a_rule_has_its_texts_in_every_language(rule) -> None:
    sections = [entry(language, f"checks.rule.{rule.id}") for language in LANGUAGES]
    for section in sections:
        assert set(section) == {"title", *rule.variants}
        assert {name: _placeholders(text) for name, text in section.items()} == {
            name: _placeholders(text) for name, text in sections[0].items()
        }
    assert rule.statement.endswith(".")
    assert all(rule.to_dict(language)["source"] for language in LANGUAGES)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
