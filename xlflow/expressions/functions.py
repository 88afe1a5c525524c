"""The functions of the language, and what each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Argument = Literal["field", "date", "sheet", "status"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `shown`: how it is called; `register_only`: asks about records, not lines."""

    takes: tuple[Argument, ...]
    shown: str
    register_only: bool = False


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "blank": Function(("field",), "blank(goal)"),
        "filled": Function(("field",), "filled(goal)"),
        "length": Function(("field",), "length(goal)"),
        "today": Function((), "today()"),
        "workdays": Function(("date", "date"), "workdays(submitted_on, today())"),
        "lines": Function(("sheet",), "lines('progress')", register_only=True),
        "reached": Function(("status",), "reached('designing')", register_only=True),
    }
)
"""By name."""
