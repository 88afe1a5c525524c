from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from company import NOW, Company, new
from registers import clean

from xlflow.errors import UsageError
from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.waiting import length_of_time, run_when_free
from xlflow.workbook.share import WorkbookOpen


class SlowCompany(Company):
    """People here have the register open for a while."""

    @property
    def sign(self) -> Path:
        return self.file.with_name("~$register.xlsx")

    def opens(self, person: str) -> None:
        wide = person.encode("utf-16-le")
        head = bytes([len(person)]) + person.encode("latin-1", "replace").ljust(54, b" ")
        data = head + len(person).to_bytes(2, "little") + wide
        self.sign.write_bytes(data.ljust(165, b"\0"))

    def closes(self) -> None:
        self.sign.unlink()


@pytest.fixture
def company(tmp_path: Path) -> SlowCompany:
    return SlowCompany(tmp_path / "company")


class PretendClock:
    """Time passes only in pauses; meanwhile people do things, each once, so many minutes on."""

    def __init__(self, **events: Callable[[], None]) -> None:
        self.moment = NOW
        self.events = {int(name.removeprefix("at_")): event for name, event in events.items()}

    def now(self) -> datetime:
        return self.moment

    def pause(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        for minute in sorted(self.events):
            if self.moment >= NOW + timedelta(minutes=minute):
                self.events.pop(minute)()


def test_an_open_register_is_checked_and_its_results_wait(company: SlowCompany):
    company.has(new("Something new"), new("Vague", goal=None))
    company.opens("Li Na")
    before = company.sha()
    outcome = company.runs()
    assert isinstance(outcome.deferred, WorkbookOpen)
    assert outcome.deferred.by == "Li Na"
    assert company.sha() == before
    assert outcome.inspection.count("error") >= 1
    assert list(outcome.inspection.register.requirements.frame["number"]) == [None, None]
    with open_ledger(company.settings) as ledger:
        assert ledger.numbers.states("main", 2024) == {}
        assert [run.outcome for run in ledger.runs.latest("main")] == ["deferred"]
    company.closes()
    assert list(company.runs().numbered.values()) == ["2024-001"]


def test_an_open_register_that_is_up_to_date_is_not_deferred(company: SlowCompany):
    company.has(clean("developing", number="2024-001"))
    company.runs()
    company.opens("Li Na")
    outcome = company.runs()
    assert outcome.deferred is None
    assert outcome.placed is None


@pytest.mark.parametrize("at", range(1, 8))
def test_a_register_that_is_opened_while_xlflow_is_at_work_stays_whole(
    company: SlowCompany, at: int
):
    """Either it was written already, or it is as it was; no number is lost."""
    company.has(new("Something new"))
    before, steps = company.sha(), []

    def open_at(step: str) -> None:
        steps.append(step)
        if len(steps) == at:
            company.opens("Li Na")

    outcome = company.runs(step=open_at)
    if outcome.deferred:
        assert isinstance(outcome.deferred, WorkbookOpen)
        assert company.sha() == before
        assert outcome.numbered == {}
        assert list(outcome.inspection.register.requirements.frame["number"]) == [None]
    assert not list(company.file.parent.glob("*.tmp"))
    company.closes()
    company.runs()
    assert company.column("number") == ["2024-001"]
    with open_ledger(company.settings) as ledger:
        assert ledger.intents.open() == ()
        assert ledger.numbers.states("main", 2024) == {1: "given"}


def test_a_run_that_waits_reads_what_was_typed_meanwhile(company: SlowCompany):
    company.has(new("Something new"))
    company.opens("Li Na")
    clock = PretendClock(
        at_2=lambda: company.type_into("B4", "Something better"), at_3=company.closes
    )
    outcome = run_when_free(company.runs, timedelta(minutes=10), clock)
    assert outcome.deferred is None
    assert company.column("title") == ["Something better"]
    assert company.column("number") == ["2024-001"]
    assert timedelta(minutes=3) <= clock.now() - NOW < timedelta(minutes=4)


def test_a_run_that_waited_in_vain_is_deferred(company: SlowCompany):
    company.has(new("Something new"))
    company.opens("Li Na")
    before, moments, clock = company.sha(), [], PretendClock()

    def attempt(now: datetime):
        moments.append(now - NOW)
        return company.runs(now)

    outcome = run_when_free(attempt, timedelta(seconds=40), clock)
    assert isinstance(outcome.deferred, WorkbookOpen)
    assert [passed.seconds for passed in moments] == [0, 15, 30, 40]
    assert company.sha() == before


def test_without_waiting_there_is_one_attempt(company: SlowCompany):
    company.has(new("Something new"))
    company.opens("Li Na")
    clock = PretendClock()
    assert run_when_free(company.runs, timedelta(0), clock).deferred
    assert clock.now() == NOW


def test_what_was_settled_before_the_wait_is_told_after_it(company: SlowCompany):
    company.has(new("Something new"))

    class Killed(BaseException):
        pass

    def kill(step: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        company.runs(step=kill)
    company.opens("Li Na")
    outcome = run_when_free(company.runs, timedelta(minutes=5), PretendClock(at_1=company.closes))
    assert [recovered.state for recovered in outcome.recovered] == ["undone"]
    assert list(outcome.numbered.values()) == ["2024-001"]


def test_a_register_that_cannot_be_read_for_a_while_is_waited_for(company: SlowCompany):
    company.has(new("Something new"))
    busy = [WorkbookOpen(str(company.file)), WorkbookOpen(str(company.file))]

    def attempt(now: datetime):
        if busy:
            raise busy.pop()
        return company.runs(now)

    outcome = run_when_free(attempt, timedelta(minutes=1), PretendClock())
    assert list(outcome.numbered.values()) == ["2024-001"]
    busy.append(WorkbookOpen(str(company.file)))
    with pytest.raises(WorkbookOpen):
        run_when_free(attempt, timedelta(0), PretendClock())


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("10m", 600), ("1h", 3600), (" 2H ", 7200)]
)
def test_a_length_of_time_is_a_number_and_a_unit(text: str, seconds: int):
    assert length_of_time(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "10", "m", "0m", "-5m", "1.5h", "10 min", "1h30m", "９m9"])
def test_any_other_length_of_time_is_refused_with_an_example(text: str):
    with pytest.raises(UsageError, match="10m"):
        length_of_time(text)
