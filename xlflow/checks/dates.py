"""Rules: cells that should hold a date, and hold a text, a number or an impossible day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from xlflow.checks.column import Dates, as_day, as_text, is_blank, is_error
from xlflow.checks.lists import ALL_SHEETS
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.record.fields import Kind

DATES = (Kind.DATE, Kind.MOMENT)

RECORDED = {
    "register": (
        "submitted_on",
        "confirmed_on",
        "assessed_on",
        "business_signed_on",
        "technical_signed_on",
        "checked_on",
        "live_on",
        "closed_on",
    ),
    "progress": ("date",),
    "issues": ("raised_at", "answered_at", "solved_on"),
    "changes": ("date", "business_approved_on", "technical_approved_on"),
}
"""The dates that say when something happened; the others say when something is due."""

_FIRST_DAY = np.datetime64("2000-01-01")
_YEARS_AHEAD = 10


@rule(
    "date-as-text", fields=DATES, sheets=ALL_SHEETS, source="record", variants=("message", "meant")
)
def date_as_text(r: View) -> Iterator[Fault]:
    """A date is entered so that Excel knows it as a date."""
    for field in r.fields(*DATES):
        text = r.ask(field.key, _is_text) & ~r.ask(field.key, _has_short_year)
        meant = r.ask(field.key, read_date, "datetime64[D]")
        yield fault(text & np.isnat(meant), field.key)
        yield fault(text & ~np.isnat(meant), field.key, "meant", expected=meant, meant=meant)


@rule("date-two-digit-year", fields=DATES, sheets=ALL_SHEETS, source="record")
def date_two_digit_year(r: View) -> Iterator[Fault]:
    """A date's year has four digits."""
    for field in r.fields(*DATES):
        yield fault(r.ask(field.key, _is_text) & r.ask(field.key, _has_short_year), field.key)


@rule(
    "date-as-number",
    fields=DATES,
    sheets=ALL_SHEETS,
    source="record",
    variants=("message", "meant"),
)
def date_as_number(r: View) -> Iterator[Fault]:
    """A date is no plain number."""
    for field in r.fields(*DATES):
        number = ~np.isnan(r.number(field.key))
        meant = r.ask(field.key, _day_of_number, "datetime64[D]")
        yield fault(number & np.isnat(meant), field.key)
        yield fault(number & ~np.isnat(meant), field.key, "meant", expected=meant, meant=meant)


@rule("date-implausible", fields=DATES, sheets=ALL_SHEETS, source="workbook")
def date_implausible(r: View) -> Iterator[Fault]:
    """A date lies between the year 2000 and ten years from now."""
    for field in r.fields(*DATES):
        days = r.dates(field.key)
        far = days > last_day(r)
        if field.key in RECORDED[r.sheet]:
            far = np.zeros(len(r), bool)  # said to lie in the future
        yield fault((days < _FIRST_DAY) | far, field.key)


def plausible(r: View, key: str) -> Dates:
    """The dates that the rules about order and days off may rely on; NaT for the others."""
    days = r.dates(key)
    last = r.book.today if key in RECORDED[r.sheet] else last_day(r)
    return np.where((days < _FIRST_DAY) | (days > last), np.datetime64("NaT", "D"), days)


def last_day(r: View) -> np.datetime64:
    """The last day that anything may be due."""
    return r.book.today + np.timedelta64(_YEARS_AHEAD * 366, "D")


_TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}}) ?[-./年 ] ?(\d{{1,2}}) ?[-./月 ] ?(\d{{1,2}}) ?[日号號]?{_TIME}"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-./](\d{{1,2}})[-./](\d{{4}}){_TIME}")
_NAMED = re.compile(r"(?:(\d{1,2})[ -]?)?([a-z]{3})[a-z]*\.?[ -]?(?:(\d{1,2}),?)?[ -](\d{4})")
_SHORT_YEAR = re.compile(r"'?\d{1,2}([-./年]) ?\d{1,2}([-./月]) ?'?\d{1,2}[日号號]?" + _TIME)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_date(value: object) -> np.datetime64:
    """The day that a text means without doubt; NaT where day and month could be exchanged.

    >>> str(read_date("2024年3月1日")), str(read_date("25/12/2024")), str(read_date("3/4/2024"))
    ('2024-03-01', '2024-12-25', 'NaT')
    """
    text = as_text(value).lower()
    if found := _YEAR_FIRST.fullmatch(text) or _DIGITS.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        if first > 12 or first == second:
            return _day(int(found[3]), second, first)
        return _day(int(found[3]), first, second) if second > 12 else _day(0, 0, 0)
    if (found := _NAMED.fullmatch(text)) and found[2] in _MONTHS:
        return _day(int(found[4]), _MONTHS.index(found[2]) + 1, int(found[1] or found[3] or 0))
    return _day(0, 0, 0)


def _day(year: int, month: int, day: int) -> np.datetime64:
    try:
        return as_day(date(year, month, day))
    except ValueError:
        return as_day(None)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not (is_blank(value) or is_error(value))


def _has_short_year(value: object) -> bool:
    return _SHORT_YEAR.fullmatch(as_text(value)) is not None


def _day_of_number(value: object) -> np.datetime64:
    """The day that a number means: 20240301, or Excel's count of days."""
    if not isinstance(value, int | float):
        return as_day(None)
    if 20_000_000 < value < 21_000_000 and float(value).is_integer():
        return read_date(str(int(value)))
    if 36_526 <= value < 73_051:  # 2000 to 2099
        return as_day(date(1899, 12, 30) + timedelta(days=int(value)))
    return as_day(None)


RULES: tuple[Rule, ...] = (date_as_text, date_two_digit_year, date_as_number, date_implausible)
