"""Two runs on one register: the later one waits for its turn, as long as it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from company import NOW, Company, new

from xlflow.jobs.keeping import AnotherRun, one_run_at_a_time, open_ledger
from xlflow.jobs.run import RunOutcome, run
from xlflow.jobs.waiting import run_when_free


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path / "company")
    company.has(new("Something new"))
    return company


@pytest.fixture
def other_run(company: Company) -> Iterator[ExitStack]:
    """Another run at work; it ends when the stack is closed."""
    with ExitStack() as at_work:
        at_work.enter_context(one_run_at_a_time(company.settings))
        yield at_work


class PretendClock:
    """Time passes only in pauses; after so many minutes something happens."""

    def __init__(self, minutes: float = 0, event: Callable[[], None] = lambda: None) -> None:
        self.moment = NOW
        self.due = NOW + timedelta(minutes=minutes)
        self.event = event

    def now(self) -> datetime:
        return self.moment

    def pause(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        if self.moment >= self.due:
            self.event()


def attempt_on(company: Company) -> Callable[[datetime], RunOutcome]:
    def attempt(now: datetime) -> RunOutcome:
        settings = company.settings
        with one_run_at_a_time(settings, wait_seconds=0.01), open_ledger(settings) as ledger:
            return run(settings, ledger, now)

    return attempt


def test_a_run_waits_until_another_one_has_ended(company: Company, other_run: ExitStack):
    clock = PretendClock(3, other_run.close)
    outcome = run_when_free(attempt_on(company), timedelta(minutes=10), clock)
    assert list(outcome.numbered.values()) == ["2024-001"]
    assert timedelta(minutes=3) <= clock.now() - NOW < timedelta(minutes=4)


def test_a_run_that_waited_for_another_in_vain_says_how_long(company: Company, other_run):
    before, clock = company.sha(), PretendClock()
    with pytest.raises(AnotherRun) as refused:
        run_when_free(attempt_on(company), timedelta(minutes=2), clock)
    assert clock.now() - NOW == timedelta(minutes=2)
    assert refused.value.seconds == 120
    assert ".xlflow-main.lock" in refused.value.message("en")
    assert company.sha() == before


def test_without_waiting_another_run_ends_it_at_once(company: Company, other_run):
    clock = PretendClock()
    with pytest.raises(AnotherRun):
        run_when_free(attempt_on(company), timedelta(0), clock)
    assert clock.now() == NOW
