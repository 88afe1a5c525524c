"""Rules: the lines of the sheets Progress, Issues and Changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlflow.checks.column import Dates, Mask, as_text
from xlflow.checks.lists import CHILD_SHEETS
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View, number_texts


@rule("line-incomplete", fields=(), sheets=CHILD_SHEETS, source="record")
def line_incomplete(r: View) -> Iterator[Fault]:
    """A line names its requirement, when, what and who."""
    for field in r.fields():
        if field.required_from and field.key != "state":
            yield fault(r.blank(field.key), field.key)


@rule(
    "line-of-unknown-number",
    fields="number",
    sheets=CHILD_SHEETS,
    source="record",
    variants=("message", "near", "spelled", "archived"),
)
def line_of_unknown_number(r: View) -> tuple[Fault, ...]:
    """A line belongs to a requirement in the register, and names it as the register does."""
    register = r.book.view("register")
    known, written = frozenset(register.numbers), frozenset(register.shown_numbers)
    numbers = r.distinct("number", number_texts)
    held = zip(r.column("number").distinct, numbers, strict=True)
    meant = r.table.schema.numbers.meant
    guesses = ["" if number in known else meant(as_text(value)) for value, number in held]
    near = r.pick("number", [one if one in written else "" for one in guesses], np.object_)
    moved = r.book.memory.archived
    archived = dict(zip(number_texts(list(moved)), moved.values(), strict=True))
    file = r.pick("number", [archived.get(number, "") for number in numbers], np.object_)
    gone = (r.record < 0) & (file != "")
    unknown = (r.record < 0) & (file == "") & (r.numbers != "")
    as_known = np.append(register.text("number"), "")[r.record]
    otherwise = (r.record >= 0) & (r.text("number") != as_known)
    return (
        fault(unknown & (near == ""), "number"),
        fault(unknown & (near != ""), "number", "near", expected=near, near=near),
        fault(otherwise, "number", "spelled", expected=as_known, known=as_known),
        fault(gone, "number", "archived", file=file),
    )


@rule("issue-not-marked", fields="state", sheets=("issues",), source="step 4")
def issue_not_marked(r: View) -> Mask:
    """An issue is marked in progress until it is solved."""
    return r.blank("state")


@rule(
    "issue-without-measure",
    fields="measure",
    sheets=("issues",),
    severity="warning",
    source="record",
    variants=("message", "open"),
)
def issue_without_measure(r: View) -> tuple[Fault, ...]:
    """An issue has a measure, which reads "in progress" while it is not settled."""
    blank, solved = r.blank("measure"), r.is_("state", "solved")
    return fault(blank & solved, "measure"), fault(blank & ~solved, "measure", "open")


@rule("issue-solved-without-date", fields="solved_on", sheets=("issues",), source="record")
def issue_solved_without_date(r: View) -> Mask:
    """A solved issue says when it was solved."""
    return r.is_("state", "solved") & r.blank("solved_on")


@rule(
    "issue-open-with-date", fields="state", sheets=("issues",), severity="warning", source="record"
)
def issue_open_with_date(r: View) -> Mask:
    """An issue with a day on which it was solved is marked solved."""
    return r.is_("state", "in-progress") & ~np.isnat(r.dates("solved_on"))


@rule(
    "issue-out-of-order", fields=("answered_at", "solved_on"), sheets=("issues",), source="record"
)
def issue_out_of_order(r: View) -> tuple[Fault, ...]:
    """An issue is answered and solved after it was raised."""
    raised = r.dates("raised_at")
    return tuple(
        fault(_known(r, key) < raised, key, raised=raised) for key in ("answered_at", "solved_on")
    )


@rule(
    "progress-before-submission",
    fields="date",
    sheets=("progress",),
    severity="warning",
    source="step 4",
)
def progress_before_submission(r: View) -> Fault:
    """Progress is made after the requirement was submitted."""
    submitted = np.append(r.book.view("register").dates("submitted_on"), np.datetime64("NaT", "D"))
    return fault(_known(r, "date") < submitted[r.record], "date", submitted=submitted[r.record])


@rule(
    "change-approved-before-request",
    fields=("business_approved_on", "technical_approved_on"),
    sheets=("changes",),
    source="step 3",
)
def change_approved_before_request(r: View) -> Iterator[Fault]:
    """A change is approved after it was requested."""
    for key in ("business_approved_on", "technical_approved_on"):
        yield fault(_known(r, key) < r.dates("date"), key, requested=r.dates("date"))


def _known(r: View, key: str) -> Dates:
    """The dates that are not blamed for their year already."""
    days = r.dates(key)
    return np.where(days < np.datetime64("2000-01-01"), np.datetime64("NaT", "D"), days)


RULES: tuple[Rule, ...] = (
    line_incomplete,
    line_of_unknown_number,
    issue_not_marked,
    issue_without_measure,
    issue_solved_without_date,
    issue_open_with_date,
    issue_out_of_order,
    progress_before_submission,
    change_approved_before_request,
)
