"""Patterns with * (anything) and ? (one character), in a time that no pattern can blow up."""

from __future__ import annotations

import re
from functools import cache


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of `text` is as `pattern` says.

    >>> matches("iso-????-*", "iso-2024-a"), matches("*", "")
    (True, True)
    """
    first, *rest = _pieces(pattern)
    if not rest:
        return first.fullmatch(text) is not None
    *middle, last = rest
    found = first.match(text)
    for piece in middle:
        found = found and piece.search(text, found.end())
    if found is None:
        return False
    begins = len(text) - _length(pattern)
    return begins >= found.end() and last.match(text, begins) is not None


@cache
def _pieces(pattern: str) -> tuple[re.Pattern[str], ...]:
    """What stands between the *; each piece is of one length, so searching it never goes back."""
    return tuple(
        re.compile("".join("." if one == "?" else re.escape(one) for one in piece), re.DOTALL)
        for piece in pattern.split("*")
    )


def _length(pattern: str) -> int:
    """Of the last piece."""
    return len(pattern.rpartition("*")[2])
