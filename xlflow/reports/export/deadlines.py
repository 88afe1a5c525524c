"""The deadlines, met ones included, one row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from xlflow.languages import Language, say
from xlflow.reports.export.layout import Layout, Row, Type, layout_of
from xlflow.timing.deadlines import Deadline

_COLUMNS = {
    "register": Type.TEXT,
    "row": Type.INTEGER,
    "number": Type.TEXT,
    "deadline": Type.TEXT,
    "deadline_label": Type.TEXT,
    "field": Type.TEXT,
    "cell": Type.TEXT,
    "responsible": Type.TEXT,
    "started_on": Type.DATE,
    "opens_on": Type.DATE,
    "due_on": Type.DATE,
    "due_at": Type.MOMENT,
    "state": Type.TEXT,
    "days_late": Type.INTEGER,
    "days_at_risk": Type.INTEGER,
}


def deadlines_layout(language: Language) -> Layout:
    """The columns of the table of deadlines. `due_at` is told where hours count."""
    return layout_of("deadlines", _COLUMNS, language)


def deadline_rows(
    deadlines: Iterable[Deadline], register: str, language: Language
) -> Iterator[Row]:
    """The rows, in the order of the deadlines."""
    labels: dict[str, str] = {}
    for one in deadlines:
        if one.id not in labels:
            labels[one.id] = say(language, f"deadlines.name.{one.id}")
        yield (
            register,
            one.row,
            one.number or None,
            one.id,
            labels[one.id],
            one.field,
            one.cell,
            one.responsible or None,
            one.started_on,
            one.opens_on,
            one.due_on,
            one.due if isinstance(one.due, datetime) else None,
            one.state.replace(" ", "-"),
            one.days_late,
            one.days_at_risk,
        )
