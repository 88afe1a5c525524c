"""What the old trackers of the tests are written with: workbooks, and the right answers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Answer = str | tuple[str, ...]  # a field, or several that are equally right


@dataclass(frozen=True)
class Tracker:
    """An old tracker, and for each sheet what each column (by its letters) is.

    A sheet that is no tracker has no answers.
    """

    name: str
    data: bytes
    answers: Mapping[str, Mapping[str, Answer]]
    records: int
    progress: int | None = None  # lines


@dataclass
class Book:
    """A workbook that is being written, and its answers."""

    name: str
    records: int = 0
    progress: int | None = None
    _book: Workbook = field(default_factory=Workbook)
    _answers: dict[str, Mapping[str, Answer]] = field(default_factory=dict)

    def sheet(self, title: str, answers: Mapping[str, Answer] | None = None) -> Worksheet:
        """A new sheet."""
        first = not self._answers and len(self._book.sheetnames) == 1
        sheet = self._book.active if first else self._book.create_sheet()
        sheet.title = title
        self._answers[title] = answers or {}
        return sheet

    def done(self) -> Tracker:
        """The tracker as it would lie on a drive."""
        saved = io.BytesIO()
        self._book.save(saved)
        return Tracker(self.name, saved.getvalue(), self._answers, self.records, self.progress)


def put(sheet: Worksheet, top: int, rows: Iterable[Sequence[Any]], left: int = 1) -> int:
    """Write rows of values; returns the row after the last."""
    row = top
    for row, values in enumerate(rows, top):
        for column, value in enumerate(values, left):
            if value is not None:
                sheet.cell(row, column, value)
    return row + 1


def answers(*fields: Answer | None, left: str = "A") -> dict[str, Answer]:
    """The answers of columns from left to right; None where there is no column."""
    start = ord(left) - 65
    found: dict[str, Answer] = {}
    for number, told in enumerate(fields, start):
        letters = chr(65 + number) if number < 26 else "A" + chr(65 + number - 26)
        if told is not None:
            found[letters] = told
    return found
