"""What the values of a column look like, and how well that suits a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlflow.adoption.choice_words import choice_of
from xlflow.adoption.dates import DateOrder, order_of, read_day, yearless
from xlflow.adoption.durations import read_days
from xlflow.adoption.grid import Cell
from xlflow.adoption.logs import is_name, looks_like_log
from xlflow.adoption.tracker_words import says_nothing, words
from xlflow.languages import fold
from xlflow.record.choices import ChoiceSet
from xlflow.record.fields import Field, Kind
from xlflow.record.schema import Schema

_SAMPLE = 400
_RUNNING = 0.3  # a count of rows is hardly a number by which people call a record
_LONG = 24  # characters; longer texts are descriptions rather than names
_TITLED = r"(?:经理|經理|总监|總監|主管|老师|老師|先生|小姐|女士|总|總|工)"
_HAN_NAME = re.compile(
    rf"[\u3400-\u9fff*＊某xX×·]{{2,4}}{_TITLED}?|[\u3400-\u9fff*＊]{{1,2}}{_TITLED}"
)
_LATIN_NAME = re.compile(
    r"(?:[A-Z][\w'’*-]*\.?|\*)(?: (?:[A-Z][\w'’*-]*\.?|\*|van|de|von|der)){0,3}"
)
_ACCOUNT = re.compile(r"[a-z]+[._][a-z]+\d*(?:@\S+)?")
_EXPLAINED = re.compile(r"[(（].*?[)）]")
_BETWEEN_NAMES = re.compile(r"\s*[、，,;；/&\n+]\s*| and ")
_NUMBERED = re.compile(r"(?=.*\d)#?\w{1,12}(?:[-_ ./#]?\w{1,12}){0,4}")


@dataclass(frozen=True)
class Evidence:
    """The values of a column; blanks and those that say "nothing yet" do not count."""

    values: tuple[Cell, ...]

    @classmethod
    def of(cls, values: Sequence[Cell]) -> Evidence:
        """From the first filled cells of a column."""
        held = [value for value in values if value is not None and not _is_nothing(value)]
        step = max(1, len(held) // _SAMPLE)
        return cls(tuple(held[::step][:_SAMPLE]))

    def __len__(self) -> int:
        return len(self.values)

    def share(self, holds: Callable[[Cell], bool]) -> float:
        """The part of the values of which something is true."""
        return sum(map(holds, self.values)) / len(self.values) if self.values else 0.0

    @cached_property
    def order(self) -> DateOrder:
        """In which order its dates are written."""
        return order_of(self.values)

    @cached_property
    def dates(self) -> float:
        """The part that are days; without a year they count half."""
        whole = self.share(
            lambda value: read_day(value, self.order) is not None or _is_numeric_day(value)
        )
        return whole + self.share(lambda value: yearless(value) is not None) * 0.5

    @cached_property
    def texts(self) -> float:
        """The part that are texts, and no days or numbers written as text."""
        return self.share(lambda value: isinstance(value, str) and not _is_figure(value))

    @cached_property
    def names(self) -> float:
        """The part that look like names of persons."""
        return self.share(_is_name)

    @cached_property
    def units(self) -> float:
        """The part that look like departments."""
        return self.share(_is_unit)

    @cached_property
    def logs(self) -> float:
        """The part that look like a log of dated lines."""
        return self.share(lambda value: isinstance(value, str) and looks_like_log(value))

    @cached_property
    def distinct(self) -> float:
        """How many different values there are, for one value: 1 where none repeats."""
        return len(set(map(str, self.values))) / len(self.values) if self.values else 0.0

    @cached_property
    def length(self) -> float:
        """The mean length of its texts in characters; a Chinese one counts double."""
        texts = [value for value in self.values if isinstance(value, str)]
        widths = [len(text) + sum(letter > "\u2e80" for letter in text) for text in texts]
        return sum(widths) / len(widths) if widths else 0.0

    @cached_property
    def numbers(self) -> float:
        """The part that look like numbers of records: REQ-012, 2024-015, 17."""
        return self.share(_is_record_number)

    @cached_property
    def is_running(self) -> bool:
        """Whether it counts its rows: 1, 2, 3."""
        return bool(self.values) and all(
            isinstance(value, int) and value == number
            for number, value in enumerate(self.values, 1)
        )

    @cached_property
    def spans(self) -> float:
        """The part that are numbers of days: 5, 3 天, 2 weeks."""
        return self.share(lambda value: read_days(value) is not None)

    def known_words(self, choices: ChoiceSet) -> float:
        """The part that are known words for a choice."""
        return self.share(lambda value: choice_of(choices, value) is not None)


def suits(field: Field, seen: Evidence, schema: Schema) -> float:
    """How well the values suit a field, from 0 to 1; nothing to see suits all of them."""
    if not seen.values:
        return 0.9
    match field.kind:
        case Kind.DATE | Kind.MOMENT:
            return min(1.0, seen.dates)
        case Kind.CHOICE:
            return seen.known_words(schema.choices[field.choices])
        case Kind.NAME:
            return max(seen.names, 0.1) * (0.5 if seen.units > 0.5 else 1)
        case Kind.DEPARTMENT:
            return _suits_department(seen)
        case Kind.DAYS:
            return seen.spans
        case Kind.NUMBER:
            return _RUNNING if seen.is_running else seen.numbers * (0.4 + 0.6 * seen.distinct)
        case _:
            return _suits_text(field, seen)


def _suits_department(seen: Evidence) -> float:
    short = 1.0 if seen.length <= 2 * _LONG else 0.3
    repeated = 1 - seen.distinct if len(seen) > 4 else 0.5
    looks = max(seen.units, 0.75 * seen.texts if seen.names < 0.6 else 0.5, 0.7 * repeated)
    return min(looks, 1.0) * short * (1 if seen.texts > 0.5 else 0.3)


def _suits_text(field: Field, seen: Evidence) -> float:
    if field.key == "progress" and field.sheet == "register":
        return 0.55 * seen.texts + 0.45 * max(seen.logs, 0.2 if seen.length > _LONG else 0)
    if field.key == "title" and field.sheet == "register":
        brief = 1.0 if seen.length <= 4 * _LONG else 0.7
        return seen.texts * brief * (0.4 + 0.6 * seen.distinct)
    wordy = 0.75 + 0.25 * min(1.0, seen.length / _LONG)
    return seen.texts * wordy if seen.logs < 0.5 else 0.5 * seen.texts


def _is_nothing(value: Cell) -> bool:
    return isinstance(value, str) and says_nothing(value)


def _is_numeric_day(value: Cell) -> bool:
    return isinstance(value, str) and value.isdigit() and read_day(int(value)) is not None


def _is_figure(value: str) -> bool:
    return not any(letter.isalpha() for letter in value) or read_day(value) is not None


def _is_name(value: Cell) -> bool:
    if not isinstance(value, str) or len(value) > 60:
        return False
    names = [name for name in _BETWEEN_NAMES.split(value.strip()) if name]
    return bool(names) and all(map(_is_one_name, names))


def _is_one_name(name: str) -> bool:
    bare = _EXPLAINED.sub("", name).strip()
    if not bare or _is_unit(bare):
        return False
    if _HAN_NAME.fullmatch(bare):
        return is_name(bare)
    return any(form.fullmatch(bare) for form in (_LATIN_NAME, _ACCOUNT))


def _is_unit(value: Cell) -> bool:
    if not isinstance(value, str) or len(value) > 40:
        return False
    text = fold(value)
    if text in words("unit"):
        return True
    return any(
        text.endswith(ending) and (not ending.isascii() or f" {text}".endswith(f" {ending}"))
        for ending in words("unit_ending")
    )


def _is_record_number(value: Cell) -> bool:
    if isinstance(value, bool | float):
        return False
    return isinstance(value, int) or (
        isinstance(value, str) and _NUMBERED.fullmatch(value.strip()) is not None
    )
