"""Own rules, waivers and their notes in the commands that people type."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from company import Company, new

COMMAND = Callable[..., Any]
RULE = """
[[rules]]
id = "goal-names-order"
demand = "goal contains 'invoice'"
severity = "warning"
message = {en = "Name the invoice of {title}.", zh-Hans = "请写明“{title}”的发票。"}
"""
WAIVER = """
[[waivers]]
title = "Sync"
rules = ["goal-names-order"]
reason = "No invoice in this one."
until = 2024-03-22
"""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Two new records, of which both break the company's own rule, and the second one is waived."""
    made = Company(tmp_path)
    made.has(new("Orders"), new("Sync", goal="Within 5 s of the payment"))
    settings = tmp_path / "xlflow.toml"
    settings.write_text(settings.read_text("utf-8") + RULE + WAIVER, "utf-8")
    monkeypatch.chdir(tmp_path)
    return made


@pytest.mark.usefixtures("company")
def test_check_lists_own_rules_and_says_how_much_is_waived(xlflow: COMMAND) -> None:
    said = xlflow("check", "--date", "2024-03-22")
    assert "Name the invoice of Orders." in said.out
    assert "Name the invoice of Sync." not in said.out
    assert "1 finding is waived" in said.out
    assert said.code == 1


@pytest.mark.usefixtures("company")
def test_check_shows_what_is_waived_when_asked(xlflow: COMMAND) -> None:
    said = xlflow("check", "--date", "2024-03-22", "--waived", "--lang", "zh-Hans")
    assert "已豁免" in said.out
    assert "请写明“Sync”的发票。" in said.out
    assert "豁免至 2024-03-22：No invoice in this one." in said.out


@pytest.mark.usefixtures("company")
def test_what_is_waived_alone_is_clean(xlflow: COMMAND) -> None:
    said = xlflow("check", "--date", "2024-03-22", "--rule", "goal-names-order", "--json")
    held = json.loads(said.out)
    assert [one["rule"] for one in held["findings"]] == ["goal-names-order"]
    (waived,) = held["waived"]
    assert waived["waiver"] == {"reason": "No invoice in this one.", "until": "2024-03-22"}
    assert held["waiver_notes"] == []


@pytest.mark.usefixtures("company")
def test_the_end_of_a_waiver_is_told_on_the_next_day(xlflow: COMMAND) -> None:
    said = xlflow("check", "--date", "2024-03-23")
    assert said.out.count("ended on 2024-03-22") == 1
    assert "Name the invoice of Sync." in said.out


def test_a_run_writes_no_waived_finding_and_tells_the_end_each_time(
    company: Company, xlflow: COMMAND
) -> None:
    said = xlflow("run", "--date", "2024-03-22")
    assert "1 finding is waived" in said.out
    first, second = company.column("check")
    assert "Name the invoice" in str(first)
    assert second == "OK"
    assert company.column("number") == ["2024-001", "2024-002"]
    for _ in range(2):  # the second time from what the first one noted
        said = xlflow("run", "--date", "2024-03-25", "--json")
        held = json.loads(said.out)
        assert held["waived"] == 0
        assert [note["kind"] for note in held["waiver_notes"]] == ["ended"]
    assert "Name the invoice" in str(company.column("check")[1])


@pytest.mark.usefixtures("company")
def test_rules_lists_the_companys_own(xlflow: COMMAND) -> None:
    said = xlflow("rules")
    assert "goal-names-order" in said.out
    assert "Your company's own rule" in said.out
    own = [one for one in json.loads(xlflow("rules", "--json").out) if one["company"]]
    assert [one["id"] for one in own] == ["goal-names-order"]
    assert own[0]["statement"] == "goal contains 'invoice'"


def test_rules_tells_the_severity_that_the_settings_give(company: Company, xlflow: COMMAND) -> None:
    del company
    settings = Path("xlflow.toml")
    text = settings.read_text("utf-8")
    chosen = '[severities]\n"vague-wording" = "off"\ngoal-names-order = "info"'
    settings.write_text(text.replace("[severities]", chosen), "utf-8")
    held = {one["id"]: one for one in json.loads(xlflow("rules", "--json").out)}
    assert (held["vague-wording"]["severity"], held["vague-wording"]["in_force"]) == (
        "warning",
        "off",
    )
    assert held["goal-names-order"]["in_force"] == "info"
    line = next(line for line in xlflow("rules").out.splitlines() if "vague-wording" in line)
    assert " off " in line


def test_a_record_that_vanished_is_waived_by_its_number(company: Company, xlflow: COMMAND) -> None:
    xlflow("run", "--date", "2024-03-22")
    company.has(new("Orders"))
    said = xlflow("check", "--date", "2024-03-22", "--rule", "record-vanished", "--json")
    assert [one["number"] for one in json.loads(said.out)["findings"]] == ["2024-002"]
    waiver = '[[waivers]]\nnumber = "2024-002"\nrules = "record-vanished"\nreason = "R."\n'
    settings = Path("xlflow.toml")
    settings.write_text(settings.read_text("utf-8") + f"{waiver}until = 2024-04-01\n", "utf-8")
    said = xlflow("check", "--date", "2024-03-22", "--rule", "record-vanished", "--json")
    held = json.loads(said.out)
    assert held["findings"] == []
    assert [one["number"] for one in held["waived"]] == ["2024-002"]
    assert "2024-002" not in [note["record"] for note in held["waiver_notes"]]


def test_rules_needs_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xlflow: COMMAND
) -> None:
    monkeypatch.chdir(tmp_path)
    said = xlflow("rules")
    assert (said.code, "vague-wording" in said.out) == (0, True)


@pytest.mark.usefixtures("company")
def test_a_faulty_condition_is_told_before_anything_else(xlflow: COMMAND) -> None:
    settings = Path("xlflow.toml")
    settings.write_text(settings.read_text("utf-8").replace("goal contains", "gaol contains"))
    said = xlflow("check")
    assert said.code == 2
    assert "rules.0.demand" in said.err
    assert "Did you mean: goal" in said.err
