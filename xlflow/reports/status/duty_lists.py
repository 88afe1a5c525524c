"""The listings of duties: what is overdue, what is due soon, and who has how much of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xlflow.reports.figures.overview import Line, next_first
from xlflow.reports.naming import deadline_name, group_name, person_name
from xlflow.reports.status.listing import Column, Listing
from xlflow.reports.status.report import Report
from xlflow.timing.deadlines import Deadline
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
    """What is due by Sunday, or is to be seen to now whenever it is due; the next first."""
    totals, say = report.totals, report.say
    this_week = set(totals.due_this_week)
    lines = sorted({*totals.due_soon, *this_week}, key=next_first)
    return Listing(
        heading=say("page.due-soon"),
        note=say(
            "note.due-soon",
            week=len(totals.due_this_week),
            count=len(totals.due_soon),
            records=totals.due_soon_records,
        ),
        columns=[
            *_deadline_columns(Column(say("column.stands"), 18), report),
            Column(say("column.this-week"), 9, "text"),
        ],
        rows=[
            (
                *_deadline_row(line, flag(line.deadline, totals.today, report.language), report),
                say("yes") if line in this_week else None,
            )
            for line in lines
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
        Column(report.say("column.responsible"), 15),
        Column(report.label("department"), 16),
        Column(report.say("column.missing"), 22, "link"),
        Column(report.say("column.next-step"), 46),
    ]


def _deadline_row(line: Line, stands: object, report: Report) -> Sequence[Any]:
    deadline, places = line.deadline, report.places(line.register)
    return (
        *report.register_cell(line.register),
        places.record(deadline.number, deadline.row),
        line.title,
        deadline_name(deadline, report.language),
        deadline.due,
        stands,
        person_name(deadline.responsible, report.language),
        line.department,
        places.cell(deadline.cell, _missing(deadline, report)),
        line.next_step,
    )


_STATUS_AFTER: Mapping[str, str] = MappingProxyType(
    {"design": "developing", "development": "testing", "golive": "live", "close": "closed"}
)
"""The status that a record must have reached for the deadline to be met."""


def _missing(deadline: Deadline, report: Report) -> str:
    """What has to be filled for the deadline to be met."""
    schema = report.totals.schema
    if deadline.id == "unblock":
        return report.say("missing.unblock")
    if deadline.id in _STATUS_AFTER:
        status = group_name("status", _STATUS_AFTER[deadline.id], schema, report.language)
        return report.say("missing.status", status=status)
    sheet = "register" if deadline.field in schema.by_key("register") else "issues"
    return report.label(deadline.field, sheet)
