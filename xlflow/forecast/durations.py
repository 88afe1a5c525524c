"""How long a stage takes, learnt from a history in which many a stage still runs.

For each stage and day, the chance that a record which has been there for so long leaves on that
day. Records that are still there count for the days that they have been there (a Kaplan-Meier
estimate, so what runs long is not forgotten). Where little is known, a chance is drawn towards that
of more: that of a complexity and priority towards that of the complexity, this towards that of the
stage, and this towards a smooth curve (lognormal) through the whole stage, which also tells what
comes after the longest time seen.

What is not known for sure differs from draw to draw: each *version* of the past counts each record
with another weight (a Bayesian bootstrap).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from xlflow.forecast.courses import LIVE
from xlflow.forecast.histories import BLOCKED, COMPLEXITIES, HASTES, KINDS, Ints, Spans

Floats = NDArray[np.float64]

VERSIONS = 40
LONGEST = 300
"""Working days that are told apart; after them the chance of the last one goes on."""

_STRENGTH = 6.0  # records that a less certain chance is drawn towards the more certain one by
_LEAST_CHANCE = 1 / 400
_GROUPS = len(COMPLEXITIES) * len(HASTES)

# Standard normal distribution, for many values at once.
_GRID = np.linspace(-8.0, 8.0, 3201)
_NORMAL = np.array([0.5 * (1 + math.erf(x / math.sqrt(2))) for x in _GRID])


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a stage as long as nothing is known: its median days, and their spread."""

    median_days: float
    spread: float = 0.8  # of the logarithm


@dataclass(frozen=True, eq=False)
class Durations:
    """The chances by version, kind and group, as distributions; and where records go on to.

    `over`: the share that has left after so many days. `onward`: the share of each stage's leavers
    that goes on to each place. `blocking`: how often a record is blocked on a day of work.
    """

    over: Floats  # version, kind, group, day
    last_chance: Floats  # version, kind, group: of leaving on any day after the last
    onward: Floats  # version, stage, place; cumulated
    blocking: Floats  # version

    @cached_property
    def end_to_end(self) -> Floats:
        """All curves one behind the other, each raised by its place, so that they rise together."""
        curves = self.over.reshape(-1, LONGEST)
        raised: Floats = (curves + np.arange(len(curves))[:, None]).ravel()
        return raised

    def group(self, complexity: Ints, haste: Ints) -> Ints:
        """The group of records; the first one is that of all."""
        return complexity * len(HASTES) + haste


def learnt(
    spans: Spans,
    complexity: Ints,
    haste: Ints,
    usual: tuple[Usual, ...],
    rng: np.random.Generator,
    versions: int = VERSIONS,
) -> Durations:
    """What such times teach. `complexity` and `haste` by course; `usual` by kind."""
    weights = rng.exponential(size=(versions, max(len(complexity), 1)))
    weights /= weights.mean(axis=1, keepdims=True)
    chances = np.empty((versions, KINDS, _GROUPS, LONGEST))
    for kind in range(KINDS):
        of_kind = np.flatnonzero(spans.kind == kind)
        smooth = _smooth(spans.days[of_kind], spans.is_over[of_kind], usual[kind])
        courses = spans.course[of_kind]
        chances[:, kind] = _chances(
            np.minimum(spans.days[of_kind], LONGEST - 1),
            spans.is_over[of_kind],
            weights[:, courses] * spans.weight[of_kind],
            complexity[courses],
            haste[courses],
            smooth,
        )
    return Durations(
        over=np.subtract(1.0, np.cumprod(1.0 - chances, axis=-1), dtype=np.float64),
        last_chance=np.maximum(chances[..., -1], _LEAST_CHANCE),
        onward=_onward(spans, weights),
        blocking=_blocking(spans, weights),
    )


