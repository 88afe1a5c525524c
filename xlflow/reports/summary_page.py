"""The first page: what a manager reads in a minute, on one sheet of paper.

The page is a grid of narrow columns: tiles with the headline figures, four small tables, each
with its chart, and what has waited longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlflow.languages import Language, say
from xlflow.record.schema import Schema
from xlflow.reports.book import Page, own_page
from xlflow.reports.charts import Series, bar_chart
from xlflow.reports.links import Link
from xlflow.reports.naming import deadline_name, group_name, person_name
from xlflow.reports.overview import Figures, Group, shortened
from xlflow.reports.report import Report
from xlflow.reports.texts import one_line, shown_due

# Three tiles a half of the page, of four columns each; narrow columns are the gaps between them.
_TILE_STARTS = (1, 6, 11, 16, 21, 26)
_TILE_COLUMNS = 4
_GAPS = tuple(start - 1 for start in _TILE_STARTS[1:])
_COLUMNS = _TILE_STARTS[-1] + _TILE_COLUMNS - 1
_HALF_STARTS, _HALF_COLUMNS = (_TILE_STARTS[0], _TILE_STARTS[3]), 14
_COLUMN_CHARS, _COLUMN_PIXELS = 6, 47
_GAP_CHARS, _GAP_PIXELS = 1.4, 15
_ROW_POINTS, _ROW_PIXELS = 16.5, 22
# Right of a small table's name (a tile and a gap) and its three figures.
_CHART_PIXELS = 5 * _COLUMN_PIXELS + _GAP_PIXELS
_TILE_ROW = 4
_UPPER = 9
_LONGEST_WAITS = 6
_MOST_GROUPS = 10  # rows of a small table; more are added up in the last one


@dataclass(frozen=True, slots=True)
class _Tile:
    name: str
    figure: int
    note: str
    page: str  # that tells more
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class _Figures:
    """A small table: its groups, and which of their figures it shows under which heading."""

    kind: str
    groups: Sequence[Group]
    schema: Schema
    columns: tuple[tuple[str, str], ...]  # heading, attribute; the first two are drawn


def write_summary(page: Page, report: Report) -> None:
    """Lay the summary out on an empty page."""
    language, view = report.language, report.totals
    page.bare()
    for column in range(1, _COLUMNS + 1):
        page.column(column, _GAP_CHARS if column in _GAPS else _COLUMN_CHARS)
    _write_heading(page, report)
    _write_tiles(page, _tiles(view, language))
    of_records = (("records", "records"), ("overdue", "overdue"), ("due-soon", "due_soon"))
    of_open = (("open", "open"), ("overdue", "overdue"), ("all", "records"))
    schema = view.schema
    departments = shortened(view.departments, _MOST_GROUPS, language)
    upper = (
        _Figures("status", view.statuses, schema, of_records),
        _Figures("department", departments, schema, of_open),
    )
    lower = (
        _Figures("priority", view.priorities, schema, of_open),
        _Figures("type", view.types, schema, of_open),
    )
    row = _write_band(page, _UPPER, upper)
    row = _write_band(page, row, lower)
    last = _write_longest(page, row, report)
    for number in range(_UPPER, last + 1):
        page.row(number, _ROW_POINTS)
    page.paper(page.area(1, 1, last, _COLUMNS), report.footer, pages_high=1)


def _write_heading(page: Page, report: Report) -> None:
    page.row(1, 34)
    page.row(2, 20)
    page.row(3, 8)
    page.merge(1, (1, _COLUMNS), report.title, "title")
    totals = report.totals
    when = report.say(
        "subtitle", file=report.files, now=shown_due(totals.now), records=totals.records
    )
    page.merge(2, (1, _COLUMNS), when, "note")
    if report.left_out:
        page.row(3, 20)
        page.merge(3, (1, _COLUMNS), _left_out(report), "error-note")


def _left_out(report: Report) -> str:
    told = (
        report.say("left-out", register=register, reason=one_line(reason, 200))
        for register, reason in report.left_out.items()
    )
    return " ".join(told)


def _tiles(view: Figures, language: Language) -> list[_Tile]:
    def tile(name: str, figure: int, page: str, *, alarm: bool = False, **facts: int) -> _Tile:
        note = say(language, f"reports.tile-note.{name}", **facts)
        title = say(language, f"reports.page.{page}")
        return _Tile(say(language, f"reports.tile.{name}"), figure, note, title, alarm=alarm)

    late, errors = view.overdue_records, view.severities["error"]
    return [
        tile("open", view.open, "records", records=view.records),
        tile("overdue", late, "overdue", alarm=late > 0, count=len(view.overdue)),
        tile("due-soon", view.due_soon_records, "due-soon", count=len(view.due_soon)),
        tile("blocked", view.in_status("blocked"), "records"),
        tile("closed", view.in_status("closed"), "records", count=view.in_status("cancelled")),
        tile("errors", errors, "findings", alarm=errors > 0, records=view.faulty_records),
    ]


def _write_tiles(page: Page, tiles: Sequence[_Tile]) -> None:
    """Side by side, from the tile row on; two narrow rows keep them off the tables."""
    page.row(_TILE_ROW, 20)
    page.row(_TILE_ROW + 1, 34)
    page.row(_TILE_ROW + 2, 20)
    page.row(_TILE_ROW + 3, 6)
    page.row(_TILE_ROW + 4, 8)
    for tile, first in zip(tiles, _TILE_STARTS, strict=True):
        columns = (first, first + _TILE_COLUMNS - 1)
        alarm = "-alarm" if tile.alarm else ""
        link = Link(tile.name, own_page(tile.page))
        page.merge(_TILE_ROW, columns, link, f"tile-name{alarm}")
        page.merge(_TILE_ROW + 1, columns, tile.figure, f"tile-figure{alarm}")
        page.merge(_TILE_ROW + 2, columns, tile.note, f"tile-note{alarm}")


def _write_band(page: Page, row: int, halves: tuple[_Figures, _Figures]) -> int:
    """Two small tables with their charts; returns the row after them."""
    high = max(len(figures.groups) for figures in halves)
    for figures, first in zip(halves, _HALF_STARTS, strict=True):
        _write_figures(page, row, first, figures, high)
    return row + high + 4


def _write_figures(page: Page, row: int, first: int, figures: _Figures, high: int) -> None:
    language = page.book.language
    name_end, end = first + _TILE_COLUMNS, first + _HALF_COLUMNS - 1
    page.merge(row, (first, end), say(language, f"reports.by.{figures.kind}"), "section")
    head = row + 1
    page.merge(head, (first, name_end), None, "small-name-header")
    for number, (heading, _) in enumerate(figures.columns, name_end + 1):
        page.write(head, number, say(language, f"reports.small.{heading}"), "small-header")
    for at, group in enumerate(figures.groups, head + 1):
        name = group_name(figures.kind, group.name, figures.schema, language)
        page.merge(at, (first, name_end), name, "small-name")
        for number, (heading, attribute) in enumerate(figures.columns, name_end + 1):
            figure = getattr(group, attribute)
            look = "small-late" if heading == "overdue" and figure else "small-number"
            page.write(at, number, figure, look)
    last = head + len(figures.groups)
    chart_column = name_end + len(figures.columns) + 1
    series = [
        Series(
            say(language, f"reports.legend.{heading}"),
            page.area(head + 1, name_end + 1 + n, last, name_end + 1 + n),
        )
        for n, (heading, _) in enumerate(figures.columns[:2])
    ]
    chart = bar_chart(
        page.book,
        page.area(head + 1, first, last, first),
        series[0],
        series[1],
        (_CHART_PIXELS, (high + 2) * _ROW_PIXELS),
    )
    page.insert(head, chart_column, chart, (0, 2))


def _write_longest(page: Page, row: int, report: Report) -> int:
    """What has been overdue longest; returns the last row."""
    language = report.language
    page.merge(row, (1, _COLUMNS), say(language, "reports.longest"), "section")
    lines = report.totals.longest_overdue[:_LONGEST_WAITS]
    if not lines:
        page.merge(row + 1, (1, _COLUMNS), say(language, "reports.kindly.overdue"), "kind")
        return row + 1
    for at, line in enumerate(lines, row + 1):
        deadline = line.deadline
        days = say(language, "reports.days-late", days=deadline.days_late)
        record = report.places(line.register).record(deadline.number, deadline.row)
        page.merge(at, (1, 2), record, "small-link")
        page.merge(at, (3, 14), one_line(line.title), "small-name")
        page.merge(at, (15, 19), deadline_name(deadline, language), "small-name")
        page.merge(at, (20, 24), person_name(deadline.responsible, language), "small-name")
        page.merge(at, (25, _COLUMNS), days, "small-late")
    return row + len(lines)
