"""The loop and the single round, with real jobs on a real company."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from checkout import ROOT
from clients.postgresql_server import PostgresqlServer
from company import Company, new
from forms import answers, filled
from scheduler.offices import StillClock
from several import Several
from workbook.children import KILLED, in_child

from xlflow.errors import SettingsError, XlflowError
from xlflow.jobs.keeping import open_ledger
from xlflow.ledger import LedgerUnreachable, schedule_lock
from xlflow.scheduler.loop import AnotherSchedule, Desk, Teller, run, tick
from xlflow.scheduler.round import Ended
from xlflow.scheduler.service.cron import cron_service
from xlflow.scheduler.service.host import Host
from xlflow.scheduler.tasks import tasks_of
from xlflow.scheduler.ticker import Ticker
from xlflow.scheduler.works import WORKS, Done, Work
from xlflow.settings import SETTINGS_FILE, load_company
from xlflow.timing.calendar import WorkingCalendar

FRIDAY = datetime(2024, 3, 22, 1, 5, tzinfo=UTC)  # 09:05 in Shanghai
ALL_DAY = {"validate_from": "00:00", "validate_until": "23:59"}
SECONDS = 60


class Told:
    """What the loop tells."""

    def __init__(self) -> None:
        self.ended: list[Ended] = []
        self.troubles: list[XlflowError] = []

    @property
    def teller(self) -> Teller:
        return Teller(self.ended.append, self.troubles.append)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(each.task.subject, each.ending.state) for each in self.ended]


def known_for_a_week(folder: Path, now: datetime) -> None:
    """The schedule has been looking after the company for a week."""
    company = load_company(folder / SETTINGS_FILE)
    calendar = WorkingCalendar.from_settings(company.common)
    with open_ledger(company.common) as ledger:
        for task in tasks_of(company, calendar):
            if task.slots:
                text = task.slots.timetable.text
                since = now - timedelta(days=7)
                ledger.slots.known_since(task.job, task.register, text, since)


def desk_of(folder: Path, told: Told, now: datetime = FRIDAY) -> Desk:
    return Desk(folder / SETTINGS_FILE, StillClock(now), told.teller)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path / "company")
    made.has(new("One"), new("Two"))
    known_for_a_week(made.settings.folder, FRIDAY)
    return made


def log_lines(folder: Path) -> list[dict[str, object]]:
    text = (folder / "logs" / "xlflow.log").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_round_does_the_real_work_and_writes_it_down(company: Company) -> None:
    told, folder = Told(), company.settings.folder
    jobs = ["intake/main", "validate/main", "board", "prune/main"]
    assert tick(desk_of(folder, told)) == len(jobs)
    assert told.outcomes == [(job, "done") for job in jobs]
    assert company.column("number") == ["2024-001", "2024-002"]
    assert {path.name for path in (folder / "reports").iterdir()} >= {"board.html"}
    _intake, validation, *_ = log_lines(folder)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", str(validation["ts"]))
    assert {**validation, "ts": "", "pid": 0, "seconds": 0, "figures": {}} == {
        "ts": "",
        "level": "info",
        "event": "job",
        "pid": 0,
        "job": "validate",
        "register": "main",
        "slot": "2024-03-22T01:00:00+00:00",
        "try": 1,
        "run": told.ended[1].ending.run,
        "outcome": "done",
        "seconds": 0,
        "figures": {},
    }
    with open_ledger(company.settings) as ledger:
        assert ledger.runs.latest("main")[0].id == told.ended[1].ending.run
    assert tick(desk_of(folder, told)) == 0


def test_the_log_holds_no_text_from_the_register(company: Company) -> None:
    company.has(new("A secret of *Manager"))
    folder, told = company.settings.folder, Told()

    def fails(_work: Work) -> Done:
        raise ValueError("A secret of *Manager") from KeyError("A secret, too")

    tick(
        Desk(
            folder / SETTINGS_FILE, StillClock(FRIDAY), told.teller, works={**WORKS, "board": fails}
        )
    )
    text = (folder / "logs" / "xlflow.log").read_text(encoding="utf-8")
    assert "secret" not in text
    failed = next(line for line in log_lines(folder) if line["outcome"] == "failed")
    assert failed["kind"] == "ValueError"
    assert failed["error"] == told.ended[2].error_id
    assert "caused by KeyError" in failed["traceback"]
    assert any("test_loop.py" in line and "fails" in line for line in failed["traceback"])


def test_a_register_that_is_open_waits_and_the_others_are_seen_to(tmp_path: Path) -> None:
    several = Several(tmp_path / "company")
    for register in several.registers:
        register.has(new(f"Of {register.settings.workbook.id}"))
    known_for_a_week(several.folder, FRIDAY)
    owner = several.hr.file.with_name(f"~${several.hr.file.name}")
    owner.write_bytes(b"\x05Li Na".ljust(165, b"\0"))
    told = Told()
    tick(desk_of(several.folder, told))
    assert told.outcomes[3:6] == [
        ("validate/it", "done"),
        ("validate/hr", "deferred"),
        ("validate/ops", "done"),
    ]
    owner.unlink()
    tick(desk_of(several.folder, told, FRIDAY + timedelta(minutes=25)))
    assert ("validate/hr", "done") in told.outcomes


def test_forms_that_lie_in_the_inbox_become_records(company: Company) -> None:
    folder, told = company.settings.folder, Told()
    inbox = company.file.parent / "inbox"
    tick(desk_of(folder, told))
    assert not inbox.exists()  # nobody has asked for one
    inbox.mkdir()
    (inbox / "mine.xlsx").write_bytes(filled(answers("Dropped")))
    tick(desk_of(folder, told, FRIDAY + timedelta(minutes=25)))
    assert company.column("title") == ["One", "Two", "Dropped"]
    assert company.column("number")[2] == "2024-003"
    assert [ended.ending.figures for ended in told.ended if ended.task.job == "intake"] == [
        {"taken": 0, "faulty": 0},
        {"taken": 1, "faulty": 0},
    ]


def test_what_is_told_of_a_register_that_is_missing_says_what_to_do(company: Company) -> None:
    company.file.unlink()
    told = Told()
    tick(desk_of(company.settings.folder, told))
    states = dict(told.outcomes)
    assert states["validate/main"] == "failed"
    reason = told.ended[1].ending.reason
    assert str(company.file) in reason["en"]
    assert len({reason["en"], reason["zh-Hans"], reason["zh-Hant"]}) == 3


def test_one_process_at_a_time_looks_after_a_company(company: Company, url: str) -> None:
    settings_file = company.settings.folder / SETTINGS_FILE
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(
        f'{text}\n[ledger]\nurl = "{url}"\n'.replace("[ledger]\n#", "#"), "utf-8"
    )
    told = Told()
    with schedule_lock(url):
        for look in (tick, run):
            with pytest.raises(AnotherSchedule) as refused:
                look(desk_of(company.settings.folder, told))
    assert "xlflow health" in refused.value.message("en")
    assert told.outcomes == []


def die_at_work(folder: str) -> None:
    def kill(work: Work) -> Done:
        WORKS["validate"](work)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("alive")

    desk = desk_of(Path(folder), Told())
    tick(Desk(desk.settings_file, desk.clock, desk.teller, works={**WORKS, "validate": kill}))


def test_a_validation_that_was_killed_is_done_again_without_doing_anything_twice(
    company: Company,
) -> None:
    folder = company.settings.folder
    assert in_child(die_at_work, str(folder)) == KILLED
    numbered, sha = company.column("number"), company.sha()
    assert numbered == ["2024-001", "2024-002"]
    told = Told()
    tick(desk_of(folder, told, FRIDAY + timedelta(minutes=1)))
    assert told.outcomes[:2] == [("validate/main", "failed"), ("validate/main", "done")]
    assert told.ended[1].tries == 2
    assert (company.column("number"), company.sha()) == (numbered, sha)


def test_settings_that_become_faulty_leave_the_earlier_in_force(company: Company) -> None:
    folder, told = company.settings.folder, Told()
    settings_file = folder / SETTINGS_FILE
    good = settings_file.read_text(encoding="utf-8")
    desk = Desk(settings_file, StillClock(FRIDAY), told.teller, round_seconds=1)

    def break_settings(work: Work) -> Done:
        settings_file.write_text(good + "\n[schedule\n", encoding="utf-8")
        desk.clock.pause(30 * 60)
        return Done()

    def mend_settings(work: Work) -> Done:
        if len(told.troubles) == 1:
            settings_file.write_text(good, encoding="utf-8")
            desk.stop.set()
        return Done()

    works = {
        "intake": lambda _work: Done(),
        "validate": break_settings,
        "board": mend_settings,
        "prune": mend_settings,
    }
    run(replace(desk, works=works))
    (trouble,) = told.troubles
    assert isinstance(trouble, SettingsError)
    assert told.outcomes.count(("validate/main", "done")) > 1
    events = [line["event"] for line in log_lines(folder)]
    assert (events[0], events[-1]) == ("start", "stop")
    assert "settings" in events


def test_a_job_that_takes_long_goes_on_with_signs_of_life(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlflow.scheduler.loop._HEARTBEAT_SECONDS", 0.02)
    desk = desk_of(company.settings.folder, Told())
    beats: list[datetime] = []

    def takes_long(work: Work) -> Done:
        desk.stop.set()
        with open_ledger(company.settings) as ledger:
            beats.append(ledger.slots.heartbeats()[0].beat_at)
            desk.clock.pause(3600)
            while beats[-1] < FRIDAY + timedelta(hours=1):
                time.sleep(0.02)
                beats.append(ledger.slots.heartbeats()[0].beat_at)
        return Done(has_worked=False)

    run(replace(desk, works={"intake": takes_long}))
    assert beats[0] == FRIDAY


def test_a_server_that_forgets_the_lock_is_asked_for_it_again(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    with postgresql.new_database() as url:
        company = Company(tmp_path / "company", ledger={"url": url})
        company.has(new("One"))
        folder, told = company.settings.folder, Told()
        known_for_a_week(folder, FRIDAY)
        desk = replace(desk_of(folder, told), round_seconds=1)

        def cut_off(_work: Work) -> Done:
            if len(told.ended) > 1:
                desk.stop.set()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                )
            desk.clock.pause(30 * 60)
            return Done()

        quiet = dict.fromkeys(("intake", "board", "prune"), lambda _work: Done())
        run(replace(desk, works={**quiet, "validate": cut_off}))
        assert told.outcomes.count(("validate/main", "done")) == 2
        assert [type(trouble) for trouble in told.troubles] == [LedgerUnreachable]
        with schedule_lock(url):
            pass  # and in the end it is let go of


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "xlflow", "schedule", "run", "--settings"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XLFLOW_LANG": "en"}
    return subprocess.Popen(
        [*command, str(folder / SETTINGS_FILE), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Company, subprocess.Popen[str]]]:
    """A real process that looks after a real company, whose registers are checked every minute."""
    schedule = {**ALL_DAY, "validate_minutes": 1}
    company = Company(tmp_path / "a company", schedule=schedule, calendar={"country": "none"})
    text = (company.settings.folder / SETTINGS_FILE).read_text(encoding="utf-8")
    # worked on every day, whatever day it is
    file = company.settings.folder / "days.toml"
    today = datetime.now(company.settings.calendar.zone).date()
    days = [today + timedelta(days=n) for n in (-1, 0, 1)]
    lines = [
        f"[{year}]\nwork = [{', '.join(str(day) for day in days if day.year == year)}]"
        for year in sorted({day.year for day in days})
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    (company.settings.folder / SETTINGS_FILE).write_text(
        text.replace('#file = ""', 'file = "days.toml"'), encoding="utf-8"
    )
    company.has(new("One"), new("Two"))
    known_for_a_week(company.settings.folder, datetime.now(UTC))
    process = start(company.settings.folder)
    yield company, process
    if process.poll() is None:
        process.kill()
    process.communicate()


def wait_until(is_so, process: subprocess.Popen[str]) -> None:
    for _ in range(SECONDS * 10):
        if is_so():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    raise AssertionError(f"not within {SECONDS} s")


def is_numbered(company: Company) -> bool:
    with open_ledger(company.settings) as ledger:
        slot = ledger.slots.latest("validate", "main")
    return slot is not None and slot.state == "done"


def test_a_real_process_works_and_ends_cleanly_when_it_is_asked_to(running) -> None:
    company, process = running
    wait_until(lambda: is_numbered(company), process)
    second = start(company.settings.folder)
    nothing, refused = second.communicate(timeout=SECONDS)
    assert (second.returncode, nothing) == (3, "")
    assert "Another process looks after this company already" in refused
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"xlflow looks after {company.settings.folder}")
    assert re.fullmatch(r"\d\d:\d\d  Validation: 2 requirements, .* overdue\.", lines[1])
    assert lines[-1] == "Ended."
    assert company.column("number")[0].endswith("-001")
    events = [line["event"] for line in log_lines(company.settings.folder)]
    assert (events[0], events[-1]) == ("start", "stop")


def test_ctrl_c_ends_after_the_job_at_work(running) -> None:
    company, process = running
    wait_until(lambda: (company.settings.folder / "logs" / "xlflow.log").exists(), process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert "Ending, as soon as the job at work is done." in err
    assert out.splitlines()[-1] == "Ended."


def test_the_line_for_cron_works_as_cron_runs_it(tmp_path: Path) -> None:
    company = Company(tmp_path / "50% of our co's")
    company.has(new("One"))
    now = datetime.now(UTC)
    folder = company.settings.folder
    text = (folder / SETTINGS_FILE).read_text(encoding="utf-8")
    at = f"{now.astimezone(company.settings.calendar.zone):%H:%M}"
    (folder / SETTINGS_FILE).write_text(
        re.sub(r"#prune_at = .*", f'prune_at = "{at}"', text), encoding="utf-8"
    )
    known_for_a_week(folder, now)
    host = Host(Path(sys.executable), folder / SETTINGS_FILE, "en")
    (file,) = cron_service(host).files
    minute, *others, command = file.data.decode().rstrip("\n").split(" ", 5)
    assert (minute, others) == ("*/5", ["*"] * 4)
    # cron takes a bare % for the end of the line
    as_cron = command.replace("\\%", "%")
    assert command.count("%") == command.count("\\%") == 1
    assert shlex.split(as_cron, comments=True)[-1] == "en"
    done = subprocess.run(
        ["/bin/sh", "-c", as_cron],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with open_ledger(company.settings) as ledger:
        slot = ledger.slots.latest("prune", "main")
    assert slot is not None
    assert slot.state == "done"


def test_a_clock_that_is_put_back_does_not_stop_the_ticker() -> None:
    done: list[int] = []
    ticker = Ticker(1, lambda: done.append(1))
    (job,) = ticker._scheduler.jobs  # what the package takes for the next time, an hour ahead
    job.next_run += timedelta(hours=1)
    assert ticker.turn() <= 1.0
    time.sleep(1.1)
    ticker.turn()
    assert done == [1]
