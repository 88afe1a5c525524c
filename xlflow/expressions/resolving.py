"""Finding what the names in an expression mean; what they do not mean is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from xlflow.expressions.faults import Fault, Said, fault
from xlflow.expressions.functions import FUNCTIONS
from xlflow.expressions.names import Names, is_usable, unknown_field
from xlflow.expressions.tree import Binary, Literal, Name, Node
from xlflow.record.fields import Field

T = TypeVar("T")


class NotUnderstood(Exception):
    """All faults of a part of a tree; never leaves this room."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


def wrong(at: int, kind: str, **values: Said) -> NotUnderstood:
    """One fault; see `xlflow.expressions.faults.fault`."""
    return NotUnderstood([fault(at, kind, **values)])


def each(read: Callable[[Node], T], nodes: Iterable[Node]) -> list[T]:
    """Every node as `read` reads it.

    Raises:
        NotUnderstood: With the faults of them all.
    """
    held: list[T] = []
    faults: list[Fault] = []
    for node in nodes:
        try:
            held.append(read(node))
        except NotUnderstood as err:
            faults += err.faults
    if faults:
        raise NotUnderstood(faults)
    return held


class Resolver:
    """Finds the fields and choices of one expression, and notes the fields that it names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.fields: list[str] = []

    def known(self, name: Name) -> Field | None:
        """The field, not yet noted."""
        return self.names.field(name.name)

    def field(self, name: Name) -> Field:
        """The field, noted as named.

        Raises:
            NotUnderstood: There is none, or none that says anything new.
        """
        field = self.known(name)
        if field is None:
            if function := FUNCTIONS.get(name.name.casefold()):
                raise wrong(name.at, "write-instead", found=name.name, allowed=function.shown)
            raise NotUnderstood([unknown_field(name.at, name.name, self.names)])
        if not is_usable(field):
            raise wrong(name.at, "own-field", found=name.name)
        self.fields.append(field.key)
        return field

    def code(self, at: int, choices: str, text: str) -> str:
        """The code of a choice.

        Raises:
            NotUnderstood: It is not on the list.
        """
        code = self.names.code(choices, text)
        if code is None:
            raise wrong(at, "unknown-choice", found=text, allowed=self.names.listed(choices))
        return code


def text_of(argument: Node) -> str:
    """What a node says that should be a text; its quotes may be missing."""
    if isinstance(argument, Literal) and isinstance(argument.value, str):
        return argument.value
    return argument.name if isinstance(argument, Name) else ""


def place_of(node: Node) -> int:
    """Where a node begins."""
    return place_of(node.left) if isinstance(node, Binary) else node.at
