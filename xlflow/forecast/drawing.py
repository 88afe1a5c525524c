"""Drawing what is still to come for open records: thousands of ways that each of them may go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlflow.forecast.courses import LIVE
from xlflow.forecast.durations import LONGEST, Durations, Floats
from xlflow.forecast.histories import BLOCKED, UNKNOWN, Ints, Situation

_MOST_STAGES = 16  # a record that goes back and forth for ever is stopped somewhere
_MOST_BLOCKS = 6
_MOST_AT_ONCE = 400_000


@dataclass(frozen=True, eq=False)
class Drawn:
    """Days to come, a row a record, a column a draw.

    `days`: until it goes live, at least 1. `here`: of them, the median of those in the stage that
    it is in now.
    """

    days: Ints
    here: Floats


def drawn(
    now: Situation,
    group: Ints,
    durations: Durations,
    rng: np.random.Generator,
    draws: int,
    pace: Floats | None = None,
) -> Drawn:
    """The draws. `group`: of each record. `pace`: by record and stage, how much longer it takes.

    The same chances fall to the same record and draw whatever the paces are, so that a question
    beside another one differs by what is asked, not by luck.
    """
    at_once = max(_MOST_AT_ONCE // draws, 1)  # else thousands of records would fill the memory
    parts = [
        _drawn(
            now.part(rows), group[rows], durations, rng, draws, None if pace is None else pace[rows]
        )
        for start in range(0, max(len(now.course), 1), at_once)
        for rows in [slice(start, start + at_once)]
    ]
    return Drawn(
        np.concatenate([part.days for part in parts]), np.concatenate([part.here for part in parts])
    )


def _drawn(
    now: Situation,
    group: Ints,
    durations: Durations,
    rng: np.random.Generator,
    draws: int,
    pace: Floats | None,
) -> Drawn:
    shape = (len(now.course), draws)
    lasting, rounding, going_on, blocking = rng.spawn(4)
    version = np.broadcast_to(np.arange(draws) % len(durations.blocking), shape)
    stage = np.repeat(now.stage[:, None], draws, axis=1)
    spent = np.repeat(now.days[:, None], draws, axis=1)
    groups = np.repeat(group[:, None], draws, axis=1)
    work, here = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for _ in range(_MOST_STAGES):
        row, column = np.nonzero(stage < LIVE)
        chances = [one.random(shape)[row, column] for one in (lasting, rounding, going_on)]
        if len(row) == 0:
            break
        v, s, g = version[row, column], stage[row, column], groups[row, column]
        slower = pace[row, s] if pace is not None else np.ones(len(row))
        before = spent[row, column]
        before = np.where(before < 0, before, np.floor(before / slower).astype(np.int64))
        days = _days(durations, v, s, g, before, chances[0]) * slower
        # rounded at random, so that a pace lengthens short stages, too
        whole = np.floor(days + chances[1]).astype(np.int64)
        work[row, column] += whole
        here[row, column] += np.where(s == now.stage[row], whole, 0)
        onward = durations.onward[v, s]
        following = (chances[2][:, None] > onward).sum(axis=1)
        stage[row, column] = np.minimum(following, LIVE)
        spent[row, column] = UNKNOWN
    standing = _standing(now, work, durations, version, blocking)
    return Drawn(np.maximum(work + standing, 1), np.median(here, axis=1))


def _days(
    durations: Durations,
    version: Ints,
    kind: Ints,
    group: Ints,
    spent: Ints,
    chance: Floats,
) -> Ints:
    """Days that are still to come in a stage, for who has been there for more than `spent`.

    `chance`: where in what is still to come, from 0 to 1.
    """
    over = durations.over
    _, kinds, groups, _ = over.shape
    curve = (version * kinds + kind) * groups + group
    known = np.minimum(spent, LONGEST - 1)
    before = np.where(spent < 0, 0.0, over.reshape(-1, LONGEST)[curve, np.maximum(known, 0)])
    share = before + (1.0 - before) * chance
    # All curves one behind the other: each takes up its own whole number and what follows.
    found = np.searchsorted(durations.end_to_end, curve + share, side="left") - curve * LONGEST
    last = over.reshape(-1, LONGEST)[curve, -1]
    last_chance = durations.last_chance.ravel()[curve]
    left = np.maximum((1.0 - share) / np.maximum(1.0 - np.maximum(before, last), 1e-300), 1e-300)
    after = np.ceil(np.log(np.minimum(left, 1.0)) / np.log1p(-np.minimum(last_chance, 1.0 - 1e-9)))
    beyond = np.maximum(LONGEST - 1, known) + np.minimum(after, 4000).astype(np.int64)
    total = np.where(found < LONGEST, found, beyond)
    left_over: Ints = total - np.maximum(spent, 0)
    return np.maximum(left_over, np.where(spent < 0, 0, 1))


def _standing(
    now: Situation, work: Ints, durations: Durations, version: Ints, rng: np.random.Generator
) -> Ints:
    """Days that each will stand still: to the end of the spell that runs, and in further ones."""
    whole = np.zeros(work.shape, np.int64)
    chances = rng.random((_MOST_BLOCKS + 2, *work.shape))
    runs = np.flatnonzero(now.blocked_days != UNKNOWN)
    if len(runs):
        spent = np.broadcast_to(now.blocked_days[runs][:, None], (len(runs), work.shape[1]))
        rest = _spell(durations, version[runs], spent, chances[0][runs])
        whole[runs] = rest
    times = _times(durations.blocking[version] * work, chances[1])
    for n in range(_MOST_BLOCKS):
        more = np.nonzero(times > n)
        fresh = np.full(len(more[0]), UNKNOWN)
        whole[more] += _spell(durations, version[more], fresh, chances[n + 2][more])
    return whole


def _times(mean: Floats, chance: Floats) -> Ints:
    """How often something happens whose average is known (Poisson), `_MOST_BLOCKS` at most."""
    times = np.zeros(mean.shape, np.int64)
    term = np.exp(-mean)
    upto = term.copy()
    for n in range(1, _MOST_BLOCKS + 1):
        times += chance > upto
        term = term * mean / n
        upto += term
    return times


def _spell(durations: Durations, version: Ints, spent: Ints, chance: Floats) -> Ints:
    flat = version.ravel()
    kind, group = np.full(len(flat), BLOCKED), np.zeros(len(flat), np.int64)
    days = _days(durations, flat, kind, group, spent.ravel(), chance.ravel())
    return days.reshape(version.shape)
