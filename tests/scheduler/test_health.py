from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from scheduler.offices import Diary, StillClock, company_in, office_of, rounds

from xlflow.errors import XlflowError
from xlflow.jobs.keeping import AnotherRun, open_ledger
from xlflow.languages import LANGUAGES
from xlflow.ledger import Ledger, SlotKey
from xlflow.scheduler.health import Health, health
from xlflow.settings import Company

MONDAY = datetime(2026, 3, 16, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
FRIDAY = MONDAY - timedelta(days=3)
HOURS, MINUTES = timedelta(hours=1), timedelta(minutes=1)


class Watched:
    """A company that has been looked after since Friday morning."""

    def __init__(self, ledger: Ledger, company: Company) -> None:
        self.company, self.ledger = company, ledger
        self.clock, self.diary = StillClock(FRIDAY), Diary()

    def lives_until(self, moment: datetime, every: timedelta = 30 * MINUTES) -> None:
        office = office_of(self.company, self.clock, self.diary.works)
        while self.clock.moment < moment:
            rounds(office, self.ledger)
            self.clock.moment += every

    def told(self, now: datetime, older_than: timedelta | None = None) -> dict[str, str]:
        return {check.subject: check.key for check in self.health(now, older_than).checks}

    def bad(self, now: datetime, older_than: timedelta | None = None) -> dict[str, str]:
        checks = self.health(now, older_than).checks
        return {check.subject: check.key for check in checks if check.state != "good"}

    def health(self, now: datetime, older_than: timedelta | None = None) -> Health:
        found = health(self.company, now, older_than)
        for check in found.checks:
            assert len({check.message(language) for language in LANGUAGES}) > 1
        return found


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    memory = Path("/dev/shm")  # no disk to wait for
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        company = company_in(Path(folder))
        with open_ledger(company.common) as ledger:
            yield Watched(ledger, company)


def test_where_all_runs_all_is_well(watched: Watched) -> None:
    watched.lives_until(MONDAY + 3 * HOURS)
    found = watched.health(MONDAY + 3 * HOURS)
    assert (found.is_good, found.exit_code) == (True, 0)
    assert watched.told(MONDAY + 3 * HOURS) == {
        "schedule": "alive",
        "validate/main": "done",
        "digest": "done",
        "weekly": "done",
        "prune/main": "done",
        "send": "well",
        "outbox": "no-dead",
    }


def test_a_weekend_makes_nothing_late_but_the_heart(watched: Watched) -> None:
    watched.lives_until(FRIDAY + 11 * HOURS)
    assert watched.bad(FRIDAY + 23 * HOURS) == {"schedule": "silent"}
    assert watched.bad(FRIDAY + 48 * HOURS) == {"schedule": "silent"}
    # only the tidying up is of all days
    assert watched.bad(FRIDAY + 60 * HOURS) == {"schedule": "silent", "prune/main": "missed"}


def test_a_validation_may_be_missed_three_times(watched: Watched) -> None:
    watched.lives_until(MONDAY + HOURS)
    last_round = watched.clock.moment - 30 * MINUTES
    assert "validate/main" not in watched.bad(last_round + 119 * MINUTES)
    assert watched.bad(last_round + 121 * MINUTES)["validate/main"] == "missed"


def test_a_mail_may_be_two_hours_late(watched: Watched) -> None:
    watched.lives_until(MONDAY - HOURS)
    assert not {"digest", "weekly"} & watched.bad(MONDAY + 119 * MINUTES).keys()
    assert watched.bad(MONDAY + 2 * HOURS).keys() >= {"weekly"}
    assert watched.bad(MONDAY + 2.5 * HOURS).keys() >= {"weekly", "digest"}


def test_an_age_of_ones_own_stands_in_for_all(watched: Watched) -> None:
    watched.lives_until(MONDAY + HOURS)
    now = MONDAY + HOURS + 45 * MINUTES
    assert watched.bad(now) == {"schedule": "silent"}
    assert watched.bad(now, 10 * MINUTES)["validate/main"] == "missed"


def test_a_failing_job_is_told_with_the_reason(watched: Watched) -> None:
    watched.lives_until(MONDAY)
    watched.diary.failing = {
        "weekly": XlflowError("ledger.full", where="/srv/xlflow.db"),
        "validate": ValueError("secret"),
    }
    watched.lives_until(MONDAY + 3 * HOURS)
    found = watched.health(watched.clock.moment)
    assert found.exit_code == 1
    told = {check.subject: check.message("en") for check in found.checks if check.state == "bad"}
    assert told.keys() == {"weekly", "validate/main"}
    assert "/srv/xlflow.db" in told["weekly"]
    assert "it was never done" in told["weekly"]
    assert "it was last done for 2026-03-13 18:30" in told["validate/main"]
    assert "secret" not in told["validate/main"]


def test_a_register_that_is_open_for_a_day_is_told(watched: Watched) -> None:
    watched.lives_until(FRIDAY + 11 * HOURS)
    watched.diary.failing = {"validate": AnotherRun("lock", 10)}
    watched.clock.moment = MONDAY
    watched.lives_until(MONDAY + 10 * HOURS)
    assert "validate/main" not in watched.bad(MONDAY + 10 * HOURS)
    watched.lives_until(MONDAY + 27 * HOURS)
    assert watched.bad(MONDAY + 27 * HOURS)["validate/main"] == "held-up"


def test_a_job_that_does_not_end_is_told(watched: Watched) -> None:
    watched.lives_until(MONDAY)
    key = SlotKey("weekly", "", MONDAY)
    watched.ledger.slots.claim(key, "stuck", MONDAY)
    assert watched.bad(MONDAY + 3 * HOURS)["weekly"] == "at-work"


def test_dead_letters_are_told(watched: Watched) -> None:
    watched.lives_until(MONDAY + HOURS)
    outbox, now = watched.ledger.outbox, watched.clock.moment
    outbox.put("weekly:x", "<1@example.com>", ["a@example.com"], b"Subject: x\r\n\r\n", now)
    outbox.dead("weekly:x", "", now)
    found = watched.health(now)
    assert [check.key for check in found.checks if check.state == "bad"] == ["dead"]
    assert "xlflow mail outbox" in found.checks[-1].message("en")


def test_mail_that_does_not_go_out_is_told(watched: Watched) -> None:
    watched.lives_until(MONDAY)
    works = watched.diary.works | {"send": _refuse}
    rounds(office_of(watched.company, watched.clock, works), watched.ledger)
    assert watched.bad(watched.clock.moment) == {"send": "failing"}


def _refuse(_work: object) -> None:
    raise XlflowError("jobs.no-sender", path="xlflow.toml")


def test_a_schedule_that_was_never_started_is_told(tmp_path: Path) -> None:
    company = company_in(tmp_path)
    found = health(company, MONDAY)
    assert [(check.key, check.state) for check in found.checks] == [("never", "bad")]
    with open_ledger(company.common):
        pass
    found = health(company, MONDAY)
    assert [check.key for check in found.checks if check.state == "bad"] == ["never"]


def test_a_ledger_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    company = company_in(tmp_path)
    (tmp_path / "xlflow.db").write_bytes(b"no database" * 1000)
    found = health(company, MONDAY)
    assert found.exit_code == 3
    assert "xlflow.db" in found.checks[0].message("zh-Hans")


def test_where_no_job_is_on_none_is_late(tmp_path: Path) -> None:
    off = (
        'validate_minutes = 0\ndigest_at = "off"\nweekly_at = "off"\nprune_at = "off"\nsend = false'
    )
    found = health(company_in(tmp_path, schedule=off), MONDAY)
    assert (found.is_good, found.checks[0].key) == (True, "nothing-on")
