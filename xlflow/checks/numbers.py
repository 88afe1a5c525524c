"""Rules: the requirement's number."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xlflow.checks.column import Mask
from xlflow.checks.dates import plausible
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View


@rule("number-malformed", fields="number", source="record")
def number_malformed(r: View) -> Fault:
    """A number is a year, a hyphen and at least three digits, after its register's prefix."""
    typed = r.filled("number") & ~r.errors("number")
    return fault(typed & (_years(r) == 0), "number", example=r.table.schema.numbers.example)


@rule("number-doubled", fields="number", source="record")
def number_doubled(r: View) -> Fault:
    """A number belongs to one requirement."""
    numbers = pd.Series(r.numbers)
    well_formed = _years(r) > 0  # others are blamed as malformed
    doubled = numbers.duplicated(keep=False).to_numpy() & well_formed
    rows = r.table.frame.index.to_numpy()
    other = np.zeros(len(r), np.int64)
    for at in numbers[doubled].groupby(numbers[doubled]).indices.values():
        where = np.flatnonzero(doubled)[at]
        other[where] = np.roll(rows[where], -1)
    return fault(doubled, "number", other=other)


@rule("number-of-another-year", fields="number", severity="warning", source="record")
def number_of_another_year(r: View) -> Fault:
    """A number begins with the year of the submission."""
    year = plausible(r, "submitted_on").astype("datetime64[Y]").astype(np.int64) + 1970
    numbered = _years(r)
    wrong = (numbered > 0) & (numbered != year) & ~np.isnat(plausible(r, "submitted_on"))
    return fault(wrong, "number", expected=year, year=year)


@rule(
    "number-withheld",
    fields="number",
    since="assessing",
    severity="warning",
    source="record",
)
def number_withheld(r: View) -> Mask:
    """A requirement has its number before it is assessed; errors of the submission stop it."""
    return r.blank("number") & r.book.withheld


def _years(r: View) -> NDArray[np.int64]:
    """The year in each well-formed number; 0 in anything else."""
    return r.ask("number", r.table.schema.numbers.year, np.int64)


RULES: tuple[Rule, ...] = (
    number_malformed,
    number_doubled,
    number_of_another_year,
    number_withheld,
)
