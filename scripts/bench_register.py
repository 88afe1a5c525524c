"""A large register to measure with: 150 sample records, again and again, with texts of their own.

What people write differs from record to record, and what they choose from lists does not. About one
record in eight has a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from xlflow.jobs.sample import Row, sample_register
from xlflow.languages import Language
from xlflow.record.fields import SHEETS, Kind
from xlflow.settings import default_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.template import build_register

_SAMPLE = 150
_SHORTEST = 6  # characters; shorter texts, such as "none", are the same in many records
_NUMBER = re.compile(r"(\d{4})-(\d{3,})")


def large_register(records: int, language: Language, today: date) -> bytes:
    """A workbook with so many records, and three lines of progress for every two of them."""
    calendar = WorkingCalendar.from_settings(default_settings())
    sample = sample_register(_SAMPLE, language, today, calendar)
    rounds = -(-records // _SAMPLE)
    held = len(sample.requirements)
    numbered = sum("number" in row for row in sample.requirements)

    def again(sheet: str, lines: Iterable[Row]) -> Iterator[Row]:
        texts = [field.key for field in SHEETS[sheet] if field.kind is Kind.TEXT]
        kept = list(lines)
        for turn in range(rounds):
            for position, line in enumerate(kept):
                yield _another(line, texts, turn * numbered, turn * held + position)

    return build_register(
        language,
        rows=tuple(again("register", sample.requirements))[:records],
        progress=tuple(again("progress", sample.progress)),
        issues=tuple(again("issues", sample.issues)),
        changes=tuple(again("changes", sample.changes)),
        people=sample.people,
        departments=sample.departments,
    )


def _another(line: Row, texts: Iterable[str], later: int, turn: int) -> Row:
    """The line with another number, and a mark in its texts that makes them its own."""
    changed: dict[str, Any] = {
        key: f"{line[key]} T{turn:05d}" for key in texts if len(line.get(key) or "") >= _SHORTEST
    }
    if found := _NUMBER.fullmatch(line.get("number") or ""):
        changed["number"] = f"{found[1]}-{int(found[2]) + later:03d}"
    return line | changed
