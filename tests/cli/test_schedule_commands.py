from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from checkout import ROOT
from company import Company, new
from scheduler.test_loop import ALL_DAY, known_for_a_week

from xlflow.languages import LANGUAGES, say
from xlflow.ledger import schedule_lock
from xlflow.settings import SETTINGS_FILE


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """It is looked after for a week, at all hours of all days; a tidying up is due."""
    off = {"validate_minutes": 0, "board_minutes": 0, "intake_minutes": 0}
    schedule = {**ALL_DAY, **off, "prune_at": "00:00"}
    made = Company(tmp_path / "company", schedule=schedule)
    made.has(new("One"))
    known_for_a_week(made.settings.folder, datetime.now(UTC))
    monkeypatch.chdir(made.settings.folder)
    return made


def test_a_tick_tells_what_it_did_in_a_line(xlflow, company):
    code, out, err = xlflow("schedule", "tick")
    assert (code, err) == (0, "")
    assert out.endswith("  Tidying up: 0 old copies removed, the texts of 0 old mails forgotten.\n")
    assert xlflow("schedule", "tick").out == "Nothing is due.\n"


def test_a_quiet_tick_prints_nothing(xlflow, company):
    assert xlflow("schedule", "tick", "--quiet") == (0, "", "")
    assert xlflow("schedule", "tick", "--quiet") == (0, "", "")


def test_a_tick_beside_another_process_does_nothing_and_is_no_failure(xlflow, company):
    with schedule_lock(f"sqlite:///{company.settings.folder}/xlflow.db"):
        code, out, _ = xlflow("schedule", "tick")
        assert code == 0
        assert "Another process looks after this company already" in out
        assert xlflow("schedule", "tick", "--quiet") == (0, "", "")


def test_a_failure_is_told_with_the_reason_and_the_next_try(xlflow, company):
    company.file.parent.rename(company.file.parent.with_name("away"))
    code, out, err = xlflow("schedule", "tick")
    assert (code, out) == (1, "")
    assert "Tidying up: failed. " in err
    assert "Next try: 20" in err
    assert "Traceback" not in err
    code, out, _ = xlflow("schedule", "list")
    assert (code, "failed" in out) == (0, True)
    code, out, _ = xlflow("health")
    assert (code, "Tidying up: failing, since" in out) == (1, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_tells_of_each_job_when_and_with_what_outcome(xlflow, company, language):
    xlflow("schedule", "tick")
    out = xlflow("schedule", "list", "--lang", language).out
    for job in ("intake", "validate", "board", "digest", "weekly", "archive", "prune", "send"):
        assert say(language, f"schedule.job.{job}") in out
    assert say(language, "schedule.state.done") in out
    assert say(language, "schedule.off.setting") in out


def test_the_list_for_programs(xlflow, company):
    xlflow("schedule", "tick")
    jobs = {
        each["job"]: each for each in json.loads(xlflow("schedule", "list", "--json").out)["jobs"]
    }
    assert jobs["validate"] | {"last": None} == jobs["validate"]
    assert (jobs["validate"]["is_on"], jobs["validate"]["off"]) == (False, "setting")
    prune = jobs["prune"]
    assert prune["timetable"] == "daily 00:00"
    assert prune["last"]["outcome"] == "done"
    assert prune["last"]["figures"] == {"copies": 0, "mails": 0}
    assert prune["last"]["slot"].endswith("T00:00:00+08:00")
    assert prune["next"] > prune["last"]["slot"]


def test_the_list_can_be_asked_before_anything_ran_and_makes_nothing(xlflow, tmp_path, monkeypatch):
    made = Company(tmp_path / "new")
    monkeypatch.chdir(made.settings.folder)
    code, out, _ = xlflow("schedule", "list")
    assert (code, "not yet" in out) == (0, True)
    assert not (made.settings.folder / "xlflow.db").exists()


def test_health_is_told_line_by_line(xlflow, company):
    code, out, _ = xlflow("health")
    assert code == 1
    assert out.startswith("✗ The schedule was never started here.")
    xlflow("schedule", "tick")
    code, out, _ = xlflow("health")
    assert code == 0
    assert out.splitlines()[-1] == "All is well."


def test_health_for_programs(xlflow, company):
    xlflow("schedule", "tick")
    code, out, _ = xlflow("health", "--json", "--older-than", "1h")
    held = json.loads(out)
    assert (code, held["healthy"]) == (0, True)
    assert {check["subject"] for check in held["checks"]} == {"schedule", "prune/main", "outbox"}


def test_a_length_of_time_that_is_none_is_told(xlflow, company):
    code, _, err = xlflow("health", "--older-than", "soon")
    assert (code, "30s, 10m or 1h" in err) == (2, True)


def test_health_loads_no_pandas_and_answers_soon(company):
    code = "import sys; from xlflow.cli import main\ntry: main(['health'])\nfinally:\n"
    code += " heavy = {'pandas', 'openpyxl', 'xlsxwriter', 'calamine'} & set(sys.modules)\n"
    code += " assert not heavy, heavy"
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=company.settings.folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "AssertionError" not in done.stderr
    assert done.returncode == 1
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    # of processor time, which a busy machine does not stretch much: 0.5 s on an idle one
    assert ended.ru_utime - began.ru_utime < 1.5


def test_the_files_for_the_host_at_hand_are_written_beside_the_settings(xlflow, company):
    code, out, _ = xlflow("schedule", "install", "--kind", "systemd")
    folder = company.settings.folder / "scripts" / "service"
    assert code == 0
    assert {file.suffix for file in folder.iterdir()} == {".service", ".timer", ".txt"}
    (unit,) = (file for file in folder.glob("*.service") if "tick" not in file.name)
    text = unit.read_text(encoding="utf-8")
    assert f'"{company.settings.folder / SETTINGS_FILE}"' in text
    assert f'ExecStart="{sys.executable}"' in text
    assert f"systemctl --user enable --now {unit.name}" in out
    (guide,) = folder.glob("*.txt")
    assert guide.read_text(encoding="utf-8").strip() in out


def test_files_go_where_one_likes_and_in_the_language_that_one_reads(xlflow, company, tmp_path):
    out = xlflow(
        "schedule", "install", "--kind", "cron", "--out", tmp_path / "x y", "--lang", "zh"
    ).out
    (file,) = (tmp_path / "x y").glob("*.crontab")
    assert "--lang zh-Hans" in file.read_text(encoding="utf-8")
    assert "crontab -l" in out


def test_files_of_another_system_are_refused_with_what_fits(xlflow, company):
    code, _, err = xlflow("schedule", "install", "--kind", "windows")
    assert (code, "Use one of: systemd, cron" in err) == (2, True)


def test_faulty_settings_are_told_by_all_of_them(xlflow, company):
    file = company.settings.folder / SETTINGS_FILE
    text = file.read_text(encoding="utf-8").replace('"00:00"', '"24:00"')
    file.write_text(text, encoding="utf-8")
    for command in ("run", "tick", "list", "install"):
        code, _, err = xlflow("schedule", command)
        assert (code, "24:00" in err) == (2, True)
    assert xlflow("health").code == 2
