"""The account of test groups: what is left out is told, and fails where nothing may be left out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

TESTS = """
import pytest
from clients import smtp_server

server = smtp_server.SmtpServer

def test_plain(): pass

def test_reads_workbooks(corpus): assert corpus.is_dir()

def test_opens_a_workbook(soffice): pass

def test_opens_a_page(browser): pass

@pytest.mark.soak
def test_for_hours(): raise AssertionError
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A small suite with this project's conftest, far from any corpus."""
    tests = tmp_path / "checkout" / "tests"
    tests.mkdir(parents=True)
    for name in ("conftest.py", "checkout.py"):
        shutil.copy(ROOT / "tests" / name, tests)
    (tests / "test_few.py").write_text(TESTS)
    return tests


def run(suite: Path, *arguments: str, **variables: str) -> tuple[int, list[str]]:
    """Exit code, and the lines of what pytest printed. No office or browser is in reach."""
    environment = {**os.environ, "CI": "", "XLFLOW_CORPUS": "", **variables}
    pytest_here = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
    done = subprocess.run(
        [*pytest_here, "-c", ROOT / "pyproject.toml", suite, *arguments],
        env={**environment, "PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_what_a_machine_lacks_is_left_out_and_told(suite: Path) -> None:
    code, lines = run(suite)
    assert code == 0
    assert "libreoffice  none ran, 1 left out" in lines
    assert "browser      none ran, 1 left out" in lines
    assert "corpus       none ran, 1 left out" in lines
    assert "smtp         1 ran" in lines
    assert "1 passed, 3 skipped, 1 deselected" in lines[-1]


def test_in_ci_what_is_left_out_fails(suite: Path) -> None:
    code, lines = run(suite, CI="true")
    assert code == 1
    assert "1 passed, 1 deselected, 3 errors" in lines[-1]


def test_a_group_that_never_ran_fails_where_every_group_must(suite: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    code, lines = run(
        suite, "--every-group", "-k", "workbooks", XLFLOW_CORPUS=str(tmp_path / "corpus")
    )
    assert code == 1
    assert "a group was left out, and here none may be: exit code 1" in lines
    code, _ = run(suite, "-k", "workbooks", XLFLOW_CORPUS=str(tmp_path / "corpus"))
    assert code == 0


def test_soak_tests_run_when_asked_for(suite: Path) -> None:
    code, lines = run(suite, "--soak")
    assert code == 1
    assert "FAILED" in lines[-2]
    assert "test_for_hours" in lines[-2]


def test_a_file_that_cannot_be_read_is_an_error_and_the_account_still_stands(suite: Path) -> None:
    (suite / "test_broken.py").write_text("import nothing_of_that_name")
    code, lines = run(suite)
    assert code == 2
    assert "smtp         none ran" in lines
    assert "1 error" in lines[-1]
