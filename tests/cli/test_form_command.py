from __future__ import annotations

import json
from pathlib import Path

import pytest
from company import Company, new


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    company = Company(tmp_path / "company")
    company.has(new("One") | {"number": "2024-001"})
    monkeypatch.chdir(company.settings.folder)
    return company


def test_a_blank_form_is_written_in_the_language_of_the_register(xlflow, company: Company):
    code, out, err = xlflow("form")
    assert (code, err) == (0, "")
    assert "Requirement form.xlsx" in out
    assert (company.settings.folder / "Requirement form.xlsx").exists()


def test_a_blank_form_is_written_in_another_language(xlflow, company: Company):
    assert xlflow("form", "--blank", "--lang", "zh-Hant", "--out", "forms")[0] == 0
    assert (company.settings.folder / "forms" / "需求提交表.xlsx").exists()


def test_a_record_is_written_as_a_page(xlflow, company: Company):
    code, out, _ = xlflow("form", "2024-001", "--out", "page.xlsx")
    assert code == 0
    assert "2024-001 is written: page.xlsx" in out
    assert (company.settings.folder / "page.xlsx").exists()


def test_an_unknown_number_is_refused(xlflow, company: Company):
    code, _, err = xlflow("form", "2024-002")
    assert code == 2
    assert "Did you mean 2024-001?" in err


def test_a_blank_form_has_no_number(xlflow, company: Company):
    code, _, err = xlflow("form", "--blank", "2024-001")
    assert code == 2
    assert "leave the numbers out" in err


def test_forms_are_told_to_programs(xlflow, company: Company):
    made = json.loads(xlflow("form", "2024-001", "--out", "pages", "--json")[1])
    assert made == [{"number": "2024-001", "path": str(Path("pages") / "2024-001.xlsx")}]
    made = json.loads(xlflow("form", "--json")[1])
    assert made == [{"number": None, "path": "Requirement form.xlsx"}]
