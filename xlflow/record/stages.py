"""The statuses of a requirement: their order, what may follow what, and the step each belongs to.

Source: the process standard, six steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xlflow.record.choices import STATUSES as STATUSES

MAIN_LINE = STATUSES[:7]
"""The statuses that a requirement passes one after another, submitted to closed."""

OPEN = (*MAIN_LINE[:6], "blocked")
"""The statuses in which somebody still has something to do."""

FINISHED = ("closed", "cancelled")

STEP: Mapping[str, int] = MappingProxyType(
    {
        "submitted": 1,
        "assessing": 2,
        "designing": 3,
        "developing": 4,
        "testing": 5,
        "live": 6,
        "closed": 6,
    }
)
"""The step of the standard that is at work while a requirement has the status."""

BEFORE_LIVE = MAIN_LINE[:5]

TRANSITIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "submitted": ("assessing", "blocked", "cancelled"),
        "assessing": ("designing", "blocked", "cancelled"),
        "designing": ("developing", "blocked", "cancelled"),
        "developing": ("testing", "blocked", "cancelled"),
        "testing": ("live", "developing", "blocked", "cancelled"),
        "live": ("closed",),
        "closed": (),
        "blocked": (*BEFORE_LIVE, "cancelled"),
        "cancelled": (),
    }
)
"""What may follow a status. From blocked, only the status that it came from."""


def has_reached(status: str, since: str) -> bool:
    """Whether a requirement with `status` has entered `since`, or passed it.

    Blocked and cancelled requirements have at least been submitted; more only the ledger knows.

    >>> has_reached("testing", "designing"), has_reached("blocked", "designing")
    (True, False)
    """
    if status in MAIN_LINE and since in MAIN_LINE:
        return MAIN_LINE.index(status) >= MAIN_LINE.index(since)
    return status == since or (since == "submitted" and status in STATUSES)
