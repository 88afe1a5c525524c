"""The first page: what a manager reads in a minute, on one sheet of paper.

The page is a grid of narrow columns: tiles with the figures of the week and of the moment, each
beside the week before; six charts; the registers, if there are several; and what is overdue and
what has stood still longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlflow.reports.links import Link
from xlflow.reports.naming import deadline_name, group_name, person_name
from xlflow.reports.status.book import Page, own_page
from xlflow.reports.status.chart_data import ChartData, Table
from xlflow.reports.status.charts import Drawing, Series, bar_chart, column_chart
from xlflow.reports.status.looks import BAR, BLUE, ORANGE, PALE_BAR, RED
from xlflow.reports.status.report import Report
from xlflow.reports.status.tiles import Tile, tiles
from xlflow.reports.status.week_lists import record_of
from xlflow.reports.texts import one_line, shown_due

# Eight tiles of three columns each; narrow columns are the gaps between them.
_TILE_STARTS = (1, 5, 9, 13, 17, 21, 25, 29)
_TILE_COLUMNS, _TILES_OF_WEEK = 3, 4
_COLUMNS = _TILE_STARTS[-1] + _TILE_COLUMNS - 1
_GAPS = tuple(start - 1 for start in _TILE_STARTS[1:])
_COLUMN_CHARS, _COLUMN_PIXELS = 6, 47
_GAP_CHARS, _GAP_PIXELS = 1.4, 15
_ROW_POINTS, _ROW_PIXELS = 15, 20
_PAGE_PIXELS = len(_TILE_STARTS) * (_TILE_COLUMNS * _COLUMN_PIXELS + _GAP_PIXELS) - _GAP_PIXELS
_TILE_ROW = 4
_CHARTS_ROW, _CHARTS_A_ROW = 10, 3
_MOST_CHART_ROWS, _LEAST_CHART_ROWS = 15, 11
_HALF_STARTS = (_TILE_STARTS[0], _TILE_STARTS[4])
_LONGEST = 8  # lines of what waits
_MOST_REGISTERS = 12


def write_summary(page: Page, report: Report, data: ChartData) -> None:
    """Lay the summary out on an empty page; `data`: the figures of its charts."""
    page.bare()
    for column in range(1, _COLUMNS + 1):
        page.column(column, _GAP_CHARS if column in _GAPS else _COLUMN_CHARS)
    _write_heading(page, report)
    _write_tiles(page, report)
    row = _insert_charts(page, report, data)
    if report.totals.are_several:
        row = _write_registers(page, row, report) + 2
    last = max(_write_overdue(page, row, report), _write_stuck(page, row, report))
    for number in range(_CHARTS_ROW, last + 1):
        page.row(number, _ROW_POINTS)
    page.paper(page.area(1, 1, last, _COLUMNS), report.footer, pages_high=1)


def _write_heading(page: Page, report: Report) -> None:
    totals = report.totals
    page.row(1, 28)
    page.row(2, 18)
    page.row(3, 6)
    page.merge(1, (1, _COLUMNS), report.title, "title")
    when = report.say(
        "subtitle",
        file=report.files,
        now=shown_due(totals.now),
        records=totals.records,
        errors=totals.severities["error"],
    )
    page.merge(2, (1, _COLUMNS), one_line(when, 300), "note")
    if report.left_out:
        page.row(3, 20)
        page.merge(3, (1, _COLUMNS), _left_out(report), "error-note")


def _left_out(report: Report) -> str:
    told = (
        report.say("left-out", register=register, reason=one_line(reason, 200))
        for register, reason in report.left_out.items()
    )
    return " ".join(told)


def _write_tiles(page: Page, report: Report) -> None:
    """Side by side: four of the week, four of the moment."""
    heights = (18, 17, 28, 17, 8, 6)
    for row, height in enumerate(heights, _TILE_ROW):
        page.row(row, height)
    shown = tiles(report)
    groups = (shown[:_TILES_OF_WEEK], shown[_TILES_OF_WEEK:])
    for first, of_group, name in zip(_HALF_STARTS, groups, _group_names(report), strict=True):
        end = first + (_TILE_COLUMNS + 1) * len(of_group) - 2
        page.merge(_TILE_ROW, (first, end), name, "note")
    for tile, first in zip(shown, _TILE_STARTS, strict=True):
        _write_tile(page, _TILE_ROW + 1, (first, first + _TILE_COLUMNS - 1), tile)


def _group_names(report: Report) -> tuple[str, str]:
    return _week_name(report), report.say("tiles.now")


def _week_name(report: Report) -> str:
    """What the week's figures tell of; since when, if xlflow has not looked all the time."""
    movement = report.movement
    if movement.known_since is None:
        return report.say("tiles.week-unseen")
    if movement.is_partial:
        since = movement.known_since.astimezone(movement.now.tzinfo)
        return report.say("tiles.week-since", day=since.date())
    return report.say("tiles.week")


def _write_tile(page: Page, row: int, columns: tuple[int, int], tile: Tile) -> None:
    alarm = "-alarm" if tile.is_alarm else ""
    page.merge(row, columns, Link(tile.name, own_page(tile.page)), f"tile-name{alarm}")
    page.merge(row + 1, columns, tile.figure, f"tile-figure{alarm}")
    page.merge(row + 2, columns, tile.note, f"tile-note{tile.mood}{alarm}")


def _insert_charts(page: Page, report: Report, data: ChartData) -> int:
    """Two rows of three; returns the row below them."""
    high = _chart_rows(report)
    wide = (_PAGE_PIXELS - (_CHARTS_A_ROW - 1) * _GAP_PIXELS) // _CHARTS_A_ROW
    size = (wide, high * _ROW_PIXELS - 8)
    charts = _charts(page, report, data, size)
    for at, chart in enumerate(charts):
        band, place = divmod(at, _CHARTS_A_ROW)
        page.insert(_CHARTS_ROW + band * high, 1, chart, (place * (wide + _GAP_PIXELS), 2))
    return _CHARTS_ROW + len(charts) // _CHARTS_A_ROW * high


