"""The cells of one sheet as arrays, one element a line, in the order of its frame."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlflow.record.register import CellError, Table
from xlflow.timing.calendar import Dates

Flags = NDArray[np.bool_]
Codes = NDArray[np.object_]


class Cells:
    """Columns of a table, read as days, moments, codes or texts.

    What is not of the kind counts as absent here; telling people about it is the checks' work.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows: list[int] = table.frame.index.tolist()
        self._codes: dict[str, Codes] = {}
        self._days: dict[str, Dates] = {}
        self._texts: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def values(self, key: str) -> list[Any]:
        """The values as read."""
        values: list[Any] = self.table.frame[key].tolist()
        return values

    def days(self, key: str) -> Dates:
        """Days; NaT where the cell holds no date."""
        if key not in self._days:
            values = self.values(key)
            ordinals = [value.toordinal() if isinstance(value, date) else 0 for value in values]
            since_1970 = np.array(ordinals, np.int64) - _ORDINAL_1970
            days = since_1970.astype("datetime64[D]")
            days[since_1970 == -_ORDINAL_1970] = np.datetime64("NaT", "D")
            days.flags.writeable = False
            self._days[key] = days
        return self._days[key]

    def moments(self, key: str) -> list[datetime | None]:
        """Dates with a time of day; None where the cell holds none, or midnight, a mere date."""
        return [value if _has_time(value) else None for value in self.values(key)]

    def unreadable_days(self, key: str) -> Flags:
        """Where something other than a date was typed."""
        missing = np.isnat(self.days(key))
        values = self.values(key)
        for n in np.flatnonzero(missing).tolist():
            missing[n] = not _is_blank(values[n])
        return missing

    def filled(self, key: str) -> Flags:
        """Where something was typed that is no error value."""
        values = self.values(key)
        return np.array(
            [not _is_blank(value) and not isinstance(value, CellError) for value in values], bool
        )

    def codes(self, key: str) -> Codes:
        """The codes of a field with choices; "" where blank or off the list."""
        if key not in self._codes:
            choices = self.table.schema.choices_of(key, self.table.sheet)
            known: dict[str, str] = {"": ""}
            codes = np.empty(len(self), object)
            for n, value in enumerate(self.values(key)):
                text = str(value) if isinstance(value, bool | str) else ""
                if text not in known:
                    known[text] = choices.parse(value) or ""
                codes[n] = known[text]
            self._codes[key] = codes
        return self._codes[key]

    def texts(self, key: str) -> list[str]:
        """What was typed, trimmed; "" where blank."""
        if key not in self._texts:
            values = self.values(key)
            self._texts[key] = [
                "" if value is None or isinstance(value, CellError) else str(value).strip()
                for value in values
            ]
        return self._texts[key]


_ORDINAL_1970 = date(1970, 1, 1).toordinal()
_MIDNIGHT = datetime.min.time()


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _has_time(value: object) -> bool:
    # The last year of all is left out: hours added to it would leave the calendar.
    return isinstance(value, datetime) and value.time() != _MIDNIGHT and 1 < value.year < 9999
