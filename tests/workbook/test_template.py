"""The template as a file: names, properties, locks, and the built workbooks that are shipped."""

from __future__ import annotations

import io
import re
import runpy
import zipfile
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from checkout import ROOT
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet
from registers import clean, register

from xlflow.checks import check
from xlflow.languages import LANGUAGES, Language, entry, say
from xlflow.pages.heights import lines_of, row_height
from xlflow.record.example import worked_example
from xlflow.record.fields import MODULES, SHEETS
from xlflow.record.register import Person
from xlflow.record.schema import STANDARD
from xlflow.settings import Settings, default_settings
from xlflow.workbook.schema import (
    FIRST_ROW,
    HEADER_ROW,
    KEY_ROW,
    LANGUAGE_PROPERTY,
    LAST_ROW,
    LIST_ROWS,
    PERSON_KEYS,
    REGISTER_PROPERTY,
    SCHEMA,
    SCHEMA_PROPERTY,
)
from xlflow.workbook.template import TABS, TemplateRefused, build_register
from xlflow.workbook.template.looks import COLOURS, MARKS
from xlflow.workbook.template.needs import NEEDED_WITH
from xlflow.workbook.template.pages import page_starts


def opened(language: Language = "en", **contents: Any) -> openpyxl.Workbook:
    if not contents:
        return empty(language)
    return openpyxl.load_workbook(io.BytesIO(build_register(language, **contents)))


@cache
def empty(language: Language) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(build_register(language)))


def column_styles(page: Worksheet) -> list[ColumnDimension]:
    """The style of each column; openpyxl keeps neighbours of the same style together."""
    held = sorted(page.column_dimensions.values(), key=lambda found: found.min)
    return [found for found in held for _ in range(found.min, found.max + 1)]


