"""Logs of progress in one cell, such as ``3-07: coding done``, taken apart into dated lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from xlflow.adoption.dates import day_in
from xlflow.adoption.log_days import (
    WITH_YEAR,
    WITHOUT_YEAR,
    DayOrder,
    figures,
    first_from,
    is_possible,
    month_and_day,
    whole_day,
)
from xlflow.adoption.tracker_words import surnames, words
from xlflow.languages import fold

_OPEN, _CLOSE = r"[【\[(（「<]?\s*", r"\s*[】\])）」>]?"
_BULLET = (
    r"\s*(?:[-•·●○◆■▪*>→✓✔√]\s+|[•·●○◆■▪]"
    r"|\d{1,2}(?:[、)）]|\.(?=\s*\D|\d{4}|\d{1,2}月))\s*)?"
)
_CLOCK = r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
_AFTER = (
    r"(?:\s*[:：、，,;；\-–—|]+\s*|\s+|(?<=[】\])）」>日号號])"  # what ends a date
    r"|(?=[\u3400-\u9fff]))"
)
_DAY = rf"{_OPEN}(?P<day>{WITH_YEAR}|{WITHOUT_YEAR}){_CLOCK}{_CLOSE}{_AFTER}"
_HEAD = re.compile(_BULLET + _DAY)
_INNER = re.compile(rf"(?<=[;；。|\n])\s*(?={_BULLET}{_DAY.replace('?P<day>', '?:')}\S)")
_DECIMAL = re.compile(r"\d{1,2}\.\d{1,2}")  # may be a version or a paragraph, too
_RANGE = re.compile(r"\d{1,2}-\d{1,2}")  # may be 1-2 days
_ENDS_DECIMAL = re.compile(r"[:：】\])）」、，,]")
_BEFORE_WORDS = re.compile(r"\s+(?!版|节|節|章)[\u3400-\u9fff]")
_TO_ANOTHER = re.compile(r"\s*(?:[至到~～]|[-–—]\s?\d)")
_OF_TIME = re.compile(r"\s*(?:天|日|个|個|人|周|週|d\b|days?\b|weeks?\b)")
_HAN_NAME = r"[\u3400-\u9fff*＊]{2,4}"
_LATIN_NAME = r"[A-Z][a-z*]+(?: [A-Z][a-z*]*\.?)?|[A-Z]\. ?(?:\*|[A-Z][a-z]+)"
_BY = re.compile(
    rf"(?P<name>{_HAN_NAME}|{_LATIN_NAME}|[A-Z]{{2,3}})\s*[:：]\s*(?=\S)"
    rf"|[(（](?P<inner>{_HAN_NAME}|{_LATIN_NAME})[)）]\s*[:：]?\s*(?=\S)"
)
_LATE_DAYS = 45  # a line may be that much older than the one before it: people mix up the order


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log. `day` is None where its date is absent or uncertain: it is in the text.

    `written`: its date as it stood, where no year was written and the record's dates gave it.
    """

    text: str
    day: date | None = None
    by: str = ""
    written: str = ""

    @property
    def year_inferred(self) -> bool:
        """Whether its year was not written."""
        return bool(self.written)


@dataclass(frozen=True, slots=True)
class _Dated:
    written: str  # the date; "" where the line has none
    text: str
    whole: str


def looks_like_log(text: str) -> bool:
    """Whether a text holds lines that begin with a date."""
    return any(line.written for line in _lines(text))


def split_log(
    text: str, *, since: date | None, until: date, order: DayOrder | None, year: int | None = None
) -> tuple[LogLine, ...]:
    r"""The lines of a log, in its order.

    A day without a year is the first such day from `since` on (when the record was submitted) and
    not after `until`; without `since`, in `year`; else it is not read. `order` tells 3/7 from 7/3.

    >>> told = {"since": date(2023, 12, 1), "until": date(2024, 9, 1), "order": "md"}
    >>> first, second = split_log("12-28: coded\n1-05 王五：tested", **told)
    >>> first.day, second.day, second.by, second.text
    (datetime.date(2023, 12, 28), datetime.date(2024, 1, 5), '王五', 'tested')
    """
    lines = _lines(text)
    years = [day.year for line in lines if (day := whole_day(line.written))]
    anchor = since or (date(min(years), 1, 1) if years else None)
    if anchor is None and year is not None:
        anchor = date(year, 1, 1)
    found = [_read(line, anchor, until, order) for line in lines]
    return tuple(_with_rising_years(found, until))


