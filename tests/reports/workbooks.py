"""Reading a status workbook as people do: by the names of its sheets and its headers."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

import openpyxl

from xlflow.languages import Language, say

HEADER, FIRST = 4, 5


@cache
def opened(content: bytes) -> openpyxl.Workbook:
    """The workbook."""
    return openpyxl.load_workbook(BytesIO(content), rich_text=True)


def page(content: bytes, name: str, language: Language = "en") -> Any:
    """The sheet that is called so in this language."""
    return opened(content)[say(language, f"reports.page.{name}")]


def body(sheet: Any) -> list[list[Any]]:
    """The rows below the header."""
    rows = sheet.iter_rows(min_row=FIRST, values_only=True)
    return [list(row) for row in rows if any(value is not None for value in row)]


def table(sheet: Any) -> list[dict[str, Any]]:
    """The rows below the header, each by the names of its columns."""
    names = [cell.value for cell in sheet[HEADER]]
    return [dict(zip(names, row, strict=False)) for row in body(sheet)]


def small_table(sheet: Any, heading: str, figures: int) -> dict[str, tuple[Any, ...]]:
    """A small table on the sheet of chart figures: name -> its figures."""
    (corner,) = (cell for cell in sheet["A"] if cell.value == heading)
    held: dict[str, tuple[Any, ...]] = {}
    for row in range(corner.row + 2, sheet.max_row + 1):
        name, *values = (sheet.cell(row, 1 + n).value for n in range(figures + 1))
        if name is None:
            break
        held[name] = tuple(values)
    return held
