from __future__ import annotations

import json
from pathlib import Path

import pytest
from company import Company, new

from xlflow.languages import LANGUAGES, say
from xlflow.settings import SETTINGS_FILE


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company whose people have numbered two requirements, and sit in its folder."""
    company = Company(tmp_path / "company")
    company.has(new("One"), new("Two", department="Finance"))
    monkeypatch.chdir(company.settings.folder)
    return company


def test_undo_tells_what_is_as_before_and_which_numbers_are_free(xlflow, company: Company):
    before = company.sha()
    xlflow("run")
    code, out, err = xlflow("undo")
    assert (code, err) == (0, "")
    assert "register.xlsx is as it was before the run of " in out
    assert "2 numbers are free again" in out
    assert "2024-001, 2024-002" in out
    assert company.sha() == before


def test_undo_twice_ends_with_3_and_says_why(xlflow, company: Company):
    xlflow("run")
    xlflow("undo")
    before = company.sha()
    code, out, err = xlflow("undo")
    assert (code, out) == (3, "")
    assert "undone already" in err
    assert "xlflow run" in err
    assert company.sha() == before


def test_undo_after_an_edit_ends_with_3_and_names_the_copy_to_compare(xlflow, company: Company):
    xlflow("run")
    company.type_into("B4", "One, in other words")
    before = company.sha()
    code, out, err = xlflow("undo")
    assert (code, out) == (3, "")
    (kept,) = company.file.parent.glob(".xlflow-*.bak")
    assert str(kept) in err
    assert company.sha() == before


def test_undo_and_backups_speak_json(xlflow, company: Company):
    wrote = json.loads(xlflow("run", "--json")[1])
    (held,) = json.loads(xlflow("backups", "--json")[1])
    assert held["file"] == wrote["aside"]
    assert held["before"] == "run"
    assert held["cells"] == wrote["cells_written"]
    assert held["numbers"] == ["2024-001", "2024-002"]
    assert held["size_bytes"] == Path(held["file"]).stat().st_size
    undone = json.loads(xlflow("undo", "--json")[1])
    assert undone["undone"] == held
    assert undone["numbers_free"] == ["2024-001", "2024-002"]
    newest, oldest = json.loads(xlflow("backups", "--json")[1])
    assert newest["file"] == undone["aside"]
    assert newest["before"] == "undo"
    assert oldest == held


@pytest.mark.parametrize("language", LANGUAGES)
def test_backups_lists_each_copy_in_the_language_of_the_person(xlflow, company: Company, language):
    assert "register.xlsx" in xlflow("backups", "--lang", language)[1]
    cells = json.loads(xlflow("run", "--json")[1])["cells_written"]
    xlflow("undo")
    code, out, _ = xlflow("backups", "--lang", language)
    assert code == 0
    rows = [line for line in out.splitlines() if ".bak" in line]
    assert len(rows) == 2
    assert say(language, "cli.backups.what.undo") in rows[0]
    assert all(f" {cells} " in row for row in rows)
    assert {row.split()[-1] for row in rows} == {
        path.name for path in company.file.parent.glob(".xlflow-*.bak")
    }


def test_who_loses_the_settings_is_told(xlflow, company: Company):
    (company.settings.folder / SETTINGS_FILE).unlink()
    assert xlflow("backups")[0] == 2
    assert xlflow("undo")[0] == 2
