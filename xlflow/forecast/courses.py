"""A requirement's way through the stages, as the ledger saw it, or as its own dates tell.

What the ledger saw counts. It often begins late: what lies before the first run that saw a
requirement comes from the dates that people typed (submitted, confirmed, assessed, signed, live).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise

from xlflow.record.memory import Spell
from xlflow.record.stages import BEFORE_LIVE, MAIN_LINE

LIVE = len(BEFORE_LIVE)
"""The place of "live", which ends a course; those before it are the stages."""

_PLACES = {status: place for place, status in enumerate(MAIN_LINE)}
_ENTRY = ("submitted_on", "confirmed_on", "assessed_on")
_SIGNED = ("business_signed_on", "technical_signed_on")
_LONGEST_AGO = 1_500  # working days, six years: what is older was mistyped
_BUILDING_SHARE = 0.75  # of the time from sign-off to go-live, where no plan tells it

DayNumber = Callable[[date], int]
"""The running number of the last working day up to a day."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says of itself. Choices are codes, "" where blank.

    `days`: its dates by field; `owners`: who holds it in each stage, "" where nobody is named.
    """

    register: str
    number: str
    title: str
    status: str
    complexity: str
    priority: str
    is_urgent: bool
    estimate: float | None
    days: Mapping[str, date]
    owners: Sequence[str]
    row: int | None = None  # in the register; None for one that has left it


@dataclass(frozen=True, slots=True)
class Visit:
    """A time in a stage, in day numbers. `left` is None while it is still there.

    `outcome`: the place that it went on to; None where that is not known: it is still there, was
    cancelled, or vanished. `blocked`: from when to when it was blocked; None while it still is.
    `is_partial`: it had entered the stage before anybody looked, nobody knows when.
    """

    stage: int
    entered: int
    left: int | None = None
    outcome: int | None = None
    blocked: tuple[tuple[int, int | None], ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """A record's visits, oldest first. `live_on`: the day number on which it went live."""

    facts: Facts
    visits: tuple[Visit, ...] = field(default=())
    live_on: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is on its way to go live."""
        return bool(self.visits) and self.visits[-1].left is None

    @property
    def is_blocked(self) -> bool:
        """Whether it stands still now."""
        blocked = self.visits[-1].blocked if self.visits else ()
        return self.is_open and bool(blocked) and blocked[-1][1] is None


@dataclass(frozen=True, slots=True)
class _Step:
    """That a record was in a place from a day on. `None`: from when on is not known.

    `is_late`: it was there before that day.
    """

    status: str
    day: int | None
    is_late: bool = False


def course_of(
    facts: Facts,
    spells: Sequence[Spell],
    today: int,
    day_number: DayNumber,
    day_of: Callable[[datetime], date],
    gone_on: date | None = None,
) -> Course:
    """The course of a record. `gone_on`: when it was last seen, if it has left the register."""
    steps = _steps(facts, spells, today, day_number, day_of)
    course = Course(facts, *_walked(steps))
    if course.is_open and (gone_on is not None or facts.status in ("cancelled", "")):
        until = course.visits[-1].entered if gone_on is None else day_number(gone_on)
        return _cut(course, until)
    return course


def _steps(
    facts: Facts,
    spells: Sequence[Spell],
    today: int,
    day_number: DayNumber,
    day_of: Callable[[datetime], date],
) -> list[_Step]:
    """The places of a record in the order of time."""
    seen = [_Step(spell.status, day_number(day_of(spell.entered_at))) for spell in spells]
    first = seen[0] if seen else _Step(facts.status, today)
    return [*_by_dates(facts, first, day_number), *seen[1:]]


def _by_dates(facts: Facts, first: _Step, day_number: DayNumber) -> list[_Step]:
    """The places up to the one in which a record was seen first, as its dates tell them."""
    if first.status in ("", "cancelled"):
        return []
    assert first.day is not None  # noqa: S101 - somebody saw it
    place = _PLACES.get(first.status)
    place = min(_filled(facts) if place is None else place, LIVE)
    told: list[int | None] = [_entered(facts, stage, day_number) for stage in range(LIVE + 1)]
    told[_PLACES["testing"]] = _testing_since(told, facts, day_number, first.day, place)
    latest = first.day
    for stage in range(place, -1, -1):  # a date behind a later one, or long ago, tells nothing
        day = told[stage]
        if day is not None and not latest - _LONGEST_AGO <= day <= latest:
            told[stage] = day = None
        latest = latest if day is None else day
    steps = [_Step(MAIN_LINE[stage], told[stage]) for stage in range(place)]
    entered = told[place]
    if entered is None:
        steps.append(_Step(MAIN_LINE[place], first.day, is_late=True))
    else:
        steps.append(_Step(MAIN_LINE[place], entered))
    return [*steps, first] if first.status == "blocked" else steps


def _entered(facts: Facts, stage: int, day_number: DayNumber) -> int | None:
    if stage < len(_ENTRY):
        day = facts.days.get(_ENTRY[stage])
    elif MAIN_LINE[stage] == "developing":
        signed = [facts.days.get(key) for key in _SIGNED]
        day = max((one for one in signed if one), default=None) if all(signed) else None
    else:
        day = facts.days.get("live_on") if stage == LIVE else None
    return None if day is None else day_number(day)


def _testing_since(
    told: Sequence[int | None], facts: Facts, day_number: DayNumber, seen: int | None, place: int
) -> int | None:
    """When testing began is not typed anywhere: the time since sign-off is divided as planned."""
    signed = told[_PLACES["developing"]]
    until = told[LIVE] if place == LIVE else None
    if signed is None:
        return None
    planned, golive = facts.days.get("development_due"), facts.days.get("golive_due")
    if until is None:
        day = None if planned is None else day_number(planned)
        return None if day is None or seen is None else max(min(day, seen), signed)
    share = _BUILDING_SHARE
    if planned and golive and day_number(golive) > signed:
        share = (day_number(planned) - signed) / (day_number(golive) - signed)
    return signed + round(min(max(share, 0.0), 1.0) * (until - signed))


def _filled(facts: Facts) -> int:
    """The stage that a blocked record is in, by what it holds."""
    keys = (*_ENTRY, _SIGNED[0])
    return max((stage for stage, key in enumerate(keys) if key in facts.days), default=0)


def _walked(steps: Iterable[_Step]) -> tuple[tuple[Visit, ...], int | None]:
    """The visits that such steps make, and when the record went live."""
    visits: list[Visit] = []
    held = _without_false_ends(steps)
    current: Visit | None = None
    for step, following in pairwise([*held, None]):
        assert step is not None  # noqa: S101 - only the last one is
        if step.status == "blocked":
            if current is not None and step.day is not None:
                end = None if following is None else following.day
                spell = (step.day, end)
                current = replace(current, blocked=(*current.blocked, spell))
        elif step.status == "cancelled":
            current = None
        else:
            place = min(_PLACES[step.status], LIVE)
            if place == LIVE:
                return _closed(visits, current, step.day, LIVE), step.day
            if current is None or place != current.stage:
                visits = list(_closed(visits, current, step.day, place))
                current = None
                if step.day is not None:
                    current = Visit(place, step.day, is_partial=step.is_late)
        if following is not None and following.status == "cancelled":
            visits = list(_closed(visits, current, following.day, None))
            current = None
    return (*visits, *([current] if current else [])), None


def _without_false_ends(steps: Iterable[_Step]) -> list[_Step]:
    """The steps without a going live that was taken back: it was claimed too early."""
    held = list(steps)
    ends = ("live", "closed")
    last = max((n for n, step in enumerate(held) if step.status not in ends), default=-1)
    return [step for n, step in enumerate(held) if n > last or step.status not in ends]


def _closed(
    visits: Iterable[Visit], current: Visit | None, day: int | None, outcome: int | None
) -> tuple[Visit, ...]:
    """The visits with the present one ended; one whose end is not known is left out."""
    if current is None or day is None:
        return tuple(visits)
    return (*visits, replace(current, left=max(day, current.entered), outcome=outcome))


def _cut(course: Course, until: int) -> Course:
    """The course of a record that nobody follows any more."""
    *before, last = course.visits
    left = max(until, last.entered)
    blocked = tuple(
        (start, left if end is None else min(end, left))
        for start, end in last.blocked
        if start <= left
    )
    ended = replace(last, left=left, blocked=blocked)
    return replace(course, visits=(*before, ended))
