"""Days that old trackers hold as text or number, in the many ways in which people write them.

A day is read only where it is certain; where day and month, or century and day, could be exchanged,
the other dates of the column decide, and if they do not, nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy")

_EARLIEST, _LATEST = 2000, 2060
_SHORT_EARLIEST, _SHORT_LATEST = 2010, 2039  # of years with two digits
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 58_804  # 2000 to 2060, as Excel counts days
_MINGUO = 1911  # the year before the first one of the calendar of Taiwan
_MINGUO_YEARS = range(90, 140)

_WEEKDAY = r"(?:[ ,(（]*(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?)?"
_CLOCK = (
    r"(?:[ T，,]*(?:上午|下午|早上|晚上)?(\d{1,2})[:：时時点點](\d{1,2})?(?:[:：分](\d{1,2})?)?"
    r"(?:秒|\.\d+)?Z? ?(am|pm)?)?"
)
_THREE = re.compile(
    r"'?(\d{1,4}) ?[-./年·—–~ ] ?(\d{1,2}) ?[-./月·—–~ ] ?'?(\d{1,4}) ?[日号號.]?"
    + _WEEKDAY
    + _CLOCK
)
_MINGUO_DAY = re.compile(r"(?:民国|民國)? ?(\d{2,3}) ?[年./-] ?(\d{1,2}) ?[月./-] ?(\d{1,2}) ?日?")
_DIGITS = re.compile(r"(20\d{2})(\d{2})(\d{2})")
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_TH = r"(?:st|nd|rd|th)?"
_NAMED_DAY_FIRST = re.compile(
    rf"(\d{{1,2}}){_TH}[ .\-/]*([a-z]{{3,9}})\.?[ ,.\-/]*'?(\d{{4}}|\d{{2}})"
)
_NAMED_MONTH_FIRST = re.compile(
    rf"([a-z]{{3,9}})\.?[ \-]*(\d{{1,2}}){_TH}[ ,.\-]+'?(\d{{4}}|\d{{2}})"
)
_WEEKDAY_EN = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +")
_YEARLESS = re.compile(r"(\d{1,2}) ?月 ?(\d{1,2}) ?[日号號]?")


@dataclass(frozen=True, slots=True)
class DateOrder:
    """In which order the dates of a column are written; None where that cannot be told."""

    order: Order | None = None


def order_of(values: Iterable[object]) -> DateOrder:
    """The one order in which every date of a column is a possible day."""
    triples = [found for value in set(_texts(values)) if (found := _triple(value))]
    possible = [
        order for order in ORDERS if triples and all(_in_order(one, order) for one in triples)
    ]
    if not possible:  # a column of two habits: each date must speak for itself
        return DateOrder()
    return DateOrder(possible[0] if len(possible) == 1 else None)


def read_day(value: object, order: DateOrder | None = None) -> date | datetime | None:
    """The day, or the moment, that a cell of a date column means; None where that is not certain.

    >>> read_day("2024年3月1日"), read_day("25/12/2024"), read_day("3/4/2024")
    (datetime.date(2024, 3, 1), datetime.date(2024, 12, 25), None)
    >>> read_day("3/4/2024", DateOrder("dmy")), read_day("113/03/01"), read_day(45352)
    (datetime.date(2024, 4, 3), datetime.date(2024, 3, 1), datetime.date(2024, 3, 1))
    """
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _of_number(value)
    return _of_text(value, order.order if order else None) if isinstance(value, str) else None


def yearless(value: object) -> tuple[int, int] | None:
    """Month and day of a text that tells no year: 3月1日."""
    found = _YEARLESS.fullmatch(value.strip()) if isinstance(value, str) else None
    return (int(found[1]), int(found[2])) if found else None


def day_in(year: int, month: int, day: int) -> date | None:
    """A day of the calendar; None where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _texts(values: Iterable[object]) -> Iterable[str]:
    return (value for value in values if isinstance(value, str))


def _of_number(value: float) -> date | datetime | None:
    if 20_000_101 <= value <= 20_991_231 and float(value).is_integer():
        return _of_text(str(int(value)), None)
    if not _FIRST_SERIAL <= value <= _LAST_SERIAL:
        return None
    days = int(value)
    day = date(1899, 12, 30) + timedelta(days=days)
    seconds = round((value - days) * 86_400)
    return datetime.combine(day, time()) + timedelta(seconds=seconds) if seconds else day


@lru_cache(maxsize=50_000)
def _of_text(value: str, order: Order | None) -> date | datetime | None:
    text = " ".join(value.replace("\u3000", " ").split())
    if found := _DIGITS.fullmatch(text):
        return day_in(int(found[1]), int(found[2]), int(found[3]))
    if found := _MINGUO_DAY.fullmatch(text):
        year = int(found[1])
        if year in _MINGUO_YEARS and (len(found[1]) == 3 or "民" in text):
            return day_in(_MINGUO + year, int(found[2]), int(found[3]))
    if triple := _triple(text):
        return _with_clock(_certain(triple, order), text)
    return _named(text.casefold())


Triple = tuple[str, str, str]


@lru_cache(maxsize=50_000)
def _triple(value: str) -> Triple | None:
    found = _THREE.fullmatch(" ".join(value.replace("\u3000", " ").split()))
    return (found[1], found[2], found[3]) if found else None


def _certain(triple: Triple, order: Order | None) -> date | None:
    """The day, if it is possible in one order only, or in the order of its column."""
    if order and (day := _in_order(triple, order)):
        return day
    days = {day for one in ORDERS if (day := _in_order(triple, one))}
    return days.pop() if len(days) == 1 else None


def _in_order(triple: Triple, order: Order) -> date | None:
    first, second, third = triple
    year, month, day = {
        "ymd": (first, second, third),
        "dmy": (third, second, first),
        "mdy": (third, first, second),
    }[order]
    if len(day) > 2 or len(month) > 2 or len(year) not in (2, 4):
        return None
    number = int(year)
    if len(year) == 2:
        number += 2000
        if not _SHORT_EARLIEST <= number <= _SHORT_LATEST:
            return None
    if not _EARLIEST <= number <= _LATEST:
        return None
    return day_in(number, int(month), int(day))


def _with_clock(day: date | None, text: str) -> date | datetime | None:
    found = _THREE.fullmatch(text)
    if day is None or not found or not found[4]:
        return day
    hour = int(found[4])
    if (found[7] or "").lower() == "pm" or re.search("下午|晚上", text):
        hour += 12 if hour < 12 else 0
    elif (found[7] or "").lower() == "am" and hour == 12:
        hour = 0
    try:
        at = time(hour, int(found[5] or 0), int(found[6] or 0))
    except ValueError:
        return None
    return datetime.combine(day, at) if at != time() else day


def _named(text: str) -> date | None:
    text = _WEEKDAY_EN.sub("", text)
    if found := _NAMED_DAY_FIRST.fullmatch(text):
        day, name, year = found[1], found[2], found[3]
    elif found := _NAMED_MONTH_FIRST.fullmatch(text):
        day, name, year = found[2], found[1], found[3]
    else:
        return None
    month = MONTHS.get(name[:3])
    number = int(year) + (2000 if len(year) == 2 else 0)
    return day_in(number, month, int(day)) if month else None
