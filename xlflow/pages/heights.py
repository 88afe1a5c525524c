"""How high a row must be to show its texts: programs other than Excel do not find that out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from math import ceil

_HIGHEST_POINTS = 409  # Source: Excel's limits
_LETTER = 0.93  # of a digit, the unit of column widths; in proportional fonts letters are narrower
# A line may break after blanks, after a hyphen, and beside a Chinese character.
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_UNBROKEN = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}-]+-?\s*|.")


def row_height(texts: Iterable[tuple[object, float]], font_points: float) -> float:
    """The height in points for texts, each with the width of its column in characters."""
    lines = max((lines_of(str(text), width) for text, width in texts), default=1)
    return min(_HIGHEST_POINTS, lines * ceil(font_points * 1.36) + 3)


@lru_cache(maxsize=4096)
def lines_of(text: str, width_chars: float) -> int:
    """How many lines a wrapped text takes.

    >>> lines_of("two words", 6), lines_of("two words", 9), lines_of("两个词语", 6)
    (2, 1, 2)
    """
    return sum(_lines_of_paragraph(part, width_chars) for part in text.split("\n"))


def _lines_of_paragraph(text: str, width_chars: float) -> int:
    if len(text) * 2 <= width_chars:
        return 1
    lines, used = 1, 0.0
    for piece in _UNBROKEN.findall(text):
        width = _width(piece.rstrip())
        if used and used + width > width_chars:
            lines, used = lines + 1, 0.0
        if width > width_chars:  # cut wherever the line ends
            lines += ceil(width / width_chars) - 1
            used = width % width_chars
        else:
            used += _width(piece)
    return lines


def _width(text: str) -> float:
    """The width in digits; Chinese characters are as wide as two. Source: UAX 11."""
    if text.isascii():
        return len(text) * _LETTER
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else _LETTER for letter in text)
