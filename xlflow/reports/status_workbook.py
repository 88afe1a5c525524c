"""The status workbook: a summary on one page, and the lists behind its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlflow.languages import Language
from xlflow.reports.book import ReportBook
from xlflow.reports.duty_lists import due_soon, overdue, people
from xlflow.reports.listing import write_listing
from xlflow.reports.looks import AMBER, BLUE, GREEN, QUIET, RED
from xlflow.reports.record_lists import findings, records
from xlflow.reports.report import Report, Standing
from xlflow.reports.summary_page import write_summary


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
    lists = (
        ("overdue", RED, overdue),
        ("due-soon", AMBER, due_soon),
        ("people", GREEN, people),
        ("findings", RED, findings),
        ("records", QUIET, records),
    )
    with ReportBook(language, report.title, report.totals.now) as book:
        write_summary(book.add_page(report.say("page.summary"), BLUE), report)
        for name, colour, listing in lists:
            page = book.add_page(report.say(f"page.{name}"), colour)
            write_listing(page, listing(report), report.footer)
    return book.content()