def part(workbook: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        return package.read(name).decode()


def tab(language: Language, sheet: str) -> str:
    return say(language, f"record.sheet.{sheet}")


def settings_with(**sections: Any) -> Settings:
    return Settings.model_validate({"register": {"path": "r.xlsx"}, **sections})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_workbooks_are_what_the_code_builds(language: Language) -> None:
    shipped = (ROOT / "workbook_templates" / f"register.{language}.xlsx").read_bytes()
    built = build_register(language)
    with (
        zipfile.ZipFile(io.BytesIO(shipped)) as old,
        zipfile.ZipFile(io.BytesIO(built)) as new,
    ):
        assert old.namelist() == new.namelist()
        # Compared part by part: how well a part is compressed depends on the machine's zlib.
        differing = [name for name in new.namelist() if old.read(name) != new.read(name)]
    assert differing == [], "type: scripts/build_templates"


def test_build_templates_finds_what_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "build_templates.py"))
    monkeypatch.setitem(script["main"].__globals__, "FOLDER", tmp_path)

    def run(*options: str) -> int:
        monkeypatch.setattr("sys.argv", ["build_templates", *options])
        return int(script["main"]())

    assert run("--check") == 1
    assert run() == 0
    assert run("--check") == 0
    (tmp_path / "register.en.xlsx").write_bytes(build_register("en", register_id="other"))
    capsys.readouterr()
    assert run("--check") == 1
    assert "register.en.xlsx differs" in (told := capsys.readouterr().out)
    assert "docProps/custom.xml" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_input_gives_the_same_bytes(language: Language) -> None:
    contents: dict[str, Any] = {"rows": [worked_example(language)], "register_id": "hr"}
    assert build_register(language, **contents) == build_register(language, **contents)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_register_says_what_it_is(language: Language) -> None:
    book = opened(language, register_id="sales")
    told = {prop.name: prop.value for prop in book.custom_doc_props.props}
    assert told == {
        SCHEMA_PROPERTY: SCHEMA,
        LANGUAGE_PROPERTY: language,
        REGISTER_PROPERTY: "sales",
    }
    assert book.sheetnames == [tab(language, sheet) for sheet in TABS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_record_sheet_has_keys_and_labels_over_every_column(language: Language) -> None:
    book = opened(language)
    for sheet, fields in SHEETS.items():
        page = book[tab(language, sheet)]
        assert [cell.value for cell in page[KEY_ROW]] == [field.key for field in fields]
        assert [cell.value for cell in page[HEADER_ROW]] == [f.label(language) for f in fields]
        assert page.row_dimensions[KEY_ROW].hidden
        assert page.max_row == HEADER_ROW


def test_columns_of_one_module_stand_under_its_name_and_colour() -> None:
    page = opened()["Register"]
    module = ""
    for column, field in enumerate(SHEETS["register"], 1):
        banner, head = page.cell(2, column), page.cell(HEADER_ROW, column)
        if field.banner != module:
            module = field.banner
            assert banner.value == say("en", f"record.module.{module}")
        assert banner.value in (None, say("en", f"record.module.{module}"))
        assert banner.fill.fgColor.rgb == f"FF{COLOURS[module][0][1:]}"
        assert head.fill.fgColor.rgb == f"FF{COLOURS[module][1][1:]}"


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_texts_stand_out_from_their_fills() -> None:
    assert set(COLOURS) == set(MODULES)
    for banner, head in COLOURS.values():
        assert contrast("#FFFFFF", banner) >= 4.5
        assert contrast("#222222", head) >= 7
    for look in MARKS.values():
        assert contrast(look.get("font_color", "#222222"), look["bg_color"]) >= 4.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_star_marks_what_a_submission_needs_without_changing_the_label(
    language: Language,
) -> None:
    page = opened(language)[tab(language, "register")]
    starred = {
        field.key
        for column, field in enumerate(SHEETS["register"], 1)
        if page.cell(HEADER_ROW, column).number_format == '@"\u00a0*"'
    }
    assert starred == {f.key for f in SHEETS["register"] if f.required_from == "submitted"}


def test_only_columns_for_records_are_unlocked_and_sorting_stays_allowed() -> None:
    book = opened()
    assert book.security.lockStructure
    for page in book:
        assert page.protection.sheet
        allowed = {name for name in dir(page.protection) if getattr(page.protection, name) is False}
        assert {"sort", "autoFilter", "formatColumns", "formatRows"} <= allowed
        assert not {"formatCells", "insertRows", "deleteRows", "insertColumns"} & allowed
    for sheet, fields in SHEETS.items():
        page = book[tab("en", sheet)]
        styles = column_styles(page)
        assert len(styles) == len(fields)
        assert not any(style.protection.locked for style in styles)
        assert page[f"A{HEADER_ROW}"].protection.locked
        assert page.auto_filter.ref == f"A{HEADER_ROW}:{get_column_letter(len(fields))}{LAST_ROW}"
    for sheet in ("guide", "lists", "example"):
        cells = (cell for row in book[tab("en", sheet)].iter_rows() for cell in row)
        assert all(cell.protection.locked for cell in cells)


def test_protection_has_a_password_only_if_the_settings_say_so() -> None:
    book = opened(settings=settings_with(template={"password": "secret"}))
    for page in book:
        assert page.protection.password == openpyxl.utils.protection.hash_password("secret")
    assert book.security.workbookPassword == openpyxl.utils.protection.hash_password("secret")
    assert all(not page.protection.password for page in opened())


def test_validations_and_marks_reach_to_the_last_row() -> None:
    book = opened()
    for sheet, fields in SHEETS.items():
        page = book[tab("en", sheet)]
        letters = [get_column_letter(n) for n in range(1, len(fields) + 1)]
        ranges = {str(rule.sqref) for rule in page.data_validations.dataValidation}
        assert ranges == {f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}" for letter in letters}
        marked = " ".join(str(rule.sqref) for rule in page.conditional_formatting)
        assert set(re.findall(r"\d+", marked)) == {str(FIRST_ROW), str(LAST_ROW)}


def test_numbers_are_texts_and_dates_are_dates() -> None:
    book = opened()
    styles = column_styles(book["Register"])
    formats = {
        field.key: style.number_format
        for field, style in zip(SHEETS["register"], styles, strict=True)
    }
    assert {formats[key] for key in ("number", "title", "goal", "owner")} == {"@"}
    assert {formats[f.key] for f in SHEETS["register"] if f.is_date} == {"yyyy-mm-dd"}
    assert formats["estimate"] == "General"
    assert column_styles(book["Issues"])[1].number_format == "yyyy-mm-dd hh:mm"


def test_defined_names_are_ascii_and_those_for_marks_are_hidden() -> None:
    books = {language: opened(language) for language in LANGUAGES}
    names = {language: set(book.defined_names) for language, book in books.items()}
    assert names["en"] == names["zh-Hans"] == names["zh-Hant"]
    assert all(re.fullmatch(r"xlflow_[a-z_]+", name) for name in names["en"])
    shown = {name for name, found in books["en"].defined_names.items() if not found.hidden}
    assert {"xlflow_status", "xlflow_departments", "xlflow_people", "xlflow_numbers"} <= shown
    assert not any(name.startswith("xlflow__") for name in shown)


def test_every_name_that_a_formula_uses_is_defined() -> None:
    workbook = build_register("zh-Hant")
    defined = set(opened("zh-Hant").defined_names)
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        sheets = [name for name in package.namelist() if "/worksheets/sheet" in name]
        used = {
            name
            for sheet in sheets
            for formula in re.findall(r"<formula1?>(.*?)</formula1?>", package.read(sheet).decode())
            for name in re.findall(r"xlflow_\w+", formula)
        }
    assert used == defined


def test_a_blank_in_the_list_of_numbers_does_not_open_it_to_any_entry() -> None:
    page = opened()["Progress"]
    rule = next(r for r in page.data_validations.dataValidation if r.formula1 == "xlflow_numbers")
    assert not rule.allow_blank


def test_rows_are_written_as_they_are() -> None:
    rows = [
        {"number": "2024-001", "title": "=1+1", "submitted_on": date(2024, 3, 1), "estimate": 2.5},
        {"title": "third", "submitted_on": "2024/3/1", "status": None, "goal": "a\nb"},
    ]
    issues = [{"number": "2024-001", "raised_at": datetime.fromisoformat("2024-03-01 09:30")}]
    book = opened(rows=rows, issues=issues)
    page = book["Register"]
    columns = {field.key: n for n, field in enumerate(SHEETS["register"], 1)}
    assert [page.cell(4, columns[key]).value for key in rows[0]] == [
        "2024-001",
        "=1+1",
        datetime.fromisoformat("2024-03-01"),
        2.5,
    ]
    assert page.cell(4, columns["title"]).data_type == "s"
    assert [page.cell(5, columns[key]).value for key in ("submitted_on", "status", "goal")] == [
        "2024/3/1",
        None,
        "a\nb",
    ]
    assert book["Issues"]["B4"].value == datetime.fromisoformat("2024-03-01 09:30")
    written = page.cell(4, columns["title"])
    assert not written.protection.locked
    assert written.number_format == "@"


def test_a_row_with_an_unknown_field_is_a_fault_of_the_caller() -> None:
    with pytest.raises(KeyError):
        build_register("en", rows=[{"nonsense": 1}])


def test_row_heights_are_left_to_excel() -> None:
    sheet = part(build_register("en", rows=[worked_example("en")]), "xl/worksheets/sheet2.xml")
    row = re.search(r'<row r="4"[^>]*>', sheet)
    assert row
    assert 'ht="' in row[0]
    assert "customHeight" not in row[0]


def test_a_record_with_long_texts_does_not_fill_the_screen() -> None:
    page = opened(rows=[{"goal": "line\n" * 100}, {"goal": "line"}])["Register"]
    assert page.row_dimensions[4].height == 180
    assert page.row_dimensions[5].height < 20


def test_lists_hold_departments_and_people_under_their_keys() -> None:
    person = Person("W. *", "IT", "w@example.com", "Z. *")
    page = opened(people=[person], departments=["Sales", "Legal, Tax"])["Lists"]
    keys = {cell.value: cell.column for cell in page[KEY_ROW] if cell.value}
    assert [page.cell(FIRST_ROW, keys[key]).value for key in PERSON_KEYS] == [
        "W. *",
        "IT",
        "w@example.com",
        "Z. *",
    ]
    assert [page.cell(row, keys["department"]).value for row in (4, 5, 6)] == [
        "Sales",
        "Legal, Tax",
        None,
    ]


@pytest.mark.parametrize(
    ("departments", "listed"),
    [(["Legal"], ["Legal"]), ([], entry("en", "template.departments"))],
)
def test_departments_come_from_the_settings_else_from_a_short_list_to_begin_with(
    departments: list[str], listed: list[str]
) -> None:
    page = opened(settings=settings_with(template={"departments": departments}))["Lists"]
    column = next(c.column for c in page[KEY_ROW] if c.value == "department")
    held = [page.cell(row, column).value for row in range(FIRST_ROW, FIRST_ROW + LIST_ROWS)]
    assert [text for text in held if text] == listed


def test_too_many_departments_are_refused_rather_than_dropped() -> None:
    with pytest.raises(TemplateRefused) as refused:
        build_register("en", departments=[f"D{n}" for n in range(LIST_ROWS + 1)])
    assert refused.value.place == "departments"
    for language in LANGUAGES:
        assert "departments" in refused.value.message(language)


def test_a_text_that_excel_would_cut_is_refused_with_its_cell() -> None:
    with pytest.raises(TemplateRefused) as refused:
        build_register("en", rows=[{"goal": "x" * 32_768}])
    columns = [field.key for field in SHEETS["register"]]
    assert refused.value.place == f"Register!{get_column_letter(columns.index('goal') + 1)}4"


def test_a_warning_of_the_writer_is_an_error() -> None:
    with pytest.raises(TemplateRefused):
        build_register("en", register_id="x" * 256)


def test_the_limits_of_the_settings_are_those_of_the_cells() -> None:
    chosen = settings_with(limits={"title_en": 40}, deadlines={"confirm": 3, "answer": 48})
    book = opened(settings=chosen)
    rules = book["Register"].data_validations.dataValidation
    rule = next(r for r in rules if str(r.sqref).startswith("B4:"))
    assert (rule.type, rule.formula1) == ("textLength", "40")
    assert "40" in rule.error
    guide = " ".join(str(cell.value) for row in book["Guide"].iter_rows() for cell in row)
    assert "3 working days after submission" in guide
    assert "within 48 hours" in book["Issues"]["A2"].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_fit_into_excels_dialogs(language: Language) -> None:
    book = opened(language)
    for sheet in SHEETS:
        for rule in book[tab(language, sheet)].data_validations.dataValidation:
            assert 0 < len(rule.promptTitle) <= 32
            assert 0 < len(rule.prompt) <= 255
            assert len(rule.errorTitle or "") <= 32
            assert len(rule.error or "") <= 224


@pytest.mark.parametrize("key", NEEDED_WITH)
def test_what_a_choice_makes_needed_is_what_the_checks_ask_for(key: str, now: datetime) -> None:
    other, code, since = NEEDED_WITH[key]
    status = since or ("testing" if other == "result" else "assessing")
    row = clean(status, **{other: code, key: None})
    found = check(register([row], departments=()), default_settings(), now)
    assert key in {finding.field for finding in found}, (other, code)
    assert STANDARD.field(other).choices


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_shows_the_worked_example_module_by_module(language: Language) -> None:
    page = opened(language)[tab(language, "example")]
    shown = {row[0].value: row[1].value for row in page.iter_rows(max_col=2)}
    example = worked_example(language)
    for field in SHEETS["register"]:
        if field.key in example:
            value = shown[field.label(language)]
            assert (value.date() if isinstance(value, datetime) else value) == example[field.key]
    modules = [m for m in MODULES if m != "guidance"]
    order = [row for row in shown if row in {say(language, f"record.module.{m}") for m in modules}]
    assert order == [say(language, f"record.module.{module}") for module in modules]
    assert page.page_setup.paperSize == 9
    assert page.page_setup.orientation == "portrait"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_is_one_page_without_open_placeholders(language: Language) -> None:
    page = opened(language)[tab(language, "guide")]
    texts = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value]
    assert not [text for text in texts if "{" in text or "}" in text]
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight in (None, 1)  # 1 is what nothing means
    for step in range(1, 7):
        assert say(language, f"record.step.{step}") in texts


