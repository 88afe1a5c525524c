"""When a mail that did not go out is tried again. The rows themselves are the ledger's."""

from __future__ import annotations

from datetime import datetime, timedelta

# Quick at first, for a server that restarts; then patient enough to outlast a weekend.
WAITS_MINUTES = (1, 5, 15, 60, *[240] * 17)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failures (1 or more); None: it is dead, tell a person.

    Failures whose outcome is "settings" are not the mail's fault and count as no try.
    """
    if tries < 1:
        raise ValueError(f"no failed try, so none to wait after: {tries}")
    if tries > len(WAITS_MINUTES):
        return None
    return now + timedelta(minutes=WAITS_MINUTES[tries - 1])
