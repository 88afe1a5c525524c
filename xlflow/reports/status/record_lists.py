"""The listings of the register's content: what the checks found, and all records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from xlflow.checks.finding import Finding
from xlflow.languages import say
from xlflow.record.fields import Field, Kind
from xlflow.record.stages import FINISHED
from xlflow.reports.figures.overview import SEVERITIES, Overview
from xlflow.reports.status.listing import Column, Listing, Styled
from xlflow.reports.status.report import Report, Standing
from xlflow.reports.status.values import column_of, shown
from xlflow.timing.cells import Cells

_WIDEST_OWN = 30  # characters of a column of a company's own field


def findings(report: Report) -> Listing:
    """What to mend, errors first, then register by register in the order of reading."""
    rows = [
        (
            SEVERITIES.index(found.severity),
            (
                Styled(_severity(found, report), found.severity),
                *_finding_row(found, one, report),
                found.owner,
            ),
        )
        for one in report.standings
        for found in one.view.findings
    ]
    rows.sort(key=itemgetter(0))
    waived = sum(len(one.waived) for one in report.standings)
    note = report.say("note.findings", **report.totals.severities)
    return Listing(
        heading=report.say("page.findings"),
        note=f"{note} {report.say('note.also-waived', count=waived)}" if waived else note,
        columns=[
            Column(report.say("column.severity"), 10, "code"),
            *_finding_columns(report),
            Column(report.say("column.who"), 14),
        ],
        rows=[row for _, row in rows],
        kindly=report.say("kindly.findings"),
        frozen=report.frozen,
    )


def waived(report: Report) -> Listing:
    """What the company lets pass, whose waiver ends first on top."""
    held = [(found, one) for one in report.standings for found in one.waived]
    held.sort(key=lambda pair: pair[0].until)
    return Listing(
        heading=report.say("page.waived"),
        note=report.say("note.waived", count=len(held)),
        columns=[
            Column(report.say("column.until"), 12, "date"),
            *_finding_columns(report),
            Column(report.say("column.why"), 34),
        ],
        rows=[
            (pair.until, *_finding_row(pair.finding, one, report), pair.reason)
            for pair, one in held
        ],
        kindly=report.say("kindly.waived"),
        frozen=report.frozen,
    )


def _finding_columns(report: Report) -> list[Column]:
    return [
        *report.register_column,
        Column(report.say("column.cell"), 16, "link"),
        Column(report.label("number"), 12, "code"),
        Column(report.label("title"), 26),
        Column(report.say("column.field"), 18),
        Column(report.say("column.mend"), 56),
        Column(report.say("column.found"), 24),
    ]


def _finding_row(found: Finding, standing: Standing, report: Report) -> Sequence[Any]:
    name = standing.view.name
    return (
        *report.register_cell(name),
        report.places(name).cell(found.cell),
        found.number,
        standing.title_of(found),
        found.label(report.language),
        found.message(report.language),
        shown(found.found),
    )


def _severity(found: Finding, report: Report) -> str:
    return say(report.language, f"findings.severity.{found.severity}")


_STANDARD: Mapping[str, float] = MappingProxyType(
    {
        "title": 28,
        "status": 11,
        "priority": 9,
        "type": 12,
        "department": 16,
        "requester": 12,
        "owner": 12,
        "submitted_on": 11,
        "expected_on": 11,
        "golive_due": 11,
    }
)
"""The columns that every company has, with their widths in characters."""


def records(report: Report) -> Listing:
    """All records with their main columns, in the order of the registers.

    The company's own fields stand right of them and are not printed: with many, nobody could read
    the page.
    """
    totals, schema = report.totals, report.totals.schema
    present = {key for view in totals.views for key in view.register.requirements.columns}
    own = [field for field in schema.register if field.is_companys and field.key in present]
    columns = [
        *report.register_column,
        Column(report.label("number"), 12, "link"),
        *(
            Column(report.label(key), width, _look(schema.field(key)))
            for key, width in _STANDARD.items()
        ),
        Column(report.say("column.faults"), 9, "late"),
        Column(report.label("deadline"), 18),
        Column(report.label("next_step"), 42),
    ]
    note = report.say("note.records", count=totals.records, open=totals.open)
    beyond = [
        Column(report.label(field.key), min(field.width_chars, _WIDEST_OWN), _look(field))
        for field in own
    ]
    keys = [field.key for field in own]
    finished = [schema.choices["status"].label(code, report.language) for code in FINISHED]
    return Listing(
        heading=report.say("page.records"),
        note=f"{note} {report.say('note.own-fields', count=len(own))}" if own else note,
        columns=[*columns, *beyond],
        rows=[row for view in totals.views for row in _record_rows(view, keys, report)],
        kindly=report.say("kindly.records"),
        frozen=report.frozen,
        dimmed=(3 + len(report.register_column), finished),
        printed=len(columns),
    )


def _record_rows(view: Overview, own: Sequence[str], report: Report) -> Iterator[Sequence[Any]]:
    places, cells = report.places(view.name), Cells(view.register.requirements)
    held = [column_of(cells, key, report.language) for key in _STANDARD]
    companys = [column_of(cells, key, report.language) for key in own]
    errors = Counter(
        found.row
        for found in view.findings
        if found.severity == "error" and found.table == "register"
    )
    for at, (row, number) in enumerate(zip(cells.rows, cells.texts("number"), strict=True)):
        guide = view.guidance.get(row)
        stands, step = (guide.deadline, guide.next_step) if guide else ("", "")
        yield (
            *report.register_cell(view.name),
            places.record(number, row),
            *(column[at] for column in held),
            errors[row] or None,
            stands,
            step,
            *(column[at] for column in companys),
        )


def _look(field: Field) -> str:
    if field.kind in (Kind.DAYS, Kind.AMOUNT):
        return "amount"
    return "date" if field.is_date else "text"
