"""An independent count: every cell of an old tracker is sought in the workbook that it became.

openpyxl reads both; nothing here knows how xlflow places cells.
"""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.languages import Language, say


def text_of(value: Any) -> str:
    """A cell's value, however it is typed."""
    if isinstance(value, datetime):
        whole = value.hour == value.minute == value.second == 0
        return value.date().isoformat() if whole else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def cells_of(sheet: Worksheet, first_column: int = 1) -> Counter[str]:
    """The filled cells of a sheet."""
    return Counter(
        text_of(value)
        for row in sheet.iter_rows(min_col=first_column, values_only=True)
        for value in row
        if value is not None and str(value).strip()
    )


def lost(old: bytes, new: bytes, language: Language) -> Counter[str]:
    """The values of the old tracker that the new workbook does not hold as often as it did."""
    book = load_workbook(io.BytesIO(new))
    register = ("register", "progress", "issues", "changes")
    tabs = [say(language, f"record.sheet.{tab}") for tab in register]
    kept, report = (say(language, f"adoption.tab.{tab}") for tab in ("kept", "report"))
    found: Counter[str] = Counter()
    for title in tabs:
        found += cells_of(book[title])
    if kept in book.sheetnames:
        found += cells_of(book[kept], first_column=5)  # before: the record that it belongs to
    headers: list[str] = []
    aside = say(language, "adoption.what.aside")
    columns = {
        say(language, f"adoption.what.{what}") for what in ("mapped", "kept", "dropped-column")
    }
    for row in book[report].iter_rows(min_row=3, values_only=True):
        what, _, _, header, _, value, _, count = row[:8]
        if what in columns:
            headers += [header or ""]
        elif value is not None and what == aside:
            texts = str(value).split(" | ") if count and count > 1 else [str(value)]
            found.update(texts if len(texts) == count else [str(value)] * (count or 1))
        elif value is not None:
            found.update({text_of(value): count or 0})
    wanted: Counter[str] = Counter()
    for sheet in load_workbook(io.BytesIO(old), data_only=True).worksheets:
        wanted += cells_of(sheet)
    missing = wanted - found
    parts = {part.strip() for header in headers for part in (header, *header.split(" / "))}
    return Counter({value: n for value, n in missing.items() if value.strip() not in parts})
