"""How the records spread over statuses, departments, priorities, types and registers.

Two small tables side by side, each with its chart, on one sheet of paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlflow.reports.figures.overview import Group, shortened
from xlflow.reports.naming import group_name
from xlflow.reports.status.book import Page
from xlflow.reports.status.charts import Drawing, Series, bar_chart
from xlflow.reports.status.looks import BAR, RED
from xlflow.reports.status.report import Report

# Each half: four columns and a narrow one for the name, three for figures, six for the chart.
_HALF_STARTS, _HALF_COLUMNS, _NAME_COLUMNS = (1, 16), 14, 5
_COLUMNS = _HALF_STARTS[-1] + _HALF_COLUMNS - 1
_GAPS = (5, 10, 15, 20, 25)
_COLUMN_CHARS, _COLUMN_PIXELS = 6, 47
_GAP_CHARS, _GAP_PIXELS = 1.4, 15
_ROW_POINTS, _ROW_PIXELS = 16.5, 22
_CHART_PIXELS = 5 * _COLUMN_PIXELS + _GAP_PIXELS
_FIRST = 4
_MOST_GROUPS = 14  # rows of a small table; more are added up in the last one


@dataclass(frozen=True, slots=True)
class _Figures:
    """A small table: its groups, and which of their figures it shows under which heading."""

    kind: str
    groups: Sequence[Group]
    columns: tuple[tuple[str, str], ...]  # heading, attribute; the first two are drawn


_OF_RECORDS = (("records", "records"), ("overdue", "overdue"), ("due-soon", "due_soon"))
_OF_OPEN = (("open", "open"), ("overdue", "overdue"), ("all", "records"))


def write_breakdown(page: Page, report: Report) -> None:
    """Lay the tables out on an empty page."""
    totals, language = report.totals, report.language
    page.bare()
    for column in range(1, _COLUMNS + 1):
        page.column(column, _GAP_CHARS if column in _GAPS else _COLUMN_CHARS)
    page.row(1, 30)
    page.write(1, 1, report.say("page.breakdown"), "title")
    page.write(2, 1, report.say("note.breakdown"), "note")
    tables = [
        _Figures("status", totals.statuses, _OF_RECORDS),
        _Figures("department", shortened(totals.departments, _MOST_GROUPS, language), _OF_OPEN),
        _Figures("priority", totals.priorities, _OF_OPEN),
        _Figures("type", totals.types, _OF_OPEN),
    ]
    if totals.are_several:
        registers = shortened(totals.registers, _MOST_GROUPS, language)
        tables.append(_Figures("register", registers, _OF_OPEN))
    row = _FIRST
    for start in range(0, len(tables), 2):
        row = _write_band(page, row, tables[start : start + 2], report)
    for number in range(_FIRST, row):
        page.row(number, _ROW_POINTS)
    page.paper(page.area(1, 1, row - 1, _COLUMNS), report.footer, pages_high=1)


def _write_band(page: Page, row: int, tables: Sequence[_Figures], report: Report) -> int:
    """Small tables side by side with their charts; returns the row after them."""
    high = max(len(figures.groups) for figures in tables)
    for figures, first in zip(tables, _HALF_STARTS, strict=False):
        _write_figures(page, row, first, figures, high, report)
    return row + high + 4


def _write_figures(
    page: Page, row: int, first: int, figures: _Figures, high: int, report: Report
) -> None:
    name_end, end = first + _NAME_COLUMNS - 1, first + _HALF_COLUMNS - 1
    page.merge(row, (first, end), report.say(f"by.{figures.kind}"), "section")
    head = row + 1
    page.merge(head, (first, name_end), None, "small-name-header")
    for number, (heading, _) in enumerate(figures.columns, name_end + 1):
        page.write(head, number, report.say(f"small.{heading}"), "small-header")
    for at, group in enumerate(figures.groups, head + 1):
        name = group_name(figures.kind, group.name, report.totals.schema, report.language)
        page.merge(at, (first, name_end), name, "small-name")
        for number, (heading, attribute) in enumerate(figures.columns, name_end + 1):
            figure = getattr(group, attribute)
            look = "small-late" if heading == "overdue" and figure else "small-number"
            page.write(at, number, figure, look)
    last = head + len(figures.groups)
    series = [
        Series(
            report.say(f"legend.{heading}"),
            page.area(head + 1, name_end + 1 + n, last, name_end + 1 + n),
            colour,
            labelled=n == 0,
        )
        for n, ((heading, _), colour) in enumerate(
            zip(figures.columns[:2], (BAR, RED), strict=True)
        )
    ]
    drawing = Drawing("", page.area(head + 1, first, last, first), series, overlaid=True)
    chart = bar_chart(page.book, drawing, (_CHART_PIXELS, (high + 2) * _ROW_PIXELS))
    page.insert(head, name_end + len(figures.columns) + 1, chart, (0, 2))
