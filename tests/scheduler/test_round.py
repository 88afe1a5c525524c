from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scheduler.offices import TWO, Diary, StillClock, company_in, english, office_of, rounds
from workbook.children import KILLED, KilledAt, all_at_once, in_child

from xlflow.errors import UsageError, XlflowError
from xlflow.jobs.keeping import AnotherRun
from xlflow.ledger import Ledger, SlotKey
from xlflow.scheduler.alerts import alert
from xlflow.scheduler.back_off import after_waiting
from xlflow.scheduler.round import Office
from xlflow.scheduler.tasks import tasks_of
from xlflow.scheduler.works import Done, Work
from xlflow.timing.calendar import WorkingCalendar

MONDAY = datetime(2026, 3, 16, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ONLY_TIDYING = 'validate_minutes = 0\ndigest_at = "off"\nweekly_at = "off"\nprune_at = "08:30"'


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url) as opened:
        yield opened


class Monday:
    """A company on Monday at eight, whose schedule was first seen on Friday."""

    def __init__(self, folder: Path, ledger: Ledger, schedule: str = "", **options: str) -> None:
        self.company = company_in(folder, schedule=schedule, **options)
        self.clock, self.diary = StillClock(MONDAY), Diary()
        self.ledger = ledger
        for task in tasks_of(self.company, WorkingCalendar.of("CN")):
            if task.slots:
                timetable = task.slots.timetable.text
                ledger.slots.known_since(task.job, task.register, timetable, MONDAY - 3 * DAY)

    @property
    def office(self) -> Office:
        return office_of(self.company, self.clock, self.diary.works)

    def round(self) -> list[tuple[str, str]]:
        return [(e.task.subject, e.ending.state) for e in rounds(self.office, self.ledger)]


def test_what_is_due_runs_in_the_order_in_which_it_is_told(tmp_path: Path, ledger: Ledger) -> None:
    company = Monday(tmp_path, ledger, registers=TWO)
    company.clock.pause(60 * 60)
    done = [subject for subject, _ in company.round()]
    assert done == ["validate/it", "validate/hr", "digest", "weekly", "prune/it", "prune/hr"]
    assert company.round() == []


def test_nothing_of_before_the_schedule_was_known_is_caught_up(
    tmp_path: Path, ledger: Ledger
) -> None:
    company, clock, diary = company_in(tmp_path), StillClock(MONDAY + HOUR + MINUTE), Diary()
    office = office_of(company, clock, diary.works)
    assert rounds(office, ledger) == []
    clock.pause(30 * 60)
    assert [ended.task.job for ended in rounds(office, ledger)] == ["validate"]


def test_a_job_whose_time_was_moved_does_not_run_twice_that_day(
    tmp_path: Path, ledger: Ledger
) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    company.clock.pause(60 * 60)
    assert company.round() == [("prune/main", "done")]
    company.company = company_in(tmp_path, schedule=ONLY_TIDYING.replace("08:30", "08:45"))
    company.clock.pause(60)
    assert company.round() == []
    company.clock.pause(24 * 60 * 60)
    assert company.round() == [("prune/main", "done")]


def test_a_job_that_is_switched_on_again_begins_anew(tmp_path: Path, ledger: Ledger) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    company.company = company_in(tmp_path, schedule=ONLY_TIDYING.replace("08:30", "off"))
    company.clock.pause(60 * 60)
    assert company.round() == []
    company.company = company_in(tmp_path, schedule=ONLY_TIDYING)
    assert company.round() == []  # it is 09:00, and nobody wanted it at 08:30
    company.clock.pause(24 * 60 * 60)
    assert company.round() == [("prune/main", "done")]


def test_a_raising_job_does_not_stop_the_others(tmp_path: Path, ledger: Ledger) -> None:
    company = Monday(tmp_path, ledger)
    company.diary.failing = {
        "validate": ValueError("*Manager of Marketing"),
        "weekly": XlflowError("ledger.full", where="x"),
    }
    company.clock.pause(60 * 60)
    assert company.round() == [
        ("validate/main", "failed"),
        ("digest", "done"),
        ("weekly", "failed"),
        ("prune/main", "done"),
    ]
    slot = ledger.slots.latest("validate", "main")
    assert slot is not None
    assert slot.reason["en"] == english("unexpected", kind="ValueError", id=slot.error)
    weekly = ledger.slots.latest("weekly", "")
    assert weekly is not None
    assert weekly.reason["zh-Hant"].startswith("磁碟")


