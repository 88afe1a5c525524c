"""The register as rules see it: typed columns, and the lines of a record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xlflow.checks.column import (
    Column,
    Dates,
    Mask,
    Numbers,
    Objects,
    as_day,
    as_moment,
    as_number,
    as_texts,
    is_blank,
    is_error,
    odd_places,
)
from xlflow.checks.folded import folded
from xlflow.record.choices import ChoiceSet
from xlflow.record.fields import Field, Kind
from xlflow.record.memory import NO_MEMORY, Memory
from xlflow.record.register import Register, Table
from xlflow.record.stages import has_reached
from xlflow.settings import Settings

T = TypeVar("T")

Reader = Callable[[Sequence[Any]], Sequence[Any]]
"""Reads the values of many cells at once; a module's function."""

_HYPHENS = re.compile(r"[\u2010-\u2015\u2212]")


class Calendar(Protocol):
    """What the checks need to know of working days; see `xlflow.timing.calendar`."""

    def is_working_day(self, dates: Dates, /) -> Mask:
        """Whether each day is worked; False where there is no day."""

    def working_days_between(self, start: Dates, end: Dates, /) -> NDArray[np.int64]:
        """The working days after `start`, up to and with `end`; 0 where either is missing."""

    def add_working_days(self, dates: Dates, n: int, /) -> Dates:
        """The n-th working day after each day."""


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values


