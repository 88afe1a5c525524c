"""Which records and changes are due for a number, and which serials a register holds.

Source: the process standard, "the requirement record": numbers begin with the year of submission;
the Changes sheet: ``2024-015-C1``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from xlflow.history.comparing import Seen
from xlflow.jobs.child_lines import number_text
from xlflow.record.register import Register

_CHANGE = re.compile(r"(.+)-C([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class NumberDue:
    """A record that gets the next number of its year."""

    row: int
    year: int


def numbers_due(register: Register, faulty_rows: Collection[int]) -> tuple[NumberDue, ...]:
    """The records without a number whose submission has no error, earliest submission first.

    `faulty_rows`: rows with an error that applies at submission.
    """
    frame = register.requirements.frame
    unnumbered = frame.index[np.array([number_text(n) == "" for n in frame["number"]], dtype=bool)]
    # A number column that holds something else than text (a date, an error) is a finding.
    due = [
        (frame.at[row, "submitted_on"], int(row))
        for row in unnumbered
        if row not in faulty_rows and frame.at[row, "number"] in (None, "")
    ]
    dated = [(day, row) for day, row in due if isinstance(day, date)]
    dated.sort(key=lambda pair: (pair[0].isoformat()[:10], pair[1]))
    return tuple(NumberDue(row=row, year=day.year) for day, row in dated)


def serials_in(register: Register) -> Mapping[int, tuple[int, ...]]:
    """Year -> the serials of the well-formed numbers that the register already holds."""
    held: dict[int, set[int]] = {}
    for value in register.requirements.frame["number"]:
        if found := register.schema.numbers.parsed(value):
            held.setdefault(found[0], set()).add(found[1])
    return {year: tuple(sorted(serials)) for year, serials in sorted(held.items())}


@dataclass(frozen=True, slots=True)
class ChangeNumberDue:
    """A line of the Changes sheet that gets the next change number of its record."""

    row: int
    number: str  # the record's


def change_number(number: str, serial: int) -> str:
    """The number of a change as it is written.

    >>> change_number("2024-015", 1)
    '2024-015-C1'
    """
    return f"{number}-C{serial}"


def change_numbers_due(
    lines: Mapping[int, Seen], records: Collection[str], faulty_rows: Collection[int]
) -> tuple[ChangeNumberDue, ...]:
    """The lines without a change number of their own that have no error, the earliest first.

    `lines`: of the Changes sheet, by row. `records`: the numbers that the register holds.
    """
    due = [
        (seen.row.cells.get("date"), row, seen.entry.number)
        for row, seen in lines.items()
        if not seen.entry.change_number and seen.entry.number in records and row not in faulty_rows
    ]
    dated = [
        (day.isoformat()[:10], row, number) for day, row, number in due if isinstance(day, date)
    ]
    return tuple(ChangeNumberDue(row, number) for _, row, number in sorted(dated))


def change_serials_in(lines: Mapping[int, Seen]) -> Mapping[str, tuple[int, ...]]:
    """Record's number -> the serials of its changes that are numbered already."""
    held: dict[str, set[int]] = {}
    for seen in lines.values():
        number, found = seen.entry.number, _CHANGE.fullmatch(seen.entry.change_number)
        if found and found[1] == number:
            held.setdefault(number, set()).add(int(found[2]))
    return {number: tuple(sorted(serials)) for number, serials in held.items()}
