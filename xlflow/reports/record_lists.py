"""The listings of the register's content: what the checks found, and all records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from math import isfinite
from operator import itemgetter
from typing import Any

from xlflow.checks.finding import Finding
from xlflow.languages import Language, say
from xlflow.record.fields import Field, Kind
from xlflow.reports.listing import Column, Listing, Styled
from xlflow.reports.overview import SEVERITIES, Overview
from xlflow.reports.report import Report, Standing
from xlflow.reports.texts import one_line
from xlflow.timing.cells import Cells

_WIDEST_OWN = 30  # characters of a column of a company's own field
_SHOWN_FOUND = 120  # characters of a faulty cell; the cell itself is one click away


def findings(report: Report) -> Listing:
    """What to mend, errors first, then register by register in the order of reading."""
    widths = {"severity": 10, "cell": 16, "field": 18, "mend": 60, "found": 26, "who": 14}

    def column(name: str, look: str = "text") -> Column:
        return Column(report.say(f"column.{name}"), widths[name], look)

    rows = [
        (SEVERITIES.index(found.severity), row)
        for one in report.standings
        for found, row in zip(one.view.findings, _finding_rows(one, report), strict=True)
    ]
    rows.sort(key=itemgetter(0))
    return Listing(
        heading=report.say("page.findings"),
        note=report.say("note.findings", **report.totals.severities),
        columns=[
            column("severity", "code"),
            *report.register_column,
            column("cell", "link"),
            Column(report.label("number"), 12, "code"),
            Column(report.label("title"), 26),
            column("field"),
            column("mend"),
            column("found"),
            column("who"),
        ],
        rows=[row for _, row in rows],
        kindly=report.say("kindly.findings"),
        frozen=report.frozen,
    )


def _finding_rows(standing: Standing, report: Report) -> Iterator[Sequence[Any]]:
    view, places = standing.view, report.places(standing.view.name)
    title = _titles(view)
    for found in view.findings:
        kind = say(report.language, f"findings.severity.{found.severity}")
        yield (
            Styled(kind, found.severity),
            *report.register_cell(view.name),
            places.cell(found.cell),
            found.number,
            title(found),
            found.label(report.language),
            found.message(report.language),
            _shown(found.found),
            found.owner,
        )


def records(report: Report) -> Listing:
    """All records with their main columns and the company's own, in the order of the registers."""
    keys: tuple[tuple[str, int], ...] = (
        ("title", 28),
        ("status", 11),
        ("priority", 9),
        ("type", 12),
        ("department", 16),
        ("requester", 12),
        ("owner", 12),
        ("submitted_on", 11),
        ("expected_on", 11),
        ("golive_due", 11),
    )
    schema, totals = report.totals.schema, report.totals
    present = {key for view in totals.views for key in view.register.requirements.columns}
    own = [field for field in schema.register if field.is_companys and field.key in present]
    keys += tuple((field.key, min(field.width_chars, _WIDEST_OWN)) for field in own)
    return Listing(
        heading=report.say("page.records"),
        note=report.say("note.records", count=totals.records, open=totals.open),
        columns=[
            *report.register_column,
            Column(report.label("number"), 12, "link"),
            *(Column(report.label(key), width, _look(schema.field(key))) for key, width in keys),
            Column(report.say("column.faults"), 9, "late"),
            Column(report.label("deadline"), 20),
            Column(report.label("next_step"), 50),
        ],
        rows=[
            row
            for view in totals.views
            for row in _record_rows(view, [key for key, _ in keys], report)
        ],
        kindly=report.say("kindly.records"),
        frozen=report.frozen,
    )


def _record_rows(view: Overview, keys: Sequence[str], report: Report) -> Iterator[Sequence[Any]]:
    places, shown = report.places(view.name), [_column(view, key, report.language) for key in keys]
    numbers = Cells(view.register.requirements).texts("number")
    errors = Counter(
        found.row
        for found in view.findings
        if found.severity == "error" and found.table == "register"
    )
    for row, number, *held in zip(
        view.register.requirements.frame.index.tolist(), numbers, *shown, strict=True
    ):
        guide = view.guidance.get(row)
        stands, step = (guide.deadline, guide.next_step) if guide else ("", "")
        yield (
            *report.register_cell(view.name),
            places.record(number, row),
            *held,
            errors[row] or None,
            stands,
            step,
        )


def _look(field: Field) -> str:
    if field.kind in (Kind.DAYS, Kind.AMOUNT):
        return "amount"
    return "date" if field.is_date else "text"


def _column(view: Overview, key: str, language: Language) -> list[Any]:
    """A column of the register: choices in the reader's language, the rest as it was typed."""
    cells, schema = Cells(view.register.requirements), view.register.schema
    field = schema.field(key)
    if field.choices:
        choices = schema.choices[field.choices]
        names = {code: choices.label(code, language) for code in set(cells.codes(key)) if code}
        typed = cells.texts(key)
        return [names.get(code, text) for code, text in zip(cells.codes(key), typed, strict=True)]
    if field.is_date:
        return [value if isinstance(value, date) else _shown(value) for value in cells.values(key)]
    if field.kind in (Kind.DAYS, Kind.AMOUNT):
        return [value if _is_number(value) else _shown(value) for value in cells.values(key)]
    return cells.texts(key)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _titles(view: Overview) -> Callable[[Finding], str]:
    """What tells the title of the record that a finding is about."""
    cells = Cells(view.register.requirements)
    titles = cells.texts("title")
    by_row = dict(zip(cells.rows, titles, strict=True))
    by_number = dict(zip(cells.texts("number"), titles, strict=True))

    def title(found: Finding) -> str:
        if found.table == "register":
            return by_row.get(found.row, "")
        return by_number.get(found.number, "") if found.number else ""

    return title


def _shown(value: object) -> str:
    """A cell's value as a text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return one_line(str(value), _SHOWN_FOUND)
