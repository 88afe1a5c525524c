from __future__ import annotations

import csv
import email
import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from datetime import date
from email import policy
from pathlib import Path

import pytest
from company import Company, new
from registers import clean

from xlflow.languages import LANGUAGES
from xlflow.settings import SETTINGS_FILE, load_settings

DAY = "2024-03-22"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "company")


def settings_of(company: Company) -> Path:
    return company.settings.folder / SETTINGS_FILE


def test_a_clean_register_is_clean(xlflow, company: Company):
    company.has(clean("closed", number="2024-001"), progress=[line("2024-001")])
    said = xlflow("check", "--settings", settings_of(company), "--date", DAY)
    assert said.out == "1 requirement checked: 0 errors, 0 warnings, 0 hints in 0 records.\n"
    assert said.code == 0


def line(number: str) -> dict[str, object]:
    return {"number": number, "date": date(2024, 3, 11), "text": "Done", "by": "L. *"}


def test_a_finding_names_sheet_and_cell_and_what_to_type(xlflow, company: Company):
    company.has(new("Something new", requester="John Smith"))
    said = xlflow("check", "--settings", settings_of(company), "--date", DAY)
    assert said.code == 1
    assert "Register!I4" in said.out
    assert "【Requester】" in said.out
    assert "name-not-masked" in said.out


@pytest.mark.parametrize(
    ("language", "word"), [("en", "error"), ("zh-Hans", "错误"), ("zh-Hant", "錯誤")]
)
def test_findings_come_in_the_language_that_was_asked_for(xlflow, company: Company, language, word):
    company.has(new("Something new", goal=None))
    said = xlflow("check", "--lang", language, "--settings", settings_of(company), "--date", DAY)
    assert word in said.out


def test_json_and_csv_hold_every_finding(xlflow, company: Company):
    company.has(new("Something new", goal=None, requester="John Smith"))
    place = ("--settings", settings_of(company), "--date", DAY)
    held = json.loads(xlflow("check", "--json", *place).out)
    cells = [found["cell"] for found in held["findings"]]
    assert cells == ["Register!I4", "Register!P4"]
    assert all(found["message"] for found in held["findings"])
    rows = list(csv.DictReader(io.StringIO(xlflow("check", "--format", "csv", *place).out)))
    assert [row["Cell"] for row in rows] == cells


def test_a_formula_in_a_finding_stays_text_in_csv(xlflow, company: Company):
    company.has(new("Something new", department="=cmd|' /C calc'!A0"))
    said = xlflow("check", "--format", "csv", "--settings", settings_of(company), "--date", DAY)
    found = [row["Found"] for row in csv.DictReader(io.StringIO(said.out))]
    assert found
    assert not any(text.startswith("=") for text in found)


def test_findings_can_be_narrowed_to_a_record_or_a_rule(xlflow, company: Company):
    company.has(
        clean("submitted", number="2024-001", requester="John Smith"),
        clean("submitted", number="2024-002", title="Another", goal=None),
    )
    place = ("--json", "--settings", settings_of(company), "--date", DAY)
    of_record = json.loads(xlflow("check", "--number", "2024-002", *place).out)["findings"]
    assert {found["number"] for found in of_record} == {"2024-002"}
    of_rule = json.loads(xlflow("check", "--rule", "name-not-masked", *place).out)["findings"]
    assert {found["rule"] for found in of_rule} == {"name-not-masked"}
    unknown = xlflow("check", "--rule", "name-not-maskd", *place)
    assert unknown.code == 2
    assert "name-not-masked" in unknown.err


def test_the_severity_that_fails_is_the_callers(xlflow, company: Company):
    company.has(new("Something new", goal=None))
    place = ("--settings", settings_of(company), "--date", DAY)
    assert xlflow("check", "--fail-on", "never", *place).code == 0
    assert xlflow("check", "--fail-on", "error", *place).code == 1


