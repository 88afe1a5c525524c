"""Rules: what must be filled before a status may be claimed. Source: steps 1 to 6."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlflow.checks.column import Mask
from xlflow.checks.finding import Choice
from xlflow.checks.people import entered_with
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.checks.words import is_no_answer, is_nothing, short
from xlflow.record.fields import REGISTER, Kind
from xlflow.record.stages import MAIN_LINE


def _required(status: str) -> tuple[str, ...]:
    return tuple(field.key for field in REGISTER if field.required_from == status)


def _blank(r: View, status: str) -> Iterator[Fault]:
    for key in _required(status):
        yield fault(r.blank(key), key, status=Choice("status", status))


@rule("submission-incomplete", fields=_required("submitted"), source="step 1")
def submission_incomplete(r: View) -> Iterator[Fault]:
    """A requirement is submitted with everything that says what is wanted, by whom and when."""
    return _blank(r, "submitted")


@rule("confirmation-incomplete", fields=_required("assessing"), since="assessing", source="step 1")
def confirmation_incomplete(r: View) -> Iterator[Fault]:
    """A requirement is assessed after its technical contact confirmed it."""
    return _blank(r, "assessing")


@rule("assessment-incomplete", fields=_required("designing"), since="designing", source="step 2")
def assessment_incomplete(r: View) -> Iterator[Fault]:
    """A solution is designed after the assessment is complete."""
    return _blank(r, "designing")


@rule("solution-incomplete", fields=_required("developing"), since="developing", source="step 3")
def solution_incomplete(r: View) -> Iterator[Fault]:
    """Development starts after the solution, its schedule and criteria stand and both signed."""
    return _blank(r, "developing")


@rule("acceptance-incomplete", fields=_required("live"), since="live", source="step 5")
def acceptance_incomplete(r: View) -> Iterator[Fault]:
    """A requirement goes live accepted, with a rollback plan and the day."""
    return _blank(r, "live")


@rule("closure-incomplete", fields=_required("closed"), since="closed", source="step 6")
def closure_incomplete(r: View) -> Iterator[Fault]:
    """A requirement is closed with the outcome of its monitoring and both confirmations."""
    return _blank(r, "closed")


NONE_ALLOWED = frozenset({"risk", "resources", "monitoring", "retrospective"})
"""Fields in which "none" is an answer."""


@rule("placeholder", fields=(Kind.TEXT, Kind.NAME), source="tips")
def placeholder(r: View) -> Iterator[Fault]:
    """A required field is answered, not filled with "TBD" or "xxx"."""
    for field in r.fields(Kind.TEXT, Kind.NAME):
        empty = r.ask(field.key, is_no_answer, of=short)
        if field.key not in NONE_ALLOWED:
            empty = empty | r.ask(field.key, is_nothing, of=short)
        yield fault(empty & needed(r, field.key), field.key)


def needed(r: View, key: str) -> Mask:
    """The records whose status or choices require the field."""
    field = r.field(key)
    if field.required_from in MAIN_LINE:
        return r.asked(field)
    since = entered_with(field)
    conditions = {
        "interruption": r.is_("priority", "high"),
        "infeasible_reason": r.is_("feasible", "no"),
        "alternative": r.is_("feasible", "no"),
        "root_cause": r.is_("type", "fix") & r.reached(since),
        "verification": r.is_("type", "fix") & r.reached(since),
        "blocked_reason": r.is_("status", "blocked") | r.is_("mark", "blocked"),
        "failure": r.is_("result", "fail"),
    }
    return conditions.get(key, np.zeros(len(r), bool))


RULES: tuple[Rule, ...] = (
    submission_incomplete,
    confirmation_incomplete,
    assessment_incomplete,
    solution_incomplete,
    acceptance_incomplete,
    closure_incomplete,
    placeholder,
)
