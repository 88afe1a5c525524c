"""The listings of duties: what is overdue, what is due soon, and who has how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlflow.languages import Language, say
from xlflow.record.schema import Schema
from xlflow.reports.links import Places
from xlflow.reports.listing import Column, Listing
from xlflow.reports.naming import deadline_name, person_name
from xlflow.reports.overview import Line, Overview
from xlflow.timing.next_steps import flag


def overdue(view: Overview, places: Places, language: Language) -> Listing:
    """What is late, the latest first."""
    late = Column(say(language, "reports.column.days-late"), 11, "late", bars=True)
    return Listing(
        heading=say(language, "reports.page.overdue"),
        note=say(
            language, "reports.note.overdue", count=len(view.overdue), records=view.overdue_records
        ),
        columns=_deadline_columns(late, view.register.schema, language),
        rows=[
            _deadline_row(line, line.deadline.days_late, places, language) for line in view.overdue
        ],
        kindly=say(language, "reports.kindly.overdue"),
    )


def due_soon(view: Overview, places: Places, language: Language) -> Listing:
    """What is due next, the next first."""
    stands = Column(say(language, "reports.column.stands"), 20)
    return Listing(
        heading=say(language, "reports.page.due-soon"),
        note=say(
            language,
            "reports.note.due-soon",
            count=len(view.due_soon),
            records=view.due_soon_records,
        ),
        columns=_deadline_columns(stands, view.register.schema, language),
        rows=[
            _deadline_row(line, flag(line.deadline, view.today, language), places, language)
            for line in view.due_soon
        ],
        kindly=say(language, "reports.kindly.due-soon"),
    )


def people(view: Overview, language: Language) -> Listing:
    """Who has how much to see to, the most pressed first."""
    labels = ("person", "home", "in-charge", "overdue", "most-late", "due-soon", "errors")
    widths = (22, 26, 18, 18, 18, 18, 18)
    looks = ("text", "text", "number", "late", "number", "number", "number")
    return Listing(
        heading=say(language, "reports.page.people"),
        note=say(language, "reports.note.people"),
        columns=[
            Column(say(language, f"reports.column.{label}"), width, look, bars=label == "overdue")
            for label, width, look in zip(labels, widths, looks, strict=True)
        ],
        rows=[
            (
                person_name(load.name, language),
                load.department,
                load.open,
                # Nothing stays blank: Excel would draw a short bar for a zero.
                load.overdue or None,
                load.days_late or None,
                load.due_soon or None,
                load.errors or None,
            )
            for load in view.people
        ],
        kindly=say(language, "reports.kindly.people"),
        frozen=1,
    )


def _deadline_columns(stands: Column, schema: Schema, language: Language) -> list[Column]:
    return [
        Column(schema.label("number", language), 12, "link"),
        Column(schema.label("title", language), 30),
        Column(say(language, "reports.column.deadline"), 18),
        Column(say(language, "reports.column.due"), 17, "date"),
        stands,
        Column(say(language, "reports.column.responsible"), 16),
        Column(schema.label("department", language), 18),
        Column(say(language, "reports.column.next-step"), 60),
    ]


def _deadline_row(line: Line, stands: object, places: Places, language: Language) -> Sequence[Any]:
    deadline = line.deadline
    return (
        places.record(deadline.number, deadline.row),
        line.title,
        deadline_name(deadline, language),
        deadline.due,
        stands,
        person_name(deadline.responsible, language),
        line.department,
        line.next_step,
    )
