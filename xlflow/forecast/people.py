"""Who holds how much: now, usually, and what happens to it without somebody.

What somebody cannot do goes to those who did the same stage of late, to whom it adds least first.
As long as they hold no more than usual, it costs them nothing; beyond that all that they hold takes
longer in proportion, since their hours do not grow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from xlflow.forecast.courses import LIVE
from xlflow.forecast.durations import Floats
from xlflow.forecast.histories import Histories, Ints, Situation

LATELY_DAYS = 40
"""Working days: eight weeks."""

_USUALLY_DAYS = 130
_USUAL_SHARE = 85  # so many in a hundred days somebody held at most what is usual


@dataclass(frozen=True, slots=True)
class Load:
    """What a person holds. `usual`: at once, on a busy day.

    `weekly_days`: the days of the stages that ended lately, a week.
    """

    name: str
    open: int
    usual: int
    weekly_days: float


@dataclass(frozen=True)
class Handover:
    """The work of those who are away. `person`: who holds each record (a row) in each stage.

    `slower`: by person, how much longer theirs takes; `moved`: course -> stage -> who takes it,
    "" where nobody else has done that stage.
    """

    person: Ints
    slower: Floats
    moved: Mapping[int, Mapping[int, str]]


def loads(histories: Histories, now: Situation, today: int) -> tuple[Load, ...]:
    """The load of each person, in the order of the names."""
    held = _held(histories, now)
    usual = _usual(histories, today)
    weekly = histories.left_days(today - LATELY_DAYS, today) * 5 / LATELY_DAYS
    return tuple(
        Load(name, int(held[n]), int(usual[n]), float(weekly[n]))
        for n, name in enumerate(histories.people)
    )


def handed_over(
    histories: Histories, now: Situation, held: tuple[Load, ...], away: Collection[int], today: int
) -> Handover:
    """Who takes what from those who are away (by number), and how much slower that makes them."""
    able = _able(histories, today, away)
    load = np.array([one.open for one in held], np.int64)
    most = np.maximum([one.usual for one in held], load)
    load[list(away)] = 0
    person = histories.person.copy()
    moved: dict[int, dict[int, str]] = defaultdict(dict)
    for course, stage in zip(now.course.tolist(), now.stage.tolist(), strict=True):
        for later in range(stage, LIVE):
            if person[course, later] not in away:
                continue
            takers = able[later]
            taker = min(takers, key=lambda n: ((load[n] + 1) / most[n], n), default=None)
            moved[course][later] = "" if taker is None else histories.people[taker]
            if taker is None:
                continue
            person[course, later] = taker
            if later == stage:
                load[taker] += 1
    slower = np.append(np.maximum(load / np.maximum(most, 1), 1.0), 1.0)
    return Handover(person, slower, dict(moved))


def _held(histories: Histories, now: Situation) -> Ints:
    """How many open records each person holds now."""
    person = histories.person[now.course, now.stage]
    return np.bincount(person[person >= 0], minlength=len(histories.people))


def _usual(histories: Histories, today: int) -> Ints:
    """How many records each person held at once on a busy day, at least one."""
    days = np.arange(today - _USUALLY_DAYS, today)
    at_once = histories.at_once(days)
    usual = np.ones(len(histories.people), np.int64)
    for n, counts in enumerate(at_once):
        if len(active := counts[int(np.argmax(counts > 0)) :]) and counts.any():
            usual[n] = max(int(np.percentile(active, _USUAL_SHARE, method="inverted_cdf")), 1)
    return usual


def _able(histories: Histories, today: int, away: Collection[int]) -> list[list[int]]:
    """Who did each stage of late, without those who are away."""
    return [
        [n for n in histories.who_did(stage, today - _USUALLY_DAYS) if n not in away]
        for stage in range(LIVE)
    ]
