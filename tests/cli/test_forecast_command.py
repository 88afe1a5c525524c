"""`xlflow forecast`, as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import Company, new
from forecast.observing import day_of
from forecast.watching import Watched
from forecast.worlds import World
from registers import clean
from several import Several

from xlflow.languages import LANGUAGES

TODAY = 70
Xlflow = Callable[..., Any]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Three months of a company that hurries."""
    world = World(per_day=0.6, spread=0.4)
    company = Watched(tmp_path_factory.mktemp("watched") / "company", world.lives(90, 4))
    company.lives(TODAY)
    return company


@pytest.fixture
def company(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.chdir(watched.settings.folder)
    return watched


def told(xlflow: Xlflow, *arguments: str) -> dict[str, Any]:
    said = xlflow("forecast", "--json", "--date", str(day_of(TODAY)), *arguments)
    assert said.code == 0, said.err
    document: dict[str, Any] = json.loads(said.out)
    return document


def test_it_tells_three_dates_promises_people_and_what_it_rests_on(xlflow, company: Watched):
    said = xlflow("forecast", "--date", str(day_of(TODAY)))
    assert said.code == 0, said.err
    document = told(xlflow)
    assert f"Forecast of {len(document['requirements'])} open requirements" in said.out
    assert document["basis"]["finished"] >= 12
    assert not document["basis"]["by_estimates"]
    for one in document["requirements"]:
        assert one["live_on"]["50"] <= one["live_on"]["85"] <= one["live_on"]["95"]
        assert [promise["field"] for promise in one["promises"]] == ["expected_on"]
    for line in document["assumptions"]:
        assert line in said.out
    assert {person["name"] for person in document["people"]} <= {"P0*", "P1*", "P2*", "P3*"}
    riskiest = max(document["requirements"], key=lambda one: one["promises"][0]["risk"])
    assert riskiest["number"] in said.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_all_three_languages(xlflow, company: Watched, language: str):
    said = xlflow("forecast", "--lang", language, "--date", str(day_of(TODAY)), "--all")
    assert said.code == 0, said.err
    word = {"en": "What this rests on", "zh-Hans": "预测依据", "zh-Hant": "預測依據"}[language]
    assert word in said.out


def test_what_if_tells_the_difference(xlflow, company: Watched):
    arguments = ("--without", "P1*", "--holiday", f"{day_of(TODAY + 1)}..{day_of(TODAY + 3)}")
    said = xlflow("forecast", "--date", str(day_of(TODAY)), *arguments)
    assert said.code == 0, said.err
    assert "P1* → " in said.out
    document = told(xlflow, *arguments)
    assert document["scenario"]["without"] == ["P1*"]
    assert len(document["scenario"]["holidays"]) == 3
    plain = {one["number"]: one for one in told(xlflow)["requirements"]}
    for one in document["requirements"]:
        before = plain[one["number"]]
        assert one["without_scenario"]["live_on"] == before["live_on"]
    assert any("P1*" in line for line in document["assumptions"])


def test_single_ones_can_be_asked_for(xlflow, company: Watched):
    number = told(xlflow)["requirements"][0]["number"]
    assert [one["number"] for one in told(xlflow, number)["requirements"]] == [number]
    live = next(item.number + 1 for item in company.items if item.until(TODAY)[-1][1] == "live")
    said = xlflow("forecast", f"2020-{live:03d}", "--date", str(day_of(TODAY)))
    assert said.code == 2
    assert "Not open" in said.err


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2026-13-01", "2026-12-31..2026-12-24", "", "2026-01-01..2030-01-01"]
)
def test_what_is_no_day_is_told(xlflow, company: Watched, typed: str):
    said = xlflow("forecast", "--holiday", typed)
    assert said.code == 2
    assert "2026-12-24..2026-12-31" in said.err


def test_an_unknown_person_is_told_with_those_who_are_known(xlflow, company: Watched):
    said = xlflow("forecast", "--without", "P8*", "--date", str(day_of(TODAY)))
    assert said.code == 2
    assert "P1*" in said.err


def test_too_little_history_is_said_first(xlflow, tmp_path: Path, monkeypatch):
    company = Company(tmp_path / "company")
    company.has(
        clean("testing", number="2024-001", title="One", live_on=None, owner="L. *"), new("Two")
    )
    monkeypatch.chdir(company.settings.folder)
    said = xlflow("forecast", "--date", "2024-03-11")
    assert said.code == 0, said.err
    assert "Only 0 requirements have gone live so far, fewer than 12" in said.out.splitlines()[1]
    assert "overloaded" not in said.out


def test_a_register_without_open_requirements_has_nothing_to_tell(
    xlflow, tmp_path: Path, monkeypatch
):
    company = Company(tmp_path / "company")
    company.has(clean("closed", number="2024-001", title="One"))
    monkeypatch.chdir(company.settings.folder)
    said = xlflow("forecast", "--date", "2024-03-22")
    assert said.code == 0, said.err
    assert "Forecast of 0 open requirements" in said.out


def test_several_registers_are_forecast_as_one_company(xlflow, tmp_path: Path, monkeypatch):
    company = Several(tmp_path / "company")
    for office in company.registers:
        office.has(new(f"Wish of {office.settings.workbook.id}"))
        office.runs()
    monkeypatch.chdir(company.folder)
    said = xlflow("forecast", "--date", "2024-03-22", "--json")
    document = json.loads(said.out)
    assert [(one["register"], one["number"]) for one in document["requirements"]] == [
        ("it", "IT-2024-001"),
        ("hr", "2024-001"),
        ("ops", "2024-002"),
    ]
    assert document["registers"] == ["it", "hr", "ops"]
    text = xlflow("forecast", "--date", "2024-03-22").out
    assert "hr 2024-001" in text
    one = json.loads(xlflow("forecast", "--json", "--date", "2024-03-22", "2024-002").out)
    assert [it["register"] for it in one["requirements"]] == ["ops"]


def test_a_person_with_nobody_beside_leaves_no_date(xlflow, tmp_path: Path, monkeypatch):
    company = Company(tmp_path / "company")
    company.has(
        clean(
            "testing", number="2024-001", title="One", live_on=None, owner="L. *", test_owner="T. *"
        )
    )
    monkeypatch.chdir(company.settings.folder)
    said = xlflow("forecast", "--date", "2024-03-11", "--without", "T. *")
    assert said.code == 0, said.err
    assert "2024-001: nobody else has done the stage" in said.out
    soon = date(2024, 3, 11) + timedelta(days=1)
    assert str(soon) not in said.out