def _chart_rows(report: Report) -> int:
    """How high a chart is; several registers need room for their table."""
    if not report.totals.are_several:
        return _MOST_CHART_ROWS
    lines = min(len(report.standings), _MOST_REGISTERS) + 3
    return max(_MOST_CHART_ROWS - lines // 2, _LEAST_CHART_ROWS)


def _charts(page: Page, report: Report, data: ChartData, size: tuple[int, int]) -> list[Any]:
    book, say = page.book, report.say

    def open_and_late(name: str, table: Table) -> Any:
        series = (
            Series(say("legend.open"), table.figures[0], BAR, labelled=True),
            Series(say("legend.overdue"), table.figures[1], RED),
        )
        drawing = Drawing(say(f"chart.{name}"), table.names, series, overlaid=True)
        return bar_chart(book, drawing, size)

    submitted, live, median, most = data.weeks.figures
    came_and_went = (
        Series(say("chart-figure.submitted"), submitted, PALE_BAR),
        Series(say("chart-figure.live"), live, BLUE),
    )
    flow = Drawing(say("chart.weeks"), data.weeks.names, came_and_went)
    took = Drawing(
        say("chart.cycle"), data.weeks.names, [Series(say("chart-figure.median"), median, BAR)]
    )
    ages = Drawing(
        say("chart.ages"),
        data.ages.names,
        [Series(say("legend.open"), data.ages.figures[0], BAR, labelled=True)],
    )
    return [
        open_and_late("statuses", data.statuses),
        column_chart(book, flow, size),
        column_chart(book, took, size, Series(say("chart-figure.p85"), most, ORANGE)),
        column_chart(book, ages, size),
        open_and_late("people", data.people),
        open_and_late("departments", data.departments),
    ]


_OF_REGISTER = ("open", "new", "moved", "finished", "late", "stuck", "due", "errors")


def _write_registers(page: Page, row: int, report: Report) -> int:
    """A line a register; returns the last row."""
    page.merge(row, (1, _COLUMNS), report.say("by.register"), "section")
    name_end, head = _TILE_STARTS[2] - 2, row + 1
    page.merge(head, (1, name_end), None, "small-name-header")
    places = [(start, start + 2) for start in range(name_end + 1, _COLUMNS, 3)]
    for name, columns in zip(_OF_REGISTER, places, strict=True):
        page.merge(head, columns, report.say(f"tile.{name}"), "small-header")
    shown = report.standings[:_MOST_REGISTERS]
    for at, standing in enumerate(shown, head + 1):
        page.merge(at, (1, name_end), standing.view.name, "small-name")
        figures = standing.movement.this_week
        errors = standing.view.severities["error"]
        for name, columns in zip(_OF_REGISTER, places, strict=True):
            figure = errors if name == "errors" else getattr(figures, name)
            look = "small-late" if name == "late" and figure else "small-count"
            page.merge(at, columns, report.say("not-known") if figure is None else figure, look)
    last = head + len(shown)
    if len(shown) < len(report.standings):
        last += 1
        more = report.say("others", count=len(report.standings) - len(shown))
        page.merge(last, (1, _COLUMNS), more, "note")
    return last


def _write_overdue(page: Page, row: int, report: Report) -> int:
    """What has been overdue longest; returns the last row."""
    lines = report.totals.longest_overdue[:_LONGEST]
    rows = [
        (
            _named(
                line.register,
                report.places(line.register).record(line.deadline.number, line.deadline.row),
                report,
            ),
            one_line(line.title),
            deadline_name(line.deadline, report.language),
            person_name(line.deadline.responsible, report.language),
            report.say("days", days=line.deadline.days_late),
        )
        for line in lines
    ]
    return _write_half(page, row, _HALF_STARTS[0], "overdue", rows, report)


def _write_stuck(page: Page, row: int, report: Report) -> int:
    """What has stood still longest; returns the last row."""
    rows = [
        (
            _named(case.register, record_of(case, report), report),
            one_line(case.title),
            group_name("status", case.status, report.totals.schema, report.language),
            person_name(case.who, report.language),
            "" if case.days is None else report.say("days", days=case.days),
        )
        for case in report.movement.stuck[:_LONGEST]
    ]
    return _write_half(page, row, _HALF_STARTS[1], "stuck", rows, report)


def _named(register: str, record: Link, report: Report) -> Link:
    """A record with its register, where there are several."""
    return Link(" ".join((*report.register_cell(register), record.text)), record.target)


_HALF_COLUMNS = _HALF_STARTS[1] - 2
# First and last column of each part of a line: number, title, what, who, how long.
_LINE = ((0, 1), (2, 6), (7, 9), (10, 12), (13, _HALF_COLUMNS - 1))
_LINE_LOOKS = ("small-link", "small-name", "small-name", "small-name", "small-late")


def _write_half(
    page: Page, row: int, first: int, name: str, rows: Sequence[Sequence[Any]], report: Report
) -> int:
    end = first + _HALF_COLUMNS - 1
    page.merge(row, (first, end), report.say(f"longest.{name}"), "section")
    if not rows:
        page.merge(row + 1, (first, end), report.say(f"kindly.{name}"), "kind")
        return row + 1
    for at, parts in enumerate(rows, row + 1):
        for (start, stop), part, look in zip(_LINE, parts, _LINE_LOOKS, strict=True):
            page.merge(at, (first + start, first + stop), part, look)
    return row + len(rows)
