"""The statutory holidays of mainland China, for years whose notice has not been published.

Source: Regulation on Public Holidays for National Annual Festivals and Memorial Days, as amended
with effect from 2025-01-01 (13 days). Which neighbouring days are traded, only the yearly notice
says.
"""

from __future__ import annotations

from datetime import date, timedelta

# Year: first day of the first lunar month, fifth of the fifth, fifteenth of the eighth; Qingming.
# Source: Hong Kong Observatory, Gregorian-lunar calendar conversion tables.
_MOVING: dict[int, tuple[str, str, str, str]] = {
    2027: ("02-06", "06-09", "09-15", "04-05"),
    2028: ("01-26", "05-28", "10-03", "04-04"),
    2029: ("02-13", "06-16", "09-22", "04-04"),
    2030: ("02-03", "06-05", "09-12", "04-05"),
    2031: ("01-23", "06-24", "10-01", "04-05"),
    2032: ("02-11", "06-12", "09-19", "04-04"),
    2033: ("01-31", "06-01", "09-08", "04-04"),
    2034: ("02-19", "06-20", "09-27", "04-05"),
    2035: ("02-08", "06-10", "09-16", "04-05"),
    2036: ("01-28", "05-30", "10-04", "04-04"),
    2037: ("02-15", "06-18", "09-24", "04-04"),
    2038: ("02-04", "06-07", "09-13", "04-05"),
    2039: ("01-24", "05-27", "10-02", "04-05"),
    2040: ("02-12", "06-14", "09-20", "04-04"),
    2041: ("02-01", "06-03", "09-10", "04-04"),
    2042: ("01-22", "06-22", "09-28", "04-04"),
    2043: ("02-10", "06-11", "09-17", "04-05"),
    2044: ("01-30", "05-31", "10-05", "04-04"),
    2045: ("02-17", "06-19", "09-25", "04-04"),
    2046: ("02-06", "06-08", "09-15", "04-04"),
    2047: ("01-26", "05-29", "10-04", "04-05"),
    2048: ("02-14", "06-15", "09-22", "04-04"),
    2049: ("02-02", "06-04", "09-11", "04-04"),
    2050: ("01-23", "06-23", "09-30", "04-04"),
}


def statutory_holidays(after: int) -> frozenset[date]:
    """The statutory holidays of the years after `after`, as far as the table reaches (2050)."""
    return frozenset(
        day for year in _MOVING if year > after for day in _statutory_holidays_of(year)
    )


def _statutory_holidays_of(year: int) -> set[date]:
    spring, *festivals = (date.fromisoformat(f"{year}-{day}") for day in _MOVING[year])
    return {
        date(year, 1, 1),
        *(spring + timedelta(days) for days in range(-1, 3)),
        *festivals,
        date(year, 5, 1),
        date(year, 5, 2),
        *(date(year, 10, day) for day in (1, 2, 3)),
    }
