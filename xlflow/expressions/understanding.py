"""From a tree to its meaning: every name and every type is looked at, and all faults are told."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from xlflow.expressions.faults import Fault, Said, fault, type_name
from xlflow.expressions.functions import FUNCTIONS
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
    Length,
    Lines,
    Negative,
    Not,
    Reached,
    Searched,
    Today,
    Truth,
    Value,
    Workdays,
)
from xlflow.expressions.names import Names, is_usable, type_of, unknown_field
from xlflow.expressions.parsing import parse
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
from xlflow.languages import LANGUAGES, fold, say
from xlflow.record.fields import SHEETS, Field

T = TypeVar("T")

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

_CONDITIONS = ("blank", "filled", "reached")
"""The functions that answer yes or no."""


def understand(source: str, names: Names) -> tuple[Expression | None, tuple[Fault, ...]]:
    """The condition that a text states over the fields of `names`; None if it has any fault."""
    tree, faults = parse(source)
    condition, reader = None, _Reader(names)
    if tree is not None:
        try:
            condition = reader.condition(tree)
        except _NotUnderstood as err:
            faults += err.faults
    if condition is None or faults:
        return None, tuple(sorted(dict.fromkeys(faults)))
    return Expression(source, names.sheet, condition, tuple(dict.fromkeys(reader.fields))), ()


class _NotUnderstood(Exception):
    """All faults of a part of the tree; never leaves this module."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


def _wrong(at: int, kind: str, **values: Said) -> _NotUnderstood:
    return _NotUnderstood([fault(at, kind, **values)])


def _each(read: Callable[[Node], T], nodes: Iterable[Node]) -> list[T]:
    """Every node as `read` reads it.

    Raises:
        _NotUnderstood: With the faults of them all.
    """
    held: list[T] = []
    faults: list[Fault] = []
    for node in nodes:
        try:
            held.append(read(node))
        except _NotUnderstood as err:
            faults += err.faults
    if faults:
        raise _NotUnderstood(faults)
    return held


