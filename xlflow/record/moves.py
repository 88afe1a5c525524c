"""Moves between statuses: which the standard allows, seen from what the record went through.

Source: the process standard, statuses and transitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xlflow.record.memory import Spell
from xlflow.record.stages import BEFORE_LIVE, MAIN_LINE, TRANSITIONS


@dataclass(frozen=True, slots=True)
class Move:
    """How a record came into its present status, where the standard does not allow that.

    `origin`: the step that it was in; of one that was blocked, before it was. `expected`: the
    status that may follow, the origin itself where it was blocked. `since`: when it entered origin.
    """

    origin: str
    expected: str
    after: str
    since: datetime
    was_blocked: bool

    @property
    def is_forward(self) -> bool:
        """Whether it went on, but too far."""
        steps = (self.origin, self.after)
        if not all(step in MAIN_LINE for step in steps):
            return False
        return MAIN_LINE.index(self.after) > MAIN_LINE.index(self.origin)

    @property
    def remedy(self) -> str:
        """The status that puts it right: the next step, or the one that it went back from."""
        return self.expected if self.is_forward or self.was_blocked else self.origin


def unallowed_move(spells: Sequence[Spell]) -> Move | None:
    """The last move, if it is not allowed. One that puts an unallowed move right is."""
    last: Move | None = None
    for position in range(1, len(spells)):
        move = _move(spells, position)
        if move and last and move.after in (spells[position - 2].status, last.remedy):
            move = None
        last = move
    return last


def _move(spells: Sequence[Spell], position: int) -> Move | None:
    """The move into the spell at a position, if it is not allowed on its own."""
    before, after = spells[position - 1], spells[position].status
    if before.status != "blocked":
        allowed = TRANSITIONS[before.status]
        following = next((step for step in allowed if step in MAIN_LINE), before.status)
        if after in allowed:
            return None
        return Move(before.status, following, after, before.entered_at, was_blocked=False)
    earlier = reversed(spells[: position - 1])
    origin = next((spell for spell in earlier if spell.status in MAIN_LINE), None)
    if after == "cancelled" or (after in BEFORE_LIVE if origin is None else after == origin.status):
        return None
    if origin is None:
        return Move("blocked", "blocked", after, before.entered_at, was_blocked=True)
    return Move(origin.status, origin.status, after, origin.entered_at, was_blocked=True)
