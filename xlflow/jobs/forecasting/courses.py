"""The courses of a register's requirements: those that stand in it, and those that have left it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial

from xlflow.forecast.courses import Course, Facts, course_of
from xlflow.history.past import spells_by_number
from xlflow.jobs.inspection import read_now
from xlflow.jobs.progress import Progress
from xlflow.jobs.remembering import memory_of
from xlflow.ledger import Ledger
from xlflow.ledger.reading import reading
from xlflow.record.memory import Memory, Spell
from xlflow.record.register import Register, Table, frame_of
from xlflow.record.stages import BEFORE_LIVE
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.cells import Cells

_EPOCH = date(2000, 1, 1)
_HOLDERS: Mapping[str, tuple[str, ...]] = {
    "submitted": ("contact",),
    "assessing": ("owner", "contact"),
    "designing": ("design_owner", "owner"),
    "developing": ("development_owner", "owner"),
    "testing": ("test_owner", "owner"),
}
"""Who has a requirement in each stage: the first of these that is named."""

_DATES = (
    *("submitted_on", "confirmed_on", "assessed_on", "business_signed_on", "technical_signed_on"),
    *("development_due", "golive_due", "live_on", "expected_on"),
)


class DayNumbers:
    """Days as running numbers of working days."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._known: dict[date, int] = {}

    def __call__(self, day: date) -> int:
        """The number of the last working day up to a day."""
        if day not in self._known:
            self._known[day] = self._calendar.working_days_between(_EPOCH, day)
        return self._known[day]

    def day(self, number: int) -> date:
        """The working day of a number."""
        return self._calendar.add_working_days(_EPOCH, number)


def courses_of(
    settings: Settings, now: datetime, day_numbers: DayNumbers, progress: Progress
) -> list[Course]:
    """The courses of all records that a register has, or had.

    Raises:
        XlflowError: The register or the ledger cannot be read.
    """
    register = read_now(settings, now, progress)
    memory = memory_of(register, settings, now)
    zone = settings.calendar.zone
    made = partial(
        course_of,
        today=day_numbers(now.astimezone(zone).date()),
        day_number=day_numbers,
        day_of=lambda moment: moment.astimezone(zone).date(),
    )
    courses = [
        made(facts, memory.spells.get(facts.number, ()))
        for facts in _facts(register.requirements, settings.workbook.id, memory)
    ]
    with reading(settings.ledger.url, beside=settings.folder) as ledger:
        if ledger is not None:
            present = {course.facts.number for course in courses}
            for facts, spells, gone_on in _gone(ledger, register, settings, present, now):
                courses.append(made(facts, spells, gone_on=gone_on))
    return courses


def _facts(table: Table, register: str, memory: Memory | None) -> Iterator[Facts]:
    """What each record says of itself; of one that has left the register, without a row."""
    cells = Cells(table)
    numbers, titles = cells.texts("number"), cells.texts("title")
    choices = {key: cells.codes(key) for key in ("status", "complexity", "priority", "type")}
    days = {key: cells.days(key).tolist() for key in _DATES}
    holders = {key: cells.texts(key) for keys in _HOLDERS.values() for key in keys}
    estimates = cells.values("estimate")
    for n, row in enumerate(cells.rows):
        misnumbered = memory.misnumbered.get(row) if memory else None
        yield Facts(
            register=register,
            number=misnumbered.number if misnumbered else numbers[n],
            title=titles[n],
            status=choices["status"][n],
            complexity=choices["complexity"][n],
            priority=choices["priority"][n],
            is_urgent=choices["type"][n] == "urgent",
            estimate=_positive(estimates[n]),
            days={key: held[n] for key, held in days.items() if held[n] is not None},
            owners=tuple(
                next((holders[key][n] for key in _HOLDERS[stage] if holders[key][n]), "")
                for stage in BEFORE_LIVE
            ),
            row=row if memory else None,
        )


def _gone(
    ledger: Ledger, register: Register, settings: Settings, present: set[str], now: datetime
) -> Iterator[tuple[Facts, tuple[Spell, ...], date | None]]:
    """The numbered records that have left the register, archived ones too, and when."""
    scope, history = settings.workbook.id, ledger.history
    gone = [
        entry
        for entry in history.entries(scope, ["register"])
        if entry.number and entry.number not in present
    ]
    if not gone:
        return
    ids = [entry.id for entry in gone]
    cells = history.cells(scope, ids)
    rows = [{**cells[entry.id], "number": entry.number} for entry in gone]
    like = register.requirements
    frame = frame_of(like.sheet, rows, schema=like.schema)
    table = Table(like.sheet, like.title, {}, frame, schema=like.schema)
    statuses = register.schema.choices["status"]
    spells = spells_by_number(gone, history.statuses(scope), statuses, now)
    zone = settings.calendar.zone
    left = {
        noted.event.entry: noted.at.astimezone(zone).date()
        for noted in history.events(scope, of=ids)
        if noted.event.kind == "vanished"
    }
    for entry, facts in zip(gone, _facts(table, scope, None), strict=True):
        yield facts, spells.get(entry.number, ()), left.get(entry.id)


def _positive(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value < 10_000 else None  # type: ignore[operator,arg-type]
