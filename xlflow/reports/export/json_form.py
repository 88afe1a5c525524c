"""A table as one JSON document: its columns with labels and types, then its rows as objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, BinaryIO

from xlflow.reports.export.layout import Column, Layout, Row, Type


class JsonForm:
    """Writes a table; `at` is the moment of the export."""

    def __init__(self, file: BinaryIO, layout: Layout, at: datetime) -> None:
        self._file = file
        self._names = [column.name for column in layout.columns]
        self._plain = [_plain(column.type) for column in layout.columns]
        self._has_rows = False
        head = {
            "table": layout.name,
            "exported_at": at.isoformat(timespec="seconds"),
            "columns": [_described(column) for column in layout.columns],
        }
        file.write(_encoded(head)[:-1] + b', "rows": [')

    def add(self, rows: Iterable[Row]) -> int:
        """Write these rows behind those before; returns how many there were."""
        count = 0
        for row in rows:
            told = {
                name: None if value is None else plain(value)
                for name, plain, value in zip(self._names, self._plain, row, strict=True)
            }
            self._file.write((b",\n" if self._has_rows else b"\n") + _encoded(told))
            self._has_rows = True
            count += 1
        return count

    def finish(self) -> None:
        """Write the end of the document."""
        self._file.write(b"\n]}\n")


def _described(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name, "type": column.type.value, "label": column.label}
    return told | {"codes": column.codes} if column.codes else told


def _plain(kind: Type) -> Callable[[Any], Any]:
    return _iso if kind in (Type.DATE, Type.MOMENT) else _same


def _iso(value: date) -> str:
    return value.isoformat()


def _same(value: Any) -> Any:
    return value


def _encoded(held: dict[str, Any]) -> bytes:
    try:
        return json.dumps(held, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # half a character, which JSON can tell by its number
        return json.dumps(held).encode("ascii")
