"""Which records of a sheet are to go, and which rows that concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xlflow.workbook.addresses import MAX_COLUMN, MAX_ROW, Area, column_number


@dataclass(frozen=True, slots=True, init=False)
class Removal:
    """Take the records in `rows` out of one sheet.

    The data area reaches from `first_row` to `last_row`, over `columns` (numbers from 1, or
    letters): a record is what stands in these columns of one row. `sheet` is the name on the tab.

    Raises:
        ValueError: Rows outside of the data area, or no such row or column.
    """

    sheet: str
    rows: frozenset[int]
    first_row: int
    last_row: int
    columns: tuple[int, ...]

    def __init__(
        self,
        sheet: str,
        rows: Iterable[int],
        *,
        first_row: int,
        last_row: int,
        columns: Iterable[int | str],
    ) -> None:
        numbers = {column_number(c) if isinstance(c, str) else int(c) for c in columns}
        held = {
            "sheet": sheet,
            "rows": frozenset(map(int, rows)),  # those of a frame are no plain int
            "first_row": int(first_row),
            "last_row": int(last_row),
            "columns": tuple(sorted(numbers)),
        }
        for name, value in held.items():
            object.__setattr__(self, name, value)
        if not 1 <= self.first_row <= self.last_row <= MAX_ROW:
            raise ValueError(f"no such rows: {first_row} to {last_row}")
        if not self.columns or not 1 <= self.columns[0] <= self.columns[-1] <= MAX_COLUMN:
            raise ValueError(f"no such columns: {self.columns}")
        if outside := [row for row in self.rows if not self.first_row <= row <= self.last_row]:
            raise ValueError(f"rows outside of the data area: {sorted(outside)}")


@dataclass(frozen=True, slots=True)
class Zone:
    """The rows whose values go or move: from the first removed row to the last that holds any.

    Blank rows between records move along, as if the removed rows had been deleted.
    """

    removal: Removal
    last: int

    @property
    def first(self) -> int:
        """The first removed row."""
        return min(self.removal.rows)

    @property
    def rows(self) -> range:
        """All rows of the zone."""
        return range(self.first, self.last + 1)

    @property
    def hull(self) -> Area:
        """From the first to the last column, those between them included."""
        columns = self.removal.columns
        return Area(self.first, columns[0], self.last, columns[-1])

    def sources(self) -> Iterator[tuple[int, int | None]]:
        """Each row with the one whose values it takes; None where it is left blank."""
        kept = (row for row in self.rows if row not in self.removal.rows)
        for row in self.rows:
            yield row, next(kept, None)

    def meets(self, area: Area) -> bool:
        """Whether the area holds a cell of the zone."""
        if area.bottom < self.first or area.top > self.last:
            return False
        return any(area.left <= column <= area.right for column in self.removal.columns)
