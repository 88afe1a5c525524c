"""All rules, joined by hand; findings of one cell keep this order."""

from __future__ import annotations

from xlflow.checks import conditions, lists, required
from xlflow.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    *required.RULES,
    *conditions.RULES,
    *lists.RULES,
)


def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they run."""
    return RULES