class _Reader:
    """Understands one tree, and notes the fields that it names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.fields: list[str] = []

    def condition(self, node: Node) -> Condition:
        """What is true or false of a row."""
        match node:
            case Joined(_, operator, parts):
                held = tuple(_each(self.condition, parts))
                return All(held) if operator == "and" else Any(held)
            case Unary(_, "not", operand):
                return Not(self.condition(operand))
            case Binary(at, operator, left, right) if operator in COMPARISONS:
                return self._compared(at, operator, left, right)
            case Binary(at, "in", left, Listed(_, items)):
                if not items:
                    raise _wrong(at, "empty-list")
                return Any(tuple(_each(lambda it: self._compared(at, "==", left, it), items)))
            case Binary(at, ("contains" | "matches") as operator, left, right):
                return self._searched(at, operator, left, right)
            case Literal(_, bool() as value):
                return Truth(value)
            case Call(_, name, _) if name.casefold() in _CONDITIONS:
                return self._called_condition(node)
        raise _wrong(_place(node), "no-condition", type=type_name(self.value(node).type))

    def value(self, node: Node) -> Value:
        """What can be compared and reckoned with."""
        match node:
            case Name():
                field = self._field(node)
                return FieldValue(field.key, type_of(field), field.choices)
            case Literal(_, value) if not isinstance(value, bool):
                return _constant(value)
            case Unary(at, "-", operand):
                inner = self.value(operand)
                if inner.type != "number":
                    raise _wrong(at, "no-number", type=type_name(inner.type))
                return Negative(inner)
            case Binary(at, ("+" | "-" | "*" | "/") as operator, left, right):
                return self._reckoned(at, operator, left, right)
            case Call(_, name, _) if name.casefold() not in _CONDITIONS:
                return self._called_value(node)
        self.condition(node)
        raise _wrong(_place(node), "no-value")

    def _reckoned(self, at: int, operator: str, left: Node, right: Node) -> Value:
        one, other = _each(self.value, (left, right))
        made = _ARITHMETIC.get((one.type, operator, other.type))
        if made is None:
            types = {"left": type_name(one.type), "right": type_name(other.type)}
            raise _wrong(at, "no-arithmetic", operator=operator, **types)
        return Arithmetic(operator, one, other, made)

    def _compared(self, at: int, operator: str, left: Node, right: Node) -> Condition:
        for cell, other in ((left, right), (right, left)):
            if isinstance(other, Literal) and isinstance(other.value, bool | str):
                if isinstance(other.value, str) and not fold(other.value):
                    return self._empty(at, operator, cell)
                if isinstance(cell, Name) and (field := self._held(cell)) and field.choices:
                    return self._chosen(at, operator, cell, other)
            self._refuse_bare_choice(cell, other)
        one, two = _each(self.value, (left, right))
        if one.type != two.type or _choices(one) != _choices(two):
            raise _not_comparable(at, (left, one), (right, two))
        if operator in ORDERS and one.type not in ("number", "date"):
            raise _wrong(at, "no-order", operator=operator, type=type_name(one.type))
        return Comparison(operator, one, two)

    def _empty(self, at: int, operator: str, cell: Node) -> Condition:
        """`field == ''` asks whether it is blank."""
        if not isinstance(cell, Name):
            raise _wrong(at, "empty-text")
        field = self._field(cell)
        if operator in ORDERS:
            raise _wrong(at, "no-order", operator=operator, type=type_name("text"))
        return Blank(field.key) if operator == "==" else Not(Blank(field.key))

    def _chosen(self, at: int, operator: str, cell: Name, literal: Literal) -> Condition:
        field = self._field(cell)
        if operator in ORDERS:
            raise _wrong(at, "no-order", operator=operator, type=type_name("choice"))
        text = literal.value
        if not isinstance(text, str):
            text = "yes" if text else "no"
        chosen = Chosen(field.key, (self._code(literal.at, field.choices, text),))
        return chosen if operator == "==" else Not(chosen)

    def _refuse_bare_choice(self, cell: Node, bare: Node) -> None:
        """Tell of a choice without quotes, as in `priority == high`."""
        if isinstance(cell, Name) and isinstance(bare, Name) and not self._held(bare):
            field = self._held(cell)
            if field and field.choices and self.names.code(field.choices, bare.name):
                raise _wrong(bare.at, "write-instead", found=bare.name, allowed=f"'{bare.name}'")

    def _searched(self, at: int, operator: str, left: Node, right: Node) -> Condition:
        if not isinstance(right, Literal) or not isinstance(right.value, str):
            raise _wrong(_place(right), "no-text", operator=operator)
        text = fold(right.value)
        if not text:
            raise _wrong(right.at, "empty-text")
        cell = self.value(left)
        if not isinstance(cell, FieldValue) or cell.type != "text":
            raise _wrong(at, "not-searchable", operator=operator, type=type_name(cell.type))
        return Searched(cell.key, operator, text)

    def _called_condition(self, call: Call) -> Condition:
        (argument,) = self._arguments(call)
        match call.name.casefold():
            case "reached":
                code = self._code(_place(argument), "status", _text(argument))
                self.fields.append("status")
                return Reached(code)
            case "blank":
                return Blank(self._field_in(call, argument))
        return Not(Blank(self._field_in(call, argument)))

    def _called_value(self, call: Call) -> Value:
        arguments = self._arguments(call)
        match call.name.casefold():
            case "today":
                return Today()
            case "length":
                return Length(self._field_in(call, arguments[0]))
            case "lines":
                return self._lines(arguments[0])
        start, end = _each(lambda argument: self._day_in(call, argument), arguments)
        return Workdays(start, end)

    def _arguments(self, call: Call) -> tuple[Node, ...]:
        """The arguments of a function that there is, and that takes so many, here."""
        name = call.name.casefold()
        function = FUNCTIONS.get(name)
        if function is None:
            near = difflib.get_close_matches(name, FUNCTIONS, n=1) or list(FUNCTIONS)
            raise _wrong(call.at, "unknown-function", found=call.name, allowed=", ".join(near))
        if len(call.arguments) != len(function.takes):
            raise _wrong(call.at, "arguments", found=name, allowed=function.shown)
        if function.register_only and self.names.sheet != "register":
            raise _wrong(call.at, "register-only", found=name)
        return call.arguments

    def _field_in(self, call: Call, argument: Node) -> str:
        if isinstance(argument, Name):
            return self._field(argument).key
        raise _wrong(_place(argument), "arguments", found=call.name, allowed=_shown(call))

    def _day_in(self, call: Call, argument: Node) -> Value:
        value = self.value(argument)
        if value.type != "date":
            raise _wrong(_place(argument), "arguments", found=call.name, allowed=_shown(call))
        return value

    def _lines(self, argument: Node) -> Value:
        text = _text(argument)
        sheets = [sheet for sheet in SHEETS if sheet != "register"]
        for sheet in sheets:
            named = (say(language, f"record.sheet.{sheet}") for language in LANGUAGES)
            if fold(text) in (sheet, *map(fold, named)):
                return Lines(sheet)
        allowed = ", ".join(f"'{sheet}'" for sheet in sheets)
        raise _wrong(_place(argument), "unknown-sheet", found=text, allowed=allowed)

    def _field(self, name: Name) -> Field:
        """The field, noted as named."""
        field = self._held(name)
        if field is None:
            if function := FUNCTIONS.get(name.name.casefold()):
                raise _wrong(name.at, "write-instead", found=name.name, allowed=function.shown)
            raise _NotUnderstood([unknown_field(name.at, name.name, self.names)])
        if not is_usable(field):
            raise _wrong(name.at, "own-field", found=name.name)
        self.fields.append(field.key)
        return field

    def _held(self, name: Name) -> Field | None:
        return self.names.field(name.name)

    def _code(self, at: int, choices: str, text: str) -> str:
        code = self.names.code(choices, text)
        if code is None:
            raise _wrong(at, "unknown-choice", found=text, allowed=self.names.listed(choices))
        return code


def _not_comparable(at: int, left: tuple[Node, Value], right: tuple[Node, Value]) -> _NotUnderstood:
    for (_, one), (node, _) in ((left, right), (right, left)):
        text = node.value if isinstance(node, Literal) else None
        if one.type == "date" and isinstance(text, str) and _DAY.fullmatch(text):
            return _wrong(node.at, "write-instead", found=f"'{text}'", allowed=text)
    types = {"left": type_name(left[1].type), "right": type_name(right[1].type)}
    return _wrong(at, "not-comparable", **types)


def _constant(value: object) -> Constant:
    match value:
        case float():
            return Constant(value, "number")
        case str():
            return Constant(fold(value), "text")
    return Constant(value, "date")  # type: ignore[arg-type]  # nothing else is a literal


def _text(argument: Node) -> str:
    """What an argument says that should be a text; its quotes may be missing."""
    if isinstance(argument, Literal) and isinstance(argument.value, str):
        return argument.value
    return argument.name if isinstance(argument, Name) else ""


def _choices(value: Value) -> str:
    return value.choices if isinstance(value, FieldValue) else ""


def _shown(call: Call) -> str:
    return FUNCTIONS[call.name.casefold()].shown


def _place(node: Node) -> int:
    """Where a node begins."""
    return _place(node.left) if isinstance(node, Binary) else node.at
