"""All courses in arrays, as they were known on any day: the past can be forecast like today.

Blocked time is taken out of a visit and is a visit of its own, in the extra stage `BLOCKED`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlflow.forecast.courses import LIVE, Course

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BLOCKED = LIVE
"""Beside the stages 0 to 4, in which a record is worked on, the time in which it stands still."""

KINDS = LIVE + 1
HALF_LIFE = 130
"""Working days."""

NEVER = np.iinfo(np.int64).max // 4
UNKNOWN = -1

COMPLEXITIES = ("", "low", "medium", "high")
HASTES = ("", "low", "medium", "high", "urgent")


@dataclass(frozen=True, eq=False)
class Spans:
    """Times in a stage as known on a day. `days` are without blocked time.

    `course`: whose; `is_over`: whether it had ended; `outcome`: the place that it went on to,
    `UNKNOWN` where it had not, or nobody knows. `weight`: how much it counts; what ended half a
    year before counts half.
    """

    course: Ints
    kind: Ints
    days: Ints
    is_over: Flags
    outcome: Ints
    weight: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Situation:
    """The open records on a day, one element each.

    `days`: in the stage so far, without blocked time; `blocked_days`: of the blocked spell that
    runs, `UNKNOWN` where none does.
    """

    course: Ints
    stage: Ints
    days: Ints
    blocked_days: Ints

    def part(self, rows: slice | Ints) -> Situation:
        """Some of the records."""
        return Situation(
            self.course[rows], self.stage[rows], self.days[rows], self.blocked_days[rows]
        )


class Histories:
    """The courses of all records, as arrays over their visits."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self.courses = tuple(courses)
        held = [(n, visit) for n, course in enumerate(courses) for visit in course.visits]
        self._course = _ints(n for n, _ in held)
        self._stage = _ints(visit.stage for _, visit in held)
        self._entered = _ints(visit.entered for _, visit in held)
        self._left = _ints(NEVER if visit.left is None else visit.left for _, visit in held)
        self._outcome = _ints(
            UNKNOWN if visit.outcome is None else visit.outcome for _, visit in held
        )
        self._is_partial = np.array([visit.is_partial for _, visit in held], bool)
        blocked = [(n, spell) for n, (_, visit) in enumerate(held) for spell in visit.blocked]
        self._blocked_visit = _ints(n for n, _ in blocked)
        self._blocked_from = _ints(start for _, (start, _) in blocked)
        self._blocked_to = _ints(NEVER if end is None else end for _, (_, end) in blocked)
        self.live_on = _ints(NEVER if one.live_on is None else one.live_on for one in courses)
        self.until = _ints(_until(one) for one in courses)
        names = {name for one in courses for name in one.facts.owners if name}
        self.people = tuple(sorted(names))
        self.person = np.array(
            [[_index(name, self.people) for name in one.facts.owners] for one in courses], np.int64
        ).reshape(-1, LIVE)
        self._holder = self.person[self._course, self._stage]
        self.complexity = _ints(_place(one.facts.complexity, COMPLEXITIES) for one in courses)
        self.haste = _ints(
            _place("urgent" if one.facts.is_urgent else one.facts.priority, HASTES)
            for one in courses
        )

    @property
    def first_day(self) -> int | None:
        """The first day of which anything is known."""
        return int(self._entered.min()) if len(self._entered) else None

    def finished(self, day: int = NEVER - 1) -> Flags:
        """Which records had gone live on a day, and are known to have been in a stage before."""
        has_visits = np.zeros(len(self.courses), bool)
        has_visits[self._course] = True
        return has_visits & (self.live_on <= day)

    def spans(self, day: int) -> Spans:
        """The times in a stage, and blocked, as known on a day."""
        begun = np.flatnonzero((self._entered <= day) & ~self._is_partial)
        is_over = self._left[begun] <= day
        blocked = np.flatnonzero(self._blocked_from <= day)
        stood = np.minimum(self._blocked_to[blocked], day) - self._blocked_from[blocked]
        end = np.concatenate([self._left[begun], self._blocked_to[blocked]])
        return Spans(
            course=np.concatenate(
                [self._course[begun], self._course[self._blocked_visit[blocked]]]
            ),
            kind=np.concatenate([self._stage[begun], np.full(len(blocked), BLOCKED)]),
            days=np.concatenate([self._worked(day)[begun], stood]),
            is_over=np.concatenate([is_over, self._blocked_to[blocked] <= day]),
            outcome=np.concatenate(
                [
                    np.where(is_over, self._outcome[begun], UNKNOWN),
                    np.full(len(blocked), UNKNOWN),
                ]
            ),
            weight=0.5 ** ((day - np.minimum(end, day)) / HALF_LIFE),
        )

    def situation(self, day: int) -> Situation:
        """The records that were on their way on a day."""
        here = np.flatnonzero((self._entered <= day) & (self._left > day))
        standing = np.full(len(self._course), UNKNOWN)
        runs = (self._blocked_from <= day) & (self._blocked_to > day)
        standing[self._blocked_visit[runs]] = day - self._blocked_from[runs]
        return Situation(
            course=self._course[here],
            stage=self._stage[here],
            days=self._worked(day)[here],
            blocked_days=standing[here],
        )

    def at_once(self, days: Ints) -> Ints:
        """How many records each person (a row each) held on each of these days."""
        held = np.zeros((len(self.people), len(days)), np.int64)
        for n in np.flatnonzero(self._holder != UNKNOWN).tolist():
            held[self._holder[n]] += (self._entered[n] <= days) & (days < self._left[n])
        return held

    def left_days(self, after: int, until: int) -> Ints:
        """The days of the stages that each person has ended since a day, without blocked time."""
        ended = (self._left > after) & (self._left <= until) & (self._holder != UNKNOWN)
        days = self._worked(until)[ended]
        return np.bincount(self._holder[ended], days, len(self.people)).astype(np.int64)

    def who_did(self, stage: int, after: int) -> list[int]:
        """The people who were at work in a stage after a day."""
        did = (self._stage == stage) & (self._left > after) & (self._holder != UNKNOWN)
        return sorted(set(self._holder[did].tolist()))

    def _worked(self, day: int) -> Ints:
        """The days of each visit up to a day, without blocked time."""
        end = np.minimum(self._left, day)
        stood = np.zeros(len(self._course), np.int64)
        visits = self._blocked_visit
        overlap = np.minimum(self._blocked_to, end[visits]) - self._blocked_from
        np.add.at(stood, visits, np.maximum(overlap, 0))
        worked: Ints = np.maximum(end - self._entered - stood, 0)
        return worked


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _until(course: Course) -> int:
    """Until when a course was followed."""
    left = course.visits[-1].left if course.visits else 0
    return NEVER if left is None else left


def _index(name: str, people: Sequence[str]) -> int:
    return bisect_left(people, name) if name else UNKNOWN


def _place(code: str, codes: Sequence[str]) -> int:
    return codes.index(code) if code in codes else 0
