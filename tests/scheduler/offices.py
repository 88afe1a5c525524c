"""A company whose jobs run by themselves, under a clock of the tests' own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from xlflow.languages import say
from xlflow.ledger import Ledger
from xlflow.scheduler.round import Ended, Office, go_round
from xlflow.scheduler.tasks import JOBS, Job
from xlflow.scheduler.works import Doing, Done, Work
from xlflow.settings import SETTINGS_FILE, Company, load_company
from xlflow.timing.calendar import WorkingCalendar

SETTINGS = """
[calendar]
country = "{country}"
timezone = "{zone}"

[mail]
send = true
sender = "xlflow <xlflow@example.com>"
weekly = ["boss@example.com"]
administrator = ["admin@example.com"]

[schedule]
board_minutes = 0
intake_minutes = 0
{schedule}
"""
ONE = '[register]\npath = "drive/register.xlsx"\n'
TWO = (
    '[[registers]]\nid = "it"\npath = "drive/it.xlsx"\n'
    '[[registers]]\nid = "hr"\npath = "drive/hr.xlsx"\n'
)


def company_in(
    folder: Path,
    *,
    country: str = "CN",
    zone: str = "Asia/Shanghai",
    schedule: str = "",
    registers: str = ONE,
) -> Company:
    """A company that sends mails, with all else as it is by default, but for `schedule`."""
    file = folder / SETTINGS_FILE
    text = SETTINGS.format(country=country, zone=zone, schedule=schedule)
    file.write_text(text + registers, encoding="utf-8")
    return load_company(file)


class StillClock:
    """Shows what it is set to; a pause puts it forward."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def pause(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Diary:
    """Works that only write down when each was done, or fail as they are told to."""

    def __init__(self) -> None:
        self.done: list[tuple[str, datetime]] = []
        self.failing: dict[Job, Exception] = {}

    @property
    def works(self) -> Mapping[Job, Doing]:
        return {job: self._doing(job) for job in JOBS}

    def _doing(self, job: Job) -> Callable[[Work], Done]:
        def do(work: Work) -> Done:
            if job == "send":
                return Done(has_worked=False)
            self.done.append((work.task.subject, work.clock.now()))
            if job in self.failing:
                raise self.failing[job]
            return Done()

        return do


def office_of(
    company: Company, clock: StillClock, works: Mapping[Job, Doing], holder: str = "a"
) -> Office:
    calendar = WorkingCalendar.from_settings(company.common)
    return Office(company, calendar, clock, holder, works=works)


def rounds(office: Office, ledger: Ledger, *, alone: bool = True) -> list[Ended]:
    return list(go_round(office, ledger, alone=alone))


def english(name: str, **facts: object) -> str:
    return say("en", f"schedule.{name}", **facts)
