"""The forecast of all open records, their promises and their people, from the courses of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from xlflow.forecast.calibration import NONE, Calibration, calibrated, groups_of
from xlflow.forecast.courses import LIVE, Course, Facts
from xlflow.forecast.drawing import Drawn, drawn
from xlflow.forecast.durations import Floats, Usual, learnt
from xlflow.forecast.histories import Histories, Ints, Situation
from xlflow.forecast.paces import paces
from xlflow.forecast.people import Handover, Load, handed_over, loads

PERCENTS = (50, 85, 95)
ENOUGH_FINISHED = 12
"""Finished records from which on a company's own history is gone by."""

PROMISES = ("expected_on", "golive_due")

_DRAWS = 2_000
_DRAWS_IN_ALL = 1_500_000
_LEAST_DRAWS = 400
_BUILT = range(2, LIVE)  # the stages that an estimate tells of


@dataclass(frozen=True)
class Question:
    """What is asked. `today`: its day number; `away`: who does nothing more.

    `usual_days`: what is usual in each stage, and blocked, as long as nothing is known;
    `usual_estimate`: the estimate that goes with it. `days_until`: the working days from today to a
    day, negative for one that is past.
    """

    today: int
    seed: int
    usual_days: Sequence[float]
    usual_estimate: float
    days_until: Callable[[date], int]
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A day on which a record was to go live; `risk`: the probability that it goes live later."""

    field: str
    on: date
    risk: float


@dataclass(frozen=True, slots=True)
class Expected:
    """An open record. `days`: to its going live, by percent; None where nobody is there to do it.

    `in_stage`: the days of work in its stage so far; `blocked_days`: for how long it has been
    blocked, None if it is not. `holder`: who has it now; `taken_by`: by stage, who takes over from
    somebody who is away, "" where nobody can.
    """

    facts: Facts
    stage: int
    in_stage: int
    blocked_days: int | None
    days: Mapping[int, int] | None
    promises: tuple[Promise, ...]
    holder: str
    taken_by: Mapping[int, str]

    @property
    def risk(self) -> float:
        """The highest risk of its promises; 0 without any."""
        return max((promise.risk for promise in self.promises), default=0.0)


@dataclass(frozen=True, slots=True)
class Workload:
    """A person. `days_left`: of the stages that are held now, at the median.

    `weeks`: what that takes at the pace of the last eight weeks; None if nothing ended in them.
    `coming`: open records that come to the person later.
    """

    name: str
    open: int
    usual: int
    days_left: float
    weekly_days: float
    longest_days: float
    coming: int
    is_known: bool  # whether there is enough history to judge by

    @property
    def weeks(self) -> float | None:
        """The weeks that the open work takes, as fast as of late."""
        return self.days_left / self.weekly_days if self.weekly_days > 0 else None

    @property
    def is_overloaded(self) -> bool:
        """Whether the pile takes clearly longer than the longest record in it would by itself."""
        if not self.is_known:
            return False
        if self.weeks is None:
            return self.open > self.usual
        return self.open > 1 and self.weeks > 1.5 * max(self.longest_days / 5, 1.0)


@dataclass(frozen=True)
class Outlook:
    """What is to be expected, and what it rests on.

    `finished`: records whose way was learnt from; `since`: the day number of the first of it.
    """

    records: tuple[Expected, ...]
    people: tuple[Workload, ...]
    finished: int
    since: int | None
    calibration: Calibration

    @property
    def is_by_estimates(self) -> bool:
        """Whether there is too little history to go by."""
        return self.finished < ENOUGH_FINISHED


def outlook(courses: Sequence[Course], question: Question) -> Outlook:
    """The forecast. The same courses and question give the same answer."""
    histories = Histories(courses)
    today = question.today
    now = histories.situation(today)
    usual = tuple(Usual(days) for days in question.usual_days)
    rng = np.random.default_rng(question.seed)
    spans = histories.spans(today)
    durations = learnt(spans, histories.complexity, histories.haste, usual, rng)
    finished = int(histories.finished(today).sum())
    is_known = finished >= ENOUGH_FINISHED
    calibration = calibrated(histories, today, usual, question.seed) if is_known else NONE
    held = loads(histories, now, today)
    handover = handed_over(histories, now, held, _away(histories, question), today)
    if is_known:
        by_person = paces(histories, spans, durations) * handover.slower[:, None]
        pace = by_person[handover.person[now.course], np.arange(LIVE)]
    else:
        pace = _pace_by_estimate(courses, now, question)
        pace = pace * handover.slower[handover.person[now.course]]
    group = groups_of(histories, now.course, durations)
    found = drawn(now, group, durations, rng, _draws(len(now.course)), pace)
    records = tuple(
        _expected(histories, now, found, calibration, handover, question, place)
        for place in range(len(now.course))
    )
    people = _workloads(now, found, held, handover, is_known=is_known)
    return Outlook(records, people, finished, histories.first_day, calibration)


def _draws(records: int) -> int:
    return int(np.clip(_DRAWS_IN_ALL // max(records, 1), _LEAST_DRAWS, _DRAWS))


def _away(histories: Histories, question: Question) -> frozenset[int]:
    return frozenset(n for n, name in enumerate(histories.people) if name in question.away)


def _pace_by_estimate(courses: Sequence[Course], now: Situation, question: Question) -> Floats:
    """How much longer than usual a record is built, by its own estimate."""
    pace = np.ones((len(now.course), LIVE))
    for place, course in enumerate(now.course.tolist()):
        if estimate := courses[course].facts.estimate:
            pace[place, _BUILT] = min(max(estimate / question.usual_estimate, 0.15), 8.0)
    return pace


def _expected(
    histories: Histories,
    now: Situation,
    found: Drawn,
    calibration: Calibration,
    handover: Handover,
    question: Question,
    place: int,
) -> Expected:
    course, stage = int(now.course[place]), int(now.stage[place])
    facts = histories.courses[course].facts
    taken_by = handover.moved.get(course, {})
    is_stuck = "" in taken_by.values()
    days = calibration.applied(found.days[place : place + 1])[0]
    return Expected(
        facts=facts,
        stage=stage,
        in_stage=int(now.days[place]),
        blocked_days=None if now.blocked_days[place] < 0 else int(now.blocked_days[place]),
        days=None if is_stuck else _quantiles(days),
        promises=tuple(
            Promise(key, on, 1.0 if is_stuck else _risk(days, question.days_until(on)))
            for key in PROMISES
            if (on := facts.days.get(key)) is not None
        ),
        holder=facts.owners[stage],
        taken_by=taken_by,
    )


def _quantiles(days: Ints) -> dict[int, int]:
    """The days by percent: so many of a hundred draws are over by then."""
    return {
        percent: int(np.percentile(days, percent, method="inverted_cdf")) for percent in PERCENTS
    }


def _risk(days: Ints, until: int) -> float:
    """The share of the draws that go live later."""
    return float((days > until).mean())


def _workloads(
    now: Situation,
    found: Drawn,
    held: tuple[Load, ...],
    handover: Handover,
    *,
    is_known: bool,
) -> tuple[Workload, ...]:
    """The people who hold something or will, the most loaded first."""
    person = handover.person[now.course]
    here = person[np.arange(len(now.course)), now.stage]
    later = np.arange(LIVE)[None, :] > now.stage[:, None]
    people = []
    for n, load in enumerate(held):
        mine = found.here[here == n]
        coming = int((((person == n) & later).any(axis=1) & (here != n)).sum())
        if len(mine) or coming:
            people.append(
                Workload(
                    name=load.name,
                    open=len(mine),
                    usual=load.usual,
                    days_left=float(mine.sum()),
                    weekly_days=load.weekly_days,
                    longest_days=float(mine.max(initial=0.0)),
                    coming=coming,
                    is_known=is_known,
                )
            )
    return tuple(sorted(people, key=lambda one: (-(one.weeks or 0.0), -one.open, one.name)))
