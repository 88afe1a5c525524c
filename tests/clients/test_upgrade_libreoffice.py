"""An upgraded register in a real LibreOffice: dropdowns, checks and colours of the new columns."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from clients.libreoffice import Book, Office
from openpyxl.utils import column_index_from_string
from own_fields import settings
from registers import clean

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.choices import CHOICES
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register
from xlflow.workbook.template.looks import MARKS
from xlflow.workbook.upgrading import upgrade


def register_of(language: Language, folder: Path, rows: list[dict[str, Any]]) -> Path:
    """A register of the standard's fields alone, upgraded."""
    data = build_register(language, rows=rows, departments=("Marketing",))
    path = folder / f"{language}.xlsx"
    path.write_bytes(upgrade(data, settings(language), file="register.xlsx").data)
    return path


def columns_of(path: Path, language: Language) -> dict[str, str]:
    schema = settings(language).schema
    register = read_register(path.read_bytes(), path.name, schema=schema)
    return dict(register.requirements.columns)


def marks(book: Book, sheet: str, columns: dict[str, str], row: int, folder: Path) -> set[str]:
    """The own fields whose cells in a row are marked as still needed."""
    book.run(f'doc.Sheets.getByName("{sheet}").Rows.IsVisible = True')
    drawn = book.fills(folder)[sheet][row - 1]
    keys = [field.key for field in settings().schema.register if field.is_companys]
    wanted = MARKS["missing"]["bg_color"].lower()
    return {key for key in keys if drawn[column_index_from_string(columns[key]) - 1].fill == wanted}


@pytest.mark.parametrize("language", LANGUAGES)
def test_new_columns_offer_their_choices_and_say_what_to_type(
    soffice: Office, tmp_path: Path, language: Language
):
    path, schema = register_of(language, tmp_path, []), settings(language).schema
    columns, sheet = columns_of(path, language), say(language, "record.sheet.register")
    with soffice.open(path) as book:
        for field in (field for field in schema.register if field.is_companys):
            found = book.validation(sheet, f"{columns[field.key]}900000")
            assert found.prompt_title == field.label(language)
            if field.choices:
                offered = book.dropdown(sheet, f"{columns[field.key]}900000")
                assert offered == list(schema.choices[field.choices].labels(language))
        kinds = {key: book.validation(sheet, f"{columns[key]}4").type for key in columns}
        types = book.dropdown(sheet, f"{columns['type']}4")
    assert kinds["cost_centre"] == "TEXT_LEN"
    assert (kinds["budget"], kinds["review_days"]) == ("DECIMAL", "DECIMAL")
    assert (kinds["audit_on"], kinds["approver"]) == ("DATE", "LIST")
    assert types == list(schema.choices["type"].labels(language))
    assert len(types) == len(CHOICES["type"].codes) + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_status_needs_of_the_new_columns_is_marked(
    soffice: Office, tmp_path: Path, language: Language
):
    stages = ("submitted", "designing", "developing", "closed")
    path = register_of(language, tmp_path, [clean(stage, language) for stage in stages])
    columns, sheet = columns_of(path, language), say(language, "record.sheet.register")
    needed: list[set[str]] = [{"cost_centre"}, {"plant"}, {"approver"}, {"audit_on"}]
    with soffice.open(path) as book:
        for n in range(len(stages)):
            wanted = set[str]().union(*needed[: n + 1])
            assert marks(book, sheet, columns, 4 + n, tmp_path) == wanted
        book.set_data(sheet, f"{columns['cost_centre']}4", [["4711"]])
        assert marks(book, sheet, columns, 4, tmp_path) == set()


def test_new_columns_are_typed_into_and_sorted_with_their_rows(soffice: Office, tmp_path: Path):
    rows = [clean("submitted", title=title) for title in ("C", "A", "B")]
    path = register_of("en", tmp_path, rows)
    columns = columns_of(path, "en")
    centre = columns["cost_centre"]
    sort = """
sheet = doc.Sheets.getByName("Register")
sheet.unprotect("")
field = uno.createUnoStruct("com.sun.star.table.TableSortField")
field.Field, field.IsAscending = 1, True
fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
area = [d for d in doc.DatabaseRanges.ElementNames] and None
ranges = doc.getPropertyValue("UnnamedDatabaseRanges")
area = ranges.getByTable(list(doc.Sheets.ElementNames).index("Register")).DataArea
cells = sheet.getCellRangeByPosition(area.StartColumn, 3, area.EndColumn, 5)
uno.invoke(cells, "sort", (properties(SortFields=fields, ContainsHeader=False),))
result = area.EndColumn
"""
    with soffice.open(path) as book:
        book.set_data("Register", f"{centre}4:{centre}6", [["c"], ["a"], ["b"]])
        end = book.run(sort)
        assert book.data("Register", "B4:B6") == [["A"], ["B"], ["C"]]
        assert book.data("Register", f"{centre}4:{centre}6") == [["a"], ["b"], ["c"]]
    assert end + 1 == max(column_index_from_string(letters) for letters in columns.values())


def test_a_register_that_libreoffice_saved_is_upgraded(soffice: Office, tmp_path: Path):
    data = build_register("en", rows=[clean("designing")], departments=("Marketing",))
    path = tmp_path / "old.xlsx"
    path.write_bytes(data)
    with soffice.open(path) as book:
        saved = book.save_as(tmp_path / "saved.xlsx")
    outcome = upgrade(saved.read_bytes(), settings(), file="saved.xlsx")
    assert len(outcome.added) == 7
    saved.write_bytes(outcome.data)
    columns = columns_of(saved, "en")
    with soffice.open(saved) as book:
        assert book.dropdown("Register", f"{columns['plant']}500") == ["Suzhou", "Shanghai"]
        assert marks(book, "Register", columns, 4, tmp_path) == {"cost_centre", "plant"}


def test_a_field_that_is_asked_from_a_day_on_is_marked_in_newer_records_only(
    soffice: Office, tmp_path: Path
):
    sections = """
[[fields]]
key = "cost_centre"
label = "Cost centre"
required_from = "submitted"
since = 2024-03-02
"""
    days = (date(2024, 3, 1), date(2024, 3, 2), None)
    rows = [clean("submitted", submitted_on=day) for day in days]
    data = build_register("en", rows=rows, departments=("Marketing",))
    path = tmp_path / "since.xlsx"
    path.write_bytes(upgrade(data, settings("en", sections), file="register.xlsx").data)
    with soffice.open(path) as book:
        book.run('doc.Sheets.getByName("Register").Rows.IsVisible = True')
        drawn = book.fills(tmp_path)["Register"]
    fills = [drawn[row - 1][column_index_from_string("BL") - 1].fill for row in (4, 5, 6)]
    missing = MARKS["missing"]["bg_color"].lower()
    assert [fill == missing for fill in fills] == [False, True, True]
