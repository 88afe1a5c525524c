"""Rules: wording that cannot be measured. Source: tips, "never 'improve efficiency' alone"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlflow.checks.column import Mask, Objects, as_text
from xlflow.checks.measures import wording
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.checks.words import is_no_answer, is_nothing

_MEASURED = ("goal", "criteria")
_WORDED = (*_MEASURED, "description", "benefit")


@rule("vague-wording", fields=_WORDED, severity="warning", source="tips")
def vague_wording(r: View) -> Iterator[Fault]:
    """A goal, description, benefit or criterion does not only say that something gets better."""
    for key in _WORDED:
        weak, _ = _judged(r, key)
        yield fault(weak != "", key, phrase=weak)


@rule("nothing-measurable", fields=_MEASURED, severity="warning", source="tips")
def nothing_measurable(r: View) -> Iterator[Fault]:
    """A goal and acceptance criteria hold something that can be measured."""
    for key in _MEASURED:
        weak, measured = _judged(r, key)
        empty = r.ask(key, is_no_answer) | r.ask(key, is_nothing)
        yield fault(~measured & (weak == "") & (r.text(key) != "") & ~empty, key)


@rule(
    "alternative-without-duration",
    fields="alternative",
    since="assessing",
    severity="info",
    source="step 2",
)
def alternative_without_duration(r: View) -> Mask:
    """An alternative says how long it takes."""
    measured: Mask = _judged(r, "alternative")[1]
    none = r.blank("alternative") | r.ask("alternative", is_no_answer)
    none |= r.ask("alternative", is_nothing)
    lacking: Mask = ~(measured | none) & r.is_("feasible", "no")
    return lacking


def _judged(r: View, key: str) -> tuple[Objects, Mask]:
    """Each row's vague phrase ("" = none), and whether anything in the field is measured."""
    return r.once(_wordings)[key]


def _wordings(r: View) -> dict[str, tuple[Objects, Mask]]:
    judged = {}
    for key in (*_WORDED, "alternative"):
        found = wording([as_text(value) for value in r.column(key).distinct])
        judged[key] = (r.pick(key, found.weak, np.object_), r.pick(key, found.measured.tolist()))
    return judged


RULES: tuple[Rule, ...] = (vague_wording, nothing_measurable, alternative_without_duration)
