"""The columns of a sheet by name: a field's key, or the header of a column of the staff's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xlflow.workbook.addresses import column_letters
from xlflow.workbook.reader_columns import Head, Layout
from xlflow.workbook.schema import KEY_ROW

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `number` counts from 1, `key` is empty in a column of the staff's own."""

    name: str
    number: int
    key: str
    header: str

    @property
    def letters(self) -> str:
        """``AZ``."""
        return column_letters(self.number)


def columns_of(layout: Layout, head: Head, last_column: int) -> tuple[Column, ...]:
    """All columns up to `last_column`, from left to right, each with a name of its own.

    A column without a header is called by its letters; of equal headers the later are numbered.
    """
    by_place = {place: key for key, place in layout.columns.items()}
    keys = _key_row(layout, head)
    names: set[str] = set()
    found: list[Column] = []
    for place in range(last_column):
        header = _header(head.rows[: layout.first_row], place)
        key = by_place.get(place) or _text(keys, place)
        name = key or _unused(header or f"({column_letters(place + 1)})", names)
        names.add(name)
        found.append(Column(name, place + 1, key, header))
    return tuple(found)


def _key_row(layout: Layout, head: Head) -> Row:
    """The row of keys, those of fields that today's settings no longer know among them."""
    row = head.rows[KEY_ROW - 1] if layout.first_row > KEY_ROW else ()
    return row if any(cell in layout.columns for cell in row if isinstance(cell, str)) else ()


def _header(rows: Sequence[Row], place: int) -> str:
    """The text right above the records; above that stand banners and keys."""
    return _text(rows[-1], place) if rows else ""


def _text(row: Row, place: int) -> str:
    cell = row[place] if place < len(row) else None
    return cell.strip() if isinstance(cell, str) else ""


def _unused(name: str, names: set[str]) -> str:
    return next(one for one in _numbered(name) if one not in names)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1
