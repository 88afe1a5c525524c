"""The listings of duties: what is overdue, what is due soon, and who has how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlflow.reports.listing import Column, Listing
from xlflow.reports.naming import deadline_name, person_name
from xlflow.reports.overview import Line
from xlflow.reports.report import Report
from xlflow.timing.next_steps import flag


def overdue(report: Report) -> Listing:
    """What is late, the latest first."""
    totals, say = report.totals, report.say
    late = Column(say("column.days-late"), 11, "late", bars=True)
    return Listing(
        heading=say("page.overdue"),
        note=say("note.overdue", count=len(totals.overdue), records=totals.overdue_records),
        columns=_deadline_columns(late, report),
        rows=[_deadline_row(line, line.deadline.days_late, report) for line in totals.overdue],
        kindly=say("kindly.overdue"),
        frozen=report.frozen,
    )


def due_soon(report: Report) -> Listing:
    """What is due next, the next first."""
    totals, say = report.totals, report.say
    return Listing(
        heading=say("page.due-soon"),
        note=say("note.due-soon", count=len(totals.due_soon), records=totals.due_soon_records),
        columns=_deadline_columns(Column(say("column.stands"), 20), report),
        rows=[
            _deadline_row(line, flag(line.deadline, totals.today, report.language), report)
            for line in totals.due_soon
        ],
        kindly=say("kindly.due-soon"),
        frozen=report.frozen,
    )


def people(report: Report) -> Listing:
    """Who has how much to see to, the most pressed first."""
    labels = ("person", "home", "in-charge", "overdue", "most-late", "due-soon", "errors")
    widths = (22, 26, 18, 18, 18, 18, 18)
    looks = ("text", "text", "number", "late", "number", "number", "number")
    return Listing(
        heading=report.say("page.people"),
        note=report.say("note.people"),
        columns=[
            Column(report.say(f"column.{label}"), width, look, bars=label == "overdue")
            for label, width, look in zip(labels, widths, looks, strict=True)
        ],
        rows=[
            (
                person_name(load.name, report.language),
                load.department,
                load.open,
                # Nothing stays blank: Excel would draw a short bar for a zero.
                load.overdue or None,
                load.days_late or None,
                load.due_soon or None,
                load.errors or None,
            )
            for load in report.totals.people
        ],
        kindly=report.say("kindly.people"),
        frozen=1,
    )


def _deadline_columns(stands: Column, report: Report) -> list[Column]:
    return [
        *report.register_column,
        Column(report.label("number"), 12, "link"),
        Column(report.label("title"), 30),
        Column(report.say("column.deadline"), 18),
        Column(report.say("column.due"), 17, "date"),
        stands,
        Column(report.say("column.responsible"), 16),
        Column(report.label("department"), 18),
        Column(report.say("column.next-step"), 60),
    ]


def _deadline_row(line: Line, stands: object, report: Report) -> Sequence[Any]:
    deadline = line.deadline
    return (
        *report.register_cell(line.register),
        report.places(line.register).record(deadline.number, deadline.row),
        line.title,
        deadline_name(deadline, report.language),
        deadline.due,
        stands,
        person_name(deadline.responsible, report.language),
        line.department,
        line.next_step,
    )
