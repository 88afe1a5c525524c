"""The dates with which lines of a progress log begin, mostly without a year."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal

from xlflow.adoption.dates import MONTHS, DateOrder, day_in, read_day

DayOrder = Literal["md", "dm"]

_EARLIER_DAYS = 15  # a log may begin that long before the submission was entered
_YEARS = 5  # 29 February comes every four years

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
WITH_YEAR = (
    r"(?:\d{4}\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}\s?[日号號]?|20\d{6}(?!\d)"
    r"|1[0-3]\d\s?[./年]\s?\d{1,2}\s?[./月]\s?\d{1,2}\s?日?(?!\d)"  # of the Republic
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}[-./ ]?[A-Za-z]{3,9}\.?[-./ ,]*\d{4}"
    r"|\d{1,2}[-/][A-Za-z]{3,9}[-/]\d{2}(?!\d)"
    r"|[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
)
WITHOUT_YEAR = (
    r"(?:\d{1,2}\s?月\s?\d{1,2}\s?[日号號]?|\d{1,2}[./]\d{1,2}\.(?!\d)"
    r"|\d{1,2}[-./]\d{1,2}(?![-./\d])"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?!\d)|\d{{1,2}} {_MONTH})"
)

_FIGURES = re.compile(r"(\d{1,2})[-./](\d{1,2})\.?")
_CHINESE = re.compile(r"(\d{1,2})\s?月\s?(\d{1,2})\s?[日号號]?")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?")
_DAY_FIRST = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]*\.?")


def whole_day(written: str) -> date | None:
    """The day of a date that tells its year."""
    day = read_day(re.sub(r"\s+", " ", written), DateOrder()) if written else None
    return day.date() if isinstance(day, datetime) else day


def figures(written: str) -> tuple[int, int] | None:
    """The two figures of a date such as 3-07, as they stand."""
    found = _FIGURES.fullmatch(written)
    return (int(found[1]), int(found[2])) if found else None


def is_possible(pair: tuple[int, int], order: DayOrder) -> bool:
    """Whether two figures are a day of the calendar in this order."""
    month, day = pair if order == "md" else pair[::-1]
    return day_in(2024, month, day) is not None  # a leap year


def month_and_day(written: str, order: DayOrder | None) -> tuple[int, int] | None:
    """Month and day of a date without a year; None where they could be exchanged."""
    if found := _CHINESE.fullmatch(written):
        return int(found[1]), int(found[2])
    if found := _MONTH_FIRST.fullmatch(written):
        return MONTHS[found[1].lower()], int(found[2])
    if found := _DAY_FIRST.fullmatch(written):
        return MONTHS[found[2].lower()], int(found[1])
    pair = figures(written)
    if pair is None:
        return None
    if written.endswith("."):  # 07.03. is written so where the day comes first
        order = "dm"
    by_month, by_day = is_possible(pair, "md"), is_possible(pair, "dm")
    if pair[0] == pair[1] or (by_month and not by_day):
        order = "md"
    elif by_day and not by_month:
        order = "dm"
    if order is None or not is_possible(pair, order):
        return None
    return pair if order == "md" else pair[::-1]


def first_from(pair: tuple[int, int] | None, since: date, until: date) -> date | None:
    """The first such day from shortly before `since` on, if it is not after `until`."""
    if pair is None:
        return None
    earliest = since - timedelta(days=_EARLIER_DAYS)
    for year in range(earliest.year, earliest.year + _YEARS):
        day = day_in(year, *pair)
        if day and day >= earliest:
            return day if day <= until else None
    return None
