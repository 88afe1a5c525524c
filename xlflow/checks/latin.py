"""Where words in Latin letters begin in a long text, found by columns instead of by a search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from xlflow.checks.folded import codes_of

_ASCII = 128
_LATIN = np.zeros(_ASCII, bool)
_LATIN[[ord(one) for one in "abcdefghijklmnopqrstuvwxyz0123456789"]] = True
_INSIDE = _LATIN.copy()  # behind one of these, a letter begins no word
_INSIDE[[ord("."), ord(",")]] = True


class Openings:
    """The first two characters of some expressions, by which a word may begin one of them."""

    def __init__(self, expressions: Iterable[str]) -> None:
        """Note them.

        Raises:
            ValueError: An expression does not begin with two letters.
        """
        self._pairs = np.zeros((_ASCII, _ASCII), bool)
        for expression in expressions:
            if not re.match(r"[a-z][a-z ](?![?*{|])", expression):
                raise ValueError(f"{expression} does not begin with two letters")
            self._pairs[ord(expression[0]), ord(expression[1])] = True

    def matches(self, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        """What `pattern` matches where a word begins so; the text begins and ends with a mark."""
        codes = np.minimum(codes_of(text), _ASCII - 1).astype(np.uint8)
        for place in self._places(codes).tolist():
            if found := pattern.match(text, place):
                yield found

    def _places(self, codes: NDArray[np.uint8]) -> NDArray[np.intp]:
        begins = np.flatnonzero(_LATIN[codes[1:]] & ~_INSIDE[codes[:-1]]) + 1
        return begins[self._pairs[codes[begins], codes[begins + 1]]]
