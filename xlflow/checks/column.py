"""One column as rules see it: what is asked of a value is answered once for each distinct value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xlflow.record.register import CellError

Mask = NDArray[np.bool_]
"""One answer a row."""

Dates = NDArray[np.datetime64]
"""One day a row, datetime64[D]; NaT where the cell holds no date."""

Objects = NDArray[np.object_]
Numbers = NDArray[np.float64]

_INVISIBLE = "\u200b\ufeff \n\t"


@dataclass(frozen=True, slots=True)
class Column:
    """The distinct values of a column, blank (None) last, and which of them each row holds."""

    codes: NDArray[np.int32]  # -1 = blank, which is also where the last of `distinct` stands
    distinct: tuple[Any, ...]
    kinds: frozenset[type]  # of the distinct values

    @classmethod
    def of(cls, cells: Objects) -> Column:
        """The column of these cells. Booleans become what Excel shows for them, TRUE and FALSE."""
        codes, values = pd.factorize(cells)
        kinds = set(map(type, values))
        if not kinds.isdisjoint((bool, int, float)) and any(value in (0, 1) for value in values):
            # True and 1 are one value to Python, two to a person.
            codes, values = pd.factorize(_each(_without_boolean, cells))
            kinds = set(map(type, values))
        return cls(codes.astype(np.int32), (*values, None), frozenset(kinds))

    @property
    def has_errors(self) -> bool:
        """Whether any cell holds an error value."""
        return CellError in self.kinds

    def pick(self, answers: NDArray[Any]) -> NDArray[Any]:
        """Every row's answer from one answer for each of `distinct`."""
        picked: NDArray[Any] = answers[self.codes]
        return picked


def is_blank(value: object) -> bool:
    """Whether a cell shows nothing."""
    return value is None or (isinstance(value, str) and not value.strip().strip(_INVISIBLE))


def odd_places(values: Sequence[object]) -> list[int]:
    """Where blanks stand, and texts that begin with neither a letter nor a digit: mostly few."""
    return [
        place
        for place, value in enumerate(values)
        if value is None or (isinstance(value, str) and not value[:1].isalnum())
    ]


def is_error(value: object) -> bool:
    """Whether a cell holds an error value such as #REF!."""
    return isinstance(value, CellError)


def as_text(value: object) -> str:
    """What a cell says, without space around it; an error value says nothing."""
    if value is None or isinstance(value, CellError):
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return str(value)


def as_texts(values: Sequence[object]) -> list[str]:
    """`as_text` of each value."""
    return [value.strip() if isinstance(value, str) else as_text(value) for value in values]


def as_number(value: object) -> float:
    """The number in a cell; NaN where it holds something else, digits in a text included."""
    try:
        return float(value) if isinstance(value, int | float) else np.nan
    except OverflowError:
        return np.nan


def as_day(value: object) -> np.datetime64:
    """The day of a date or moment; NaT where the cell holds something else."""
    if isinstance(value, datetime):
        value = value.date()
    return np.datetime64(value if isinstance(value, date) else "NaT", "D")


def as_moment(value: object) -> np.datetime64:
    """The moment in a cell, a date being its first minute; NaT where it holds something else."""
    if isinstance(value, datetime):
        return np.datetime64(value.replace(tzinfo=None), "s")
    return np.datetime64(value if isinstance(value, date) else "NaT", "s")


def _without_boolean(value: object) -> object:
    return str(value).upper() if isinstance(value, bool) else value


def _each(answer: Callable[[Any], Any], cells: Objects) -> Objects:
    return np.fromiter(map(answer, cells), np.object_, len(cells))
