"""What a history teaches, and what is drawn from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from forecast.test_courses import BASE, TODAY, number_of

from xlflow.forecast.courses import LIVE, Course, Visit
from xlflow.forecast.drawing import drawn
from xlflow.forecast.durations import Durations, Usual, learnt
from xlflow.forecast.histories import Histories, Situation

NOW = number_of(TODAY)
USUAL = tuple(Usual(days) for days in (1.0, 2.0, 2.2, 4.1, 1.4, 3.0))


def ended(stage: int, days: int, complexity: str = "", ago: int = 1) -> Course:
    """A record that has been in a stage for so many days."""
    facts = replace(BASE, complexity=complexity)
    left = NOW - ago
    return Course(
        facts, (Visit(stage, left - days, left, stage + 1),), left if stage == 4 else None
    )


def running(stage: int, days: int, complexity: str = "") -> Course:
    return Course(replace(BASE, complexity=complexity), (Visit(stage, NOW - days),))


def taught(courses: list[Course]) -> tuple[Histories, Durations]:
    histories = Histories(courses)
    rng = np.random.default_rng(7)
    return histories, learnt(
        histories.spans(NOW), histories.complexity, histories.haste, USUAL, rng
    )


def share_over(durations: Durations, stage: int, day: int, group: int = 0) -> float:
    return float(durations.over[:, stage, group, day].mean())


def test_much_history_tells_its_own_distribution():
    _, durations = taught([ended(4, days % 10) for days in range(1000)])
    for day in (2, 5, 8):
        assert share_over(durations, 4, day) == pytest.approx((day + 1) / 10, abs=0.03)


def test_what_still_runs_counts_for_as_long_as_it_has_run():
    short = [ended(4, 3) for _ in range(40)]
    _, alone = taught(short)
    _, beside = taught([*short, *(running(4, 20) for _ in range(40))])
    assert share_over(alone, 4, 5) > 0.85
    assert share_over(beside, 4, 5) == pytest.approx(0.5, abs=0.08)
    assert share_over(beside, 4, 19) < 0.65


def test_a_record_that_is_there_for_long_stays_longer_than_that():
    courses = [ended(4, days) for days in (2, 3, 4, 5, 30, 40)] * 20
    histories, durations = taught([*courses, running(4, 9)])
    now = histories.situation(NOW)
    group = np.zeros(1, np.int64)
    days = drawn(now, group, durations, np.random.default_rng(1), 4000).days
    assert days.min() >= 1
    assert 19 <= np.median(days) <= 31  # 30 or 40 in all, 9 of them are over
    fresh = replace_days(now, 0)
    assert np.median(drawn(fresh, group, durations, np.random.default_rng(1), 4000).days) < 6


def replace_days(now: Situation, days: int) -> Situation:
    return replace(now, days=np.full(len(now.days), days))


def test_few_of_a_kind_are_drawn_towards_all_and_many_stand_for_themselves():
    base = [ended(3, 4, "low") for _ in range(60)]
    _, few = taught([*base, ended(3, 20, "high")])
    _, many = taught([*base, *(ended(3, 20, "high") for _ in range(60))])
    high = 3 * 5  # the third complexity, any priority
    assert share_over(few, 3, 10, high) > 0.7
    assert share_over(many, 3, 10, high) < 0.25
    assert share_over(many, 3, 10, 5) > 0.85


def test_old_times_count_less():
    old = [ended(4, 20, ago=400) for _ in range(60)]
    _, durations = taught([*old, *(ended(4, 3, ago=5) for _ in range(60))])
    assert share_over(durations, 4, 10) > 0.8


def test_blocked_time_comes_on_top_and_not_into_the_work():
    facts = BASE
    spelled = [
        Course(facts, (Visit(4, NOW - 20, NOW - 2, LIVE, ((NOW - 15, NOW - 5),)),), NOW - 2)
        for _ in range(60)
    ]
    histories, durations = taught([*spelled, running(4, 0)])
    assert share_over(durations, 4, 9) > 0.8  # 8 days of work each
    days = drawn(
        histories.situation(NOW), np.zeros(1, np.int64), durations, np.random.default_rng(1), 4000
    ).days
    assert 14 <= days.mean() <= 26  # about 8 days, and one spell of 10


def test_a_blocked_one_must_be_unblocked_first():
    spelled = [
        Course(BASE, (Visit(4, NOW - 20, NOW - 2, LIVE, ((NOW - 15, NOW - 5),)),), NOW - 2)
        for _ in range(60)
    ]
    standing = Course(BASE, (Visit(4, NOW - 12, blocked=((NOW - 4, None),)),))
    histories, durations = taught([*spelled, standing])
    now = histories.situation(NOW)
    assert (now.days.tolist(), now.blocked_days.tolist()) == ([8], [4])
    days = drawn(now, np.zeros(1, np.int64), durations, np.random.default_rng(1), 4000).days
    assert np.percentile(days, 20) >= 6


def test_beyond_the_longest_time_seen_it_ends_some_day():
    histories, durations = taught([*(ended(4, 3) for _ in range(30)), running(4, 1000)])
    days = drawn(
        histories.situation(NOW), np.zeros(1, np.int64), durations, np.random.default_rng(1), 500
    ).days
    assert days.min() >= 1
    assert days.max() < 20_000
