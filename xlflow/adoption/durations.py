"""Numbers of working days, as people write them: 5, 5天, 3 person-days, 2 weeks."""

from __future__ import annotations

import re

from xlflow.adoption.grid import Cell

_DAYS_OF_A_WEEK = 5
_SPAN = re.compile(
    r"(?:约|約|大约|~|≈|about )? ?(\d{1,4}(?:\.\d{1,2})?) ?"
    r"(天|日|人天|人日|个?工作日|個?工作天|人/天|工作天"
    r"|d|days?|man[ -]?days?|person[ -]?days?|pd|md|working days?"
    r"|周|週|个?星期|個?星期|w|wks?|weeks?)?",
    re.IGNORECASE,
)
_WEEKS = re.compile(r"周|週|个?星期|個?星期|w|wks?|weeks?", re.IGNORECASE)


def read_days(value: Cell) -> int | float | None:
    """The working days that a cell tells; None where it tells none for certain, such as a range.

    >>> read_days("5天"), read_days("1.5 d"), read_days("2 weeks"), read_days("3-5天")
    (5, 1.5, 10, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if 0 <= value < 1000 else None
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return None
    days = float(found[1]) * (_DAYS_OF_A_WEEK if found[2] and _WEEKS.fullmatch(found[2]) else 1)
    return int(days) if days.is_integer() else days
