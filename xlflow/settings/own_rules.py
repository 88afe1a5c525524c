"""A company's own rules, and its waivers of rules for single records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from xlflow.languages import entry
from xlflow.record.choices import CHOICES, STATUSES
from xlflow.settings.section import Section, Texts

Severity = Literal["error", "warning", "info", "off"]

RULE_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _status(text: str) -> str:
    code = CHOICES["status"].parse(text)
    if code is None:
        offered = ", ".join(STATUSES)
        raise PydanticCustomError("literal_error", "a status", {"expected": offered})
    return code


class RuleSettings(Section):
    """One rule of a company's own: which records it looks at, and what they must hold."""

    id: str = Field(pattern=RULE_ID, max_length=60)
    when: str | None = None
    demand: str = Field(min_length=1)
    field: str | None = None
    sheet: Literal["register", "progress", "issues", "changes"] = "register"
    since: Annotated[str, AfterValidator(_status)] = "submitted"
    severity: Severity = "error"
    title: Texts | None = None
    message: Texts


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _as_day(given: Any) -> Any:
    if isinstance(given, date | str):
        return given
    raise PydanticCustomError("date_type", "a date")


class WaiverSettings(Section):
    """What is let pass for one record, named by its number, or by its title."""

    number: str | None = None
    title: str | None = None
    register_id: str | None = Field(None, alias="register")
    rules: Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
    reason: str = Field(min_length=1)
    until: Annotated[date, BeforeValidator(_as_day)]  # the last day on which it holds

    @model_validator(mode="after")
    def _names_one_record(self) -> WaiverSettings:
        if (self.number is None) == (self.title is None):
            raise PydanticCustomError("one_record", "number or title")
        return self


PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
"""A field's value in a message: ``{estimate}``; doubled braces stand for themselves."""


def placeholders(text: str) -> tuple[str, ...]:
    """The fields whose values a message shows."""
    return tuple(held[1] for held in PLACEHOLDER.finditer(text) if held[1] is not None)


def filled(text: str, values: Mapping[str, object]) -> str:
    """A message with the values of its fields; never more than these, whatever it says.

    >>> filled("{estimate} days, {{really}}", {"estimate": 5})
    '5 days, {really}'
    """
    return PLACEHOLDER.sub(
        lambda held: held[0][0] if held[1] is None else str(values.get(held[1], held[0])), text
    )


def standard_rules() -> frozenset[str]:
    """The ids of all rules that xlflow itself has: each has its texts in the catalogue."""
    return frozenset(entry("en", "checks.rule")) - {"rule-crashed"}  # which is no fault of anyone
