"""The worked example that every template shows: requirement 2024-015 of the process standard.

Two of its dates are days off on purpose (2024-03-02 and 2024-03-10); the checks say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from xlflow.languages import Language, entry
from xlflow.record.schema import STANDARD, Schema

NUMBER = "2024-015"

_CODES: Mapping[str, str] = MappingProxyType(
    {
        "type": "optimisation",
        "priority": "high",
        "feasible": "yes",
        "complexity": "medium",
        "status": "closed",
        "mark": "ready-for-test",
        "result": "pass",
        "business_closed": "yes",
        "technical_closed": "yes",
    }
)

_VALUES: Mapping[str, object] = MappingProxyType(
    {
        "number": NUMBER,
        "submitted_on": date(2024, 3, 1),
        "expected_on": date(2024, 3, 15),
        "confirmed_on": date(2024, 3, 1),
        "assessed_on": date(2024, 3, 2),
        "core_days": 4,
        "other_days": 1,
        "estimate": 5,
        "design_due": date(2024, 3, 5),
        "development_due": date(2024, 3, 10),
        "test_due": date(2024, 3, 12),
        "golive_due": date(2024, 3, 15),
        "business_signed_on": date(2024, 3, 4),
        "technical_signed_on": date(2024, 3, 4),
        "checked_on": date(2024, 3, 13),
        "live_on": date(2024, 3, 15),
        "closed_on": date(2024, 3, 20),
    }
)


def worked_example(language: Language, schema: Schema = STANDARD) -> dict[str, Any]:
    """The example as a row of the register: field key -> value, choices as their labels."""
    row: dict[str, Any] = dict(_VALUES)
    row |= entry(language, "example.requirement")
    row["accepted_department"] = row["department"]
    for key, code in _CODES.items():
        row[key] = schema.choices_of(key).label(code, language)
    return row


def worked_progress(language: Language, schema: Schema = STANDARD) -> list[dict[str, Any]]:
    """The example's lines of the Progress sheet."""
    texts = entry(language, "example.progress")
    by = entry(language, "example.requirement.development_owner")
    lines = ((6, "in-progress", "1"), (11, "ready-for-test", "2"), (13, "ready-for-test", "3"))
    return [
        {
            "number": NUMBER,
            "date": date(2024, 3, day),
            "mark": schema.choices["mark"].label(mark, language),
            "text": texts[text],
            "by": by,
        }
        for day, mark, text in lines
    ]
