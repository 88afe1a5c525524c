"""A register that people have damaged in LibreOffice, as they do, and what a repair makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from clients.damage import DAMAGE, STAFF_ADDITIONS
from clients.libreoffice import Book, Office, OfficeRefusedError
from company import NOW, Company
from openpyxl.utils import column_index_from_string, get_column_letter
from python_calamine import CalamineWorkbook
from registers import clean

from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.repair import RepairOutcome, repair
from xlflow.record.fields import SHEETS
from xlflow.record.register import Register
from xlflow.workbook.template import build_register
from xlflow.workbook.template.looks import MARKS

TITLES = ("Delta", "Alpha", "Echo", "Bravo", "Charlie")
COLOURS = {str(look["bg_color"]).lower() for look in MARKS.values()}
REPAIRED_TEXTS = {
    ("Register", cell): text
    for cell, text in {
        "B1": "title",
        "L3": "Type",
        "M3": "Expected go-live",
        "P1": "background",
        "P3": "Background",
    }.items()
} | {("Lists", "B5"): "Medium"}


def repairs(company: Company) -> RepairOutcome:
    with one_run_at_a_time(company.settings), open_ledger(company.settings) as ledger:
        return repair(company.settings, ledger, NOW)


@pytest.fixture(scope="module")
def damaged(soffice: Office, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A register with what staff added, damaged."""
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / "register.xlsx"
    faulty = {"Alpha": {"goal": None, "department": "Nobody knows"}, "Echo": {"priority": None}}
    rows = [
        clean("submitted", title=title, number=None) | faulty.get(title, {}) for title in TITLES
    ]
    path.write_bytes(build_register("en", rows=rows, departments=["Marketing", "Finance"]))
    with soffice.open(path) as book:
        book.run(STAFF_ADDITIONS)
        book.run(DAMAGE)
        return book.save_as(folder / "saved.xlsx").read_bytes()


@pytest.fixture
def company(tmp_path: Path, damaged: bytes) -> Company:
    """A company that has this register on its drive."""
    company = Company(tmp_path / "company")
    company.file.write_bytes(damaged)
    return company


def cells(path: Path) -> dict[tuple[str, str], Any]:
    """Everything that stands in a workbook: tab and address -> value."""
    book = CalamineWorkbook.from_path(path)
    return {
        (tab, f"{get_column_letter(column)}{row}"): value
        for tab in book.sheet_names
        for row, line in enumerate(
            book.get_sheet_by_name(tab).to_python(skip_empty_area=False), start=1
        )
        for column, value in enumerate(line, start=1)
        if value != ""
    }


VALIDATIONS = """
sheet = doc.Sheets.getByName("Register")
rules = (sheet.getCellRangeByName(cell).Validation for cell in cells)
result = [
    (rule.Type.value, rule.getOperator().value, rule.getFormula1(), rule.getFormula2(),
     rule.ShowErrorMessage, rule.ErrorTitle, rule.ErrorMessage, rule.IgnoreBlankCells,
     rule.ShowInputMessage, rule.InputTitle, rule.InputMessage, rule.ShowList)
    for rule in rules
]
"""
ROWS = (5, 7, 1_048_576)


def validations(book: Book, columns: Mapping[str, str]) -> dict[str, Any]:
    """Field -> what its column says about typing, in some rows."""
    held = [(field.key, row) for field in SHEETS["register"] for row in ROWS]
    found = book.run(VALIDATIONS, cells=[f"{columns[key]}{row}" for key, row in held])
    return {f"{key} in row {row}": rule for (key, row), rule in zip(held, found, strict=True)}


def marks(book: Book, columns: Mapping[str, str], folder: Path) -> dict[tuple[int, str], str]:
    """The cells of records that show one of the template's colours."""
    book.run(
        'register = doc.Sheets.getByName("Register")\n'
        "register.Columns.IsVisible = register.Rows.IsVisible = True"
    )
    drawn = book.fills(folder)["Register"]
    return {
        (row, key): fill
        for row in range(4, 4 + len(TITLES))
        for key, letters in columns.items()
        if (fill := drawn[row - 1][column_index_from_string(letters) - 1].fill) in COLOURS
    }


def fresh(register: Register, path: Path) -> Path:
    """A new register with the same records."""
    rows = [
        {key: value for key, value in line.items() if value is not None}
        for line in register.requirements.frame.to_dict("records")
    ]
    path.write_bytes(build_register("en", rows=rows, departments=["Marketing", "Finance"]))
    return path


