"""``xlflow template --upgrade``, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from company import Company, new
from own_fields import SECTIONS

from xlflow.settings import load_settings


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company that has added fields to its settings since it made its register."""
    company = Company(tmp_path / "company")
    company.has(new("One"), new("Two", department="Finance"))
    path = company.settings.folder / "xlflow.toml"
    path.write_text(path.read_text(encoding="utf-8") + SECTIONS, encoding="utf-8")
    company.settings = load_settings(path)
    monkeypatch.chdir(company.settings.folder)
    return company


def test_a_dry_run_lists_what_would_be_added_and_changes_nothing(xlflow, company: Company):
    before = company.sha()
    code, out, err = xlflow("template", "--upgrade", "--dry-run")
    assert (code, err) == (1, "")
    assert "register.xlsx would get 7 columns" in out
    assert 'Register!BL: the column "Cost centre", under "Requirement".' in out
    assert company.sha() == before


@pytest.mark.parametrize("named", [None, "drive/register.xlsx", "main"])
def test_an_upgrade_tells_each_column_that_it_added(xlflow, company: Company, named: str | None):
    arguments = ("template", "--upgrade", *([named] if named else []))
    code, out, err = xlflow(*arguments)
    assert (code, err) == (0, "")
    assert "register.xlsx got 7 columns" in out
    assert "The old workbook is kept" in out
    before = company.sha()
    code, out, _ = xlflow(*arguments)
    assert (code, "as the settings want it" in out) == (0, True)
    assert xlflow("template", "--upgrade", "--dry-run")[0] == 0
    assert company.sha() == before
    assert "an upgrade" in xlflow("backups")[1]


def test_an_upgrade_speaks_json(xlflow, company: Company):
    planned = json.loads(xlflow("template", "--upgrade", "--dry-run", "--json")[1])
    done = json.loads(xlflow("template", "--upgrade", "--json")[1])
    assert done["added"] == planned["added"]
    assert done["added"][0] == {
        "place": "Register!BL",
        "key": "cost_centre",
        "label": "Cost centre",
    }
    assert done["left"] == done["unknown"] == done["not_writable"] == []
    assert planned["aside"] is None
    assert Path(done["aside"]).exists()


def test_columns_that_the_settings_no_longer_know_are_told(xlflow, company: Company):
    xlflow("template", "--upgrade")
    path = company.settings.folder / "xlflow.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(SECTIONS, ""), encoding="utf-8")
    code, out, _ = xlflow("template", "--upgrade")
    assert code == 0
    assert 'the settings do not know the column "Budget" (budget)' in out


def test_another_workbook_than_the_settings_register_is_refused(xlflow, company: Company):
    code, _, err = xlflow("template", "--upgrade", "other.xlsx")
    assert (code, "drive/register.xlsx" in err) == (2, True)


@pytest.mark.parametrize(
    "arguments", [("--upgrade", "--force"), ("--dry-run",), ("new.xlsx", "--json")]
)
def test_options_that_do_not_go_together_are_refused(xlflow, company: Company, arguments):
    code, _, err = xlflow("template", *arguments)
    assert (code, "--upgrade" in err or "--force" in err) == (2, True)
    assert not (company.settings.folder / "new.xlsx").exists()


def test_a_new_template_has_the_columns_of_the_settings(xlflow, company: Company):
    assert xlflow("template", "new.xlsx", "--lang", "zh-Hant")[0] == 0
    company.file.write_bytes((company.settings.folder / "new.xlsx").read_bytes())
    code, out, _ = xlflow("template", "--upgrade")
    assert (code, "as the settings want it" in out) == (0, True)


def test_fields_lists_those_of_the_company(xlflow, company: Company):
    rows = json.loads(xlflow("fields", "--json")[1])
    own = {row["key"]: row for row in rows if not row["standard"]}
    assert own["plant"]["label"]["zh-Hans"] == "工厂"
    assert own["plant"]["required_from"] == "designing"
    assert "Cost centre" in xlflow("fields")[1]
