"""An exported CSV in a real LibreOffice: texts stay texts, and nothing is calculated."""

from __future__ import annotations

from pathlib import Path

from clients.libreoffice import Office
from company import NOW, Company, new

from xlflow.jobs.exporting.job import Wish, export_files

NASTY = (
    *("=1+1", "+1+1", "-1+1", "@SUM(1;1)", "＝1+1", " =1+1", "\u200b=1+1", "'=1+1"),
    *('=HYPERLINK("http://example.com","x")', "=cmd|' /C calc'!A0", "a\n=1+1", '",=1+1,"'),
)

CELLS = """
sheet = doc.Sheets.getByIndex(0)
cursor = sheet.createCursor()
cursor.gotoEndOfUsedArea(False)
area = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
formulas = area.queryContentCells(16)
result = [list(map(list, area.DataArray)), formulas.Count]
"""


def test_a_spreadsheet_calculates_nothing_that_people_typed(soffice: Office, tmp_path: Path):
    company = Company(tmp_path / "company")
    company.has(*(new("A title", background=text, goal=text) for text in NASTY))
    path = tmp_path / "register.csv"
    export_files((company.settings,), Wish(("register",)), NOW, {"register": path})
    with soffice.open(path) as book:
        cells, formulas = book.run(CELLS)
    assert formulas == 0
    head, *rows = cells
    shown = [row[head.index("goal")] for row in rows]
    assert len(shown) == len(NASTY)
    assert all(isinstance(text, str) for text in shown)
    assert all(text[:1] not in "=+-@＝" for text in (text.strip("\u200b ") for text in shown))
    assert [row[head.index("estimate")] for row in rows] == [""] * len(NASTY)
