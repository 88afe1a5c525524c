from __future__ import annotations

import json
from pathlib import Path

import pytest
from company import Company, new

from xlflow.languages import LANGUAGES

DAY = "2024-03-22"


@pytest.fixture
def unfit(tmp_path: Path) -> Path:
    """A folder that nobody can make, root neither: a file has the name of the one above it."""
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    return tmp_path / "notes" / "below"


def told(code: object, _out: str, err: str, path: Path) -> bool:
    return code == 3 and str(path) in err and "Traceback" not in err


@pytest.mark.parametrize("language", LANGUAGES)
def test_init_says_which_folder_cannot_be_made(xlflow, unfit: Path, language: str):
    said = xlflow("init", unfit, "--lang", language)
    assert told(*said, unfit)
    assert {"en": "check that", "zh-Hans": "请", "zh-Hant": "請"}[language] in said.err


def test_template_says_which_file_cannot_be_written(xlflow, unfit: Path):
    target = unfit / "register.xlsx"
    assert told(*xlflow("template", target), target)
    assert told(*xlflow("template", "--force", target), target)


@pytest.mark.parametrize("command", [("mail", "weekly"), ("status",), ("run",)])
def test_who_cannot_write_reports_or_mails_is_told(xlflow, tmp_path: Path, unfit: Path, command):
    mail = {"sender": "xlflow@example.com", "weekly": ["boss@example.com"]}
    company = Company(tmp_path / "company", reports={"folder": unfit}, mail=mail)
    company.has(new("Something new"))
    place = ("--settings", company.settings.folder / "xlflow.toml", "--date", DAY)
    assert told(*xlflow(*command, *place), unfit)


def test_a_run_without_a_report_tells_what_it_did_to_the_register(
    xlflow, tmp_path: Path, unfit: Path
):
    company = Company(tmp_path / "company", reports={"folder": unfit})
    company.has(new("Something new"))
    place = ("--settings", company.settings.folder / "xlflow.toml", "--date", DAY)
    said = xlflow("run", *place)
    assert told(*said, unfit)
    assert "1 requirement numbered: 2024-001" in said.out
    again = xlflow("run", "--json", *place)
    assert told(*again, unfit)
    assert json.loads(again.out)["status_workbook"] is None
