"""A table as CSV (RFC 4180), safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula gets an apostrophe in front, also where only
spaces stand before it or the sign is a full-width one. A text that looks as if it had got one gets
another, so that taking one away gives the text again. Numbers that are numbers stay.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from xlflow.reports.export.layout import Layout, Row, Type

BOM = "\ufeff"
"""What Excel knows UTF-8 by."""

# Signs that begin a formula, behind anything that a program may drop on reading.
_UNSEEN = "\\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_FORMULA = re.compile(rf"'*(?:[\t\r\n]|[{_UNSEEN}]*[=+\-@＝＋－＠﹣﹢﹦﹫−])")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ROWS_AT_ONCE = 2_000


def harmless(text: str) -> str:
    """`text`, marked as a text where a spreadsheet would run it.

    >>> harmless("=1+1"), harmless("a=1"), harmless("'=1+1"), harmless(" ＝1+1")
    ("'=1+1", 'a=1', "''=1+1", "' ＝1+1")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def original(text: str) -> str:
    """The text that was made harmless.

    >>> original("'=1+1"), original("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


class CsvForm:
    """Writes a table. `raw`: texts as they are, for programs; `bom`: for Excel."""

    def __init__(self, file: BinaryIO, layout: Layout, *, raw: bool, bom: bool) -> None:
        self._file = file
        self._texts = [_told(column.type, raw=raw) for column in layout.columns]
        self._buffer = io.StringIO(newline="")
        self._rows = csv.writer(self._buffer)
        if bom:
            self._buffer.write(BOM)
        self._rows.writerow([column.name for column in layout.columns])

    def add(self, rows: Iterable[Row]) -> int:
        """Write these rows behind those before; returns how many there were."""
        count = 0
        for count, row in enumerate(rows, 1):
            self._rows.writerow(
                [
                    "" if value is None else told(value)
                    for told, value in zip(self._texts, row, strict=True)
                ]
            )
            if count % _ROWS_AT_ONCE == 0:
                self._flush()
        return count

    def finish(self) -> None:
        """Write what is left."""
        self._flush()

    def _flush(self) -> None:
        self._file.write(whole_characters(self._buffer.getvalue()).encode("utf-8"))
        self._buffer.seek(0)
        self._buffer.truncate()


def whole_characters(text: str) -> str:
    """`text` with U+FFFD for each half of a character, which no file in UTF-8 can hold."""
    return _SURROGATES.sub("\ufffd", text)


def _told(kind: Type, *, raw: bool) -> Callable[[Any], str]:
    """How a value of this type is written."""
    safe: Callable[[str], str] = str if raw else harmless
    match kind:
        case Type.DATE:
            return lambda day: str(day.isoformat())
        case Type.MOMENT:
            return lambda moment: str(moment.isoformat())
        case Type.INTEGER:
            return str
        case Type.NUMBER:
            return repr
        case Type.TRUTH:
            return lambda truth: "true" if truth else "false"
        case Type.TEXTS:
            return lambda texts: safe("; ".join(texts))
        case Type.FIELDS:
            return lambda fields: json.dumps(fields, ensure_ascii=False)
        case _:
            return safe
