"""What is wrong with an expression: a place in it, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xlflow.languages import Language, say

Said = str | Callable[[Language], str]
"""A text of its own, or what is said in the language of the reader."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of an expression. `at` is the place of a character, from 0."""

    at: int
    kind: str  # its name in the catalogue, section expressions.fault
    values: Mapping[str, Said] = field(
        default_factory=lambda: MappingProxyType({}), compare=False, repr=False
    )

    def message(self, language: Language) -> str:
        """What is wrong and what to write."""
        held = {
            name: value if isinstance(value, str) else value(language)
            for name, value in self.values.items()
        }
        return say(language, f"expressions.fault.{self.kind}", **held)


def fault(at: int, kind: str, **values: Said) -> Fault:
    """A fault and what its message shows."""
    return Fault(at, kind, values)


def type_name(name: str) -> Said:
    """What the kind of a value is called: "a date"."""
    return lambda language: say(language, f"expressions.type.{name}")