def day_order(texts: Iterable[str], *, chinese: bool) -> DayOrder | None:
    """Whether the logs of a column write month or day first; None where nothing tells.

    In Chinese the month comes first.
    """
    pairs = [
        pair
        for text in texts
        for line in _lines(text)
        if (pair := figures(line.written)) and not line.written.endswith(".")
    ]
    day_first = any(first > 12 for first, _ in pairs)
    month_first = any(second > 12 for _, second in pairs)
    if day_first != month_first:
        return "dm" if day_first else "md"
    return "md" if chinese else None


def _lines(text: str) -> list[_Dated]:
    """The dated lines; what has no date belongs to the line before it."""
    lines: list[_Dated] = []
    for row in _rows(text):
        head = _HEAD.match(row)
        if head and _is_date(head, row):
            lines.append(_Dated(head["day"].strip(), row[head.end() :].strip(), row))
        elif lines:
            last = lines[-1]
            longer = f"{last.text}\n{row}".strip()
            lines[-1] = _Dated(last.written, longer, f"{last.whole}\n{row}")
        else:
            lines.append(_Dated("", row, row))
    return lines


def _rows(text: str) -> Iterator[str]:
    for piece in _INNER.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        bare = (row.strip(" \t\u3000;；") for row in piece.split("\n"))
        yield from (row for row in bare if row)


def _is_date(head: re.Match[str], row: str) -> bool:
    """Whether what looks like a date is one: 3.5 may be a version, 1-2 a range."""
    written, after = head["day"].strip(), row[head.end("day") :]
    pair = figures(written)
    if pair and not (is_possible(pair, "md") or is_possible(pair, "dm")):
        return False
    if _TO_ANOTHER.match(after):
        return False
    if _DECIMAL.fullmatch(written):
        between = row[head.end("day") : head.end()]
        return bool(_ENDS_DECIMAL.search(between) or _BEFORE_WORDS.match(after))
    return not (_RANGE.fullmatch(written) and _OF_TIME.match(after))


def _read(line: _Dated, anchor: date | None, until: date, order: DayOrder | None) -> LogLine:
    day, written = whole_day(line.written), ""
    if line.written and day is None and anchor is not None:
        day = first_from(month_and_day(line.written, order), anchor, until)
        written = line.written if day else ""
    if day is None or not line.text:
        return LogLine(line.whole, day, "", written)
    by, text = _by(line.text)
    return LogLine(text, day, by, written)


def _by(text: str) -> tuple[str, str]:
    """Who wrote a line, if it begins with a name, and the rest."""
    found = _BY.match(text)
    name = (found["name"] or found["inner"]) if found else ""
    if not found or not is_name(name):
        return "", text
    return name, text[found.end() :].strip()


def is_name(text: str) -> bool:
    """Whether a short text may be a name: 完成 and Update are none, 接口联调 has no surname."""
    folded = fold(text)
    if folded in words("no_name"):
        return False
    return folded.isascii() or folded[0] in surnames() or "*" in folded


def _with_rising_years(lines: Sequence[LogLine], until: date) -> list[LogLine]:
    """A log of more than a year: a much earlier day after a later one is of the next year."""
    days = [line.day for line in lines if line.day]
    falls = sum(after < before for before, after in pairwise(days))
    if falls != 1 or len(days) <= 2:
        return list(lines)  # it rises anyway, or the newest line comes first
    last: date | None = None
    raised: list[LogLine] = []
    for line in lines:
        day = line.day
        if day and last and line.year_inferred and day < last - timedelta(days=_LATE_DAYS):
            later = day_in(day.year + 1, day.month, day.day)
            day = later if later and later <= until else day
        raised.append(replace(line, day=day))
        last = day or last
    return raised
