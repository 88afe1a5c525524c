"""What may be written in a template: values, conditions and loops of Jinja, and nothing that acts.

Everything else is refused before anything is filled in; loops and results have a budget, so that no
template takes the program down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import nodes

MOST_TURNS = 100_000
MOST_CHARACTERS = 8 << 20

_OFFERED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Keyword),
    *(nodes.Tuple, nodes.List, nodes.Getattr, nodes.Getitem, nodes.Slice),
    *(nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
    *(nodes.If, nodes.For, nodes.Assign),
)

FILTERS = (
    *("default", "days", "hours", "date", "join", "upper", "lower", "length", "first", "last"),
    *("sort", "reverse", "round", "map", "selectattr", "rejectattr"),
)

TESTS = ("defined", "undefined", "none", "number", "string", "in", "equalto", "eq", "ne")

_WORDS = {
    nodes.Call: "name(...)",
    nodes.Macro: "{% macro %}",
    nodes.CallBlock: "{% call %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.With: "{% with %}",
    nodes.Block: "{% block %}",
    nodes.Extends: "{% extends %}",
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% from %}",
    nodes.AssignBlock: "{% set %} ... {% endset %}",
    nodes.Concat: "~",
    nodes.Pow: "**",
    nodes.Dict: "{...}",
}


class Fault(Exception):
    """Something in a template that cannot be filled in.

    `reason` names it in the catalogue, section ``documents.fault``; `source` is the part of the
    template that was being filled, `line` the line in it.
    """

    source = ""

    def __init__(self, reason: str, line: int = 0, **facts: object) -> None:
        super().__init__(reason, facts)
        self.reason = reason
        self.line = line
        self.facts = facts


class Budget:
    """How often loops may turn and how much may be written while one part is filled."""

    def __init__(self) -> None:
        self._turns = self._characters = 0

    def turns(self, items: Any) -> list[Any]:
        """The items of a loop.

        Raises:
            Fault: All loops together turn too often, or it is nothing to loop over.
        """
        if isinstance(items, str) or not isinstance(items, Iterable):
            raise Fault("no-list")
        held = []
        for item in items:
            self._turns += 1
            if self._turns > MOST_TURNS:
                raise Fault("too-many-turns", most=MOST_TURNS)
            held.append(item)
        return held

    def write(self, characters: int) -> None:
        """Count so many characters more.

        Raises:
            Fault: It is more than a document holds.
        """
        self._characters += characters
        if self._characters > MOST_CHARACTERS:
            raise Fault("too-long", most=MOST_CHARACTERS)


def admit(tree: nodes.Template, counter: str) -> None:
    """Refuse what is not offered, and lead every loop through the filter `counter`.

    Raises:
        Fault: With the line of the first thing that is not offered.
    """
    for node in _all(tree):
        if not isinstance(node, _OFFERED) or _is_recursive(node):
            word = _WORDS.get(type(node), type(node).__name__)
            raise Fault("not-offered", node.lineno, word=word)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise Fault("no-filter", node.lineno, name=node.name, known=", ".join(FILTERS))
    for loop in list(tree.find_all(nodes.For)):
        counted = nodes.Filter(loop.iter, counter, [], [], None, None, lineno=loop.lineno)
        loop.iter = counted


def _all(tree: nodes.Node) -> Iterable[nodes.Node]:
    for child in tree.iter_child_nodes():
        yield child
        yield from _all(child)


def _is_recursive(node: nodes.Node) -> bool:
    return isinstance(node, nodes.For) and node.recursive
