"""What a cell of a register holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

Value = None | str | int | float | bool | date | datetime
"""What a cell holds, typed as in the workbook: a date that was typed as text stays a text."""


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value in a cell. Source: ECMA-376 18.18.11, ``ST_CellType`` ``e``."""

    literal: str  # "#N/A"

    def __str__(self) -> str:
        return self.literal