def test_what_was_damaged_is_as_in_a_new_register_again(
    company: Company, soffice: Office, tmp_path: Path
):
    outcome = repairs(company)
    assert outcome.left == ()
    assert outcome.refused is None
    register = company.register()
    columns = register.requirements.columns
    template = {
        field.key: get_column_letter(n) for n, field in enumerate(SHEETS["register"], start=1)
    }
    with (
        soffice.open(fresh(register, tmp_path / "fresh.xlsx")) as new,
        soffice.open(company.file) as book,
    ):
        assert validations(book, columns) == validations(new, template)
        assert book.dropdown("Register", f"{columns['priority']}4") == ["High", "Medium", "Low"]
        assert book.dropdown("Register", f"{columns['status']}4") == new.dropdown("Register", "C4")
        shown = marks(book, columns, tmp_path)
        assert len(set(shown.values())) > 1
        assert shown == marks(new, template, tmp_path)


def test_every_cell_that_people_typed_holds_what_it_held(company: Company):
    before = cells(company.file)
    repairs(company)
    after = cells(company.file)
    assert {place: after[place] for place in REPAIRED_TEXTS} == REPAIRED_TEXTS
    typed = {place: value for place, value in before.items() if place not in REPAIRED_TEXTS}
    kept = {place: value for place, value in after.items() if place not in REPAIRED_TEXTS}
    dates_again = {place for place in typed if typed[place] != kept[place]}
    assert typed.keys() == kept.keys()
    # Clearing formats had left bare numbers where there were dates.
    due_on = {place for place in dates_again if place[1].startswith("G")}  # xlflow's own
    assert due_on == {("Register", f"G{row}") for row in range(5, 8)}
    assert dates_again - due_on == {("Register", f"O{row}") for row in range(4, 8)}
    assert {typed[place] for place in dates_again - due_on} == {45352}
    assert {str(kept[place]) for place in dates_again - due_on} == {"2024-03-01"}


def test_what_staff_added_is_as_they_left_it(company: Company, soffice: Office):
    def theirs(book: Book) -> list[object]:
        charts = 'result = doc.Sheets.getByName("Staff notes").Charts.Count'
        note = (
            'notes = doc.Sheets.getByName("Register").Annotations\n'
            "result = [(notes[n].String, notes[n].Position.Column, notes[n].Position.Row)"
            " for n in range(notes.Count)]"
        )
        colours = (
            "result = [[rules.getByIndex(n).Formula1 for n in range(rules.Count)]"
            " for rules in (doc.Sheets.getByName(tab).getCellRangeByName(place).ConditionalFormat"
            ' for tab, place in (("Staff notes", "B3"), ("Register", "J150")))]'
        )
        hidden = 'result = doc.Sheets.getByName("Register").Columns.getByIndex(21).IsVisible'
        places = (("Staff notes", "B3"), ("Staff notes", "B20"), ("Register", "J4"))
        return [
            book.sheets(),
            *(book.run(code) for code in (charts, note, hidden)),
            book.run(colours)[0],
            [formula for formula in book.run(colours)[1] if formula == "10"],
            *(book.validation(*place) for place in places),
            book.validation("Register", "J200"),
        ]

    with soffice.open(company.file) as book:
        before = theirs(book)
    repairs(company)
    with soffice.open(company.file) as book:
        assert theirs(book) == before
        assert book.validation("Register", "J4").formula1 == "1"


def test_xlflows_own_columns_refuse_people_again_and_get_their_values_back(
    company: Company, soffice: Office
):
    repairs(company)
    outcome = company.runs()
    assert outcome.refused is None
    assert len(outcome.inspection.register.requirements) == len(TITLES)
    with soffice.open(company.file) as book:
        for cell in ("D4", "G5"):
            found = book.validation("Register", cell)
            assert (found.type, found.formula1, found.stops) == ("CUSTOM", "0", True)
        assert "all fine" not in book.text("Register", "D4")
        assert book.text("Register", "D4") == company.column("check")[0]
        # Cells that pasting had locked take what people type; headers do not.
        book.set_data("Register", "C4:C4", [["Submitted"]])
        with pytest.raises(OfficeRefusedError):
            book.set_data("Register", "L3:L3", [["What kind?"]])


def test_a_second_repair_writes_not_one_byte(company: Company):
    assert repairs(company).placed is not None
    before = company.sha()
    outcome = repairs(company)
    assert (outcome.placed, outcome.put_back, outcome.left) == (None, (), ())
    assert company.sha() == before


def test_a_register_that_libreoffice_has_only_saved_needs_no_repair(
    soffice: Office, tmp_path: Path
):
    company = Company(tmp_path / "company")
    company.has(clean("submitted"))
    with soffice.open(company.file) as book:
        saved = book.save_as(tmp_path / "saved.xlsx")
    company.file.write_bytes(saved.read_bytes())
    assert repairs(company).placed is None
