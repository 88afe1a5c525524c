"""How a deadline stands, in a few words, and which of several to look at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from xlflow.languages import Language, say
from xlflow.timing.deadlines import Deadline, State

_RANK: Mapping[State, int] = MappingProxyType(
    {"overdue": 0, "due soon": 1, "on time": 2, "paused": 3, "met": 4}
)


def most_pressing(found: Sequence[Deadline]) -> Deadline | None:
    """The open deadline to look at first: overdue before due soon, then by its day."""
    standing = [deadline for deadline in found if deadline.is_open]
    return min(standing, key=lambda it: (_RANK[it.state], it.due_on), default=None)


def flag(deadline: Deadline, today: date, language: Language) -> str:
    """How a deadline stands, in a few words: "3 working days late", "due tomorrow", "on time"."""
    days = deadline.days_late
    if deadline.state == "overdue":
        return say(language, "deadlines.flag.overdue", days=days)
    if deadline.state == "paused" and days:
        return say(language, "deadlines.flag.paused-late", days=days)
    if deadline.state == "due soon":
        return _soon(deadline, today, language)
    if deadline.state == "on time" and deadline.days_at_risk:
        return say(language, "deadlines.flag.at-risk", days=deadline.days_at_risk)
    return say(language, f"deadlines.flag.{deadline.state.replace(' ', '-')}")


def name(deadline_id: str, language: Language) -> str:
    """What people call a kind of deadline: "confirmation", "answer to a question"."""
    return say(language, f"deadlines.name.{deadline_id}")


def _soon(deadline: Deadline, today: date, language: Language) -> str:
    if deadline.opens_on is not None and deadline.opens_on <= today < deadline.due_on:
        return say(language, "deadlines.flag.ready", due=deadline.due_on)
    if deadline.due_on == today:
        return say(language, "deadlines.flag.today")
    if deadline.due_on == today + timedelta(days=1):
        return say(language, "deadlines.flag.tomorrow")
    return say(language, "deadlines.flag.soon", due=deadline.due_on)