def test_a_failing_job_is_tried_after_1_2_4_minutes_until_its_next_time(
    tmp_path: Path, ledger: Ledger
) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    company.diary.failing = {"prune": XlflowError("ledger.full", where="x")}
    due_at = MONDAY + HOUR / 2
    for minute in (*range(70), *range(73, 24 * 60, 10), *range(24 * 60, 24 * 60 + 6)):
        company.clock.moment = due_at + minute * MINUTE
        company.round()
    tried = [(at - due_at) / MINUTE for _, at in company.diary.done]
    hourly = range(63 + 60, 24 * 60, 60)
    assert tried == [0, 1, 3, 7, 15, 31, 63, *hourly, 24 * 60, 24 * 60 + 1, 24 * 60 + 3]


def test_who_is_in_the_way_is_waited_for_and_that_is_no_failure(
    tmp_path: Path, ledger: Ledger
) -> None:
    schedule = 'digest_at = "off"\nweekly_at = "off"\nprune_at = "off"\n'
    schedule += 'archive_at = "08:30"\narchive_on_day = 16'
    company = Monday(tmp_path, ledger, schedule)
    busy = AnotherRun("lock", 10)
    company.diary.failing = {"validate": busy, "archive": busy}
    company.clock.pause(30 * 60)
    assert company.round() == [("validate/main", "deferred"), ("archive/main", "deferred")]
    company.diary.failing = {}
    company.clock.pause(15 * 60)  # the next validation is soon enough
    assert company.round() == [("archive/main", "done")]
    company.clock.pause(15 * 60)
    assert company.round() == [("validate/main", "done")]


def test_a_waiting_job_is_tried_again_only_where_its_next_time_is_far() -> None:
    assert after_waiting(MONDAY, MONDAY + 30 * MINUTE) is None
    assert after_waiting(MONDAY, MONDAY + DAY) == MONDAY + 15 * MINUTE
    assert after_waiting(MONDAY, None) == MONDAY + 15 * MINUTE


def test_who_asks_to_end_is_heard_between_two_jobs(tmp_path: Path, ledger: Ledger) -> None:
    company = Monday(tmp_path, ledger)
    company.clock.pause(60 * 60)
    done = company.diary.done
    stopping = replace(company.office, is_stopped=lambda: bool(done))
    assert [ended.task.job for ended in rounds(stopping, ledger)] == ["validate"]
    assert len(company.round()) == 3


def alerts(ledger: Ledger) -> list[str]:
    return [mail.key.split(":")[1] + " " + mail.key.split(":")[3] for mail in told(ledger)]


def told(ledger: Ledger):
    return [mail for mail in ledger.outbox.listing() if mail.key.startswith("alert:")]


def test_the_administrator_is_told_of_the_third_failure_and_of_the_recovery(
    tmp_path: Path, ledger: Ledger
) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    company.diary.failing = {"prune": XlflowError("ledger.full", where="x")}
    log = tmp_path / "xlflow.log"

    def round_with_alerts() -> None:
        for ended in rounds(company.office, ledger):
            alert(ended, ledger, log)

    company.clock.pause(30 * 60)
    counts = []
    for _ in range(60):
        round_with_alerts()
        counts.append((len(company.diary.done), len(alerts(ledger))))
        company.clock.pause(60)
    assert max(tries for tries, count in counts if count == 0) == 2
    assert alerts(ledger) == ["prune/main failed"]  # and not at each of the later tries
    company.diary.failing = {}
    for _ in range(70):
        round_with_alerts()
        company.clock.pause(60)
    assert alerts(ledger) == ["prune/main failed", "prune/main well"]
    assert b"Tidying up" in told(ledger)[0].content


def test_settings_at_fault_are_told_at_once(tmp_path: Path, ledger: Ledger) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    company.diary.failing = {"prune": UsageError("jobs.no-sender", path="xlflow.toml")}
    company.clock.pause(30 * 60)
    (ended,) = rounds(company.office, ledger)
    assert alert(ended, ledger, tmp_path / "xlflow.log")


def kill(_work: Work) -> Done:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("alive")


def die_at_work(url: str, folder: str, after: bool) -> None:
    company, diary = company_in(Path(folder), schedule=ONLY_TIDYING), Diary()
    clock = StillClock(MONDAY + HOUR)

    def work_and_die(work: Work) -> Done:
        if after:
            diary.works["prune"](work)
            Path(folder, "done").touch()
        return kill(work)

    with Ledger.open(url) as ledger:
        rounds(office_of(company, clock, {**diary.works, "prune": work_and_die}), ledger)


