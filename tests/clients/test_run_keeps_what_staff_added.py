"""A run on a register to which people added charts, notes, pictures and sheets in LibreOffice."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from pathlib import Path

import pytest
from clients.libreoffice import Office
from company import Company, new
from registers import clean

from xlflow.record.fields import SHEETS
from xlflow.workbook.package import Package

DECORATE = """
from com.sun.star.table import CellRangeAddress
from com.sun.star.awt import Rectangle, Point, Size

doc.unprotect("")
sheets = doc.Sheets
sheets.insertNewByName("Staff notes", sheets.Count)
notes = sheets.getByName("Staff notes")
notes.getCellRangeByName("A1:B4").setDataArray(
    (("Month", "Cases"), ("January", 3.0), ("February", 5.0), ("March", 4.0))
)
notes.getCellRangeByName("B5").Formula = "=SUM(B2:B4)"
where = CellRangeAddress()
where.Sheet, where.StartColumn, where.StartRow, where.EndColumn, where.EndRow = (
    sheets.Count - 1, 0, 0, 1, 3)
place = Rectangle()
place.X, place.Y, place.Width, place.Height = 8000, 500, 9000, 6000
notes.Charts.addNewByName("Cases", place, (where,), True, True)

register = sheets.getByName("Register")
register.unprotect("")
cell = register.getCellRangeByName("B4")
register.Annotations.insertNew(cell.CellAddress, "Ask Finance before going on")
picture = doc.createInstance("com.sun.star.drawing.GraphicObjectShape")
picture.GraphicURL = url
picture.Size = Size(2000, 2000)
picture.Position = Point(30000, 500)
register.DrawPage.add(picture)
register.protect("")
doc.protect("")
result = True
"""


def png() -> bytes:
    """A small blue square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    rows = (b"\0" + b"\x30\x60\xa0" * 16) * 16
    header = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    compressed = zlib.compress(rows)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", compressed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture
def decorated(soffice: Office, tmp_path: Path) -> Company:
    """A company whose staff added what they like, and saved with LibreOffice."""
    company = Company(tmp_path / "company")
    company.has(
        new("Something new"),
        clean("developing", number="2024-001"),
        progress=[{"number": "2024-001", "date": date(2024, 3, 6), "text": "Begun", "by": "L. *"}],
    )
    picture = tmp_path / "square.png"
    picture.write_bytes(png())
    with soffice.open(company.file) as book:
        book.run(DECORATE, url=picture.as_uri())
        saved = book.save_as(tmp_path / "saved.xlsx")
    company.file.write_bytes(saved.read_bytes())
    return company


def test_a_run_leaves_every_other_part_and_cell_as_it_was(decorated: Company, soffice: Office):
    before, typed = Package.open(decorated.file.read_bytes(), "before"), decorated.register()
    names = {entry.name for entry in before.entries}
    assert any(name.startswith("xl/charts/") for name in names)
    assert any(name.startswith("xl/media/") for name in names)
    assert any("comment" in name for name in names)

    outcome = decorated.runs()
    assert outcome.refused is None
    assert list(outcome.numbered.values()) == ["2024-002"]

    after, written = Package.open(decorated.file.read_bytes(), "after"), decorated.register()
    assert [entry.name for entry in after.entries] == [entry.name for entry in before.entries]
    changed = {
        new.name
        for old, new in zip(before.entries, after.entries, strict=True)
        if (old.crc, bytes(old.raw)) != (new.crc, bytes(new.raw))
    }
    own_sheets = {before.worksheet("Register"), before.worksheet("Progress")}
    # A workbook with a formula is told to recalculate on opening.
    assert own_sheets <= changed <= {*own_sheets, before.workbook_part}
    for old, now in zip(typed.tables, written.tables, strict=True):
        own = [field.key for field in SHEETS[old.sheet] if field.is_own]
        assert old.frame.drop(columns=own).equals(now.frame.drop(columns=own))
    with soffice.open(decorated.file) as book:
        assert book.text("Register", "A4") == "2024-002"
        assert book.text("Staff notes", "B5") == "12"
        charts = 'result = doc.Sheets.getByName("Staff notes").Charts.Count'
        notes = 'result = doc.Sheets.getByName("Register").Annotations.Count'
        assert (book.run(charts), book.run(notes)) == (1, 1)


def test_a_second_run_on_it_changes_not_one_byte(decorated: Company):
    decorated.runs()
    before = decorated.sha()
    assert decorated.runs().placed is None
    assert decorated.sha() == before
