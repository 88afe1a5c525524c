"""All rules, joined by hand; findings of one cell keep this order."""

from __future__ import annotations

from xlflow.checks import (
    cells,
    company_fields,
    conditions,
    dates,
    days_off,
    duplicates,
    estimates,
    lines,
    lists,
    numbers,
    order,
    required,
    statuses,
    vague,
)
from xlflow.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    *required.RULES,
    *conditions.RULES,
    *lists.RULES,
    *cells.RULES,
    *dates.RULES,
    *order.RULES,
    *days_off.RULES,
    *estimates.RULES,
    *statuses.RULES,
    *lines.RULES,
    *duplicates.RULES,
    *vague.RULES,
    *company_fields.RULES,
    *numbers.RULES,  # last, since a number waits for what the others say
)


def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they run."""
    return RULES
