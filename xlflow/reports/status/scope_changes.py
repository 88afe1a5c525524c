"""Changes of what both sides had signed: requests, and fields that changed without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from xlflow.checks.excerpts import side_by_side
from xlflow.record.memory import Baseline
from xlflow.reports.status.listing import Column, Listing, Styled
from xlflow.reports.status.report import Report, Standing
from xlflow.reports.status.values import column_of, shown
from xlflow.timing.cells import Cells

State = Literal["without", "waiting", "approved"]
"""A change with no request that covers it; a request that waits; one that both sides approved."""

_STATES: tuple[State, ...] = ("without", "waiting", "approved")
_LOOKS = {"without": "error", "waiting": "warning", "approved": "text"}
_APPROVALS = ("business_approved_on", "technical_approved_on")
_KEYS = ("change_number", "change", "reason", "effect", "by", "date", *_APPROVALS)


@dataclass(frozen=True, slots=True)
class _Change:
    state: State
    day: date | None
    position: tuple[str, int]
    row: Sequence[Any]

    @property
    def order(self) -> tuple[object, ...]:
        """What nobody approved first; the newest first of each state."""
        day = self.day.toordinal() if self.day else 0
        return (_STATES.index(self.state), -day, self.position)


def changes(report: Report) -> Listing:
    """All changes of scope of all records."""
    found = [
        change
        for one in report.standings
        for change in (*_without_request(one, report), *_requests(one, report))
    ]
    found.sort(key=lambda change: change.order)
    counts = {state: sum(change.state == state for change in found) for state in _STATES}

    def column(key: str, width_chars: float, look: str = "text") -> Column:
        return Column(report.label(key, "changes"), width_chars, look)

    return Listing(
        heading=report.say("page.changes"),
        note=report.say("note.changes", **counts),
        columns=[
            Column(report.say("column.approval"), 18),
            *report.register_column,
            Column(report.label("number"), 12, "link"),
            Column(report.label("title"), 24),
            column("change_number", 14, "code"),
            column("change", 42),
            column("reason", 28),
            column("effect", 24),
            column("by", 12),
            column("date", 12, "date"),
            column("business_approved_on", 13, "date"),
            column("technical_approved_on", 13, "date"),
        ],
        rows=[change.row for change in found],
        kindly=report.say("kindly.changes"),
        frozen=report.frozen,
    )


def _requests(standing: Standing, report: Report) -> Iterator[_Change]:
    """The lines of the Changes sheet."""
    view, places = standing.view, report.places(standing.view.name)
    table = view.register.changes
    cells = Cells(table)
    held = [column_of(cells, key, report.language) for key in _KEYS]
    days = [cells.days(key).tolist() for key in ("date", *_APPROVALS)]
    for row, number, (day, *approved), values in zip(
        cells.rows,
        cells.texts("number"),
        zip(*days, strict=True),
        zip(*held, strict=True),
        strict=True,
    ):
        state, told = _stands(*(day is not None for day in approved))
        yield _Change(
            state,
            day,
            (view.name, row),
            (
                Styled(report.say(f"approval.{told}"), _LOOKS[state]),
                *report.register_cell(view.name),
                places.cell(table.cell(row, "change"), number or report.say("row", row=row)),
                standing.titles.get(number, ""),
                *values,
            ),
        )


def _stands(by_business: bool, by_technology: bool) -> tuple[State, str]:
    if by_business and by_technology:
        return "approved", "approved"
    if by_technology:
        return "waiting", "waits-business"
    return "waiting", "waits-technical" if by_business else "waits-both"


def _without_request(standing: Standing, report: Report) -> Iterator[_Change]:
    """The frozen fields that say something else than what both sides signed."""
    view, known = standing.view, standing.memory.changed_scopes
    table, places = view.register.requirements, report.places(view.name)
    cells = Cells(table)
    for position, (row, number) in enumerate(zip(cells.rows, cells.texts("number"), strict=True)):
        baseline = known.get(number)
        if baseline is None:
            continue
        for key, signed in baseline.values.items():
            value = table.frame[key].iat[position] if key in table.columns else signed
            if not baseline.is_changed(key, value):
                continue
            told = _scope(key, baseline, value, report)
            yield _Change(
                "without",
                None,
                (view.name, row),
                (
                    Styled(report.say("approval.without"), _LOOKS["without"]),
                    *report.register_cell(view.name),
                    places.cell(table.cell(row, key), number),
                    standing.titles.get(number, ""),
                    None,
                    told,
                    *(None,) * (len(_KEYS) - 2),
                ),
            )


def _scope(key: str, baseline: Baseline, value: object, report: Report) -> str:
    """What was signed, and what stands there now."""
    both = side_by_side(baseline.values[key], value)
    before, now = (shown(one) or report.say("nothing") for one in both)
    day = max(baseline.signed_on)
    return report.say("scope", field=report.label(key), day=day, before=before, now=now)
