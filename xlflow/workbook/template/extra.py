"""A further sheet of a new register: a plain list, open for typing, sorting and deleting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xlflow.pages.heights import row_height
from xlflow.workbook.schema import LAST_ROW
from xlflow.workbook.template.looks import COLOURS, Looks
from xlflow.workbook.template.tab import Tab

_PURPOSE_ROW, _HEADER_ROW, _FIRST_ROW = 1, 2, 3
_ROOM = LAST_ROW - _FIRST_ROW
_HIGHEST_POINTS = 120
_EARLIEST_YEAR = 1900  # Excel has no earlier dates
_FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", str: "@"}


@dataclass(frozen=True)
class ExtraColumn:
    """A column of such a list."""

    label: str
    width_chars: float


@dataclass(frozen=True)
class ExtraTab:
    """The list: its tab, a sentence above it, its columns and its rows."""

    title: str
    purpose: str
    columns: tuple[ExtraColumn, ...]
    rows: Sequence[Sequence[Any]]
    frozen: int = 0  # columns that stay in sight

    def parts(self) -> Iterator[ExtraTab]:
        """The list on as many tabs as it needs: a sheet has a last row."""
        yield ExtraTab(self.title, self.purpose, self.columns, self.rows[:_ROOM], self.frozen)
        for number, first in enumerate(range(_ROOM, len(self.rows), _ROOM), 2):
            rows = self.rows[first : first + _ROOM]
            title = f"{self.title[:26]} {number}"
            yield ExtraTab(title, self.purpose, self.columns, rows, self.frozen)


def write_extra(tab: Tab, extra: ExtraTab, looks: Looks) -> None:
    """Fill the sheet."""
    count = len(extra.columns)
    plain = _cell(looks, "General")
    tab.row(_PURPOSE_ROW, 21)
    tab.row(_HEADER_ROW, 32)
    tab.write(_PURPOSE_ROW, 1, extra.purpose, looks.banner("guidance"))
    for column, held in enumerate(extra.columns, 1):
        tab.column(column, held.width_chars, plain)
        if column > 1:
            tab.write(_PURPOSE_ROW, column, None, looks.banner("guidance"))
        tab.write(_HEADER_ROW, column, held.label, _header(looks))
    formats = {kind: _cell(looks, form) for kind, form in _FORMATS.items()}
    for row, values in enumerate(extra.rows, _FIRST_ROW):
        for column, value in enumerate(values, 1):
            if value is not None:
                shown = _showable(value)
                tab.write(row, column, shown, formats.get(type(shown), plain))
        tab.fit_row(row, _height(values, extra.columns, looks.size))
    tab.freeze(_FIRST_ROW, extra.frozen + 1)
    tab.filter_rows(_HEADER_ROW, _HEADER_ROW + len(extra.rows), count)
    tab.colour(COLOURS["guidance"][0])
    tab.paper(landscape=True, footer=tab.title, fit=(1, 0))
    tab.repeat((_HEADER_ROW, _HEADER_ROW), max(extra.frozen, 1))


def _header(looks: Looks) -> Any:
    return looks.make(
        bg_color=COLOURS["guidance"][1], bold=True, text_wrap=True, border=1, border_color="#BFBFBF"
    )


def _cell(looks: Looks, number_format: str) -> Any:
    return looks.make(
        num_format=number_format, text_wrap=True, align="left", border=1, border_color="#D9D9D9"
    )


def _height(values: Iterable[Any], columns: Sequence[ExtraColumn], size: float) -> float:
    texts = [
        (value, column.width_chars)
        for value, column in zip(values, columns, strict=False)
        if isinstance(value, str) and len(value) * 2 > column.width_chars
    ]
    return min(_HIGHEST_POINTS, row_height(texts, size))


def _showable(value: Any) -> Any:
    """A value as Excel can hold it."""
    too_early = isinstance(value, date) and value.year < _EARLIEST_YEAR
    return value.isoformat() if too_early else value
