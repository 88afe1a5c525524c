"""The status workbook: a summary on one page, and the lists behind its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xlflow.languages import Language
from xlflow.reports.status.board_page import write_board
from xlflow.reports.status.book import Page, ReportBook
from xlflow.reports.status.breakdown_page import write_breakdown
from xlflow.reports.status.chart_data import write_chart_data
from xlflow.reports.status.duty_lists import due_soon, overdue, people
from xlflow.reports.status.issue_log import issues
from xlflow.reports.status.listing import Listing, write_listing
from xlflow.reports.status.looks import AMBER, BLUE, GREEN, GREY, QUIET, RED
from xlflow.reports.status.record_lists import findings, records, waived
from xlflow.reports.status.report import Report, Standing
from xlflow.reports.status.scope_changes import changes
from xlflow.reports.status.summary_page import write_summary
from xlflow.reports.status.week_lists import stuck, this_week

_Write = Callable[[Page, Report], object]


def status_workbook(
    standings: Sequence[Standing],
    language: Language,
    *,
    left_out: Mapping[str, str] | None = None,
) -> bytes:
    """The .xlsx of one register, or of several together; the same arguments give the same bytes.

    `left_out`: the ids of registers that could not be read, and why: the summary tells of them.

    Raises:
        ReportRefused: A value does not fit into a workbook.
    """
    report = Report.of(standings, language, left_out or {})
    with ReportBook(language, report.title, report.totals.now) as book:

        def add(name: str, colour: str) -> Page:
            return book.add_page(report.say(f"page.{name}"), colour)

        summary = add("summary", BLUE)
        for name, colour, write in _pages(report):
            write(add(name, colour), report)
        write_summary(summary, report, write_chart_data(add("figures", QUIET), report))
    return book.content()


def _pages(report: Report) -> list[tuple[str, str, _Write]]:
    """The pages behind the summary: each one's name, colour, and what writes it."""
    pages: list[tuple[str, str, _Write]] = [
        ("this-week", BLUE, _listed(this_week)),
        ("overdue", RED, _listed(overdue)),
        ("due-soon", AMBER, _listed(due_soon)),
        ("stuck", GREY, _listed(stuck)),
        ("board", BLUE, write_board),
        ("issues", AMBER, _listed(issues)),
        ("changes", AMBER, _listed(changes)),
        ("people", GREEN, _listed(people)),
        ("breakdown", BLUE, write_breakdown),
        ("findings", RED, _listed(findings)),
        ("waived", QUIET, _listed(waived)),
        ("records", QUIET, _listed(records)),
    ]
    if any(one.waived for one in report.standings):
        return pages
    return [page for page in pages if page[0] != "waived"]


def _listed(listing: Callable[[Report], Listing]) -> _Write:
    def write(page: Page, report: Report) -> None:
        write_listing(page, listing(report), report.footer)

    return write
