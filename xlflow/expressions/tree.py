"""An expression as it is written: names, values and operators, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ORDERS = ("<", "<=", ">", ">=")
COMPARISONS = ("==", "!=", *ORDERS)


@dataclass(frozen=True, slots=True)
class Name:
    """A field, by its key or label."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, a day, or true or false."""

    at: int
    value: float | str | date | bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of values, behind `in`."""

    at: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    at: int
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`-` or `not` before something."""

    at: int
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two values; `at` is the operator's place."""

    at: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by `and` or by `or`."""

    at: int
    operator: str
    parts: tuple[Node, ...]


Node = Name | Literal | Listed | Call | Unary | Binary | Joined
