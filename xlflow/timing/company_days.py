"""A company's own days: ``holidays.toml``, a section a year::

    [2027]
    off = [2027-01-01, 2027-02-05]
    work = [2027-02-07]

`off` are days off and `work` days worked, whatever the public calendar says. A year that names
`work`, even empty, is settled: its days are certain.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xlflow.errors import SettingsError
from xlflow.languages import Language, say

_DAY = re.compile(r"""(["']?)\b(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\b(?!T)\1""")
_MARKED = re.compile(r"(\d+)@(.*)", re.DOTALL)
_KINDS = ("off", "work")


@dataclass(frozen=True, slots=True)
class CompanyYear:
    """The days of one year that a company sets itself."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    is_settled: bool = False  # whether it names the make-up days, so that the year is certain


@dataclass(frozen=True, slots=True)
class DayFault:
    """One fault of the file, in line `line` (from 1)."""

    line: int
    key: str  # of the catalogue, under "calendar.fault"
    found: str

    def message(self, language: Language) -> str:
        """What is wrong in the line, and what to type."""
        text = say(language, f"calendar.fault.{self.key}", found=self.found)
        return say(language, "calendar.fault-line", line=self.line, fault=text)


class CompanyDaysFaultyError(SettingsError):
    """The company's file of days has faults: all of them, one a line."""

    def __init__(self, path: str, faults: tuple[DayFault, ...]) -> None:
        super().__init__("calendar.company-faulty", path=path, faults=faults)

    def message(self, language: Language) -> str:
        """The file, then each fault with its line."""
        head = say(language, self.key, path=self.path)
        return "\n".join([head, *(fault.message(language) for fault in self.faults)])


class CompanyDaysMissingError(SettingsError):
    """The settings name a file of days that cannot be read."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__("calendar.company-missing", path=path, reason=reason)


def read_company_days(path: Path) -> Mapping[int, CompanyYear]:
    """The company's days by year.

    Raises:
        CompanyDaysMissingError: The file cannot be read.
        CompanyDaysFaultyError: It has faults; holds all of them.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as err:
        raise CompanyDaysMissingError(str(path), err.strerror or str(err)) from err
    except UnicodeDecodeError as err:
        fault = DayFault(err.object[: err.start].count(b"\n") + 1, "encoding", "")
        raise CompanyDaysFaultyError(str(path), (fault,)) from err
    years, faults = parse_company_days(text)
    if faults:
        raise CompanyDaysFaultyError(str(path), faults)
    return years


def parse_company_days(text: str) -> tuple[Mapping[int, CompanyYear], tuple[DayFault, ...]]:
    """The days of a file's text, and every fault in it in the order of its lines."""
    # Each day becomes a text that carries its line, since the parser tells no lines.
    lines = text.replace("\r\n", "\n").split("\n")
    marked = [_DAY.sub(rf'"{n}@\2"', line) for n, line in enumerate(lines, start=1)]
    try:
        held = tomllib.loads("\n".join(marked))
    except tomllib.TOMLDecodeError as err:
        return {}, (_syntax_fault(str(err), lines),)
    faults: list[DayFault] = []
    years: dict[int, CompanyYear] = {}
    for name, section in held.items():
        if re.fullmatch(r"[12]\d{3}", name) and isinstance(section, dict):
            years[int(name)] = _year(int(name), section, lines, faults)
        else:
            faults.append(DayFault(_line_of(name, lines), "section", name))
    return years, tuple(sorted(faults, key=lambda fault: fault.line))


def _year(
    year: int, section: Mapping[str, object], lines: list[str], faults: list[DayFault]
) -> CompanyYear:
    start = _line_of(str(year), lines)
    days: dict[str, frozenset[date]] = {}
    seen: set[date] = set()
    for kind, values in section.items():
        line = _line_of(kind, lines, start)
        if kind not in _KINDS:
            faults.append(DayFault(line, "key", kind))
        elif not isinstance(values, list):
            faults.append(DayFault(line, "list", kind))
        else:
            days[kind] = frozenset(_checked(year, values, line, seen, faults))
    return CompanyYear(**days, is_settled="work" in days)


def _checked(
    year: int, values: list[object], line: int, seen: set[date], faults: list[DayFault]
) -> Iterator[date]:
    """The days among `values` that are sound; the others become faults."""
    for value in values:
        mark = _MARKED.fullmatch(value) if isinstance(value, str) else None
        where, found = (int(mark[1]), mark[2]) if mark else (line, str(value))
        try:
            day = date.fromisoformat(found)
        except ValueError:
            faults.append(DayFault(where, "day", found))
            continue
        if day.year != year:
            faults.append(DayFault(where, "other-year", found))
        elif day in seen:
            faults.append(DayFault(where, "twice", found))
        else:
            seen.add(day)
            yield day


def _line_of(name: str, lines: list[str], start: int = 1) -> int:
    """The first line from `start` on that opens a section or key called `name`; else `start`."""
    opens = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    found = (n for n, line in enumerate(lines, start=1) if n >= start and opens.match(line))
    return next(found, start)


def _syntax_fault(message: str, lines: list[str]) -> DayFault:
    where = re.search(r"at line (\d+)", message)
    line = int(where[1]) if where else len(lines)
    return DayFault(line, "syntax", lines[line - 1].strip())
