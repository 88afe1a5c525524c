"""A page that lists things: heading, note, header with filter, a row a thing, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlflow.languages import say
from xlflow.pages.heights import row_height
from xlflow.reports.status.book import LAST_ROW, Page
from xlflow.reports.status.looks import FONTS, PALE_RED

_HEADING, _NOTE, HEADER = 1, 2, 4
FIRST = HEADER + 1
_MOST = LAST_ROW - FIRST - 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a listing. `bars` draws its numbers as bars, too."""

    label: str
    width_chars: float
    look: str = "text"
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Styled:
    """A value whose look is not its column's."""

    value: Any
    look: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page lists. `kindly` is said where there is nothing to list."""

    heading: str
    note: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    kindly: str
    frozen: int = 2  # columns that stay in sight
    # Rows are dimmed in which the column of this number holds one of these texts.
    dimmed: tuple[int, Sequence[str]] | None = None
    printed: int = 0  # columns that stand on paper, from the left; 0 = all


def write_listing(page: Page, listing: Listing, footer: str) -> None:
    """Lay the listing out on an empty page."""
    columns, width = listing.columns, len(listing.columns)
    page.bare()
    page.row(_HEADING, 30)
    page.row(_NOTE, 18)
    page.row(HEADER, 32)
    page.write(_HEADING, 1, listing.heading, "title")
    page.write(_NOTE, 1, listing.note, "note")
    for number, column in enumerate(columns, 1):
        page.column(number, column.width_chars)
        page.write(HEADER, number, column.label, "header")
    last = FIRST + _write_rows(page, columns, listing.rows) - 1
    if not listing.rows:
        page.row(FIRST, 28)
        page.write(FIRST, 1, listing.kindly, "kind")
        last = FIRST
    else:
        page.filter(page.area(HEADER, 1, last, width))
        page.quiet(page.area(FIRST, 1, last, width))
        if listing.dimmed:
            page.dim(page.area(FIRST, 1, last, width), *listing.dimmed)
        for number, column in enumerate(columns, 1):
            if column.bars:
                page.bars(page.area(FIRST, number, last, number), PALE_RED)
    page.freeze(FIRST, listing.frozen + 1)
    printed = page.area(1, 1, last, listing.printed or width)
    page.paper(printed, footer, pages_high=0, header_row=HEADER)


def _write_rows(page: Page, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> int:
    """Write the rows, and tell how many lines they took."""
    looks = [column.look for column in columns]
    wrapped = [n for n, column in enumerate(columns) if column.look == "text"]
    _, points = FONTS[page.book.language]
    for row, values in enumerate(rows[:_MOST], FIRST):
        texts = [(values[n], columns[n].width_chars) for n in wrapped if values[n]]
        page.fit_row(row, row_height(texts, points))
        for number, (value, look) in enumerate(zip(values, looks, strict=True), 1):
            if isinstance(value, Styled):
                page.write(row, number, value.value, value.look)
            else:
                page.write(row, number, value, look)
    if len(rows) <= _MOST:
        return len(rows)
    more = say(page.book.language, "reports.more-rows", count=len(rows) - _MOST)
    page.write(FIRST + _MOST, 1, more, "kind")
    return _MOST + 1
