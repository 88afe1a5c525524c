"""``xlflow board``, as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from company import Company
from registers import clean
from several import Several

Xlflow = Callable[..., Any]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    company = Company(tmp_path / "company")
    company.has(clean(number="2024-001"), clean("developing", number="2024-002"))
    monkeypatch.chdir(company.settings.folder)
    return company


def test_it_tells_where_the_board_lies(company: Company, xlflow: Xlflow):
    code, told, _ = xlflow("board", "--date", "2024-03-22")
    board = company.settings.folder / "reports" / "board.html"
    assert (code, told.strip()) == (0, f"Board of 2 requirements: {board}")
    assert "As of 2024-03-22 09:00" in board.read_text(encoding="utf-8")


def test_it_is_written_where_one_says_in_the_language_that_one_names(
    company: Company, xlflow: Xlflow
):
    code, told, _ = xlflow("board", "--out", "看板.html", "--lang", "zh-CN")
    board = company.settings.folder / "看板.html"
    assert code == 0
    assert "2 条需求的看板" in told
    assert '<html lang="zh-Hans">' in board.read_text(encoding="utf-8")


def test_programs_get_json(company: Company, xlflow: Xlflow):
    _, told, _ = xlflow("board", "--json", "--date", "2024-03-22")
    assert json.loads(told) == {
        "at": "2024-03-22T09:00:00+08:00",
        "board": str(company.settings.folder / "reports" / "board.html"),
        "registers": ["main"],
        "left_out": {},
    }


def test_a_place_that_takes_no_file_is_told_without_a_traceback(company: Company, xlflow: Xlflow):
    code, _, complaint = xlflow("board", "--out", "drive/register.xlsx/board.html")
    assert code == 3
    assert "board.html" in complaint
    assert "Traceback" not in complaint


def test_one_board_of_all_registers_or_of_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xlflow: Xlflow
):
    several = Several(tmp_path)
    for one in (several.it, several.hr):
        one.has(clean(number=None))
    monkeypatch.chdir(tmp_path)
    code, told, complaint = xlflow("board", "--json")
    assert code == 3
    assert json.loads(told)["registers"] == ["it", "hr"]
    assert list(json.loads(told)["left_out"]) == ["ops"]
    assert "ops" in complaint
    code, told, _ = xlflow("board", "--register", "it")
    assert code == 0
    assert "Board of 1 requirement:" in told
