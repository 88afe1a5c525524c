"""Which rows under the header are records, and which are totals, notes, repeated headers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xlflow.adoption.grid import Cell, Grid
from xlflow.adoption.spelling import plain
from xlflow.adoption.tracker_words import plain_words, words

What = Literal["record", "continued", "total", "note", "section", "header"]

_AFTER_TOTAL = 10  # characters: "Total 2024", "合计：12 项"
_FEW = 2  # cells; a row of so few without a title is no record
_SECTION_SPAN = 3  # columns; a row that is one merged cell as wide as that is a heading


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row under the header that is not blank."""

    number: int  # from 0
    what: What

    @property
    def is_record(self) -> bool:
        """Whether it begins a record."""
        return self.what == "record"


def data_rows(grid: Grid, bottom: int, title: int | None = None) -> Iterator[DataRow]:
    """The rows under the header. `title` is the column that holds the titles, once it is known.

    A row whose title lies in a merged cell that begins above continues the record above.
    """
    head = [grid.shown(bottom, number) for number in range(grid.width)]
    headers = {plain(text) for text in head if isinstance(text, str) and text.strip()}
    begun = False
    for row in range(bottom + 1, len(grid.rows)):
        filled = [
            (number, value)
            for number, value in grid.filled(row)
            if (row, number) not in grid.covered
        ]
        if not filled:
            hidden = any(True for _ in grid.filled(row))
            if hidden:
                yield DataRow(row, "continued" if begun else "note")
            continue
        what = _what(grid, row, filled, headers, title)
        if what == "continued" and not begun:
            what = "record"
        begun = begun or what == "record"
        yield DataRow(row, what)


def _what(
    grid: Grid, row: int, filled: list[tuple[int, Cell]], headers: set[str], title: int | None
) -> What:
    first = filled[0][1]
    texts = [value for _, value in filled if isinstance(value, str)]
    if len(filled) >= 2 and _repeats(headers, texts, len(filled)):
        return "header"
    if isinstance(first, str) and _begins(first, "total") and not _is_titled(filled, title):
        return "total"
    if isinstance(first, str) and len(filled) <= 2 and _begins(first, "note"):
        return "note"
    if len(filled) == 1:
        block = grid.blocks.get((row, filled[0][0]))
        if block and block.right - block.left + 1 >= _SECTION_SPAN:
            return "section"
    if title is not None and (block := grid.covered.get((row, title))) and block.top < row:
        return "continued"
    if title is not None and len(filled) <= _FEW and all(number != title for number, _ in filled):
        return "section"  # a heading, or a row that holds a number and waits for a record
    return "record"


def _repeats(headers: set[str], texts: list[str], filled: int) -> bool:
    """Whether a row repeats the headers, as printed lists do on each page."""
    if not texts or (plain(texts[0]) not in headers and plain(texts[-1]) not in headers):
        return False
    return sum(plain(text) in headers for text in texts) * 3 > filled * 2


def _is_titled(filled: list[tuple[int, Cell]], title: int | None) -> bool:
    """Whether a row that begins like a total has a title of its own all the same."""
    return (
        title is not None
        and filled[0][0] != title
        and any(number == title and isinstance(value, str) for number, value in filled)
    )


def _begins(text: str, kind: str) -> bool:
    if kind == "note":
        return text.strip().casefold().startswith(tuple(words("note")))
    bare = plain(text)
    word = next((word for word in plain_words("total") if bare.startswith(word)), "")
    if not word or len(bare) > len(word) + _AFTER_TOTAL:
        return False
    return not word.isascii() or bare == word or bare[len(word)] == " "
