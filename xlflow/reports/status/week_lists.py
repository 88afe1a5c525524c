"""The listings behind the week's figures: what happened in it, and what stands still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlflow.reports.figures.week_figures import Case
from xlflow.reports.links import Link
from xlflow.reports.naming import group_name, person_name
from xlflow.reports.status.listing import Column, Listing
from xlflow.reports.status.report import Report

HAPPENED = ("new", "moved", "finished", "cancelled")


def this_week(report: Report) -> Listing:
    """What came, moved, was finished and cancelled in the seven days, the newest first of each."""
    movement = report.movement
    cases = [(kind, case) for kind in HAPPENED for case in reversed(getattr(movement, kind))]
    counts = {kind: len(getattr(movement, kind)) for kind in HAPPENED}
    return Listing(
        heading=report.say("page.this-week"),
        note=report.say("note.this-week", **counts),
        columns=[
            Column(report.say("column.happened"), 14),
            *_case_columns(report),
            Column(report.say("column.on"), 12, "date"),
            Column(report.say("column.took"), 16, "number"),
        ],
        rows=[
            (report.say(f"happened.{kind}"), *_case(case, report), case.on, case.days)
            for kind, case in cases
        ],
        kindly=report.say("kindly.this-week"),
        frozen=report.frozen,
    )


def stuck(report: Report) -> Listing:
    """The open records that are blocked or have not moved for long, the longest first."""
    cases = report.movement.stuck
    steps = {
        (view.name, row): guide.next_step
        for view in report.totals.views
        for row, guide in view.guidance.items()
    }
    return Listing(
        heading=report.say("page.stuck"),
        note=report.say(
            "note.stuck",
            count=len(cases),
            blocked=sum(case.status == "blocked" for case in cases),
        ),
        columns=[
            *_case_columns(report),
            Column(report.say("column.still-since"), 12, "date"),
            Column(report.say("column.still-days"), 13, "late", bars=True),
            Column(report.label("blocked_reason"), 28),
            Column(report.say("column.next-step"), 46),
        ],
        rows=[
            (
                *_case(case, report),
                case.on,
                case.days,
                case.reason,
                steps.get((case.register, case.row or 0), ""),
            )
            for case in cases
        ],
        kindly=report.say("kindly.stuck"),
        frozen=report.frozen,
    )


def record_of(case: Case, report: Report) -> Link:
    """The number of a case, leading to its row; one in an archive leads nowhere."""
    if case.row is None:
        return Link(case.number, "")
    return report.places(case.register).record(case.number, case.row)


def _case_columns(report: Report) -> list[Column]:
    return [
        *report.register_column,
        Column(report.label("number"), 12, "link"),
        Column(report.label("title"), 30),
        Column(report.label("status"), 12),
        Column(report.label("department"), 16),
        Column(report.say("column.in-charge-of"), 15),
    ]


def _case(case: Case, report: Report) -> Sequence[Any]:
    return (
        *report.register_cell(case.register),
        record_of(case, report),
        case.title,
        group_name("status", case.status, report.totals.schema, report.language),
        case.department,
        person_name(case.who, report.language),
    )
