"""A worksheet of XlsxWriter whose row heights are estimates, not the user's own."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet


class FittingWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no type hints
    """XlsxWriter calls every height the user's own, which stops Excel from fitting the row.

    `fitted`: row, counted from 0 -> height in points.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fitted: dict[int, float] = {}

    def _write_row(self, row: int, spans: str | None, *rest: Any, **named: Any) -> None:
        if row not in self.fitted:
            super()._write_row(row, spans, *rest, **named)
            return
        # Source: ECMA-376 18.3.1.73; without customHeight the height is the program's own.
        held = [("r", row + 1), ("spans", spans), ("ht", f"{self.fitted[row]:g}")]
        self._xml_start_tag_unencoded("row", [pair for pair in held if pair[1]])
