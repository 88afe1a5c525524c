"""What an expression says of every row of a sheet, all rows at once.

A value that is missing, or is not of its field's kind, is unknown, and so is what is reckoned or
compared with it. Conditions are joined as in Kleene's logic: unknown and false is false, unknown or
true is true, all else that an unknown takes part in is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from types import MappingProxyType
from typing import Any as Anything
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

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
from xlflow.expressions.patterns import matches

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Objects = NDArray[np.object_]
Values = NDArray[Anything]

_NUMERIC: Mapping[str, Callable[[Values, Values], Values]] = MappingProxyType(
    {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
)

_DTYPES: Mapping[str, np.dtype[Anything]] = MappingProxyType(
    {"number": np.dtype(np.float64), "date": np.dtype("datetime64[D]")}
)

_NEAR = 1e-9
"""Numbers that differ by less, in proportion, are equal: 0.1 * 3 is 0.3."""

_EARLIEST = np.datetime64(date.min, "D")
_LATEST = np.datetime64(date.max, "D")
_MOST_DAYS = float((date.max - date.min).days)


class Cells(Protocol):
    """What is asked of a sheet: one answer a row."""

    def __len__(self) -> int: ...

    @property
    def today(self) -> np.datetime64:
        """The day of the check."""

    def number(self, key: str) -> Numbers:
        """NaN where there is no number."""

    def dates(self, key: str) -> Dates:
        """NaT where there is no date."""

    def code(self, key: str) -> Objects:
        """The codes of the choices; None where there is none of them."""

    def folded(self, key: str) -> Objects:
        """The texts, folded; "" where there is none."""

    def tested(self, key: str, test: Callable[[str], bool]) -> Mask:
        """`test` of the folded texts."""

    def length(self, key: str) -> Numbers:
        """How many characters."""

    def blank(self, key: str) -> Mask:
        """Where nothing stands."""

    def lines(self, sheet: str) -> Numbers:
        """How many lines of a child sheet name the record."""

    def reached(self, status: str) -> Mask:
        """Which records have entered the status."""

    def workdays(self, start: Dates, end: Dates) -> Numbers:
        """Working days after one, up to and with the other; NaN where that is unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """Where a condition is true and where it is false; unknown where neither."""

    true: Mask
    false: Mask


def judge(expression: Expression, cells: Cells) -> Verdict:
    """What the expression says of every row."""
    with np.errstate(all="ignore"):  # what cannot be reckoned is unknown
        return _judged(expression.condition, cells)


def _judged(condition: Condition, cells: Cells) -> Verdict:
    match condition:
        case Truth(value):
            return _verdict(np.full(len(cells), value))
        case All(parts):
            return reduce(_both, (_judged(part, cells) for part in parts))
        case Any(parts):
            return reduce(_either, (_judged(part, cells) for part in parts))
        case Not(operand):
            inner = _judged(operand, cells)
            return Verdict(inner.false, inner.true)
        case Comparison():
            return _compared(condition, cells)
        case Chosen(key, codes):
            made = cells.code(key)
            return _verdict(_each(lambda code: code in codes, made), _known(made, "choice"))
        case Blank(key):
            return _verdict(cells.blank(key))
        case Searched(key, operator, text):
            test = partial(matches, text) if operator == "matches" else partial(_holds, text)
            return _verdict(cells.tested(key, test), cells.folded(key) != "")
        case Reached(status):
            return _verdict(cells.reached(status))


def _verdict(true: Mask, known: Mask | None = None) -> Verdict:
    return Verdict(true, ~true) if known is None else Verdict(true & known, ~true & known)


def _both(one: Verdict, other: Verdict) -> Verdict:
    return Verdict(one.true & other.true, one.false | other.false)


def _either(one: Verdict, other: Verdict) -> Verdict:
    return Verdict(one.true | other.true, one.false & other.false)


def _compared(comparison: Comparison, cells: Cells) -> Verdict:
    left, right = _valued(comparison.left, cells), _valued(comparison.right, cells)
    kind = comparison.left.type
    known = _known(left, kind) & _known(right, kind)
    if kind == "number":
        scale = np.maximum(1, np.maximum(np.abs(left), np.abs(right)))
        equal = np.abs(left - right) <= _NEAR * scale
    else:
        equal = np.asarray(left == right, bool)
    match comparison.operator:
        case "==":
            return _verdict(equal, known)
        case "!=":
            return _verdict(~equal, known)
        case "<":
            return _verdict((left < right) & ~equal, known)
        case "<=":
            return _verdict((left < right) | equal, known)
        case ">":
            return _verdict((left > right) & ~equal, known)
    return _verdict((left > right) | equal, known)


def _valued(value: Value, cells: Cells) -> Values:
    """The value of every row, in the shape of its type."""
    match value:
        case FieldValue(key, kind):
            read: dict[str, Callable[[str], Values]] = {
                "number": cells.number,
                "date": cells.dates,
                "choice": cells.code,
                "text": cells.folded,
            }
            return read[kind](key)
        case Constant(constant, kind):
            return np.full(len(cells), constant, _DTYPES.get(kind, np.dtype(object)))
        case Today():
            return np.full(len(cells), cells.today, "datetime64[D]")
        case Length(key):
            return cells.length(key)
        case Lines(sheet):
            return cells.lines(sheet)
        case Workdays(start, end):
            return cells.workdays(_valued(start, cells), _valued(end, cells))
        case Negative(operand):
            return -_valued(operand, cells)
        case Arithmetic(operator, left, right):
            return _reckoned(operator, _valued(left, cells), _valued(right, cells))


def _reckoned(operator: str, left: Values, right: Values) -> Values:
    if left.dtype.kind == "M" and right.dtype.kind == "M":
        days = (left - right).astype(np.float64)
        return np.where(np.isnat(left) | np.isnat(right), np.nan, days)
    if left.dtype.kind == "M":
        return _moved(left, right if operator == "+" else -right)
    if right.dtype.kind == "M":
        return _moved(right, left)
    made = _NUMERIC[operator](left, right)
    return np.where(np.isfinite(made), made, np.nan)


def _moved(days: Dates, by: Numbers) -> Dates:
    """Each day so many days later; part days are cut off. NaT beyond the years 1 to 9999."""
    known = np.isfinite(by) & (np.abs(by) <= _MOST_DAYS)
    moved = days + np.trunc(np.where(known, by, 0)).astype("timedelta64[D]")
    known &= (moved >= _EARLIEST) & (moved <= _LATEST)
    return np.where(known, moved, np.datetime64("NaT", "D"))


def _known(values: Values, kind: str) -> Mask:
    match kind:
        case "number":
            return np.asarray(np.isfinite(values), bool)
        case "date":
            return np.asarray(~np.isnat(values), bool)
        case "choice":
            return _each(lambda code: code is not None, values)
    return np.asarray(values != "", bool)


def _each(answer: Callable[[object], bool], values: Objects) -> Mask:
    return np.fromiter(map(answer, values), np.bool_, len(values))


def _holds(text: str, within: str) -> bool:
    return text in within