def test_run_twice_and_the_second_time_nothing_changes(xlflow, company: Company):
    company.has(new("Something new"))
    first = xlflow("run", "--settings", settings_of(company), "--date", DAY)
    assert first.code == 0
    assert "2024-001" in first.out
    before = company.sha()
    second = xlflow("run", "--json", "--settings", settings_of(company), "--date", DAY)
    held = json.loads(second.out)
    assert held["cells_written"] == 0
    assert held["numbered"] == {}
    assert company.sha() == before
    assert Path(held["status_workbook"]).is_file()


def test_an_open_workbook_ends_with_3_and_names_the_person(xlflow, company: Company):
    company.has(new("Something new"))
    before = company.sha()
    lock = company.file.with_name(".~lock.register.xlsx#")
    lock.write_text(",王*,office-pc,22.03.2024 08:59,file:///home/wang;", encoding="utf-8")
    said = xlflow("run", "--settings", settings_of(company), "--date", DAY)
    assert said.code == 3
    assert "王*" in said.err
    assert "wait for the next run" in said.err
    assert "Traceback" not in said.err
    assert company.sha() == before
    assert "1 requirement" in said.out
    assert "numbered" not in said.out
    assert "up to date" not in said.out
    assert list(company.settings.folder.rglob("status-2024-03-22.xlsx"))
    told = json.loads(xlflow("run", "--json", "--settings", settings_of(company)).out)
    assert told["deferred"]["by"] == "王* (office-pc)"
    assert told["deferred"]["since"][-6:] == told["run_at"][-6:] == "+08:00"
    assert told["cells_written"] == 0


def test_run_waits_until_the_workbook_is_closed(xlflow, company: Company):
    company.has(new("Something new"))
    lock = company.file.with_name(".~lock.register.xlsx#")
    lock.write_text(",王*,office-pc,22.03.2024 08:59,file:///home/wang;", encoding="utf-8")
    place = ("--settings", settings_of(company), "--date", DAY)
    closing = threading.Timer(0.2, lock.unlink)
    closing.start()
    said = xlflow("run", "--wait", "2s", *place)
    closing.join()
    assert said.code == 0
    assert "2024-001" in said.out
    assert said.err == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_init_makes_a_folder_in_which_everything_runs(
    xlflow, tmp_path: Path, language, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "新 folder"
    said = xlflow("init", folder, "--lang", language, "--sample", 15, "--date", DAY)
    assert said.code == 0
    monkeypatch.chdir(folder)
    settings = load_settings(folder / SETTINGS_FILE)
    register = Path(settings.register_location)
    assert settings.workbook.language == language
    assert xlflow("check", "--lang", language, "--date", DAY).code == 1
    assert xlflow("run", "--lang", language, "--date", DAY).code == 0
    before = hashlib.sha256(register.read_bytes()).hexdigest()
    assert xlflow("run", "--lang", language, "--date", DAY).code == 0
    assert hashlib.sha256(register.read_bytes()).hexdigest() == before
    assert xlflow("status", "--lang", language, "--date", DAY).code == 0
    assert xlflow("mail", "weekly", "--lang", language, "--date", DAY).code == 0
    written = next(folder.rglob("*.eml"))
    message = email.message_from_bytes(written.read_bytes(), policy=policy.default)
    names = [part.get_filename() for part in message.walk() if part.get_filename()]
    assert names == ["requirements-2024-W12.xlsx"]


def test_init_leaves_what_exists_alone(xlflow, tmp_path: Path):
    xlflow("init", tmp_path, "--lang", "en")
    (tmp_path / "Register.xlsx").write_bytes(b"somebody's work")
    said = xlflow("init", tmp_path, "--lang", "en", "--sample", 5)
    assert said.code == 0
    assert "left alone" in said.out
    assert (tmp_path / "Register.xlsx").read_bytes() == b"somebody's work"


def test_template_never_overwrites_unasked(xlflow, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert xlflow("template", "--lang", "zh-Hant").code == 0
    made = tmp_path / "register.zh-Hant.xlsx"
    made.write_bytes(b"mine")
    refused = xlflow("template", "--lang", "zh-Hant")
    assert refused.code == 2
    assert made.read_bytes() == b"mine"
    assert xlflow("template", "--lang", "zh-Hant", "--force").code == 0
    assert made.read_bytes() != b"mine"


def test_settings_are_found_in_the_folders_above(xlflow, company: Company, monkeypatch):
    company.has(clean("closed", number="2024-001"), progress=[line("2024-001")])
    below = company.settings.folder / "deep" / "er"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert xlflow("check", "--date", DAY).code == 0


def test_without_settings_the_person_is_told_what_to_type(xlflow, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = xlflow("check")
    assert said.code == 2
    assert "xlflow init" in said.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["chek"], "check"),
        (["check", "--jsn"], "--json"),
        (["check", "--date", "22.03.2024"], "2024-03-01"),
        (["check", "--lang", "klingon"], "zh-Hans"),
        (["run", "--wait", "a while"], "10m"),
        (["check", "--format", "xml"], "csv"),
    ],
)
def test_wrong_use_tells_what_would_be_right(xlflow, arguments, expected):
    said = xlflow(*arguments)
    assert said.code == 2
    assert expected in said.err
    assert "Traceback" not in said.err


