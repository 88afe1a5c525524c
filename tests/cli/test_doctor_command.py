from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from company import Company
from registers import clean
from rich.cells import cell_len

from xlflow.languages import LANGUAGES, say
from xlflow.record.register import Person
from xlflow.settings import SETTINGS_FILE

SUBJECTS = (
    *("program", "settings", "register", "drive", "inbox"),
    *("ledger", "calendar", "mail", "reports", "documents"),
)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company without a fault, whose people sit in its folder."""
    company = Company(tmp_path / "company", calendar={"country": "none"})
    people = (Person("L. *", "Marketing", "li@example.com"),)
    company.has(clean("closed", number="2024-001"), people=people)
    monkeypatch.chdir(company.settings.folder)
    return company


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_all_is_well_it_says_so_in_the_language_of_the_person(
    xlflow, company: Company, language
):
    code, out, err = xlflow("doctor", "--lang", language)
    assert (code, err) == (0, "")
    shown = out.splitlines()
    assert [line for line in shown if line and not line.startswith("  ")][:-1] == [
        say(language, f"doctor.subject.{subject}") for subject in SUBJECTS
    ]
    assert shown[-1] == say(language, "doctor.total.good")
    assert {line.strip()[0] for line in shown if line.startswith("  ")} == {"✓", "–"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_needs_doing_has_a_sign_and_ends_with_1(xlflow, company: Company, language):
    company.file.unlink()
    code, out, _ = xlflow("doctor", "--lang", language)
    assert code == 1
    (line,) = [line for line in out.splitlines() if "✗" in line and line.startswith("  ")]
    assert str(company.file) in line
    assert say(language, "doctor.total.bad", count=1, sign="✗") in out


def test_without_settings_it_ends_with_3_and_still_tells_the_versions(xlflow, company: Company):
    (company.settings.folder / SETTINGS_FILE).unlink()
    code, out, _ = xlflow("doctor")
    assert code == 3
    assert "xlflow init" in out
    assert "Python" in out
    assert out.splitlines()[-1] == say("en", "doctor.total.blind")


def test_a_text_of_several_lines_stands_under_its_sign(xlflow, company: Company):
    book = openpyxl.load_workbook(company.file)
    del book["Progress"]
    book.save(company.file)
    _, out, _ = xlflow("doctor")
    assert '\n      Sheet "Progress" is missing.' in out


def test_json_holds_every_line(xlflow, company: Company):
    company.file.unlink()
    code, out, _ = xlflow("doctor", "--json")
    held = json.loads(out)
    assert code == 1
    assert held["to_do"] == 1
    assert held["settings"] == str(company.settings.folder / SETTINGS_FILE)
    bad = [line["check"] for line in held["lines"] if line["state"] == "bad"]
    assert bad == ["register.file"]
    assert {line["check"].partition(".")[0] for line in held["lines"]} == set(SUBJECTS)
    assert all(line["message"] for line in held["lines"])


def test_on_a_terminal_long_lines_wrap_clear_of_the_signs(company: Company):
    company.file.unlink()
    shown = _on_a_terminal(["doctor", "--lang", "zh-Hans"], columns=50)
    signs = [line for line in shown if line[:3].strip() in ("✓", "✗", "•", "–")]
    wrapped = [line for line in shown if line.startswith("    ")]
    assert signs
    assert wrapped
    assert max(map(cell_len, shown)) <= 50
    assert "…" not in "".join(shown)


def _on_a_terminal(arguments: list[str], columns: int) -> list[str]:
    """What a person sees, without colours."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "xterm"}
    code = "from xlflow.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as child:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert child.returncode in (0, 1)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.decode()).replace("\r", "").splitlines()