class View:
    """One sheet. Every accessor answers with an array, one element a row, and remembers it."""

    def __init__(self, book: Book, table: Table) -> None:
        self.book = book
        self.table = table
        self.sheet = table.sheet
        self._columns: dict[str, Column] = {}
        self._once: dict[Callable[[View], Any], Any] = {}
        self._read: dict[tuple[str, Reader], Sequence[Any]] = {}
        self._asked: dict[tuple[str, Callable[[Any], Any], Reader], NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.table)

    def fields(self, *kinds: Kind) -> tuple[Field, ...]:
        """The fields that persons fill, of these kinds, as far as the workbook has them."""
        return tuple(
            field
            for field in self.table.schema.sheets[self.sheet]
            if not field.is_own
            and field.key in self.table.columns
            and (not kinds or field.kind in kinds)
        )

    def field(self, key: str) -> Field:
        """The field called `key` of this sheet."""
        return self.table.schema.field(key, self.sheet)

    def _choices(self, key: str) -> ChoiceSet:
        return self.table.schema.choices_of(key, self.sheet)

    def column(self, key: str) -> Column:
        """The column `key` as its distinct values."""
        if key not in self._columns:
            self._columns[key] = Column.of(self.table.frame[key].to_numpy(dtype=object))
        return self._columns[key]

    def distinct(self, key: str, of: Reader) -> Sequence[Any]:
        """The distinct values of the column, blank last, all at once read by `of`, and kept."""
        if (key, of) not in self._read:
            self._read[key, of] = of(self.column(key).distinct)
        return self._read[key, of]

    def answers(
        self, key: str, answer: Callable[[Any], Any], dtype: Any, of: Reader = _as_they_are
    ) -> NDArray[Any]:
        """`answer` of each distinct value of the column, blank last; asked once and kept."""
        if (key, answer, of) not in self._asked:
            values = self.distinct(key, of)
            self._asked[key, answer, of] = np.fromiter(map(answer, values), dtype, len(values))
        return self._asked[key, answer, of]

    def ask(
        self,
        key: str,
        answer: Callable[[Any], Any],
        dtype: Any = np.bool_,
        *,
        of: Reader = _as_they_are,
    ) -> NDArray[Any]:
        """`answer` of each cell as `of` reads it; both are functions of a module, or of a value.

        `of` is called once with all distinct values, `answer` once with each.
        """
        return self.column(key).pick(self.answers(key, answer, dtype, of))

    def ask_odd(self, key: str, answer: Callable[[Any], bool]) -> Mask:
        """`answer` of each cell that is blank or begins with neither letter nor digit, else False.

        `answer` is called once with each distinct value.
        """
        column = self.column(key)
        if (key, answer, odd_places) not in self._asked:
            answers = np.zeros(len(column.distinct), bool)
            for place in self.distinct(key, odd_places):
                answers[place] = answer(column.distinct[place])
            self._asked[key, answer, odd_places] = answers
        return column.pick(self._asked[key, answer, odd_places])

    def pick(self, key: str, answers: Sequence[Any], dtype: Any = np.bool_) -> NDArray[Any]:
        """Each cell's answer, from one for each distinct value of the column, blank last."""
        return self.column(key).pick(np.fromiter(answers, dtype, len(answers)))

    def once(self, compute: Callable[[View], T]) -> T:
        """What `compute` makes of this sheet; several rules share it."""
        if compute not in self._once:
            self._once[compute] = compute(self)
        return cast(T, self._once[compute])

    def text(self, key: str) -> Objects:
        """What the cells say, without space around it; "" where blank or an error value."""
        return self.pick(key, self.distinct(key, as_texts), np.object_)

    def dates(self, key: str) -> Dates:
        """The days in the cells; NaT where there is no date."""
        return self.ask(key, as_day, "datetime64[D]")

    def moments(self, key: str) -> NDArray[np.datetime64]:
        """The moments in the cells, datetime64[s]; NaT where there is none."""
        return self.ask(key, as_moment, "datetime64[s]")

    def number(self, key: str) -> Numbers:
        """The numbers in the cells; NaN where there is none."""
        return self.ask(key, as_number, np.float64)

    def code(self, key: str) -> Objects:
        """The codes of the choices; None where blank or not on the list."""
        return self.ask(key, self._choices(key).parse, np.object_)

    def is_(self, key: str, *codes: str) -> Mask:
        """Where one of these choices was made."""
        made = self.answers(key, self._choices(key).parse, np.object_)
        return self.pick(key, [code in codes for code in made])

    def blank(self, key: str) -> Mask:
        """Where the cells show nothing."""
        return self.ask_odd(key, is_blank)

    def errors(self, key: str) -> Mask:
        """Where the cells hold error values such as #REF!."""
        if self.column(key).has_errors:
            return self.ask(key, is_error)
        return np.zeros(len(self), bool)

    def filled(self, key: str) -> Mask:
        """Where the cells show something, error values included."""
        return ~self.blank(key)

    def reached(self, status: str) -> Mask:
        """Which records have entered `status` or passed it; at least submitted.

        A blocked one has reached the step that it came from, as far as the ledger remembers.
        """
        codes = self.answers("status", self._choices("status").parse, np.object_)
        reached = self.pick("status", [has_reached(code or "submitted", status) for code in codes])
        for at, came_from in self._came_from.items():
            reached[at] |= has_reached(came_from, status)
        return reached

    @cached_property
    def _came_from(self) -> dict[int, str]:
        """The positions of blocked records, and the steps that they came from."""
        memory, is_blocked = self.book.memory, self.is_("status", "blocked")
        blocked = self.positions(memory.blocked)
        came_from = {at: memory.came_from(number) for number, at in blocked.items()}
        return {at: step for at, step in came_from.items() if step and is_blocked[at]}

    def positions(self, numbers: Iterable[str]) -> Mapping[str, int]:
        """Number -> the position of its record, of the first where several carry it.

        The numbers are told as the ledger knows them; those that no record carries are left out.
        """
        wanted = list(numbers)
        spelled = zip(wanted, number_texts(wanted), strict=True)
        first = self._first_positions
        return {number: first[folded] for number, folded in spelled if folded in first}

    @cached_property
    def _first_positions(self) -> Mapping[str, int]:
        return {number: at for at, number in reversed([*enumerate(self.numbers)]) if number}

    def asked(self, field: Field) -> Mask:
        """Which records must have the field filled, by their status and day of submission."""
        of_status = self.reached(field.required_from)
        if field.asked_since is None:
            return of_status
        earlier = self.dates("submitted_on") < np.datetime64(field.asked_since, "D")
        return of_status & ~earlier

    @cached_property
    def status(self) -> Objects:
        """The status codes; "submitted" where blank or not on the list."""
        codes = self.answers("status", self._choices("status").parse, np.object_)
        return self.pick("status", [code or "submitted" for code in codes], np.object_)

    @cached_property
    def is_record(self) -> Mask:
        """Rows in which a person wrote something. A stray error value makes no record."""
        held = np.zeros(len(self), bool)
        for field in self.table.schema.sheets[self.sheet]:
            if not field.is_own or field.key == "number":
                held |= self.filled(field.key) & ~self.errors(field.key)
        return held

    @cached_property
    def numbers(self) -> Objects:
        """The requirement's number that each row names, folded; "" where there is none."""
        return self.pick("number", self.distinct("number", number_texts), np.object_)

    @cached_property
    def shown_numbers(self) -> Objects:
        """The same for people: as the record has it, else as it is typed."""
        typed = self.pick("number", self.distinct("number", _typed_numbers), np.object_)
        register = self.book.view("register")
        if self is register:
            return typed
        return np.where(self.record < 0, typed, np.append(register.shown_numbers, "")[self.record])

    @cached_property
    def record(self) -> NDArray[np.int64]:
        """For each line, the position of the record that it names in the register; -1 = none."""
        known = self.book.view("register").numbers
        named = np.flatnonzero(known != "")
        numbers, first = np.unique(known[named].astype(str), return_index=True)
        at = pd.Index(numbers, dtype=object).get_indexer(self.numbers)
        return np.where(at < 0, -1, np.append(named[first], -1)[at])

    def count_lines(self, sheet: str, where: Mask | None = None) -> NDArray[np.int64]:
        """How many lines of a child sheet, `where` given only those, name each record's number."""
        lines = self.book.view(sheet)
        named = lines.numbers if where is None else lines.numbers[where]
        codes, _ = pd.factorize(np.concatenate([self.numbers, named]))
        counts = np.bincount(codes[len(self) :], minlength=int(codes.max(initial=0)) + 1)
        return np.asarray(np.where(self.numbers == "", 0, counts[codes[: len(self)]]), np.int64)


