"""From a tree to its meaning: every name and every type is looked at, and all faults are told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from xlflow.expressions.calls import called_condition, called_value, is_condition
from xlflow.expressions.faults import Fault, type_name
from xlflow.expressions.meaning import (
    All,
    Any,
    Arithmetic,
    Blank,
    Chosen,
    Comparison,
    Condition,
    Constant,
    Expression,
    FieldValue,
    Negative,
    Not,
    Searched,
    Truth,
    Value,
)
from xlflow.expressions.names import Names, type_of
from xlflow.expressions.parsing import parse
from xlflow.expressions.resolving import NotUnderstood, Resolver, each, place_of, wrong
from xlflow.expressions.tree import (
    COMPARISONS,
    ORDERS,
    Binary,
    Call,
    Joined,
    Listed,
    Literal,
    Name,
    Node,
    Unary,
)
from xlflow.languages import fold

_ARITHMETIC: Mapping[tuple[str, str, str], str] = MappingProxyType(
    {
        **{("number", sign, "number"): "number" for sign in "+-*/"},
        ("date", "-", "date"): "number",
        ("date", "-", "number"): "date",
        ("date", "+", "number"): "date",
        ("number", "+", "date"): "date",
    }
)
"""Left, operator, right: what comes out."""

_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def understand(source: str, names: Names) -> tuple[Expression | None, tuple[Fault, ...]]:
    """The condition that a text states over the fields of `names`; None if it has any fault."""
    tree, faults = parse(source)
    condition, reader = None, _Reader(names)
    if tree is not None:
        try:
            condition = reader.condition(tree)
        except NotUnderstood as err:
            faults += err.faults
    if condition is None or faults:
        return None, tuple(sorted(dict.fromkeys(faults)))
    fields = tuple(dict.fromkeys(reader.resolver.fields))
    return Expression(source, names.sheet, condition, fields), ()


class _Reader:
    """Understands one tree."""

    def __init__(self, names: Names) -> None:
        self.resolver = Resolver(names)

    def condition(self, node: Node) -> Condition:
        """What is true or false of a row."""
        match node:
            case Joined(_, operator, parts):
                held = tuple(each(self.condition, parts))
                return All(held) if operator == "and" else Any(held)
            case Unary(_, "not", operand):
                return Not(self.condition(operand))
            case Binary(at, operator, left, right) if operator in COMPARISONS:
                return self._compared(at, operator, left, right)
            case Binary(at, "in", left, Listed(_, items)):
                if not items:
                    raise wrong(at, "empty-list")
                return Any(tuple(each(lambda it: self._compared(at, "==", left, it), items)))
            case Binary(at, ("contains" | "matches") as operator, left, right):
                return self._searched(at, operator, left, right)
            case Literal(_, bool() as value):
                return Truth(value)
            case Call() if is_condition(node):
                return called_condition(node, self.resolver)
        raise wrong(place_of(node), "no-condition", type=type_name(self.value(node).type))

    def value(self, node: Node) -> Value:
        """What can be compared and reckoned with."""
        match node:
            case Name():
                field = self.resolver.field(node)
                return FieldValue(field.key, type_of(field), field.choices)
            case Literal(_, value) if not isinstance(value, bool):
                return _constant(value)
            case Unary(at, "-", operand):
                inner = self.value(operand)
                if inner.type != "number":
                    raise wrong(at, "no-number", type=type_name(inner.type))
                return Negative(inner)
            case Binary(at, ("+" | "-" | "*" | "/") as operator, left, right):
                return self._reckoned(at, operator, left, right)
            case Call() if not is_condition(node):
                return called_value(node, self.resolver, self.value)
        self.condition(node)
        raise wrong(place_of(node), "no-value")

    def _reckoned(self, at: int, operator: str, left: Node, right: Node) -> Value:
        one, other = each(self.value, (left, right))
        made = _ARITHMETIC.get((one.type, operator, other.type))
        if made is None:
            types = {"left": type_name(one.type), "right": type_name(other.type)}
            raise wrong(at, "no-arithmetic", operator=operator, **types)
        return Arithmetic(operator, one, other, made)

    def _compared(self, at: int, operator: str, left: Node, right: Node) -> Condition:
        for cell, other in ((left, right), (right, left)):
            if isinstance(other, Literal) and isinstance(other.value, bool | str):
                if isinstance(other.value, str) and not fold(other.value):
                    return self._empty(at, operator, cell)
                if isinstance(cell, Name) and self._has_choices(cell):
                    return self._chosen(at, operator, cell, other)
            self._refuse_bare_choice(cell, other)
        one, two = each(self.value, (left, right))
        if one.type != two.type or _choices(one) != _choices(two):
            raise _not_comparable(at, (left, one), (right, two))
        if operator in ORDERS and one.type not in ("number", "date"):
            raise wrong(at, "no-order", operator=operator, type=type_name(one.type))
        return Comparison(operator, one, two)

    def _empty(self, at: int, operator: str, cell: Node) -> Condition:
        """`field == ''` asks whether it is blank."""
        if not isinstance(cell, Name):
            raise wrong(at, "empty-text")
        field = self.resolver.field(cell)
        if operator in ORDERS:
            raise wrong(at, "no-order", operator=operator, type=type_name("text"))
        return Blank(field.key) if operator == "==" else Not(Blank(field.key))

    def _has_choices(self, cell: Name) -> bool:
        field = self.resolver.known(cell)
        return field is not None and bool(field.choices)

    def _chosen(self, at: int, operator: str, cell: Name, literal: Literal) -> Condition:
        field = self.resolver.field(cell)
        if operator in ORDERS:
            raise wrong(at, "no-order", operator=operator, type=type_name("choice"))
        text = literal.value
        if not isinstance(text, str):
            text = "yes" if text else "no"
        chosen = Chosen(field.key, (self.resolver.code(literal.at, field.choices, text),))
        return chosen if operator == "==" else Not(chosen)

    def _refuse_bare_choice(self, cell: Node, bare: Node) -> None:
        """Tell of a choice without quotes, as in `priority == high`."""
        if isinstance(cell, Name) and isinstance(bare, Name) and not self.resolver.known(bare):
            field = self.resolver.known(cell)
            if field and field.choices and self.resolver.names.code(field.choices, bare.name):
                raise wrong(bare.at, "write-instead", found=bare.name, allowed=f"'{bare.name}'")

    def _searched(self, at: int, operator: str, left: Node, right: Node) -> Condition:
        if not isinstance(right, Literal) or not isinstance(right.value, str):
            raise wrong(place_of(right), "no-text", operator=operator)
        text = fold(right.value)
        if not text:
            raise wrong(right.at, "empty-text")
        cell = self.value(left)
        if not isinstance(cell, FieldValue) or cell.type != "text":
            raise wrong(at, "not-searchable", operator=operator, type=type_name(cell.type))
        return Searched(cell.key, operator, text)


def _not_comparable(at: int, left: tuple[Node, Value], right: tuple[Node, Value]) -> NotUnderstood:
    for (_, one), (node, _) in ((left, right), (right, left)):
        text = node.value if isinstance(node, Literal) else None
        if one.type == "date" and isinstance(text, str) and _DAY.fullmatch(text):
            return wrong(node.at, "write-instead", found=f"'{text}'", allowed=text)
    types = {"left": type_name(left[1].type), "right": type_name(right[1].type)}
    return wrong(at, "not-comparable", **types)


def _constant(value: object) -> Constant:
    match value:
        case float():
            return Constant(value, "number")
        case str():
            return Constant(fold(value), "text")
    return Constant(value, "date")  # type: ignore[arg-type]  # nothing else is a literal


def _choices(value: Value) -> str:
    return value.choices if isinstance(value, FieldValue) else ""
