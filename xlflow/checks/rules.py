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
    remembered,
    required,
    statuses,
    vague,
)
from xlflow.checks.company_rules import company_rules
from xlflow.checks.rule import Rule
from xlflow.settings import Settings

_OF_RECORDS: tuple[Rule, ...] = (
    *required.RULES,
    *conditions.RULES,
    *lists.RULES,
    *cells.RULES,
    *dates.RULES,
    *order.RULES,
    *days_off.RULES,
    *estimates.RULES,
    *statuses.RULES,
    *remembered.RULES,
    *lines.RULES,
    *duplicates.RULES,
    *vague.RULES,
    *company_fields.RULES,
)

RULES: tuple[Rule, ...] = (
    *_OF_RECORDS,
    *numbers.RULES,  # last, since a number waits for what the others say
)
"""xlflow's own."""


def rules(settings: Settings | None = None) -> tuple[Rule, ...]:
    """All rules, a company's own included, in the order in which they run.

    Raises:
        SettingsError: One of the company's own has a fault.
    """
    if settings is None or not settings.rules:
        return RULES
    return (*_OF_RECORDS, *company_rules(settings), *numbers.RULES)
