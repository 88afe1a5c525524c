"""Rules: the requirement's number, YYYY-NNN."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from xlflow.checks.column import Mask, as_text, is_blank, is_error
from xlflow.checks.dates import plausible
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View

_NUMBER = re.compile(r"\d{4}-(?:\d{3}|[1-9]\d{3,})")


@rule("number-malformed", fields="number", source="record")
def number_malformed(r: View) -> Mask:
    """A number is a year, a hyphen and at least three digits: 2024-015."""
    return r.ask("number", _is_malformed)


@rule("number-doubled", fields="number", source="record")
def number_doubled(r: View) -> Fault:
    """A number belongs to one requirement."""
    numbers = pd.Series(r.numbers)
    well_formed = r.ask("number", number_year, np.int64) > 0  # others are blamed as malformed
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
    numbered = r.ask("number", number_year, np.int64)
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


def number_year(value: object) -> int:
    """The year in a well-formed number; 0 in anything else."""
    text = as_text(value)
    return int(text[:4]) if _NUMBER.fullmatch(text) else 0


def _is_malformed(value: object) -> bool:
    if is_blank(value) or is_error(value):
        return False
    return not isinstance(value, str) or _NUMBER.fullmatch(value.strip()) is None


RULES: tuple[Rule, ...] = (
    number_malformed,
    number_doubled,
    number_of_another_year,
    number_withheld,
)
