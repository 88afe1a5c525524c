"""What a rule is: a function over a sheet, with what is said about it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from types import MappingProxyType
from typing import Any, Literal

from xlflow.checks.column import Mask
from xlflow.checks.view import View
from xlflow.languages import Language, say
from xlflow.record.fields import SHEETS, Kind

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """The rows in which a rule faults one field.

    `values` fill the message: one for all rows, or an array with one a row. `variant` names the
    message where a rule has several. `expected` is what would be right, like a value.
    """

    mask: Mask
    field: str
    values: Mapping[str, Any] = attribute(default_factory=lambda: MappingProxyType({}))
    expected: Any = None
    variant: str = "message"


def fault(
    mask: Mask, field: str, variant: str = "message", *, expected: Any = None, **values: Any
) -> Fault:
    """The rows in `mask` are wrong in `field`; see `Fault`."""
    return Fault(mask, field, values, expected, variant)


@dataclass(frozen=True, slots=True)
class Absence:
    """A record that is not there: `number` tells which, `values` fill the message."""

    number: str
    values: Mapping[str, Any]


Answer = Mask | Fault | Iterable[Fault | Absence]
Fields = str | tuple[str, ...] | Mapping[str, tuple[str, ...]]
"""Keys, or kinds (which are strings too)."""

Condition = Callable[[View], Answer]


@dataclass(frozen=True, slots=True)
class Own:
    """What a company says of a rule of its own."""

    titles: Mapping[Language, str]
    messages: Mapping[Language, str]
    when: str  # the expressions, as they were written
    demand: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition that a register must meet."""

    id: str
    condition: Condition
    fields: Mapping[str, tuple[str, ...]]  # sheet -> keys; the sheets are where it looks
    since: str  # applies to records that have reached this status
    severity: Severity
    source: str  # "step 3", "record", "tips", "workbook"
    variants: tuple[str, ...]
    own: Own | None = None  # of a company's own rule
    is_off: bool = False  # unless the settings give it another severity

    @property
    def statement(self) -> str:
        """The condition as a user would agree to it; a company's own as it was written."""
        if self.own:
            return f"{self.own.when} → {self.own.demand}" if self.own.when else self.own.demand
        return " ".join((inspect.getdoc(self.condition) or "").split())

    def title(self, language: Language) -> str:
        """The rule in a few words."""
        if self.own:
            return self.own.titles[language]
        return say(language, f"checks.rule.{self.id}.title")

    def source_text(self, language: Language) -> str:
        """Where the process standard asks for it."""
        name, _, number = self.source.partition(" ")
        step = say(language, f"record.step.{number}") if number else ""
        return say(language, f"checks.source.{name}", number=number, step=step)

    def to_dict(self, language: Language) -> dict[str, Any]:
        """What is said about the rule, for JSON and the generated reference."""
        return {
            "id": self.id,
            "title": self.title(language),
            "severity": self.severity,
            "since": self.since,
            "fields": {sheet: list(keys) for sheet, keys in self.fields.items()},
            "source": self.source_text(language),
            "statement": self.statement,
            "company": self.own is not None,
        }


def rule(
    rule_id: str,
    *,
    fields: Fields = (),
    sheets: tuple[str, ...] = ("register",),
    since: str = "submitted",
    severity: Severity = "error",
    source: str,
    variants: tuple[str, ...] = ("message",),
) -> Callable[[Condition], Rule]:
    """Make a rule of a function; what it returns is `Answer`, a mask faulting the first field.

    `fields` are keys (of each sheet, where sheets differ), or kinds of fields that persons fill;
    none means all of them.
    """

    def make(condition: Condition) -> Rule:
        keys = {sheet: _keys(sheet, fields) for sheet in sheets}
        return Rule(rule_id, condition, keys, since, severity, source, variants)

    return make


def _keys(sheet: str, fields: Fields) -> tuple[str, ...]:
    if isinstance(fields, Mapping):
        return fields[sheet]
    chosen = (fields,) if isinstance(fields, str) else tuple(fields)
    if all(isinstance(one, Kind) for one in chosen):
        return tuple(
            held.key
            for held in SHEETS[sheet]
            if not held.is_own and (held.kind in chosen or not chosen)
        )
    return chosen
