"""What calamine gives for a cell, as the value that a register holds.

Types stay apart: a date that was typed as text stays text, TRUE is no 1. A whole number is an int
up to 2**53; beyond that Excel has rounded it, and it stays a float.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from xlflow.record.register import CellError
from xlflow.workbook.reader_xml import ERROR_MARK

_VISIBLE = re.compile(
    # not white space, not a control character, and none that is drawn with no width at all
    "[^\\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_EXACT = 2**53
_MOST_TEXTS = 1_000


class Values:
    """Turns the cells of one column into values.

    Texts that repeat, as choices and names do, become one object each.
    """

    def __init__(self) -> None:
        self._texts = _Texts()
        self._by_type: dict[type, Callable[[Any], Any]] = {
            str: self._texts.__getitem__,
            float: _number,
            bool: _same,
            int: _same,
            date: _same,
            datetime: _moment,
            time: _clock,
            timedelta: _duration,
        }

    def convert(self, cells: Sequence[Any]) -> list[Any]:
        """One value a cell: None for a blank one, else as in `xlflow.record.register.Table`."""
        kinds = set(map(type, cells))
        if kinds == {str}:
            if len(self._texts) < _MOST_TEXTS:
                return list(map(self._texts.__getitem__, cells))
            return [text if text[:1].isalnum() else _text(text) if text else None for text in cells]
        if kinds == {date}:
            return list(cells)
        by_type = self._by_type
        return [by_type[type(cell)](cell) for cell in cells]


class _Texts(dict[str, Any]):
    """Text of a cell -> its value; remembers texts until there are too many different ones."""

    def __missing__(self, text: str) -> Any:
        value = _text(text)
        if len(self) < _MOST_TEXTS:
            self[text] = value
        return value


def _text(text: str) -> str | CellError | None:
    if text.startswith(ERROR_MARK):
        return CellError(text.removeprefix(ERROR_MARK).strip() or "#N/A")
    return text if _VISIBLE.search(text) else None


def _same(value: Any) -> Any:
    return value


def _number(value: float) -> int | float | CellError:
    if value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    return value if math.isfinite(value) else CellError("#NUM!")


def _moment(value: datetime) -> date | datetime:
    return value.date() if value.time() == time() else value


def _clock(value: time) -> str:
    """A time without a date, as people would type it: a register has no such field."""
    return value.isoformat("minutes" if not value.second else "seconds")


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}" + (
        f":{seconds % 60:02}" if seconds % 60 else ""
    )
