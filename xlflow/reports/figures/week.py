"""The week that a summary is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday to Sunday, as ISO 8601 numbers it.

    >>> str(Week.of(date(2024, 3, 18))), str(Week.of(date(2024, 12, 30)))
    ('2024-W12', '2025-W01')
    """

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that holds `day`."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def first(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return date.fromisocalendar(self.year, self.number, 7)

    def attachment(self, register: str = "") -> str:
        """The name of the status workbook that goes along; ASCII, which every client leaves alone.

        >>> Week(2024, 12).attachment(), Week(2024, 12).attachment("it")
        ('requirements-2024-W12.xlsx', 'requirements-it-2024-W12.xlsx')
        """
        name = f"{register}-" if register.isascii() and register else ""
        return f"requirements-{name}{self}.xlsx"

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
