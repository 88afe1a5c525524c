"""Which records are due for a number, and which serials a register holds.

Source: the process standard, "the requirement record": numbers begin with the year of submission.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from xlflow.jobs.child_lines import number_text
from xlflow.record.register import Register


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