@pytest.mark.parametrize("after", [False, True])
def test_a_slot_whose_holder_was_killed_is_done_by_the_next_one(
    url: str, ledger: Ledger, tmp_path: Path, after: bool
) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    assert in_child(die_at_work, url, str(tmp_path), after) == KILLED
    assert (tmp_path / "done").exists() == after
    company.clock.pause(61 * 60)
    with_a_server = rounds(company.office, ledger, alone=False)
    assert with_a_server == []  # its claim holds, as long as nobody knows that it is dead
    killed, done = rounds(company.office, ledger)
    assert (killed.ending.state, killed.ending.error) == ("failed", "killed")
    assert (done.ending.state, done.tries) == ("done", 2)
    company.clock.pause(60 * 60)
    assert company.round() == []


def test_a_claim_that_ran_out_is_taken_again_on_a_server(
    url: str, ledger: Ledger, tmp_path: Path
) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    assert in_child(die_at_work, url, str(tmp_path), False) == KILLED
    company.clock.pause((60 + 15) * 60)
    states = [e.ending.state for e in rounds(company.office, ledger, alone=False)]
    assert states == ["failed", "done"]


def test_a_job_that_kills_its_process_each_time_is_tried_ever_later(
    url: str, ledger: Ledger, tmp_path: Path
) -> None:
    company = Monday(tmp_path, ledger, ONLY_TIDYING)
    company.clock.pause(60 * 60)
    key = SlotKey("prune", "main", MONDAY + HOUR / 2)
    waits = []
    office = replace(company.office, is_stopped=lambda: True)  # nothing new is begun
    for _ in range(5):
        now = company.clock.now()
        assert ledger.slots.claim(key, "dead", now)
        (ended,) = rounds(office, ledger)
        again_at = ended.ending.next_try_at
        assert again_at is not None
        waits.append((again_at - now) / MINUTE)
        company.clock.moment = again_at
    assert waits == [0, 1, 2, 4, 8]


def work_until_killed(url: str, folder: str, step: KilledAt) -> None:
    company, clock, diary = company_in(Path(folder)), StillClock(MONDAY + HOUR), Diary()
    with Ledger.open(url, step=step) as ledger:
        rounds(office_of(company, clock, diary.works), ledger)


def test_killed_at_any_commit_the_next_round_ends_all_well(tmp_path: Path) -> None:
    for count in range(1, 100):
        folder = tmp_path / str(count)
        folder.mkdir()
        url = f"sqlite:///{folder}/ledger.db"
        with Ledger.open(url) as ledger:
            company = Monday(folder, ledger)
            code = in_child(work_until_killed, url, str(folder), KilledAt(count))
            company.clock.pause(61 * 60)
            for _ in range(2):
                company.round()
            held = {
                job: ledger.slots.latest(job, register)
                for job, register in (
                    ("validate", "main"),
                    ("digest", ""),
                    ("weekly", ""),
                    ("prune", "main"),
                )
            }
        assert {slot and slot.state for slot in held.values()} == {"done"}
        if code == 0:
            break
    assert count > 8


def work_at_the_same_time(
    url: str, folder: str, holder: str, gate: multiprocessing.synchronize.Barrier
) -> None:
    company, clock = company_in(Path(folder)), StillClock(MONDAY)

    def write_down(work: Work) -> Done:
        name = f"{work.task.job} {work.clock.now():%d %H%M}"
        with (Path(folder) / name).open("a", encoding="utf-8") as file:
            file.write(holder)
        return Done()

    works = dict.fromkeys(Diary().works, write_down) | {
        "send": lambda _work: Done(has_worked=False)
    }
    with Ledger.open(url) as ledger:
        office = office_of(company, clock, works, holder)
        for _ in range(30):
            gate.wait()  # both clocks show the same
            rounds(office, ledger, alone=False)
            clock.pause(20 * 60)


def test_two_that_work_without_a_lock_still_do_nothing_twice(
    url: str, ledger: Ledger, tmp_path: Path
) -> None:
    Monday(tmp_path, ledger)
    with multiprocessing.get_context("forkserver").Manager() as shared:
        gate = shared.Barrier(2)
        arguments = [(url, str(tmp_path), holder, gate) for holder in "ab"]
        all_at_once(work_at_the_same_time, arguments)
    by = {file.name: file.read_text() for file in tmp_path.iterdir() if " " in file.name}
    slots = ledger.slots.all("validate", "main")
    assert len(slots) == 20
    assert {slot.state for slot in slots} == {"done"}
    assert sum(len(held) for name, held in by.items() if name.startswith("validate")) == 20
    assert sum(len(held) for name, held in by.items() if name.startswith("weekly")) == 1
