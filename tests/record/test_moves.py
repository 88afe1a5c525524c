"""Moves between statuses that the standard does not allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from xlflow.record.memory import Spell
from xlflow.record.moves import Move, unallowed_move

BEGIN = datetime(2024, 3, 4, 9, tzinfo=UTC)


def through(path: str) -> Move | None:
    """The unallowed move of a record that went through these statuses, one a day."""
    days = [BEGIN + timedelta(days=n) for n in range(20)]
    statuses = path.split()
    return unallowed_move(
        [Spell(status, days[n], days[n + 1]) for n, status in enumerate(statuses)]
    )


@pytest.mark.parametrize(
    "path",
    [
        "live",
        "submitted assessing designing developing testing live closed",
        "developing testing developing testing live",
        "developing blocked developing",
        "developing blocked cancelled",
        "blocked testing",
        "submitted blocked submitted assessing",
        "submitted live submitted",  # a mistake that was taken back
        "submitted live submitted assessing",
        "testing designing testing live",
        "submitted designing assessing",  # what the finding asked for
        "designing developing blocked testing developing",
        "designing blocked developing designing",
        "developing blocked assessing developing",
        "submitted live closed",  # the jump has been told while it stood there
    ],
)
def test_what_the_standard_allows_is_no_fault(path: str) -> None:
    assert through(path) is None


@pytest.mark.parametrize(
    ("path", "origin", "expected", "forward"),
    [
        ("submitted live", "submitted", "assessing", True),
        ("submitted assessing developing", "assessing", "designing", True),
        ("submitted designing developing blocked testing", "developing", "developing", True),
        ("developing blocked designing", "developing", "developing", False),
        ("developing designing", "developing", "testing", False),
        ("live developing", "live", "closed", False),
        ("live blocked", "live", "closed", False),
        ("closed testing", "closed", "closed", False),
        ("cancelled submitted", "cancelled", "cancelled", False),
        ("blocked live", "blocked", "blocked", False),
        ("designing blocked developing designing blocked testing", "designing", "designing", True),
        ("assessing designing assessing developing", "assessing", "designing", True),
        ("submitted live submitted live", "submitted", "assessing", True),
    ],
)
def test_another_move_tells_where_it_began_and_what_may_follow(
    path: str, origin: str, expected: str, forward: bool
) -> None:
    move = through(path)
    assert move is not None
    assert (move.origin, move.expected) == (origin, expected)
    assert move.is_forward is forward
    assert move.after == path.split()[-1]