def test_printed_pages_begin_with_modules_where_they_can() -> None:
    columns = [(11, "a"), (26, "a"), (20, "b"), (20, "b"), (65, "c"), (90, "d"), (90, "d")]
    assert page_starts(columns, 2, 100) == [5, 6, 7]
    assert page_starts(columns, 2, 60) == [6]


def test_a_module_too_wide_for_a_page_is_spread_evenly() -> None:
    assert page_starts([(10, "a"), *[(20, "b")] * 8], 1, 100) == [6]


def test_every_printed_page_of_the_register_names_its_module() -> None:
    page = opened()["Register"]
    starts = [brk.id + 1 for brk in page.col_breaks.brk]
    assert starts
    assert all(page.cell(2, start).value for start in starts)
    assert page.print_title_rows == "$2:$3"
    assert page.print_title_cols == "$A:$B"
    assert "&P" in page.oddFooter.right.text or "&[Page]" in page.oddFooter.right.text


def test_a_row_is_as_high_as_its_longest_text() -> None:
    assert lines_of("需求" * 10, 20.5) == 2
    assert lines_of("a\nb\n\nc", 10) == 4
    assert row_height([("a", 10), ("a\nb", 10)], 10) == row_height([("c\nd", 10)], 10)
    assert row_height([("x\n" * 500, 10)], 10) == 409
