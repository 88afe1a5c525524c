"""The cells of a register as values of one type a column; nothing that was typed gets lost.

What does not fit its column's type is told beside the row, as it was typed: a date that was typed
as text, a choice that is not on the list, #N/A, or the time of day in a column of dates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any

from xlflow.record.choices import ChoiceSet
from xlflow.record.fields import Kind
from xlflow.record.values import CellError
from xlflow.reports.export.layout import Type

TYPES = {
    Kind.DATE: Type.DATE,
    Kind.MOMENT: Type.MOMENT,
    Kind.DAYS: Type.NUMBER,
    Kind.AMOUNT: Type.NUMBER,
}
"""The type of a column by the kind of its field; all others hold texts."""

Typed = tuple[Any, bool]
"""A value of the column's type, and whether it says all that the cell says."""


def column_of(
    values: Sequence[Any], kind: Kind, zone: tzinfo, choices: ChoiceSet | None = None
) -> tuple[list[Any], dict[int, str]]:
    """The values of one column, and by position what was typed where they do not say it all."""
    read = _reader(kind, zone, choices)
    found: list[Any] = []
    typed: dict[int, str] = {}
    for position, value in enumerate(values):
        if value is None:
            found.append(None)
            continue
        fit, is_whole = read(value)
        found.append(fit)
        if not is_whole:
            typed[position] = as_typed(value)
    return found, typed


def as_typed(value: Any) -> str:
    """A cell as a text that says all of it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return str(value)


def number(value: Any) -> int | float | None:
    """A number that is one; whole ones without a point."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    return int(value) if is_whole else value


_EXACT = 2**53
_MIDNIGHT = time()


def _reader(kind: Kind, zone: tzinfo, choices: ChoiceSet | None) -> Callable[[Any], Typed]:
    if choices is not None:
        return _choice_reader(choices)
    match kind:
        case Kind.DATE:
            return _day
        case Kind.MOMENT:
            return lambda value: _moment(value, zone)
        case Kind.DAYS | Kind.AMOUNT:
            return _number
        case _:
            return _text


def _choice_reader(choices: ChoiceSet) -> Callable[[Any], Typed]:
    known: dict[Any, Typed] = {}

    def read(value: Any) -> Typed:
        key = (type(value), value)
        if key not in known:
            code = choices.parse(value)
            known[key] = code, code is not None
        return known[key]

    return read


def _text(value: Any) -> Typed:
    if isinstance(value, str):
        return value, True
    return (None, False) if isinstance(value, CellError) else (as_typed(value), True)


def _number(value: Any) -> Typed:
    found = number(value)
    return found, found is not None


def _day(value: Any) -> Typed:
    if isinstance(value, datetime):
        return value.date(), value.time() == _MIDNIGHT
    return (value, True) if isinstance(value, date) else (None, False)


def _moment(value: Any, zone: tzinfo) -> Typed:
    if isinstance(value, datetime):
        return value.replace(tzinfo=zone), True
    if isinstance(value, date):
        return datetime.combine(value, _MIDNIGHT, zone), False
    return None, False
