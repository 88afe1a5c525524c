"""Public holidays and make-up working days, as far as they are published.

Mainland China comes from chinesecalendar (the State Council's notices), other countries from the
optional library `holidays`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from xlflow.errors import SettingsError
from xlflow.timing.company_days import CompanyYear
from xlflow.timing.mainland import statutory_holidays

WESTERN_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class KnownDays:
    """What differs from plain weeks, and for which years that is certain."""

    off: frozenset[date] = frozenset()  # days off besides the weekend
    work: frozenset[date] = frozenset()  # days of the weekend that are worked
    weekend: frozenset[int] = WESTERN_WEEKEND  # Monday = 0
    published: frozenset[int] | None = None  # the years that are certain; None = every year
    moves_days: bool = False  # whether notices trade weekend days for holidays

    def is_published(self, year: int) -> bool:
        """Whether the days of `year` are certain."""
        return self.published is None or year in self.published

    def overridden(self, company: Mapping[int, CompanyYear]) -> KnownDays:
        """With a company's own days, which win; a year that it has settled is certain."""
        off = {day for year in company.values() for day in year.off}
        work = {day for year in company.values() for day in year.work}
        settled = {number for number, year in company.items() if year.is_settled}
        published = None if self.published is None else self.published | settled
        return replace(
            self,
            off=(self.off - work) | off,
            work=(self.work - off) | work,
            published=published,
        )


class CalendarUnknownError(SettingsError):
    """No public holidays are known for the country."""

    def __init__(self, country: str) -> None:
        super().__init__("calendar.unknown", country=country)


class CalendarLibraryMissingError(SettingsError):
    """The country needs the library `holidays`, which is not installed."""

    def __init__(self, country: str) -> None:
        super().__init__("calendar.library-missing", country=country)


@cache
def public_holidays(country: str) -> KnownDays:
    """The known days of "CN", of another country or its part by ISO 3166 ("DE-BY"), or of "none".

    Raises:
        CalendarUnknownError: No public holidays are known for `country`.
        CalendarLibraryMissingError: The library `holidays` is needed and not installed.
    """
    code = country.strip().upper()
    if code == "NONE":
        return KnownDays()
    return mainland_china() if code == "CN" else _other_country(code)


def mainland_china() -> KnownDays:
    """Mainland China: published years from the notices, later ones statutory dates only."""
    from chinese_calendar import constants as notices

    off, work = set(notices.holidays), set(notices.workdays)
    years = range(min(off).year, max(off).year + 1)
    return KnownDays(
        off=frozenset(off | statutory_holidays(after=years[-1])),
        work=frozenset(work),
        published=frozenset(years),
        moves_days=True,
    )


def _other_country(code: str) -> KnownDays:
    try:
        library = import_module("holidays")
    except ImportError as err:
        raise CalendarLibraryMissingError(code) from err
    name, _, part = code.partition("-")
    years = range(2000, 2061)
    try:
        held = library.country_holidays(name, subdiv=part or None, years=years)
    except NotImplementedError as err:
        raise CalendarUnknownError(code) from err
    days = np.arange(f"{years[0]}-01-01", f"{years[-1] + 1}-01-01", dtype="datetime64[D]").tolist()
    weekend = frozenset(held.weekend)
    worked = {day for day in days if held.is_working_day(day)}
    return KnownDays(
        off=frozenset(day for day in days if day not in worked and day.weekday() not in weekend),
        work=frozenset(day for day in worked if day.weekday() in weekend),
        weekend=weekend,
        published=frozenset(years) - _guessed_years(held, years),
        moves_days=bool(held.weekend_workdays),
    )


def _guessed_years(held: Any, years: range) -> set[int]:
    """The years in which the library estimates, or whose make-up days nobody has entered yet."""
    label = getattr(held, "estimated_label", None)
    marks = {text.replace("%s", "").strip() for text in (label, label and held.tr(label)) if text}
    guessed = {day.year for day, name in held.items() if any(mark in name for mark in marks)}
    if held.weekend_workdays:
        newest = max(day.year for day in held.weekend_workdays)
        guessed |= {year for year in years if year > newest}
    return guessed
