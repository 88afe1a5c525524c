"""What the functions of the language mean with their arguments."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from xlflow.expressions.functions import FUNCTIONS
from xlflow.expressions.meaning import (
    Blank,
    Condition,
    Length,
    Lines,
    Not,
    Reached,
    Today,
    Value,
    Workdays,
)
from xlflow.expressions.resolving import Resolver, each, place_of, text_of, wrong
from xlflow.expressions.tree import Call, Name, Node
from xlflow.languages import LANGUAGES, fold, say
from xlflow.record.fields import SHEETS

_CONDITIONS = ("blank", "filled", "reached")


def is_condition(call: Call) -> bool:
    """Whether the function answers yes or no."""
    return call.name.casefold() in _CONDITIONS


def called_condition(call: Call, resolver: Resolver) -> Condition:
    """What a function that answers yes or no asks.

    Raises:
        NotUnderstood: It is not called so.
    """
    (argument,) = _arguments(call, resolver)
    match call.name.casefold():
        case "reached":
            code = resolver.code(place_of(argument), "status", text_of(argument))
            resolver.fields.append("status")
            return Reached(code)
        case "blank":
            return Blank(_field(call, argument, resolver))
    return Not(Blank(_field(call, argument, resolver)))


def called_value(call: Call, resolver: Resolver, read: Callable[[Node], Value]) -> Value:
    """What a function that gives a value means; `read` understands its arguments.

    Raises:
        NotUnderstood: There is no such function, or it is not called so.
    """
    arguments = _arguments(call, resolver)
    match call.name.casefold():
        case "today":
            return Today()
        case "length":
            return Length(_field(call, arguments[0], resolver))
        case "lines":
            return _lines(arguments[0])
    start, end = each(lambda argument: _day(call, argument, read), arguments)
    return Workdays(start, end)


def _arguments(call: Call, resolver: Resolver) -> tuple[Node, ...]:
    """The arguments of a function that there is, and that takes so many, here."""
    name = call.name.casefold()
    function = FUNCTIONS.get(name)
    if function is None:
        near = difflib.get_close_matches(name, FUNCTIONS, n=1) or list(FUNCTIONS)
        raise wrong(call.at, "unknown-function", found=call.name, allowed=", ".join(near))
    if len(call.arguments) != len(function.takes):
        raise wrong(call.at, "arguments", found=name, allowed=function.shown)
    if function.register_only and resolver.names.sheet != "register":
        raise wrong(call.at, "register-only", found=name)
    return call.arguments


def _field(call: Call, argument: Node, resolver: Resolver) -> str:
    if isinstance(argument, Name):
        return resolver.field(argument).key
    shown = FUNCTIONS[call.name.casefold()].shown
    raise wrong(place_of(argument), "arguments", found=call.name, allowed=shown)


def _day(call: Call, argument: Node, read: Callable[[Node], Value]) -> Value:
    value = read(argument)
    if value.type != "date":
        shown = FUNCTIONS[call.name.casefold()].shown
        raise wrong(place_of(argument), "arguments", found=call.name, allowed=shown)
    return value


def _lines(argument: Node) -> Value:
    text = text_of(argument)
    sheets = [sheet for sheet in SHEETS if sheet != "register"]
    for sheet in sheets:
        named = (say(language, f"record.sheet.{sheet}") for language in LANGUAGES)
        if fold(text) in (sheet, *map(fold, named)):
            return Lines(sheet)
    allowed = ", ".join(f"'{sheet}'" for sheet in sheets)
    raise wrong(place_of(argument), "unknown-sheet", found=text, allowed=allowed)
