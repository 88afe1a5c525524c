"""Registers as people and programs leave them: the template's own, changed for a test."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from openpyxl import Workbook, load_workbook

from xlflow.languages import Language
from xlflow.record.example import worked_example
from xlflow.record.fields import SHEETS
from xlflow.record.register import Table
from xlflow.workbook.template import build_register

SHORT = {"title": "A second one", "department": "Finance", "submitted_on": date(2024, 3, 4)}
PROGRESS = {"number": "2024-015", "date": date(2024, 3, 6), "text": "Cache in place"}


def plain(language: Language = "en", **changes: Any) -> bytes:
    """A register with the worked example in row 4, a short record in row 5, a line of progress."""
    rows = [worked_example(language), SHORT]
    return build_register(language, **{"rows": rows, "progress": [PROGRESS], **changes})


def edited(data: bytes, *edits: Callable[[Workbook], object]) -> bytes:
    """A workbook after edits, saved by openpyxl."""
    book = load_workbook(io.BytesIO(data))
    for edit in edits:
        edit(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def with_parts(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """A workbook with each part as `change(name, bytes)` gives it; None leaves the part out."""
    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return saved.getvalue()


REGISTER_PART = "xl/worksheets/sheet2.xml"


def with_cells(data: bytes, cells: Mapping[str, str], part: str = REGISTER_PART) -> bytes:
    """A workbook with these cells of the register sheet: address -> attributes and content.

    Each is written as ``t="e"><v>#N/A</v>``, what stands between ``<c r="B4"`` and ``</c>``; the
    sheet must have a cell there.
    """

    def change(name: str, xml: bytes) -> bytes:
        if name != part:
            return xml
        text = xml.decode()
        for address, content in cells.items():
            cell = re.compile(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)')
            assert cell.search(text), address
            text = cell.sub(lambda _, new=f'<c r="{address}" {content}</c>': new, text, count=1)
        return text.encode()

    return with_parts(data, change)


def rows_of(table: Table) -> list[dict[str, Any]]:
    """The rows of a table without their blanks."""
    rows = table.frame.to_dict("records")
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def column(key: str, sheet: str = "register") -> int:
    """The column of a field in the template, from 1."""
    return 1 + [field.key for field in SHEETS[sheet]].index(key)


def move_columns(book: Workbook, tab: str, order: Iterable[int]) -> None:
    """Put the columns of a tab into another order; columns count from 1."""
    sheet = book[tab]
    held = {
        n: [(cell.value, cell.number_format) for cell in cells]
        for n, cells in enumerate(sheet.iter_cols(), 1)
    }
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    for place, old in enumerate(order, 1):
        for row, (value, number_format) in enumerate(held[old], 1):
            sheet.cell(row, place).value = value
            sheet.cell(row, place).number_format = number_format
