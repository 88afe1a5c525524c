"""What a company lets run by itself: each job, the register that it works on, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, get_args

from xlflow.languages import Language, say
from xlflow.scheduler.timetable import Daily, Monthly, Often, Slots, Timetable, Weekly
from xlflow.settings import Company, Settings
from xlflow.settings.unattended import ScheduleSettings, Weekday, clock_time
from xlflow.timing.calendar import WorkingCalendar

Job = Literal["intake", "validate", "board", "digest", "weekly", "archive", "prune", "send"]
"""In the order in which they run where several are due: what is told is what was just seen."""

JOBS: tuple[Job, ...] = get_args(Job)
Off = Literal["setting", "no-mail", "no-recipients"]
_WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_OF_EACH_REGISTER: tuple[Job, ...] = ("intake", "validate", "archive", "prune")


@dataclass(frozen=True, slots=True)
class Task:
    """A job of one register, or of all of them ("").

    `slots`: None where it is `off`, for the reason there, and for "send", which looks each time
    whether there is something to do.
    """

    job: Job
    settings: Settings
    register: str
    slots: Slots | None
    off: Off | None = None

    @property
    def subject(self) -> str:
        """What tells it from the others: "validate/it"; "digest"."""
        return f"{self.job}/{self.register}" if self.register else self.job

    def name(self, language: Language) -> str:
        """What people call it; with the register where there are several."""
        name = say(language, f"schedule.job.{self.job}")
        if not (self.register and self.settings.siblings):
            return name
        return say(language, "schedule.of-register", job=name, register=self.register)

    def following(self, moment: datetime) -> datetime | None:
        """When it runs next after a moment."""
        return self.slots.following(moment) if self.slots else None


def tasks_of(company: Company, calendar: WorkingCalendar) -> tuple[Task, ...]:
    """All that may run by itself, in order, also what is switched off."""
    return tuple(task for job in JOBS for task in _tasks(job, company, calendar))


def _tasks(job: Job, company: Company, calendar: WorkingCalendar) -> Iterator[Task]:
    common = company.common
    timetable, off = timetable_of(job, common.schedule), _off(job, company)
    zone = common.calendar.zone
    slots = Slots(timetable, calendar, zone) if timetable and off is None else None
    if job not in _OF_EACH_REGISTER:
        yield Task(job, common, "", slots, off)
        return
    for settings in company.registers:
        yield Task(job, settings, settings.workbook.id, slots, off)


def timetable_of(job: Job, schedule: ScheduleSettings) -> Timetable | None:
    """When a job runs; None where it never does, or has no times."""
    match job:
        case "intake":
            return _often(schedule.intake_minutes, schedule)
        case "validate":
            return _often(schedule.validate_minutes, schedule)
        case "board":
            return _often(schedule.board_minutes, schedule)
        case "digest":
            at = clock_time(schedule.digest_at)
            return Daily(at, working=True) if at else None
        case "weekly":
            at = clock_time(schedule.weekly_at)
            return Weekly(_WEEKDAYS.index(schedule.weekly_on), at) if at else None
        case "archive":
            at = clock_time(schedule.archive_at)
            return Monthly(schedule.archive_on_day, at) if at else None
        case "prune":
            at = clock_time(schedule.prune_at)
            return Daily(at, working=False) if at else None
        case "send":
            return None


def _often(minutes: int, schedule: ScheduleSettings) -> Often | None:
    begin, end = map(time.fromisoformat, (schedule.validate_from, schedule.validate_until))
    return Often(minutes, begin, end) if minutes else None


def _off(job: Job, company: Company) -> Off | None:
    common = company.common
    if job == "send":
        is_on = common.schedule.send
    else:
        is_on = timetable_of(job, common.schedule) is not None
    if not is_on:
        return "setting"
    if job in ("digest", "weekly", "send") and not common.mail.send:
        return "no-mail"
    if job == "weekly" and not any(
        each.mail.weekly or each.workbook.responsible for each in company.registers
    ):
        return "no-recipients"
    return None
