"""Cells by address: column letters, and ranges such as ``A1:F12``. Source: ECMA-376 18.18.62."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; all four bounds belong to it and count from 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_cell(self) -> bool:
        """One cell only."""
        return self.top == self.bottom and self.left == self.right

    def __contains__(self, cell: tuple[int, int]) -> bool:
        row, column = cell
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def around(self, other: Area) -> Area:
        """The smallest area that holds both."""
        return Area(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


@cache
def column_number(letters: str) -> int:
    """1 for A, 27 for AA.

    Raises:
        ValueError: No column of a sheet.
    """
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(f"no column: {letters!r}")
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= MAX_COLUMN:
        raise ValueError(f"no column: {letters!r}")
    return number


@cache
def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """``F12`` for row 12, column 6."""
    return f"{column_letters(column)}{row}"


def area(text: str) -> Area | None:
    """The area of ``A1:F12`` or ``A1``; None for anything else."""
    found = _RANGE.fullmatch(text.strip())
    if not found:
        return None
    left, top = found[1], int(found[2])
    right, bottom = found[3] or left, int(found[4] or top)
    try:
        columns = sorted((column_number(left), column_number(right)))
    except ValueError:
        return None
    return Area(min(top, bottom), columns[0], max(top, bottom), columns[1])
