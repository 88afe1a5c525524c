"""What the child sheets say about each record, for the register's own columns.

Source: the process standard, step 4 (progress board, issue log).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pandas as pd

from xlflow.languages import Language
from xlflow.record.register import CellError, Register, Table


def number_text(value: object) -> str:
    """A requirement's number as typed, without the spaces around it; "" where there is none."""
    return value.strip() if isinstance(value, str) else ""


def latest_progress(register: Register, language: Language) -> Mapping[str, str]:
    """Number -> its newest line of the Progress sheet; of two of one day, the lower one."""
    newest: dict[str, tuple[date, str]] = {}
    marks = register.schema.choices["mark"]
    for line in _lines(register.progress):
        number, day = number_text(line["number"]), _day(line["date"])
        if not number or day is None or (number in newest and day < newest[number][0]):
            continue
        mark = marks.parse(line["mark"])
        parts = (
            day.isoformat(),
            marks.label(mark, language) if mark else "",
            _text(line["text"]),
            _text(line["by"]),
        )
        newest[number] = (day, " · ".join(part for part in parts if part))
    return {number: text for number, (_, text) in newest.items()}


def open_issues(register: Register, language: Language) -> Mapping[str, tuple[str, str]]:
    """Number -> its unsolved issues and their measures, a line each, in the order of the sheet."""
    unsolved: dict[str, tuple[list[str], list[str]]] = {}
    states = register.schema.choices["issue-state"]
    in_progress = states.label("in-progress", language)
    for line in _lines(register.issues):
        number = number_text(line["number"])
        if not number or states.parse(line["state"]) == "solved":
            continue
        issues, measures = unsolved.setdefault(number, ([], []))
        prefix = f"{len(issues) + 1}. "
        issues.append(prefix + _text(line["issue"]))
        measures.append(prefix + (_text(line["measure"]) or in_progress))
    return {
        number: ("\n".join(issues), "\n".join(measures))
        for number, (issues, measures) in unsolved.items()
    }


def _lines(table: Table) -> list[dict[str, object]]:
    frame: pd.DataFrame = table.frame
    return frame.to_dict("records")  # type: ignore[return-value]


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, CellError) else str(value).strip()
