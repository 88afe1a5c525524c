"""The commands about the past, as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from company import new
from jobs.test_remembering import Office
from registers import clean

Xlflow = Callable[..., Any]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office(tmp_path / "company")
    office.has(
        new("One", background="Orders are late every Monday morning", goal="3 orders late at most")
        | {"number": "2024-001"},
        clean("developing", number="2024-002", title="Signed", goal="Calls down by 15%"),
    )
    office.runs(office.today)
    office.types(4, status="Assessing", contact="L. *")
    office.types(5, goal="Calls down by 10%")
    office.next_morning()
    monkeypatch.chdir(office.settings.folder)
    return office


def test_history_tells_what_was_and_what_is(office: Office, xlflow: Xlflow):
    code, told, _ = xlflow("history", "2024-001")
    assert code == 0
    assert "2024-001 One" in told
    assert "Submitted from 2024-03-22 09:00 to 2024-03-23 09:00" in told
    assert "Status: Submitted → Assessing" in told
    assert "Technical contact: (blank) → L. *" in told


def test_history_of_one_field_by_its_label_in_another_language(office: Office, xlflow: Xlflow):
    code, told, _ = xlflow("history", "2024-001", "--field", "当前状态", "--json")
    assert code == 0
    (first, second) = json.loads(told)["history"]
    assert first["changes"][0]["cells"] == {"status": "Submitted"}
    assert second["changes"][0]["to"] == "Assessing"


def test_log_tells_the_last_run_and_since_a_day(office: Office, xlflow: Xlflow):
    assert "2024-002" in xlflow("log").out
    told = json.loads(xlflow("log", "--since", "2024-03-22", "--json").out)
    assert [len(moment["changes"]) for moment in told["changes"]] == [4, 3]
    assert json.loads(xlflow("log", "--since", "2024-03-24", "--json").out) == {"changes": []}


def test_show_as_of_a_day(office: Office, xlflow: Xlflow):
    assert "Status: Assessing" in xlflow("show", "2024-001").out
    code, told, _ = xlflow("show", "2024-001", "--as-of", "2024-03-22")
    assert (code, "Status: Submitted" in told) == (0, True)
    code, told, _ = xlflow("show", "2024-001", "--as-of", "2024-03-21")
    assert (code, "not in the register yet" in told) == (1, True)


def test_baseline_shows_what_differs(office: Office, xlflow: Xlflow):
    code, told, _ = xlflow("baseline", "2024-002")
    assert code == 0
    assert "Version 1" in told
    assert "Goal: Calls down by 15% → Calls down by 10%" in told
    assert "not frozen yet" in xlflow("baseline", "2024-001").out


def test_restore_first_shows_and_then_does_it(office: Office, xlflow: Xlflow):
    code, told, _ = xlflow("restore", "2024-002", "--field", "goal", "--dry-run")
    assert (code, "would become" in told) == (0, True)
    assert office.column("goal")[1] == "Calls down by 10%"
    code, told, _ = xlflow("restore", "2024-002", "--field", "goal")
    assert (code, "Register!P5 Goal: Calls down by 10% → Calls down by 15%" in told) == (0, True)
    assert office.column("goal")[1] == "Calls down by 15%"
    told = xlflow("backups").out
    assert "a restore" in told


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("history",),
        ("history", "2024-099"),
        ("history", "2024-001", "--field", "gaol"),
        ("show", "2024-001", "--as-of", "yesterday"),
        ("restore", "2024-001", "--field", "next_step"),
        ("baseline", "nonsense"),
    ],
)
def test_wrong_use_is_told(office: Office, xlflow: Xlflow, arguments, language: str):
    code, out, err = xlflow(*arguments, "--lang", language)
    assert (code, out) == (2, "")
    assert len(err) > 20
    assert "Traceback" not in err


def test_before_the_first_run_there_is_no_history(
    tmp_path: Path, xlflow: Xlflow, monkeypatch: pytest.MonkeyPatch
):
    fresh = Office(tmp_path / "company")
    fresh.has(new("One"))
    monkeypatch.chdir(fresh.settings.folder)
    code, _, err = xlflow("log")
    assert (code, "xlflow run" in err) == (2, True)


def test_a_run_tells_which_numbers_it_put_back(office: Office, xlflow: Xlflow):
    office.types(4, number="2024-002")
    office.types(5, number=None)
    code, told, _ = xlflow("run", "--date", "2024-03-24")
    assert code == 0
    assert "Put back 2 numbers that were altered: 2024-001 (row 4), 2024-002 (row 5)" in told
