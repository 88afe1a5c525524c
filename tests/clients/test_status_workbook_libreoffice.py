"""The status workbook in a real LibreOffice: it opens, its links lead somewhere, it prints."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest
import xlsxwriter
from clients.libreoffice import Office, render
from reports.samples import sample_view, sample_views, standing_of, written_of

from xlflow.languages import LANGUAGES, Language, say
from xlflow.reports.status.workbook import status_workbook

FIRST = 5

LINKS = """
sheet = doc.Sheets.getByName(tab)
result = []
for row in range(first - 1, sheet.getRows().getCount()):
    cell = sheet.getCellByPosition(column, row)
    if not cell.String:
        break
    fields = cell.TextFields
    result.append(fields.getByIndex(0).URL if fields.Count else "")
"""
CHARTS = "result = doc.Sheets.getByName(tab).Charts.getCount()"
HEIGHTS = """
rows = doc.Sheets.getByName(tab).getRows()
result = []
for number in range(first - 1, last):
    row = rows.getByIndex(number)
    given = row.Height
    row.OptimalHeight = True
    result.append([given, row.Height])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A share with a register whose name must be escaped, and a folder for reports."""
    (tmp_path / "reports").mkdir()
    return tmp_path


def written(folder: Path, language: Language, now: datetime, link: str) -> Path:
    """The sample's status workbook, beside a register that holds the tabs that it links to."""
    view = sample_view(60, language, now)
    with xlsxwriter.Workbook(folder / "50% 需求 #1.xlsx") as register:
        for table in view.register.tables:
            register.add_worksheet(table.title)
    path = folder / "reports" / f"status-{language}.xlsx"
    path.write_bytes(written_of(view, language, link))
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_with_its_pages_and_charts(
    soffice: Office, folder: Path, now: datetime, language: Language
) -> None:
    names = (
        *("summary", "this-week", "overdue", "due-soon", "stuck", "board", "issues", "changes"),
        *("people", "breakdown", "findings", "records", "figures"),
    )
    with soffice.open(written(folder, language, now, "../50% 需求 #1.xlsx")) as book:
        assert book.sheets() == [say(language, f"reports.page.{name}") for name in names]
        assert book.run(CHARTS, tab=say(language, "reports.page.summary")) == 6
        assert book.run(CHARTS, tab=say(language, "reports.page.breakdown")) == 4


@pytest.mark.parametrize("link", ["../50% 需求 #1.xlsx", "{folder}/50% 需求 #1.xlsx"])
def test_each_finding_leads_to_its_cell_in_the_register(
    soffice: Office, folder: Path, now: datetime, link: str
) -> None:
    view = sample_view(60, "zh-Hans", now)
    path = written(folder, "zh-Hans", now, link.format(folder=folder))
    with soffice.open(path) as book:
        tab = say("zh-Hans", "reports.page.findings")
        links = book.run(LINKS, tab=tab, first=FIRST, column=1)
    register = folder / "50% 需求 #1.xlsx"
    targets = [urlsplit(link) for link in links]
    assert {Path(unquote(target.path)) for target in targets} == {register}
    cells = [unquote(target.fragment).replace("!", ".") for target in targets]
    assert sorted(cells) == sorted(found.cell.replace("!", ".") for found in view.findings)
    with soffice.open(register) as book:
        for cell in cells:
            assert book.text(*cell.rsplit(".", 1)) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_row_is_too_low_for_its_texts(
    soffice: Office, folder: Path, now: datetime, language: Language
) -> None:
    view = sample_view(60, language, now)
    rows = {
        "overdue": len(view.overdue),
        "due-soon": len({*view.due_soon, *view.due_this_week}),
        "issues": len(view.register.issues),
        "changes": len(view.register.changes),
        "findings": len(view.findings),
        "records": view.records,
    }
    path = written(folder, language, now, "register.xlsx")
    board = openpyxl.load_workbook(path)[say(language, "reports.page.board")]
    rows["board"] = board.max_row - FIRST + 1
    with soffice.open(path) as book:
        for name, count in rows.items():
            tab = say(language, f"reports.page.{name}")
            heights = book.run(HEIGHTS, tab=tab, first=FIRST, last=FIRST + count - 1)
            cut = [(FIRST + n, *pair) for n, pair in enumerate(heights) if pair[0] < pair[1]]
            assert cut == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_prints_on_one_page_of_a4_landscape(
    soffice: Office, folder: Path, now: datetime, language: Language
) -> None:
    with soffice.open(written(folder, language, now, "register.xlsx")) as book:
        pdf = book.to_pdf(folder / "status.pdf")
    first, second = (
        subprocess.run(
            ["pdftotext", "-f", str(page), "-l", str(page), pdf, "-"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for page in (1, 2)
    )
    assert say(language, "reports.title") in first
    for name in ("statuses", "weeks", "cycle", "ages", "people", "departments"):
        assert say(language, f"reports.chart.{name}") in first
    assert say(language, "reports.longest.overdue") in first
    assert say(language, "reports.longest.stuck") in first
    assert say(language, "reports.page.this-week") in second
    whole = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True)
    assert "###" not in whole.stdout  # what a cell shows that is too narrow for its number
    size = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert "841.89 x 595.304 pts (A4)" in size
    assert all(page.stat().st_size > 5_000 for page in render(pdf, folder))


def test_the_summary_of_many_registers_still_prints_on_one_page(
    soffice: Office, folder: Path, now: datetime
) -> None:
    views = sample_views(tuple((f"register-{n:02d}", 4) for n in range(14)), now)
    path = folder / "status.xlsx"
    path.write_bytes(status_workbook([standing_of(view) for view in views], "en"))
    with soffice.open(path) as book:
        pdf = book.to_pdf(folder / "status.pdf")
    first, second = (
        subprocess.run(
            ["pdftotext", "-f", str(page), "-l", str(page), pdf, "-"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for page in (1, 2)
    )
    for told in ("register-00", "register-11", say("en", "reports.longest.stuck")):
        assert told in first
    assert say("en", "reports.page.this-week") in second
