"""The issue log over all records: the lines of the Issues sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlflow.reports.status.listing import Column, Listing
from xlflow.reports.status.report import Report, Standing
from xlflow.reports.status.values import column_of
from xlflow.timing.cells import Cells

_KEYS = (
    *("issue", "state", "raised_at", "owner"),
    *("needs_answer", "answered_at", "measure", "solved_on"),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an Issues sheet; `position` among all lines of the registers."""

    is_open: bool
    raised_on: date | None
    position: tuple[str, int]
    row: Sequence[Any]

    @property
    def order(self) -> tuple[object, ...]:
        """Open ones first, the oldest on top; then the newest solved one."""
        day = self.raised_on.toordinal() if self.raised_on else 0
        return (not self.is_open, day if self.is_open else -day, self.position)


def issues(report: Report) -> Listing:
    """All issues of all records, with how long the open ones have been open."""
    found = [line for one in report.standings for line in _lines(one, report)]
    found.sort(key=lambda line: line.order)

    def column(key: str, width_chars: float, look: str = "text") -> Column:
        return Column(report.label(key, "issues"), width_chars, look)

    return Listing(
        heading=report.say("page.issues"),
        note=report.say("note.issues", count=len(found), open=sum(line.is_open for line in found)),
        columns=[
            *report.register_column,
            Column(report.label("number"), 12, "link"),
            Column(report.label("title"), 24),
            column("issue", 42),
            column("state", 11),
            Column(report.say("column.open-days"), 11, "number", bars=True),
            column("raised_at", 17, "date"),
            column("owner", 13),
            column("needs_answer", 12),
            column("answered_at", 17, "date"),
            column("measure", 34),
            column("solved_on", 12, "date"),
        ],
        rows=[line.row for line in found],
        kindly=report.say("kindly.issues"),
        frozen=report.frozen,
    )


def _lines(standing: Standing, report: Report) -> Iterator[_Line]:
    view, places = standing.view, report.places(standing.view.name)
    table = view.register.issues
    cells = Cells(table)
    held = [column_of(cells, key, report.language) for key in _KEYS]
    for row, number, code, raised_on, values in zip(
        cells.rows,
        cells.texts("number"),
        cells.codes("state"),
        cells.days("raised_at").tolist(),
        zip(*held, strict=True),
        strict=True,
    ):
        is_open = code != "solved"
        open_days = max((view.today - raised_on).days, 0) if is_open and raised_on else None
        issue, state, *rest = values
        yield _Line(
            is_open,
            raised_on,
            (view.name, row),
            (
                *report.register_cell(view.name),
                places.cell(table.cell(row, "issue"), number or report.say("row", row=row)),
                standing.titles.get(number, ""),
                issue,
                state or report.say("unclear.state"),
                # Nothing stays blank: Excel would draw a short bar for a zero.
                open_days or None,
                *rest,
            ),
        )
