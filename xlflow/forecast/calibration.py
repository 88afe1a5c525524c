"""How right such forecasts were on past days of the same history, and what to make of it.

On each past day the open records are forecast from what was known then, and compared with what came
of them. If nine in ten came within what should have held for 85 in 100, the forecasts are narrowed,
and widened in the other case: each quantile by the factor that would have made it right
(a conformal prediction on the relative scale). Records that still run are counted as far as they
have come, like everywhere here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlflow.forecast.drawing import drawn
from xlflow.forecast.durations import Durations, Floats, Usual, learnt
from xlflow.forecast.histories import NEVER, Histories, Ints
from xlflow.forecast.paces import pace_of, paces

LEVELS = np.array(
    [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98], np.float64
)

_EVERY = 8  # working days between two past days
_MOST_DAYS = 12
_LEAST_FINISHED = 8  # at that time, for a forecast that is worth comparing
_MOST_RECORDS = 400  # of a past day; more would not tell more
_DRAWS = 300
_VERSIONS = 12
_DOUBT = 30.0  # records that a factor is drawn towards 1 by


@dataclass(frozen=True, eq=False)
class Calibration:
    """By what factor the days to come are lengthened at each level.

    `records`: how many came to their end after a past forecast; `cases`: how often one was
    compared. `within`: the share of cases that came within the 50, 85 and 95% days before that was
    learnt from.
    """

    factors: Floats
    records: int = 0
    cases: int = 0
    within: tuple[float, ...] = ()

    def applied(self, days: Ints) -> Ints:
        """Draws, a row a record, lengthened by their place in their row, and sorted."""
        held = np.sort(days, axis=1)
        place = (np.arange(days.shape[1]) + 0.5) / days.shape[1]
        factor = np.exp(np.interp(place, LEVELS, np.log(self.factors)))
        longer = np.maximum.accumulate((held + 1) * factor - 1, axis=1)
        return np.maximum(np.rint(longer), 1).astype(np.int64)


NONE = Calibration(np.ones(len(LEVELS)))


@dataclass(frozen=True, eq=False)
class _Compared:
    """Past forecasts beside what came. `days`: of those still running, so far."""

    quantiles: NDArray[Any]  # a row a case, a column a level
    days: Ints
    is_over: NDArray[np.bool_]
    course: Ints


def calibrated(
    histories: Histories, today: int, usual: tuple[Usual, ...], seed: int
) -> Calibration:
    """What past forecasts of this history teach."""
    held = [_compared(histories, day, today, usual, seed) for day in _days(histories, today)]
    cases = [one for one in held if one is not None and len(one.days)]
    if not cases:
        return NONE
    quantiles = np.concatenate([one.quantiles for one in cases])
    days = np.concatenate([one.days for one in cases])
    is_over = np.concatenate([one.is_over for one in cases])
    course = np.concatenate([one.course for one in cases])
    records = len(np.unique(course[is_over]))
    if records == 0:
        return NONE
    ratios = (days[:, None] + 1.0) / (quantiles + 1.0)
    trust = records / (records + _DOUBT)
    factors = np.array(
        [
            np.exp(trust * np.log(_quantile(ratios[:, n], is_over, level)))
            for n, level in enumerate(LEVELS)
        ]
    )
    within = tuple(
        _share_within(ratios[:, int(np.argmin(np.abs(LEVELS - level)))], is_over)
        for level in (0.5, 0.85, 0.95)
    )
    return Calibration(factors, records, int(is_over.sum()), within)


def _days(histories: Histories, today: int) -> list[int]:
    """The past days to compare, the newest first."""
    first = histories.first_day
    days = [] if first is None else list(range(today - _EVERY, first, -_EVERY))
    return [day for day in days if histories.finished(day).sum() >= _LEAST_FINISHED][:_MOST_DAYS]


def _compared(
    histories: Histories, day: int, today: int, usual: tuple[Usual, ...], seed: int
) -> _Compared | None:
    rng = np.random.default_rng([seed, day])
    then = histories.situation(day)
    if len(then.course) == 0:
        return None
    if len(then.course) > _MOST_RECORDS:
        then = then.part(np.sort(rng.choice(len(then.course), _MOST_RECORDS, replace=False)))
    spans = histories.spans(day)
    durations = learnt(spans, histories.complexity, histories.haste, usual, rng, _VERSIONS)
    found = drawn(
        then,
        groups_of(histories, then.course, durations),
        durations,
        rng,
        _DRAWS,
        pace_of(histories, then.course, paces(histories, spans, durations)),
    )
    live_on = histories.live_on[then.course]
    until = np.minimum(histories.until[then.course], today)
    is_over = live_on <= today
    return _Compared(
        quantiles=np.quantile(found.days, LEVELS, axis=1, method="inverted_cdf").T,
        days=np.where(is_over, live_on, np.minimum(until, NEVER)) - day,
        is_over=is_over,
        course=then.course,
    )


def groups_of(histories: Histories, course: Ints, durations: Durations) -> Ints:
    """The group of each of these courses."""
    return durations.group(histories.complexity[course], histories.haste[course])


def _survival(ratios: Floats, is_over: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The ratios in order, and the share of cases beyond each (Kaplan-Meier)."""
    order = np.lexsort((~is_over, ratios))
    there = np.arange(len(order), 0, -1)
    beyond: Floats = np.cumprod(1.0 - is_over[order] / there, dtype=np.float64)
    return ratios[order], beyond


def _quantile(ratios: Floats, is_over: NDArray[np.bool_], level: float) -> float:
    ordered, beyond = _survival(ratios, is_over)
    place = int(np.searchsorted(-beyond, level - 1.0, side="left"))
    return float(ordered[min(place, len(ordered) - 1)])


def _share_within(ratios: Floats, is_over: NDArray[np.bool_]) -> float:
    ordered, beyond = _survival(ratios, is_over)
    place = int(np.searchsorted(ordered, 1.0 + 1e-9, side="right"))
    return float(1.0 - beyond[place - 1]) if place else 0.0
