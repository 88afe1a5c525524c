"""Columns of the register as a report shows them: choices in the reader's words, dates as dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any

from xlflow.languages import Language
from xlflow.record.fields import Kind
from xlflow.reports.texts import one_line
from xlflow.timing.cells import Cells

_SHOWN = 120  # characters of a cell that holds something else than it should

_NUMBERS = (Kind.DAYS, Kind.AMOUNT)


def column_of(cells: Cells, key: str, language: Language) -> Sequence[Any]:
    """A column of the sheet, one element a line; what is no value of its kind as it was typed."""
    table = cells.table
    field = table.schema.by_key(table.sheet)[key]
    if field.choices:
        choices, codes = table.schema.choices[field.choices], cells.codes(key)
        names = {code: choices.label(code, language) for code in set(codes) if code}
        typed = cells.texts(key)
        return [names.get(code, text) for code, text in zip(codes, typed, strict=True)]
    if field.is_date:
        return [value if isinstance(value, date) else shown(value) for value in cells.values(key)]
    if field.kind in _NUMBERS:
        return [value if _is_number(value) else shown(value) for value in cells.values(key)]
    return cells.texts(key)


def shown(value: object) -> str:
    """A cell's value as a short text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return one_line(str(value), _SHOWN)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
