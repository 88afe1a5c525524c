"""A compacted register in a real LibreOffice: values, formulas, dropdowns and marks are right."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from clients.libreoffice import Book, Office, Shown
from registers import clean

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.choices import CHOICES
from xlflow.record.fields import SHEETS
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.compaction import Removal, compact, verify_compaction
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register


def without(data: bytes, *removals: Removal) -> bytes:
    result = compact(data, removals)
    verify_compaction(data, result.data, removals)
    return result.data


def records(language: Language, numbers: list[int]) -> list[dict[str, object]]:
    """Records with gaps that the marks show, each in its own way."""
    rows = []
    for n in numbers:
        row = clean("testing", language, number=f"2024-{n:03}", title=f"標題 {n}")
        row["estimate"] = n + 0.5
        for key in (("goal", "root_cause"), ("design_due",), ("criteria", "estimate"))[n % 3]:
            row[key] = None
        if n == 5:
            row["development_due"] = "soon"  # no date
        rows.append(row)
    return rows


def shown(book: Book, folder: Path, sheet: str) -> list[list[Shown]]:
    """The cells that hold or mark anything, row by row."""
    rows = book.fills(folder)[sheet]
    while rows and not any(cell.text or cell.fill for cell in rows[-1]):
        rows.pop()
    return rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_looks_as_if_the_records_had_never_been_there(
    soffice: Office, tmp_path: Path, language: Language
) -> None:
    numbers, gone = list(range(1, 10)), [1, 4, 5, 9]
    kept = [n for n in numbers if n not in gone]
    lists = {"departments": ["Marketing", "Finance"]}
    title = say(language, "record.sheet.register")
    columns = range(1, len(SHEETS["register"]) + 1)
    removal = Removal(title, [n + 3 for n in gone], first_row=4, last_row=12, columns=columns)
    full = build_register(language, rows=records(language, numbers), **lists)
    (tmp_path / "compacted.xlsx").write_bytes(without(full, removal))
    fresh = build_register(language, rows=records(language, kept), **lists)
    (tmp_path / "fresh.xlsx").write_bytes(fresh)
    with soffice.open(tmp_path / "fresh.xlsx") as book:
        expected = shown(book, tmp_path, title)
    with soffice.open(tmp_path / "compacted.xlsx") as book:
        assert shown(book, tmp_path, title) == expected
        assert sum(bool(cell.fill) for row in expected[3:] for cell in row) >= len(kept)
        status = column_letters(1 + [f.key for f in SHEETS["register"]].index("status"))
        for row in (4, 8, 9, 12, 500):  # moved, cleared, and never used
            offered = book.dropdown(title, f"{status}{row}")
            assert offered == list(CHOICES["status"].labels(language))
        assert book.run("result = doc.Sheets.getByName(t).isProtected()", t=title)


def test_a_register_that_libreoffice_has_saved_is_compacted_too(
    soffice: Office, tmp_path: Path
) -> None:
    (tmp_path / "built.xlsx").write_bytes(
        build_register("en", rows=records("en", [1, 2, 3, 4]), departments=["Marketing", "Finance"])
    )
    with soffice.open(tmp_path / "built.xlsx") as book:
        saved = book.save_as(tmp_path / "saved.xlsx").read_bytes()
    columns = range(1, len(SHEETS["register"]) + 1)
    removal = Removal("Register", [5], first_row=4, last_row=7, columns=columns)
    before = read_register(saved, "saved.xlsx").requirements.frame
    after = read_register(without(saved, removal), "after.xlsx").requirements.frame
    assert after.to_dict("records") == before.drop(5).to_dict("records")


def tracker() -> bytes:
    """A tracker of a person's own: formulas, a name, a chart, a dropdown and marks over it."""
    saved = io.BytesIO()
    with xlsxwriter.Workbook(saved) as made:
        sheet, summary = made.add_worksheet("Log"), made.add_worksheet("Summary")
        red = made.add_format({"bg_color": "#FF0000"})
        days = made.add_format({"num_format": "yyyy-mm-dd"})
        bold = made.add_format({"bold": True})
        sheet.write_row("A1", ["Item", "State", "Amount", "Due"])
        sheet.set_column("D:D", 12, days)
        for row in range(1, 41):
            sheet.write(row, 0, f"item {row}")
            sheet.write(row, 1, "open" if row % 3 else "closed")
            sheet.write(row, 2, row * 1.1)
            sheet.write_datetime(row, 3, date(2024, 3, row % 28 + 1), days)
            sheet.write_formula(row, 5, f'=IF(C{row + 1}="","",C{row + 1}*2)')
        sheet.write_rich_string("A6", "it", bold, "em", " 5")
        sheet.autofilter("A1:D41")
        sheet.data_validation("B2:B500", {"validate": "list", "source": ["open", "closed"]})
        marked = {"type": "formula", "criteria": '=$B2="closed"', "format": red}
        sheet.conditional_format("A2:D500", marked)
        made.define_name("amounts", "=Log!$C$2:INDEX(Log!$C$2:$C$500,COUNT(Log!$C$2:$C$500))")
        summary.write_formula("A1", '=COUNTIFS(Log!$B$2:$B$2000,"closed",Log!$C$2:$C$2000,">10")')
        summary.write_formula("A2", "=SUM(amounts)")
        summary.write_formula("A3", "=ROWS(amounts)")
        summary.write_formula("A4", '=TEXT(MAX(Log!D:D),"yyyy-mm-dd")')
        summary.write_formula("A5", '=VLOOKUP("item 40",Log!$A$2:$C$41,3,FALSE)')
        chart = made.add_chart({"type": "line"})
        chart.add_series({"values": "=Log!$C$2:$C$41"})
        summary.insert_chart("C1", chart)
    return saved.getvalue()


def test_formulas_over_the_records_come_to_the_right_values(
    soffice: Office, tmp_path: Path
) -> None:
    closed = [row for row in range(2, 42) if (row - 1) % 3 == 0]
    removal = Removal("Log", closed[:-3], first_row=2, last_row=41, columns="ABCD")
    left = [row - 1 for row in range(2, 42) if row not in closed[:-3]]
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(without(tracker(), removal))
    with soffice.open(path) as book:
        book.recalculate()
        count, total, rows, last, found = (row[0] for row in book.data("Summary", "A1:A5"))
        assert count == 3
        assert total == pytest.approx(sum(n * 1.1 for n in left))
        assert rows == len(left)
        assert last == max(date(2024, 3, n % 28 + 1) for n in left).isoformat()
        assert found == pytest.approx(44)
        table = book.data("Log", "A2:F41")
        assert [row[0] for row in table] == [f"item {n}" for n in left] + [""] * 10
        assert [row[5] for row in table[: len(left)]] == pytest.approx([n * 2.2 for n in left])
        assert [row[5] for row in table[len(left) :]] == [""] * 10
        assert book.dropdown("Log", "B20") == ["open", "closed"]
        fills = [row[0].fill for row in book.fills(tmp_path)["Log"][1:41]]
        assert fills == ["#ff0000" if n % 3 == 0 else "" for n in left] + [""] * 10
        runs = "enum = doc.Sheets.getByName('Log').getCellRangeByName('A5').createEnumeration()\n"
        runs += "portions = enum.nextElement().createEnumeration()\nresult = []\n"
        runs += "while portions.hasMoreElements():\n    p = portions.nextElement()\n"
        runs += "    result.append([p.String, p.CharWeight])"
        assert book.run(runs) == [["it", 100.0], ["em", 150.0], [" 5", 100.0]]
