"""The status workbook: a summary on one page, and the lists behind its figures."""

from __future__ import annotations

from xlflow.languages import Language, say
from xlflow.reports.book import ReportBook
from xlflow.reports.duty_lists import due_soon, overdue, people
from xlflow.reports.links import Places
from xlflow.reports.listing import write_listing
from xlflow.reports.looks import AMBER, BLUE, GREEN, QUIET, RED
from xlflow.reports.naming import file_name
from xlflow.reports.overview import Overview
from xlflow.reports.record_lists import findings, records
from xlflow.reports.summary_page import write_summary


def status_workbook(view: Overview, language: Language, *, register_link: str = "") -> bytes:
    """The .xlsx; the same arguments give the same bytes.

    `register_link` is how the workbook names the register's file (see `links.register_link`);
    without it, the cells of the register are named but not linked.

    Raises:
        ReportRefused: A value does not fit into a workbook.
    """
    places = Places(view.register, register_link, language)
    title = say(language, "reports.title")
    footer = say(
        language, "reports.footer", title=title, file=file_name(view.register), day=view.today
    )
    lists = (
        ("overdue", RED, overdue(view, places, language)),
        ("due-soon", AMBER, due_soon(view, places, language)),
        ("people", GREEN, people(view, language)),
        ("findings", RED, findings(view, places, language)),
        ("records", QUIET, records(view, places, language)),
    )
    with ReportBook(language, title, view.now) as book:
        summary = book.add_page(say(language, "reports.page.summary"), BLUE)
        write_summary(summary, view, places, footer)
        for name, colour, listing in lists:
            page = book.add_page(say(language, f"reports.page.{name}"), colour)
            write_listing(page, listing, footer)
    return book.content()
