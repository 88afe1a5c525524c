"""What a person tries on Windows, tried on the drive that stands in for it here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from checkout import ROOT
from workbook.ntfs import Ntfs, Pc

from scripts.windows_trial import facts

FOLDER = r"D:\trial"


def test_the_drive_in_memory_answers_as_windows_is_expected_to() -> None:
    found = list(facts(Pc(Ntfs(FOLDER)), FOLDER))

    assert [claim for claim, expected, answer in found if answer != expected] == []
    assert len(found) > 20


def test_the_trial_says_what_it_is_for_where_there_is_no_windows() -> None:
    script = ROOT / "scripts" / "windows_trial.py"
    done = subprocess.run(
        [sys.executable, script, "."], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "windows_trial.py FOLDER" in done.stdout


def test_the_kill_script_of_the_checklist_ends_a_run_at_the_step_asked_for(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "windows-checklist.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.+?)```", text, re.DOTALL)
    assert found

    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        environment = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    cli = "from xlflow.cli import main; main()"
    assert python("-c", cli, "init", ".", "--sample", "20").returncode == 0
    killed = python("-c", found[1], "2")

    assert (killed.stdout, killed.returncode) == ("ended before: write temporary\n", 9)
    assert list(tmp_path.glob(".xlflow-*.tmp"))
