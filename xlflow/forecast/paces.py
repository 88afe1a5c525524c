"""How much longer than usual somebody's stages take of late, whatever the reason.

Somebody whose records stay longer than the chances say, or are left later, gets a pace above 1:
the leavers that were to be expected for the days that the records were there, over those that left.
With little seen it stays near 1. Recent days count more.
"""

from __future__ import annotations

import numpy as np

from xlflow.forecast.courses import LIVE
from xlflow.forecast.durations import LONGEST, Durations, Floats
from xlflow.forecast.histories import UNKNOWN, Histories, Ints, Spans

_STRENGTH = 4.0  # leavers that a pace is drawn towards the usual one by
_LEAST, _MOST = 0.5, 3.0


def paces(histories: Histories, spans: Spans, durations: Durations) -> Floats:
    """The pace of each person (a row each) in each stage; the last row is that of nobody."""
    many = len(histories.people)
    stage = np.minimum(spans.kind, LIVE - 1)
    person = np.where(spans.kind < LIVE, histories.person[spans.course, stage], UNKNOWN)
    counts = np.flatnonzero(person != UNKNOWN)
    expected, left = np.zeros((many, LIVE)), np.zeros((many, LIVE))
    where = (person[counts], stage[counts])
    load = _expected(histories, spans, durations)[counts]
    np.add.at(expected, where, load * spans.weight[counts])
    np.add.at(left, where, spans.is_over[counts] * spans.weight[counts])
    of_person = (expected.sum(axis=1) + _STRENGTH) / (left.sum(axis=1) + _STRENGTH)
    found = (expected + _STRENGTH * of_person[:, None]) / (left + _STRENGTH)
    return np.vstack([np.clip(found, _LEAST, _MOST), np.ones((1, LIVE))])


def pace_of(histories: Histories, course: Ints, found: Floats) -> Floats:
    """The pace of each record (a row each) in each stage."""
    held: Floats = found[histories.person[course], np.arange(LIVE)]
    return held


def _expected(histories: Histories, spans: Spans, durations: Durations) -> Floats:
    """The leavers to be expected for the days of each span (the cumulated chance)."""
    over = durations.over.mean(axis=0)
    cumulated = -np.log(np.maximum(1.0 - over, 1e-9))
    group = durations.group(histories.complexity[spans.course], histories.haste[spans.course])
    # who leaves on a day has, on average, used up half of its chance
    upto = cumulated[spans.kind, group, np.minimum(spans.days, LONGEST - 1)]
    before = cumulated[spans.kind, group, np.clip(spans.days - 1, 0, LONGEST - 1)]
    before = np.where(spans.days > 0, before, 0.0)
    expected: Floats = np.where(spans.is_over, (upto + before) / 2, before)
    return expected
