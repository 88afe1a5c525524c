"""What may be typed into each column, and what the person is told."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlflow.languages import Language, say
from xlflow.record.fields import Field, Kind
from xlflow.settings import Settings
from xlflow.workbook.template.lists import DEPARTMENTS, NUMBERS, PEOPLE, choice_name

EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)
MOST_DAYS = 999
MOST_AMOUNT = 999_999_999_999


def longest(field: Field, language: Language, settings: Settings) -> int | None:
    """The characters that a text may have; None where any number goes."""
    if field.key == "title" and field.sheet == "register":
        return settings.limits.title_en if language == "en" else settings.limits.title_zh
    return field.limit.get(language)


def validation(field: Field, language: Language, settings: Settings) -> dict[str, Any]:
    """The validation of a field's column, as XlsxWriter takes it."""
    limit = longest(field, language, settings)
    rule = _rule(field, limit)
    kind = rule.pop("kind")
    rule["input_title"] = field.label(language)
    rule["input_message"] = field.hint(language, settings.workbook.numbers)
    if rule["validate"] != "any" and rule.get("show_error", True):
        facts = {"limit": limit, "earliest": EARLIEST, "latest": LATEST, "most": MOST_DAYS}
        rule["error_title"] = say(language, f"template.refusal.{kind}.title")
        rule["error_message"] = say(language, f"template.refusal.{kind}.text", **facts)
    return rule


def _rule(field: Field, limit: int | None) -> dict[str, Any]:
    between = {"criteria": "between", "minimum": EARLIEST, "maximum": LATEST}
    if field.is_own:
        # A locked cell would forbid sorting, so the cell is open and refuses every entry.
        return {"kind": "own", "validate": "custom", "value": "=FALSE", "ignore_blank": False}
    if limit:
        kind = "limit" if field.is_companys else "length"
        return {"kind": kind, "validate": "length", "criteria": "<=", "value": limit}
    match field.kind:
        case Kind.CHOICE:
            return _dropdown("choice", choice_name(field.choices))
        case Kind.DEPARTMENT:
            return _dropdown("department", DEPARTMENTS)
        case Kind.NUMBER:
            # Rows without a number stand between those with one: a blank must not open the list.
            return _dropdown("number", NUMBERS) | {"ignore_blank": False}
        case Kind.NAME:
            return _dropdown("name", PEOPLE) | {"show_error": False}
        case Kind.DATE:
            return {"kind": "date", "validate": "date"} | between
        case Kind.MOMENT:
            return {"kind": "moment", "validate": "date"} | between
        case Kind.DAYS:
            most = {"criteria": "between", "minimum": 0, "maximum": MOST_DAYS}
            return {"kind": "days", "validate": "decimal"} | most
        case Kind.AMOUNT:
            bounds = {"criteria": "between", "minimum": -MOST_AMOUNT, "maximum": MOST_AMOUNT}
            return {"kind": "amount", "validate": "decimal"} | bounds
        case _:
            return {"kind": "text", "validate": "any"}


def _dropdown(kind: str, name: str) -> dict[str, Any]:
    return {"kind": kind, "validate": "list", "source": f"={name}"}
