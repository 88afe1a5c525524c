"""How high a row must be to show its texts: programs other than Excel do not find that out."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

_HIGHEST_POINTS = 409  # Source: Excel's limits
_LETTER = 0.88  # of a digit, the unit of column widths; in proportional fonts letters are narrower


def row_height(texts: Iterable[tuple[str, float]], font_points: float) -> float:
    """The height in points for texts, each with the width of its column in characters."""
    lines = max((lines_of(text, width) for text, width in texts), default=1)
    return min(_HIGHEST_POINTS, lines * ceil(font_points * 1.36) + 2)


def lines_of(text: str, width_chars: float) -> int:
    """How many lines a wrapped text takes."""
    return sum(max(1, ceil(_width(part) / (width_chars - 0.5))) for part in text.split("\n"))


def _width(text: str) -> float:
    """The width in digits. Chinese characters take three bytes of UTF-8 and the room of two."""
    wide = (len(text.encode(errors="surrogatepass")) - len(text)) / 2
    return 2 * wide + _LETTER * (len(text) - wide)
