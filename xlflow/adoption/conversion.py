"""One value of an old tracker as its field of the register holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from xlflow.adoption.dates import DateOrder, day_in, order_of, read_day, yearless
from xlflow.adoption.durations import read_days
from xlflow.adoption.grid import Cell
from xlflow.adoption.proposal import Words, word_of
from xlflow.adoption.tracker_words import stands_for_blank
from xlflow.languages import Language
from xlflow.record.fields import Field, Kind
from xlflow.record.schema import Schema

How = Literal["same", "converted", "blanked", "year", "masked", "unfit"]

Mask = Callable[[object], str]


@dataclass(frozen=True, slots=True)
class Converted:
    """What a cell becomes, and how."""

    value: Cell
    how: How = "same"


class Conversion:
    """Converts the cells of one column; equal cells are looked at once.

    `mask` makes a masked name of a name; None leaves names as they were typed.
    """

    def __init__(
        self,
        field: Field,
        values: Iterable[Cell],
        schema: Schema,
        language: Language,
        words: Words,
        mask: Mask | None = None,
    ) -> None:
        self.field = field
        self.order = order_of(values) if field.is_date else DateOrder()
        self._language: Language = language
        self._choices = schema.choices.get(field.choices)
        self._words: Mapping[str, str | None] = words.get(field.choices, {})
        self._mask = mask
        self._known: dict[tuple[type, Cell], Converted] = {}

    def convert(self, value: Cell) -> Converted:
        """What the register holds for a cell that is not blank."""
        known = (type(value), value)
        if known not in self._known:
            found = self._look_at(value)
            if found.how == "unfit" and isinstance(value, str) and stands_for_blank(value):
                found = Converted(None, "blanked")
            self._known[known] = found
        return self._known[known]

    def _look_at(self, value: Cell) -> Converted:
        match self.field.kind:
            case Kind.DATE | Kind.MOMENT:
                return self._day(value)
            case Kind.CHOICE:
                return self._choice(value)
            case Kind.DAYS:
                days = read_days(value)
                return Converted(value, "unfit") if days is None else _changed(value, days)
            case Kind.NAME if self._mask and isinstance(value, str):
                masked = self._mask(value)
                return Converted(masked, "masked") if masked != value else Converted(value)
            case _:
                return Converted(value)

    def _day(self, value: Cell) -> Converted:
        day = read_day(value, self.order)
        if day is None and isinstance(value, str) and value.strip().isdigit():
            day = read_day(int(value))  # a serial that was typed as text
        return Converted(value, "unfit") if day is None else _changed(value, day)

    def _choice(self, value: Cell) -> Converted:
        code = self._words.get(word_of(value))
        if code is None or self._choices is None:
            return Converted(value, "unfit")
        return _changed(value, self._choices.label(code, self._language))


def with_year(value: Cell, since: date | None, year: int | None) -> date | None:
    """The day of a text without a year: the first one from `since` on, or the one in `year`."""
    pair = yearless(value)
    if pair is None:
        return None
    if since is not None:
        days = (day_in(since.year + later, *pair) for later in (0, 1))
        return next((day for day in days if day and day >= since), None)
    return day_in(year, *pair) if year is not None else None


def _changed(old: Cell, new: Cell) -> Converted:
    return Converted(new) if type(old) is type(new) and old == new else Converted(new, "converted")
