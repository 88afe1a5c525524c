"""Rules: what no cell may hold, whatever its field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlflow.checks.lists import ALL_SHEETS
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.record.fields import Kind

# "=" before anything but another "="; + - @ only before a function, a reference or a sum
_FUNCTION = r"[A-Za-z_][\w.]*\("
_REFERENCE = r"(?:'[^']+'!|\w+!)?\$?[A-Za-z]{1,3}\$?\d+(?:\s*[-+*/:^&,)].*)?$"
_SUM = r"\d+(?:\.\d+)?\s*[-+*/^]\s*\d"
_CALL = r"[\w ]+\|"  # a DDE call, which can start programs
_SIGNS = frozenset("=+-@＝＋－＠")
_FORMULA = re.compile(
    rf"[=＝](?!\s*[=＝>]|\s*$)|[+\-＋－](?:{_FUNCTION}|{_REFERENCE}|{_SUM}|{_CALL})|[@＠]{_FUNCTION}",
    re.DOTALL,
)


@rule("error-cell", fields=(), sheets=ALL_SHEETS, source="workbook")
def error_cell(r: View) -> Iterator[Fault]:
    """No cell holds an error value such as #REF!."""
    for key in ("number", *(field.key for field in r.fields() if field.key != "number")):
        yield fault(r.errors(key), key)


@rule("text-as-formula", fields=Kind.TEXT, sheets=ALL_SHEETS, source="workbook")
def text_as_formula(r: View) -> Iterator[Fault]:
    """No text begins as a formula does, so that Excel never computes it by accident."""
    for field in r.fields(Kind.TEXT):
        yield fault(r.ask_odd(field.key, begins_as_formula), field.key)


def begins_as_formula(value: object) -> bool:
    """Whether Excel would take a text for a formula when it is entered again.

    >>> begins_as_formula("=A1+1"), begins_as_formula("- item"), begins_as_formula("+20%")
    (True, False, False)
    """
    if not isinstance(value, str) or (text := value.lstrip())[:1] not in _SIGNS:
        return False
    return _FORMULA.match(text.rstrip()) is not None


RULES: tuple[Rule, ...] = (error_cell, text_as_formula)
