"""Values as they stand in a cell's XML. Source: ECMA-376 18.3.1.4 (c), 22.9.2.19 (ST_Xstring)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

Value = None | str | int | float | bool | date | datetime

MAX_TEXT_UNITS = 32_767  # UTF-16 code units, as Excel counts
_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - workbooks know no time zones
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_FIRST_1900 = datetime(1900, 1, 1)  # noqa: DTZ001
# Excel counts a 29 February 1900; serial numbers before it are one less.
_AFTER_LEAP_BUG = datetime(1900, 3, 1)  # noqa: DTZ001
_DAY = timedelta(days=1)

# What XML 1.0 cannot hold, what its readers would turn into a line feed, and what would be read
# back as such an escape.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

Kind = Literal["empty", "number", "text", "bool", "error"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a cell holds, without its formula and style. A number keeps its spelling in `text`."""

    kind: Kind
    text: str = ""

    def equals(self, other: Content) -> bool:
        """The same for a person who looks at the cell: 5 and 5.0 are one number."""
        if self.kind != other.kind:
            return False
        if self.kind != "number" or self.text == other.text:
            return self.text == other.text
        try:
            return float(self.text) == float(other.text)
        except ValueError:
            return False


EMPTY = Content("empty")


class ValueRefusedError(ValueError):
    """A value that no cell can hold; `reason` is a name under `workbook.cell`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def content(value: Value, *, date_1904: bool) -> Content:
    """What to write for `value`; an empty text empties the cell.

    Raises:
        ValueRefusedError: No cell can hold it.
    """
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return Content("bool", "1" if value else "0")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return Content("number", _plain(serial_number(value, date_1904=date_1904)))
    return _number(value)


def serial_number(day: date | datetime, *, date_1904: bool) -> float:
    """Days since the workbook's epoch, the time as a fraction. Source: ECMA-376 18.17.4.1.

    Raises:
        ValueRefusedError: Before the first day.
    """
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    moment = moment.replace(tzinfo=None)
    if moment < (_EPOCH_1904 if date_1904 else _FIRST_1900):
        raise ValueRefusedError("date-too-early")
    serial = (moment - (_EPOCH_1904 if date_1904 else _EPOCH_1900)) / _DAY
    if not date_1904 and moment < _AFTER_LEAP_BUG:
        serial -= 1
    return serial


def cell_inner(content: Content, prefix: str) -> tuple[str, str]:
    """The ``t`` attribute (with its leading blank) and the children of a cell that holds it."""
    if content.kind == "empty":
        return "", ""
    if content.kind == "text":
        space = ' xml:space="preserve"' if _needs_space(content.text) else ""
        text = escaped(content.text)
        tag = f"{prefix}t"
        return ' t="inlineStr"', f"<{prefix}is><{tag}{space}>{text}</{tag}></{prefix}is>"
    kind = ' t="b"' if content.kind == "bool" else ""
    return kind, f"<{prefix}v>{content.text}</{prefix}v>"


def escaped(text: str) -> str:
    """`text` as character data of a ``t`` element; what XML cannot hold as ``_x0001_``."""
    if "_x" in text or not text.isprintable():
        text = _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.translate(_XML)


def unescaped(text: str) -> str:
    """What `escaped` turned into ``_x0001_``, back; half a pair joins its other half."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATE.search(plain):
        plain = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return plain


def _text(text: str) -> Content:
    if _SURROGATE.search(text):
        raise ValueRefusedError("broken-character")
    if len(text) > MAX_TEXT_UNITS // 2 and len(text.encode("utf-16-le")) > 2 * MAX_TEXT_UNITS:
        raise ValueRefusedError("too-long")
    return Content("text", text)


def _number(number: float) -> Content:
    if isinstance(number, int):
        try:
            exact = int(float(number)) == number
        except OverflowError:
            exact = False
        if not exact:
            raise ValueRefusedError("inexact-number")
        return Content("number", str(number))
    if not math.isfinite(number):
        raise ValueRefusedError("not-a-number")
    return Content("number", _plain(number))


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _needs_space(text: str) -> bool:
    return text != text.strip() or "\n" in text or "\t" in text or "  " in text
