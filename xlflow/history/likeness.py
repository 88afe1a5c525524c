"""How much a row is like what an entry was when it was last seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xlflow.history.cells import Cells

_LONG_CHARS = 8
_MOST_WEIGHT = 4

Cell = tuple[str, Any]
"""A field and its value."""


def likeness(before: Cells, now: Cells, shared: Mapping[Cell, int]) -> float:
    """From 0, nothing of it is left, to 1, everything that it held still stands there.

    Texts count for more the longer they are, and for less the more entries share them (`shared`):
    two requirements easily have the same department, type and date, but seldom the same
    description. What has been added since counts for nothing.
    """
    weights = {key: _weight(value) / shared.get((key, value), 1) for key, value in before.items()}
    kept = sum(weight for key, weight in weights.items() if _same(now.get(key), before[key]))
    return kept / sum(weights.values()) if weights else 0.0


def distinctive(cells: Cells) -> Iterator[Cell]:
    """The texts by which a record is found again: long ones, and its title."""
    for key, value in cells.items():
        if isinstance(value, str) and (key == "title" or len(value) >= _LONG_CHARS):
            yield key, value


def _weight(value: Any) -> int:
    """How much a cell tells of which record it is."""
    length = len(value) if isinstance(value, str) else 0
    return 1 + min(length // _LONG_CHARS, _MOST_WEIGHT - 1)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
