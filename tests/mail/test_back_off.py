from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from xlflow.mail import next_try


def test_waits_grow_from_a_minute_to_four_hours(now: datetime) -> None:
    waits = [(next_try(tries, now) or now) - now for tries in range(1, 8)]
    assert [wait // timedelta(minutes=1) for wait in waits] == [1, 5, 15, 60, 240, 240, 240]


def test_a_mail_outlasts_a_weekend_and_then_is_dead(now: datetime) -> None:
    tries, at, tried_last_at = 0, now, now
    while (following := next_try(tries := tries + 1, at)) is not None:
        at = tried_last_at = following
    assert timedelta(hours=62) < tried_last_at - now < timedelta(days=4)
    assert next_try(tries + 1, at) is None


def test_a_mail_that_was_not_tried_has_nothing_to_wait_for(now: datetime) -> None:
    with pytest.raises(ValueError, match="no failed try"):
        next_try(0, now)
