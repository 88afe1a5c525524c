"""Forecasting a company's open requirements, over one register or many, and asking what if."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b

from xlflow.errors import UsageError
from xlflow.forecast.courses import Course
from xlflow.forecast.outlook import Expected, Outlook, Question, outlook
from xlflow.jobs.forecasting.courses import DayNumbers, courses_of
from xlflow.jobs.progress import Progress, quiet
from xlflow.languages import fold
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar

_DESIGN_SHARE, _BUILD_SHARE, _TEST_SHARE = (
    0.4,
    0.75,
    0.25,
)  # of an estimate, as long as none is known
_USUALLY_BLOCKED_DAYS = 3.0


class PersonUnknown(UsageError):
    """Nobody of this name holds an open requirement, or will; `names` has some who do."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What if: who does nothing from today on, and which days are off besides."""

    without: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()

    @property
    def is_real(self) -> bool:
        """Whether nothing is supposed."""
        return not self.without and not self.holidays


@dataclass(frozen=True)
class Forecast:
    """The outlook, with the calendar that turns its days into dates."""

    outlook: Outlook
    calendar: WorkingCalendar
    today: date
    since: date | None  # of the history that it rests on

    def date_after(self, days: int) -> date:
        """The day on which so many working days are over."""
        return self.calendar.add_working_days(self.today, days)

    def live_on(self, expected: Expected, percent: int) -> date | None:
        """By when a record will have gone live in so many of a hundred cases."""
        return None if expected.days is None else self.date_after(expected.days[percent])

    @property
    def dates(self) -> list[date]:
        """All dates that it tells."""
        found = (self.live_on(one, percent) for one in self.outlook.records for percent in (50, 85))
        return [day for day in found if day is not None]


@dataclass(frozen=True)
class Forecasts:
    """The forecast, and beside it the one of what was supposed, if anything was."""

    real: Forecast
    supposed: Forecast | None
    scenario: Scenario

    @property
    def told(self) -> Forecast:
        """What is shown first: what was supposed."""
        return self.supposed or self.real


def forecast(
    registers: Sequence[Settings],
    now: datetime,
    scenario: Scenario,
    numbers: Collection[tuple[str, str]] = (),
    progress: Progress = quiet,
) -> Forecasts:
    """The forecast of the open requirements of these registers; `numbers`: of these alone,
    each with the id of its register.

    The history of all of them is learnt from, and the people are those of all.

    Raises:
        PersonUnknown
        XlflowError: A register or the ledger cannot be read.
    """
    calendar = WorkingCalendar.from_settings(registers[0])
    day_numbers = DayNumbers(calendar)
    courses = [
        course
        for settings in registers
        for course in courses_of(settings, now, day_numbers, progress)
    ]
    progress("forecasting")
    scenario = replace(scenario, without=_known(scenario.without, courses))
    ids = [settings.workbook.id for settings in registers]
    today = now.astimezone(registers[0].calendar.zone).date()
    question = Question(
        today=day_numbers(today),
        seed=_seed(ids, today),
        usual_days=_usual_days(registers[0]),
        usual_estimate=_usual_estimate(registers[0]),
        days_until=lambda day: calendar.working_days_between(today, day),
    )

    def asked(calendar: WorkingCalendar, question: Question) -> Forecast:
        found = outlook(courses, question)
        chosen = tuple(
            one
            for one in found.records
            if not numbers or (one.facts.register, one.facts.number) in numbers
        )
        since = None if found.since is None else day_numbers.day(found.since)
        return Forecast(replace(found, records=chosen), calendar, today, since)

    real = asked(calendar, question)
    if scenario.is_real:
        return Forecasts(real, None, scenario)
    off = _with_days_off(calendar, scenario.holidays)
    what_if = replace(
        question,
        away=scenario.without,
        days_until=lambda day: off.working_days_between(today, day),
    )
    return Forecasts(real, asked(off, what_if), scenario)


def _known(names: Iterable[str], courses: Sequence[Course]) -> tuple[str, ...]:
    """The people as they are written in the registers.

    Raises:
        PersonUnknown
    """
    written = {
        fold(name): name
        for course in courses
        if course.is_open
        for name in course.facts.owners[course.visits[-1].stage :]
        if name
    }
    found = []
    for name in names:
        if fold(name) not in written:
            near = difflib.get_close_matches(fold(name), written, n=3, cutoff=0.3)
            near = near or sorted(written)[:3]
            told = ", ".join(written[one] for one in near) or "—"
            raise PersonUnknown("forecast.unknown-person", name=name, names=told)
        found.append(written[fold(name)])
    return tuple(dict.fromkeys(found))


def _with_days_off(calendar: WorkingCalendar, days: Iterable[date]) -> WorkingCalendar:
    off, known = frozenset(days), calendar.known
    return WorkingCalendar.over(replace(known, off=known.off | off, work=known.work - off))


def _usual_estimate(settings: Settings) -> float:
    """The middle of a medium complexity."""
    return sum(settings.limits.band("medium")) / 2


def _usual_days(settings: Settings) -> tuple[float, ...]:
    """What the company's own rules say of each stage, and of being blocked."""
    spans, estimate = settings.deadlines, _usual_estimate(settings)
    return (
        max(spans.confirm, 0.5),
        max(spans.assess, 0.5),
        estimate * _DESIGN_SHARE,
        estimate * _BUILD_SHARE,
        estimate * _TEST_SHARE,
        _USUALLY_BLOCKED_DAYS,
    )


def _seed(ids: Iterable[str], today: date) -> int:
    """The same registers and day draw the same."""
    text = "\n".join([*ids, today.isoformat()])
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest())
