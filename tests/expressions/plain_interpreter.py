"""What an expression means, said once more and naively: one row at a time, with plain values.

Expressions are nested tuples here, made by hypothesis, written as text for xlflow and interpreted
here without it. None is the unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from math import isfinite, trunc
from typing import Any

from hypothesis import strategies as st

from xlflow.languages import fold
from xlflow.record.choices import CHOICES
from xlflow.record.register import CellError

NUMBERS = ("estimate", "core_days", "other_days")
DATES = ("submitted_on", "expected_on", "live_on")
TEXTS = ("title", "goal", "resources")
TODAY = date(2026, 3, 18)

_PRECEDENCE = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "minus": 7}
_COMPARED = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

numbers = st.deferred(
    lambda: st.one_of(
        st.tuples(st.just("field"), st.sampled_from(NUMBERS)),
        st.tuples(st.just("number"), st.sampled_from([0, 1, 2.5, 3, 0.1, 10, 1e300])),
        st.tuples(st.just("length"), st.sampled_from(TEXTS)),
        st.tuples(st.just("minus"), numbers),
        st.tuples(st.sampled_from("+-*/"), numbers, numbers),
        st.tuples(st.just("between"), days, days),
    )
)
days = st.deferred(
    lambda: st.one_of(
        st.tuples(st.just("field"), st.sampled_from(DATES)),
        st.tuples(st.just("day"), st.dates(date(2023, 1, 1), date(2026, 12, 31))),
        st.just(("today",)),
        st.tuples(st.sampled_from(("later", "earlier")), days, numbers),
    )
)
_words = st.sampled_from(["Order", "ORDER", "状态", "狀態", "b", "支付"])
conditions = st.deferred(
    lambda: st.one_of(
        st.tuples(st.sampled_from(sorted(_COMPARED)), numbers, numbers),
        st.tuples(st.sampled_from(sorted(_COMPARED)), days, days),
        st.tuples(st.sampled_from(("same", "other")), st.sampled_from(TEXTS), _words),
        st.tuples(st.just("contains"), st.sampled_from(TEXTS), _words),
        st.tuples(st.sampled_from(("blank", "filled", "empty")), st.sampled_from(TEXTS + DATES)),
        st.tuples(st.just("chosen"), st.just("priority"), st.sampled_from(["high", "low", "高"])),
        st.tuples(st.just("chosen"), st.just("feasible"), st.sampled_from(["yes", "否"])),
        st.tuples(
            st.just("in"),
            st.just("complexity"),
            st.lists(st.sampled_from(["low", "中", "High"]), min_size=1, max_size=3),
        ),
        st.tuples(st.just("not"), conditions),
        st.tuples(st.sampled_from(("and", "or")), conditions, conditions),
        st.tuples(st.just("truth"), st.booleans()),
    )
)


def written(node: Any, within: int = 0) -> str:
    """The node as text, with brackets only where they are needed."""
    kind, *parts = node
    match kind:
        case "field":
            text = parts[0]
        case "number":
            text = f"{parts[0]:f}".rstrip("0").rstrip(".")
        case "day":
            text = parts[0].isoformat()
        case "today":
            text = "today()"
        case "truth":
            text = str(parts[0]).lower()
        case "length" | "blank" | "filled":
            text = f"{kind}({parts[0]})"
        case "empty":
            text = f"{parts[0]} == ''"
        case "same" | "other":
            text = f"{parts[0]} {'==' if kind == 'same' else '!='} '{parts[1]}'"
        case "chosen":
            text = f"{parts[0]} == '{parts[1]}'"
        case "contains":
            text = f"{parts[0]} contains '{parts[1]}'"
        case "in":
            text = f"{parts[0]} in [{', '.join(map(repr, parts[1]))}]"
        case "minus":
            text = f"-{written(parts[0], 7)}"
        case "not":
            text = f"not {written(parts[0], 3)}"
        case "later" | "earlier" | "between":
            text = _infix("+" if kind == "later" else "-", 5, parts)
        case "and" | "or" | "+" | "-" | "*" | "/":
            text = _infix(kind, _PRECEDENCE[kind], parts)
        case _:
            text = f"{written(parts[0], 4)} {kind} {written(parts[1], 4)}"
    mine = {"later": 5, "earlier": 5, "between": 5, **_PRECEDENCE}.get(kind, 8)
    if kind in _COMPARED or kind in ("empty", "same", "other", "chosen", "contains", "in"):
        mine = 4
    return f"({text})" if mine < within else text


def _infix(sign: str, mine: int, parts: list[Any]) -> str:
    return f"{written(parts[0], mine)} {sign} {written(parts[1], mine + 1)}"


def meaning(node: Any, row: Mapping[str, Any]) -> Any:
    """What the node says of the row; None where that is unknown."""
    kind, *parts = node
    match kind:
        case "field":
            return _read(parts[0], row[parts[0]])
        case "number":
            return float(parts[0])
        case "day" | "truth":
            return parts[0]
        case "today":
            return TODAY
        case "length":
            return float(len(_text(row[parts[0]])))
        case "blank" | "filled" | "empty":
            cell = row[parts[0]]
            is_blank = cell is None or (isinstance(cell, str) and not cell.strip())
            return is_blank != (kind == "filled")
        case "same" | "other" | "contains":
            text, word = fold(_text(row[parts[0]])), fold(parts[1])
            if not text:
                return None
            return {"same": text == word, "other": text != word, "contains": word in text}[kind]
        case "chosen" | "in":
            code = _code(parts[0], row[parts[0]])
            wanted = parts[1] if kind == "in" else [parts[1]]
            return (
                None if code is None else code in [CHOICES[parts[0]].parse(text) for text in wanted]
            )
        case "not":
            inner = meaning(parts[0], row)
            return None if inner is None else not inner
    one, other = (
        meaning(part, row) if isinstance(part, tuple) else None for part in (*parts, None)[:2]
    )
    if kind == "and":
        return False if False in (one, other) else None if None in (one, other) else True
    if kind == "or":
        return True if True in (one, other) else None if None in (one, other) else False
    if one is None or (kind != "minus" and other is None):
        return None
    if kind in _COMPARED:
        return _compared(kind, one, other)
    return _reckoned(kind, one, other)


def _compared(kind: str, one: Any, other: Any) -> bool:
    if isinstance(one, float) and abs(one - other) <= 1e-9 * max(1, abs(one), abs(other)):
        other = one
    return bool(_COMPARED[kind](one, other))


def _reckoned(kind: str, one: Any, other: Any) -> Any:
    try:
        match kind:
            case "minus":
                made: Any = -one
            case "+":
                made = one + other
            case "-":
                made = one - other
            case "*":
                made = one * other
            case "/":
                made = one / other
            case "between":
                return float((one - other).days)
            case _:
                return one + timedelta(trunc(other if kind == "later" else -other))
    except (ZeroDivisionError, OverflowError):
        return None
    return made if isfinite(made) else None


def _read(key: str, cell: Any) -> Any:
    if key in DATES:
        cell = cell.date() if isinstance(cell, datetime) else cell
        return cell if isinstance(cell, date) else None
    return float(cell) if type(cell) in (int, float) else None


def _code(key: str, cell: Any) -> str | None:
    return CHOICES[key].parse(cell) if isinstance(cell, str) else None


def _text(cell: Any) -> str:
    if cell is None or isinstance(cell, CellError):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


NUMBER_CELLS = (None, 0, 1, 2.5, 0.3, 10, -4, -1.5, 747, "3", "", CellError("#REF!"))
DATE_CELLS = (
    None,
    date(2024, 3, 1),
    date(2024, 3, 2),
    date(2026, 3, 18),
    datetime.combine(date(2025, 5, 5), time(13)),
    "2024-03-01",
    45000,
)
_numbers, _days = st.sampled_from(NUMBER_CELLS), st.sampled_from(DATE_CELLS)
_choices = {
    key: st.sampled_from([None, "", "maybe", CHOICES[key].label(codes[0], "zh-Hant"), *codes])
    for key, codes in {
        "priority": ("high", "low"),
        "feasible": ("yes", "no"),
        "complexity": ("low", "medium", "high"),
    }.items()
}
_texts = st.sampled_from(
    [
        None,
        "",
        "  ",
        "订单状态",
        "訂單狀態",
        "order of B",
        "b",
        "ＯＲＤＥＲ",
        5,
        2.0,
        CellError("#N/A"),
    ]
)
rows = st.fixed_dictionaries(
    {
        **dict.fromkeys(NUMBERS, _numbers),
        **dict.fromkeys(DATES, _days),
        **_choices,
        **dict.fromkeys(TEXTS, _texts),
    }
)
"""Records as people fill them: much is missing, and some is of the wrong kind."""
