"""Live feedback without macros: conditional formats over the record sheets.

The first that holds wins: named by the last check, cannot stand here, still needed. Every formula
runs in Excel and in LibreOffice, and takes a status in any of the three languages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from xlflow.languages import Language, entry
from xlflow.record.fields import Field, Kind
from xlflow.record.schema import Schema
from xlflow.settings import Settings
from xlflow.workbook.schema import FIRST_ROW, HEADER_ROW
from xlflow.workbook.template.entries import EARLIEST, LATEST, MOST_DAYS, longest
from xlflow.workbook.template.lists import (
    DEPARTMENT_ROOM,
    choice_cell_name,
    reached_name,
    spellings_name,
)
from xlflow.workbook.template.looks import Looks
from xlflow.workbook.template.needs import NEEDED_WITH
from xlflow.workbook.template.tab import Tab, letters

_LATE_FLAGS = ("overdue", "paused-late")
_EPOCH_ORDINAL = 693_594  # 1899-12-30, day 0 of Excel's calendar from March 1900 on


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where the fields of a sheet stand."""

    fields: tuple[Field, ...]

    def column(self, key: str) -> int:
        return 1 + [field.key for field in self.fields].index(key)

    def cell(self, key: str) -> str:
        """The cell of a field in the row that is looked at: ``$C4``."""
        return f"${letters(self.column(key))}{FIRST_ROW}"

    def typed(self) -> Iterator[tuple[int, Field]]:
        """The columns that people fill."""
        return ((n, field) for n, field in enumerate(self.fields, 1) if not field.is_own)


def add_marks(tab: Tab, sheet: str, looks: Looks, settings: Settings) -> None:
    """Put the conditional formats on a record sheet, the strongest first."""
    place = _Sheet(settings.schema.sheets[sheet])
    every = range(1, len(place.fields) + 1)
    tab.mark(
        every,
        f'ISNUMBER(FIND("【"&A${HEADER_ROW}&"】",{place.cell("check")}))',
        looks.mark("named"),
    )
    if sheet == "register":
        _mark_deadlines(tab, place, looks)
    _mark_odd(tab, place, looks, settings)
    _mark_missing(tab, sheet, place, looks)
    if sheet == "register":
        _mark_needed_with(tab, place, looks, settings.schema)


def _mark_deadlines(tab: Tab, place: _Sheet, looks: Looks) -> None:
    columns = [place.column("deadline"), place.column("due_on")]
    flag, due = place.cell("deadline"), place.cell("due_on")
    patterns = (_pattern(looks.language, f"deadlines.flag.{name}") for name in _LATE_FLAGS)
    late = ",".join(f'COUNTIF({flag},"{pattern}")>0' for pattern in patterns)
    # The day moves on between two runs, so the date counts as well as what the last run wrote.
    tab.mark(columns, f"OR({late},AND(ISNUMBER({due}),{due}<TODAY()))", looks.mark("late"))
    tab.mark(columns, f"AND(ISNUMBER({due}),{due}<=TODAY()+1)", looks.mark("soon"))


def _pattern(language: Language, name: str) -> str:
    """A text of the catalogue as a pattern for COUNTIF: anything may fill its placeholders."""
    return re.sub(r"\{[^}]*\}", "*", entry(language, name))


def _mark_odd(tab: Tab, place: _Sheet, looks: Looks, settings: Settings) -> None:
    """What pasting brought in past the validation: off the list, no date, no number, too long."""
    groups: dict[str, list[int]] = defaultdict(list)
    for column, field in place.typed():
        if test := odd_test(field, looks.language, settings):
            groups[test].append(column)
    for test, columns in groups.items():
        cell = f"{letters(min(columns))}{FIRST_ROW}"
        tab.mark(
            columns,
            f"IFERROR(AND({filled(cell)},{test.format(cell=cell)}),TRUE)",
            looks.mark("odd"),
        )


def odd_test(field: Field, language: Language, settings: Settings) -> str:
    """A test of what cannot stand in a field, for its ``{cell}``; "" where anything can."""
    if field.kind is Kind.CHOICE:
        return f"NOT({says(spellings_name(field.choices), '{cell}')})"
    if field.kind is Kind.DEPARTMENT:
        return f"COUNTA({DEPARTMENT_ROOM})>0,NOT({says(DEPARTMENT_ROOM, '{cell}')})"
    if field.is_date:
        first, last = day_serial(EARLIEST), day_serial(LATEST)
        return f"NOT(AND(ISNUMBER({{cell}}),{{cell}}>={first},{{cell}}<{last + 1}))"
    if field.kind is Kind.DAYS:
        return f"NOT(AND(ISNUMBER({{cell}}),{{cell}}>=0,{{cell}}<={MOST_DAYS}))"
    if field.kind is Kind.AMOUNT:
        return "NOT(ISNUMBER({cell}))"
    limit = longest(field, language, settings)
    return f"LEN({{cell}})>{limit}" if limit else ""


def day_serial(day: date) -> int:
    """A day as Excel counts it."""
    return day.toordinal() - _EPOCH_ORDINAL


def _mark_missing(tab: Tab, sheet: str, place: _Sheet, looks: Looks) -> None:
    groups: dict[tuple[str, date | None], list[int]] = defaultdict(list)
    for column, field in place.typed():
        if field.required_from:
            groups[field.required_from, field.asked_since].append(column)
    for (since, first_day), columns in groups.items():
        cell = f"{letters(min(columns))}{FIRST_ROW}"
        tests = [f"NOT({filled(cell)})", _needed(sheet, since, place)]
        if first_day:
            day, submitted = day_serial(first_day), place.cell("submitted_on")
            tests.append(f"NOT(AND(ISNUMBER({submitted}),{submitted}<{day}))")
        tab.mark(columns, f"AND({','.join(tests)})", looks.mark("missing"))


def _mark_needed_with(tab: Tab, place: _Sheet, looks: Looks, schema: Schema) -> None:
    for key, (other, code, since) in NEEDED_WITH.items():
        column = place.column(key)
        tests = [
            f"NOT({filled(f'{letters(column)}{FIRST_ROW}')})",
            says(choice_cell_name(schema.field(other).choices, code), place.cell(other)),
        ]
        if since:
            tests.append(_needed("register", since, place))
        tab.mark([column], f"AND({','.join(tests)})", looks.mark("missing"))


def _needed(sheet: str, since: str, place: _Sheet) -> str:
    """Whether the row's status asks for a field that is required from `since` on."""
    if sheet != "register" or since == "submitted":
        # A row that was begun is at least a submission, whatever its status.
        return f"COUNTA($A{FIRST_ROW}:${letters(len(place.fields))}{FIRST_ROW})>0"
    return says(reached_name(since), place.cell("status"))


def says(name: str, cell: str) -> str:
    """Whether a cell holds one of the texts called `name`. COUNTIF would take * as a wildcard."""
    return f"SUMPRODUCT(--({name}=TRIM({cell})))>0"


def filled(cell: str) -> str:
    """Whether a cell holds more than blanks."""
    return f"LEN(TRIM({cell}))>0"