def test_an_unknown_rule_in_the_settings_is_told(xlflow, tmp_path: Path):
    company = Company(tmp_path / "company")
    company.has(new("Something new"))
    text = settings_of(company).read_text(encoding="utf-8")
    text = text.replace("[severities]", '[severities]\ntitle-to-long = "off"')
    settings_of(company).write_text(text, encoding="utf-8")
    said = xlflow("check", "--settings", settings_of(company), "--date", DAY)
    assert said.code == 2
    assert "title-too-long" in said.err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["rules", "fields"])
def test_the_lists_hold_every_entry(xlflow, command, language):
    listed = json.loads(xlflow(command, "--json", "--lang", language).out)
    shown = xlflow(command, "--lang", language)
    assert shown.code == 0
    first = "id" if command == "rules" else "key"
    assert all(str(entry[first]) in shown.out for entry in listed)
    assert len(listed) > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_speaks_the_language(xlflow, language):
    said = xlflow("--help", "--lang", language)
    assert said.code == 0
    assert {"en": "Commands", "zh-Hans": "命令", "zh-Hant": "命令"}[language] in said.out
    assert {"en": "Check", "zh-Hans": "检查", "zh-Hant": "檢查"}[language] in said.out


@pytest.mark.parametrize(
    ("encoding", "written"), [("gbk", "gbk"), ("big5", "big5"), ("latin-1", "utf-8")]
)
def test_a_pipe_keeps_its_encoding_if_that_holds_chinese(encoding: str, written: str) -> None:
    command = [sys.executable, "-m", "xlflow", "--help", "--lang", "zh-Hant"]
    surroundings = {**os.environ, "PYTHONIOENCODING": encoding}
    said = subprocess.run(command, env=surroundings, capture_output=True, check=True).stdout
    assert "共用" in said.decode(written)


def test_an_unexpected_error_shows_no_traceback_unless_asked(xlflow, company: Company, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("xlflow.jobs.inspection.read_register", broken)
    company.has(new("Something new"))
    place = ("--settings", settings_of(company))
    quiet, loud = xlflow("check", *place), xlflow("check", "--debug", *place)
    assert quiet.code == loud.code == 3
    assert "boom" in quiet.err
    assert "Traceback" not in quiet.err
    assert "Traceback" in loud.err


def test_help_imports_no_heavy_library():
    code = (
        "import sys; from xlflow.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'sqlalchemy', 'xlsxwriter', 'yagmail', 'rich', 'pydantic'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_public_names_can_be_imported():
    import xlflow as package

    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError):
        _ = package.nothing  # type: ignore[attr-defined]
