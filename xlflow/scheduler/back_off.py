"""When a job that failed, or had to wait, is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST = timedelta(hours=1)
WAITING = timedelta(minutes=15)
"""How long a job waits that somebody at work on the register held up."""


def after_failure(tries: int, now: datetime, following: datetime | None) -> datetime | None:
    """After 1, 2, 4, ... minutes; None where the next slot comes before that.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 18, 12, tzinfo=UTC)
    >>> [f"{after_failure(tries, noon, None):%H:%M}" for tries in (1, 2, 3, 7, 99)]
    ['12:01', '12:02', '12:04', '13:00', '13:00']
    """
    return _before(now + min(timedelta(minutes=2 ** min(tries - 1, 10)), LONGEST), following)


def after_waiting(now: datetime, following: datetime | None) -> datetime | None:
    """A while later; None where the next slot comes before that, or soon after."""
    again_at = now + WAITING
    soon_after = again_at + WAITING
    return None if following is not None and following <= soon_after else again_at


def _before(again_at: datetime, following: datetime | None) -> datetime | None:
    return None if following is not None and again_at >= following else again_at
