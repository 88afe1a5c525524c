from __future__ import annotations

import json
from pathlib import Path

import pytest
from company import Company, new
from workbook.layouts import without

from xlflow.languages import LANGUAGES, say
from xlflow.workbook.patch import CellEdit, patch


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company whose people have pasted over a header and deleted the dropdowns of a sheet."""
    company = Company(tmp_path / "company")
    company.has(new("One"), new("Two", department="Finance"))
    data = patch(company.file.read_bytes(), [CellEdit("Register", 3, "C", "ask Ann")]).data
    company.file.write_bytes(without(data, "Issues", "<dataValidations.*</dataValidations>"))
    monkeypatch.chdir(company.settings.folder)
    return company


def test_a_dry_run_lists_what_would_be_put_back_and_changes_nothing(xlflow, company: Company):
    before = company.sha()
    code, out, err = xlflow("repair", "--dry-run")
    assert (code, err) == (1, "")
    assert 'Register!C3 reads "ask Ann": this header must read "Status".' in out
    assert "Issues!A4:I1048576 (Number, Raised at, Issue, …)" in out
    assert company.sha() == before
    assert not list(company.file.parent.glob(".xlflow-*"))


def test_a_repair_tells_each_thing_that_it_put_back(xlflow, company: Company):
    code, out, err = xlflow("repair")
    assert (code, err) == (0, "")
    assert 'Register!C3 reads "ask Ann": this header must read "Status".' in out
    assert "what people typed is unchanged" in out
    assert "The old workbook is kept" in out
    before = company.sha()
    code, out, _ = xlflow("repair")
    assert code == 0
    assert "not one byte was changed" in out
    assert xlflow("repair", "--dry-run")[0] == 0
    assert company.sha() == before


def test_repair_speaks_json(xlflow, company: Company):
    listed = json.loads(xlflow("repair", "--dry-run", "--json")[1])
    done = json.loads(xlflow("repair", "--json")[1])
    assert done["put_back"] == listed["differences"]
    assert done["left"] == done["not_writable"] == done["recovered"] == []
    assert Path(done["aside"]).exists()
    assert done["put_back"][0] == {
        "kind": "header",
        "sheet": "Register",
        "range": "C3",
        "fields": [],
        "text": "Status",
        "found": "ask Ann",
        "repairable": True,
        "message": 'Register!C3 reads "ask Ann": this header must read "Status".',
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_repair_speaks_the_language_of_the_person(xlflow, company: Company, language):
    out = xlflow("repair", "--lang", language)[1]
    path = company.file.name
    assert say(language, "cli.repair.done", path=path, count=3) in out
    assert say(language, "cli.repair.next") in out


def test_an_open_workbook_ends_with_3_and_names_the_person(xlflow, company: Company):
    sign = company.file.with_name(f".~lock.{company.file.name}#")
    sign.write_text(",ann,desk,22.03.2024 08:59,;", encoding="utf-8")
    before = company.sha()
    code, out, err = xlflow("repair")
    assert (code, out) == (3, "")
    assert "ann" in err
    assert company.sha() == before


def test_a_file_that_is_no_register_ends_with_3(xlflow, company: Company):
    from openpyxl import Workbook

    Workbook().save(company.file)
    code, _, err = xlflow("repair")
    assert code == 3
    assert "holds no register" in err


def test_what_a_person_must_do_ends_with_1(xlflow, company: Company):
    data = company.file.read_bytes()
    lists = CellEdit("Lists", 1, "A", "mine")
    data = patch(data, [lists, CellEdit("Lists", 3, "A", "My own")]).data
    company.file.write_bytes(data)
    code, out, _ = xlflow("repair")
    assert code == 1
    assert "1 thing needs a person" in out
    assert "choice.type" in out