class Book:
    """The register with everything that a rule may ask about: settings, time, memory, sheets."""

    def __init__(
        self,
        register: Register,
        settings: Settings,
        now: datetime,
        calendar: Calendar | None,
        memory: Memory = NO_MEMORY,
    ) -> None:
        self.register = register
        self.settings = settings
        self.calendar = calendar
        self.memory = memory
        local = now.astimezone(settings.calendar.zone)
        self.today = np.datetime64(local.date(), "D")
        self.now = np.datetime64(local.replace(tzinfo=None), "s")
        self._views = {table.sheet: View(self, table) for table in register.tables}
        self._withheld: set[int] = set()

    def view(self, sheet: str) -> View:
        """The sheet `sheet` ("register", "progress", "issues", "changes")."""
        return self._views[sheet]

    def withhold(self, rows: Iterable[int]) -> None:
        """Note rows of the register that get no number yet, because a rule found an error."""
        self._withheld |= set(rows)

    @property
    def withheld(self) -> Mask:
        """The records that get no number yet, by the rules that ran before."""
        return np.asarray(self.register.requirements.frame.index.isin(list(self._withheld)))


def number_texts(values: Sequence[object]) -> list[str]:
    """Requirements' numbers as people spell them, folded and without space."""
    return [_with_hyphens(text) for text in folded(values)]


def _typed_numbers(values: Sequence[object]) -> list[str]:
    """Requirements' numbers as people spell them, in one width and without space."""
    texts = as_texts(values)
    return [
        _with_hyphens(text if text.isascii() else unicodedata.normalize("NFKC", text))
        for text in texts
    ]


def _with_hyphens(text: str) -> str:
    text = text.replace(" ", "")
    return text if text.isascii() else _HYPHENS.sub("-", text)
