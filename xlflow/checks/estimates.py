"""Rules: the working days of the assessment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from xlflow.checks.column import Mask, as_number, is_blank, is_error
from xlflow.checks.finding import Choice
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.record.choices import CHOICES
from xlflow.record.fields import Kind

COMPLEXITIES = CHOICES["complexity"].codes
_DAYS = ("core_days", "other_days", "estimate")


@rule("days-not-a-number", fields=Kind.DAYS, source="record")
def days_not_a_number(r: View) -> Iterator[Fault]:
    """Working days are entered as a number, without a unit."""
    for field in r.fields(Kind.DAYS):
        yield fault(r.ask(field.key, is_no_number), field.key)


@rule("days-impossible", fields=Kind.DAYS, source="record", variants=("message", "own"))
def days_impossible(r: View) -> Iterator[Fault]:
    """Working days are not negative, and an estimate is more than none."""
    for key in _DAYS:
        days = r.number(key)
        yield fault((days < 0) | ((days == 0) & (key == "estimate")) | np.isinf(days), key)
    for field in r.fields(Kind.DAYS):
        if field.is_companys:
            days = r.number(field.key)
            yield fault((days < 0) | np.isinf(days), field.key, "own")


@rule(
    "estimate-not-split", fields=_DAYS[:2], since="designing", severity="warning", source="step 2"
)
def estimate_not_split(r: View) -> Iterator[Fault]:
    """The estimate is split into core and non-core functions."""
    for key in _DAYS[:2]:
        yield fault(r.blank(key) & r.filled("estimate"), key)


@rule("estimate-not-the-sum", fields="estimate", source="record")
def estimate_not_the_sum(r: View) -> Fault:
    """The estimate is the sum of core and non-core days."""
    core, other = r.number("core_days"), r.number("other_days")
    total = core + other
    wrong = np.abs(r.number("estimate") - total) > 1e-9
    return fault(wrong & _sound(r), "estimate", expected=total, core=core, other=other, total=total)


@rule("estimate-outside-band", fields="estimate", source="step 2", variants=("message", "above"))
def estimate_outside_band(r: View) -> Iterator[Fault]:
    """The estimate lies in the band of its complexity: low 1-3 days, medium 4-7, high 8 or more."""
    days = np.ceil(r.number("estimate"))  # half a day more than three is the band above
    for code in COMPLEXITIES:
        least, most = r.book.settings.limits.band(code)
        chosen = r.is_("complexity", code) & _sound(r)
        below = "above" if code == COMPLEXITIES[-1] else "message"  # no upper end to tell
        values: dict[str, Any] = {
            "complexity": Choice("complexity", code),
            "least": least,
            "most": most,
        }
        yield fault(chosen & (days < least), "estimate", below, **values)
        yield fault(chosen & (days > most), "estimate", **values)


def _sound(r: View) -> Mask:
    days = r.number("estimate")
    return (days > 0) & np.isfinite(days)


def is_no_number(value: object) -> bool:
    """Whether a cell holds something other than a number."""
    return not (is_blank(value) or is_error(value)) and np.isnan(as_number(value))


RULES: tuple[Rule, ...] = (
    days_not_a_number,
    days_impossible,
    estimate_not_split,
    estimate_not_the_sum,
    estimate_outside_band,
)
