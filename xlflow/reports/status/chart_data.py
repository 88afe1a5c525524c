"""The sheet with the figures behind the charts: small tables, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlflow.record.stages import OPEN
from xlflow.reports.figures.flow import AgeGroup, WeekFlow
from xlflow.reports.figures.overview import Figures, Group, Load, shortened
from xlflow.reports.naming import group_name, person_name
from xlflow.reports.status.book import Area, Page
from xlflow.reports.status.report import Report
from xlflow.reports.texts import one_line

MOST_NAMES = 8  # bars of a chart; departments beyond are added up, people beyond left out
_LONGEST_NAME = 16
_WIDTH = 5
_NOTHING = Group("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A small table on the page: the areas of its names and of each of its figures."""

    names: Area
    figures: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class ChartData:
    """Where the figures of each chart stand."""

    statuses: Table  # open, late
    weeks: Table  # submitted, live, median of working days, 85 in a hundred
    ages: Table  # open
    people: Table  # open in charge, late
    departments: Table  # open, late


def write_chart_data(page: Page, report: Report) -> ChartData:
    """Lay the tables out on an empty page."""
    writer = _Writer(page, report)
    page.bare()
    page.column(1, 26)
    for column in range(2, _WIDTH + 1):
        page.column(column, 18)
    page.row(1, 30)
    page.write(1, 1, report.say("page.figures"), "title")
    page.write(2, 1, report.say("note.figures"), "note")
    data = ChartData(
        statuses=writer.table("statuses", ("open", "late"), _statuses(report)),
        weeks=writer.table("weeks", ("submitted", "live", "median", "p85"), _weeks(report)),
        ages=writer.table("ages", ("open",), _ages(report)),
        people=writer.table("people", ("open", "late"), _people(report)),
        departments=writer.table("departments", ("open", "late"), _departments(report)),
    )
    page.freeze(3, 1)
    page.paper(page.area(1, 1, writer.row - 2, _WIDTH), report.footer, pages_high=1)
    return data


class _Writer:
    """Writes one table below the other."""

    def __init__(self, page: Page, report: Report) -> None:
        self._page = page
        self._report = report
        self.row = 4

    def table(
        self, name: str, headings: Sequence[str], rows: Sequence[tuple[str, Sequence[Any]]]
    ) -> Table:
        """A table with its heading; at least one row, so that its chart has something to hold."""
        page, say, top = self._page, self._report.say, self.row
        page.write(top, 1, say(f"chart.{name}"), "section")
        for column in range(2, _WIDTH + 1):
            page.write(top, column, None, "section")
        page.write(top + 1, 1, None, "small-name-header")
        for column, heading in enumerate(headings, 2):
            page.write(top + 1, column, say(f"chart-figure.{heading}"), "small-header")
        first = top + 2
        held = rows or [(say("nothing"), (0,) * len(headings))]
        for row, (label, figures) in enumerate(held, first):
            page.write(row, 1, label, "small-name")
            for column, figure in enumerate(figures, 2):
                page.write(row, column, figure, "small-number")
        last = first + len(held) - 1
        self.row = last + 3
        return Table(
            page.area(first, 1, last, 1),
            tuple(page.area(first, 2 + n, last, 2 + n) for n in range(len(headings))),
        )


def _statuses(report: Report) -> list[tuple[str, Sequence[int]]]:
    """The steps that open records pass, then the blocked ones."""
    totals = report.totals
    known = {group.name: group for group in totals.statuses}
    shown = [*OPEN, *([""] if known.get("", _NOTHING).open else [])]
    return [
        (
            group_name("status", code, totals.schema, report.language),
            _open_and_late(known.get(code, _NOTHING)),
        )
        for code in shown
    ]


def _weeks(report: Report) -> list[tuple[str, Sequence[int | None]]]:
    """By the Mondays; the last week is the one at hand."""
    weeks = report.movement.weeks
    names = [f"{flow.week.first:%m-%d}" for flow in weeks[:-1]] + [report.say("this-week")]
    return [(name, _flow(flow)) for name, flow in zip(names, weeks, strict=True)]


def _flow(flow: WeekFlow) -> Sequence[int | None]:
    return (flow.submitted, flow.live, flow.median_days, flow.p85_days)


def _ages(report: Report) -> list[tuple[str, Sequence[int]]]:
    return [(_age(group, report), (group.records,)) for group in report.movement.ages]


def _age(group: AgeGroup, report: Report) -> str:
    if group.least is None:
        return report.say("age.unknown")
    if group.most is None:
        return report.say("age.over", days=group.least - 1)
    return report.say("age.between", least=group.least, most=group.most)


def _people(report: Report) -> list[tuple[str, Sequence[int]]]:
    """Who has most open records; namesakes are told apart by their departments."""
    loads = sorted(
        (load for load in report.totals.people if load.open),
        key=lambda load: (-load.open, -load.late_records, load.name),
    )[:MOST_NAMES]
    names = [load.name for load in loads]
    return [
        (_person(load, report, is_namesake=names.count(load.name) > 1), _of(load)) for load in loads
    ]


def _person(load: Load, report: Report, *, is_namesake: bool) -> str:
    name = one_line(person_name(load.name, report.language), _LONGEST_NAME)
    return f"{name} ({load.department})" if is_namesake and load.department else name


def _of(load: Load) -> Sequence[int]:
    return (load.open, load.late_records)


def _departments(report: Report) -> list[tuple[str, Sequence[int]]]:
    totals: Figures = report.totals
    groups = [group for group in totals.departments if group.open]
    return [
        (
            one_line(
                group_name("department", group.name, totals.schema, report.language), _LONGEST_NAME
            ),
            _open_and_late(group),
        )
        for group in shortened(groups, MOST_NAMES, report.language)
    ]


def _open_and_late(group: Group) -> Sequence[int]:
    return (group.open, group.overdue)
