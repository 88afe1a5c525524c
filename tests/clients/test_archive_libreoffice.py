"""An archive in a real LibreOffice: it opens, shows what was typed, and is locked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from clients.libreoffice import Office
from company import NOW, Company
from jobs.archive_company import progress
from registers import clean

from xlflow.jobs.archiving.archive import archive
from xlflow.jobs.archiving.choosing import Wish
from xlflow.jobs.archiving.unarchive import unarchive
from xlflow.jobs.keeping import open_ledger
from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.fields import SHEETS
from xlflow.settings import load_settings
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register

NUMBER = "2024-001"
FIELDS = [field.key for field in SHEETS["register"]]


def column(key: str) -> str:
    return column_letters(FIELDS.index(key) + 1)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@pytest.fixture
def archived(tmp_path: Path, language: Language) -> Path:
    """An archive with two records, made from a register in one of the languages."""
    company = Company(tmp_path / "company")
    rows = [
        clean("closed", language, number=f"2024-00{n}", closed_on=date(2023, 12, 29))
        for n in (1, 2)
    ]
    company.file.write_bytes(
        build_register(language, rows=rows, progress=[progress(NUMBER, "一行\nline")])
    )
    with open_ledger(company.settings) as ledger:
        outcome = archive(company.settings, ledger, NOW, Wish((NUMBER, "2024-002")))
    assert len(outcome.moved) == 2
    return company.file.parent / "archive" / "2023.xlsx"


def test_an_archive_shows_what_was_typed_and_lets_nobody_change_it(
    soffice: Office, archived: Path, language: Language
) -> None:
    row = clean("closed", language)
    register, lines = (say(language, f"record.sheet.{sheet}") for sheet in ("register", "progress"))
    with soffice.open(archived) as book:
        assert book.text(register, "A4") == NUMBER
        assert book.text(register, f"{column('title')}4") == row["title"]
        assert book.text(register, f"{column('goal')}5") == row["goal"]
        assert book.text(register, f"{column('closed_on')}4") == "2023-12-29"
        assert book.text(register, f"{column_letters(len(FIELDS) + 1)}4") == "2024-03-22 09:00"
        assert book.text(register, f"{column_letters(len(FIELDS) + 2)}4") == "register.xlsx"
        assert book.text(lines, "D4") == "一行\nline"
        assert book.sheets()[0] == say(language, "record.sheet.guide")
        for title in (register, lines):
            assert book.run("result = doc.Sheets.getByName(t).isProtected()", t=title)
        with pytest.raises(Exception, match=r"RuntimeException|protected|data"):
            book.set_data(register, "B4:B4", [["changed"]])
        assert book.text(register, "B4") == row["title"]


def test_rows_are_as_high_as_their_texts(
    soffice: Office, archived: Path, language: Language
) -> None:
    """LibreOffice does not fit rows on opening: what is cut off there was not measured."""
    register = say(language, "record.sheet.register")
    asked = "result = doc.Sheets.getByName(t).Rows.getByIndex({}).Height"
    with soffice.open(archived) as book:
        record = book.run(asked.format(3), t=register)
        blank = book.run(asked.format(50), t=register)
        assert record > 3 * blank


def test_an_archive_that_libreoffice_has_saved_is_one_still(
    soffice: Office, archived: Path, tmp_path: Path
) -> None:
    with soffice.open(archived) as book:
        saved = book.save_as(tmp_path / "saved.xlsx")
    archived.write_bytes(saved.read_bytes())
    folder = archived.parent.parent.parent
    company = Company.__new__(Company)
    company.settings = load_settings(folder / "xlflow.toml")
    with open_ledger(company.settings) as ledger:
        outcome = unarchive(company.settings, ledger, NOW, [NUMBER])
        assert outcome.back == {NUMBER: "2023.xlsx"}
    held = read_register(archived.read_bytes(), "2023.xlsx")
    assert list(held.requirements.frame["number"]) == ["2024-002"]