def _chances(
    days: Ints,
    is_over: NDArray[np.bool_],
    weights: Floats,
    complexity: Ints,
    haste: Ints,
    smooth: Floats,
) -> Floats:
    """The chance of leaving on each day, by version and group."""
    versions, many = len(weights), len(HASTES)
    left = np.zeros((versions, _GROUPS, LONGEST))
    there = np.zeros((versions, _GROUPS, LONGEST))
    for by_complexity, by_haste in ((0, 0), (1, 0), (0, 1), (1, 1)):
        groups = complexity * by_complexity * many + haste * by_haste
        counts = (complexity > 0) | (by_complexity == 0)
        counts &= (haste > 0) | (by_haste == 0)
        held = np.flatnonzero(counts)
        cells = groups[held] * LONGEST + days[held]
        left += _counted(cells, weights[:, held] * is_over[held])
        there += _counted(cells, weights[:, held])
    there = there[..., ::-1].cumsum(axis=-1)[..., ::-1]
    chances = np.empty_like(left)
    chances[:, 0] = _drawn(left[:, 0], there[:, 0], smooth)
    for group in range(1, _GROUPS):
        towards = group - group % many if group % many and group >= many else 0
        chances[:, group] = _drawn(left[:, group], there[:, group], chances[:, towards])
    return np.clip(chances, 0.0, 1.0 - 1e-9)


def _counted(cells: Ints, weights: Floats) -> Floats:
    """The weights of each version, summed by group and day."""
    versions, size = len(weights), _GROUPS * LONGEST
    places = np.arange(versions)[:, None] * size + cells
    summed = np.bincount(places.ravel(), weights.ravel(), versions * size).astype(np.float64)
    return summed.reshape(versions, _GROUPS, LONGEST)


def _drawn(left: Floats, there: Floats, towards: Floats) -> Floats:
    return (left + _STRENGTH * towards) / (there + _STRENGTH)


def _smooth(days: Ints, is_over: NDArray[np.bool_], usual: Usual) -> Floats:
    """The chance of leaving on each day on the likeliest lognormal curve."""
    mu, sigma, upto, ending, staying = _curves()
    known = np.minimum(days, LONGEST - 1)
    ended = np.bincount(known[is_over], minlength=LONGEST)
    running = np.bincount(known[~is_over], minlength=LONGEST)
    # What is usual counts like two records, so that little history bends it little.
    doubt = ((mu - math.log(usual.median_days)) / 1.0) ** 2
    doubt += ((sigma - usual.spread) / 0.4) ** 2
    best = int(np.argmax(ending @ ended + staying @ running - doubt))
    stay = 1.0 - upto[best]
    chance: Floats = 1.0 - stay[1:] / np.maximum(stay[:-1], 1e-12)
    return np.clip(np.where(stay[:-1] < 1e-9, 1.0, chance), _LEAST_CHANCE, 1.0)


@cache
def _curves() -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Lognormal curves of all likely shapes: their two parameters, then a row each by day.

    What has left by the end of a day, the logarithm of leaving on it, and of staying beyond it.
    """
    medians = np.geomspace(0.15, 150.0, 60)
    spreads = np.linspace(0.25, 2.0, 15)
    mu, sigma = (grid.ravel() for grid in np.meshgrid(np.log(medians), spreads))
    edges = np.concatenate([[1e-9], np.arange(LONGEST) + 0.5])
    z = (np.log(edges)[None, :] - mu[:, None]) / sigma[:, None]
    upto = np.interp(z, _GRID, _NORMAL)
    ending = np.log(np.maximum(np.diff(upto, axis=1), 1e-12))
    staying = np.log(np.maximum(1.0 - upto[:, 1:], 1e-12))
    return mu, sigma, upto, ending, staying


def _onward(spans: Spans, weights: Floats) -> Floats:
    """Where leavers go, cumulated over the places; the next stage counts like one record more."""
    counts = np.zeros((len(weights), LIVE, LIVE + 1))
    for stage in range(LIVE):
        counts[:, stage, stage + 1] = 1.0
        for place in range(LIVE + 1):
            went = (spans.kind == stage) & (spans.outcome == place)
            counts[:, stage, place] += weights[:, spans.course[went]] @ spans.weight[went]
    shares = counts / counts.sum(axis=2, keepdims=True)
    return np.cumsum(shares, axis=2)


def _blocking(spans: Spans, weights: Floats) -> Floats:
    is_blocked = spans.kind == BLOCKED
    begun = weights[:, spans.course[is_blocked]] @ spans.weight[is_blocked]
    days = spans.days * spans.weight
    worked = weights[:, spans.course[~is_blocked]] @ days[~is_blocked]
    rate: Floats = begun / np.maximum(worked, 1.0)
    return rate
