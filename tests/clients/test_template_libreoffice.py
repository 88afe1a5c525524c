"""The template in a real LibreOffice: what a person meets on opening, typing, pasting, printing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clients.libreoffice import Book, Office, OfficeRefusedError, Shown
from openpyxl.utils import get_column_letter

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.choices import CHOICES
from xlflow.record.example import worked_example, worked_progress
from xlflow.record.fields import SHEETS, Kind
from xlflow.record.numbers import PLAIN
from xlflow.record.register import Person
from xlflow.record.schema import STANDARD
from xlflow.workbook.template import build_register
from xlflow.workbook.template.looks import MARKS

Build = Callable[..., Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Write a register to a file."""

    def write(language: Language = "en", **contents: Any) -> Path:
        path = tmp_path / f"register.{language}.xlsx"
        path.write_bytes(build_register(language, **contents))
        return path

    return write


def tab(language: Language, sheet: str) -> str:
    return say(language, f"record.sheet.{sheet}")


def letters(sheet: str, key: str) -> str:
    return get_column_letter(1 + [field.key for field in SHEETS[sheet]].index(key))


def listed(book: Book, name: str) -> list[str]:
    """What a defined name stands for at the moment, dynamic ones too."""
    code = """
cell = doc.Sheets.getByIndex(doc.Sheets.Count - 1).getCellRangeByName("Z200")
doc.Sheets.getByIndex(doc.Sheets.Count - 1).unprotect("")
cell.Formula = f"=ROWS({name})"
rows = int(cell.Value)
result = []
for n in range(1, rows + 1):
    cell.Formula = f"=INDEX({name};{n};1)&\\"\\""
    result.append(cell.String)
cell.String = ""
"""
    return list(book.run(code, name=name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_loads_with_its_sheets_and_opens_on_the_register(
    soffice: Office, build: Build, language: Language
) -> None:
    with soffice.open(build(language)) as book:
        tabs = ("guide", "register", "progress", "issues", "changes", "lists", "example")
        assert book.sheets() == [tab(language, sheet) for sheet in tabs]
        assert book.run("result = doc.CurrentController.ActiveSheet.Name") == tab(
            language, "register"
        )
        labels_shown = book.data(tab(language, "register"), f"A3:{get_column_letter(65)}3")[0]
        assert labels_shown[:3] == [
            STANDARD.field(key).label(language) for key in ("number", "title", "status")
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dropdown_offers_the_choices_of_the_catalogue(
    soffice: Office, build: Build, language: Language
) -> None:
    with soffice.open(build(language, departments=("A, Inc.", "乙部"))) as book:
        for sheet, fields in SHEETS.items():
            for field in fields:
                cell = f"{letters(sheet, field.key)}900000"
                if field.kind is Kind.CHOICE:
                    assert book.dropdown(tab(language, sheet), cell) == list(
                        CHOICES[field.choices].labels(language)
                    ), (sheet, field.key)
                if field.kind is Kind.DEPARTMENT:
                    source = book.validation(tab(language, sheet), cell).formula1
                    assert listed(book, source) == ["A, Inc.", "乙部"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_says_what_to_type_and_why_it_refuses(
    soffice: Office, build: Build, language: Language
) -> None:
    code = """
cells = (doc.Sheets.getByName(tab).getCellByPosition(n, 3).Validation for n in range(count))
result = [[v.ShowInputMessage, v.InputTitle, v.InputMessage, v.ShowErrorMessage,
           v.ErrorAlertStyle.value, bool(v.ErrorTitle), bool(v.ErrorMessage)] for v in cells]
"""
    with soffice.open(build(language)) as book:
        for sheet, fields in SHEETS.items():
            told = book.run(code, tab=tab(language, sheet), count=len(fields))
            for field, found in zip(fields, told, strict=True):
                assert found[:3] == [True, field.label(language), field.hint(language, PLAIN)]
                if field.is_own or field.kind not in (Kind.TEXT, Kind.NAME):
                    assert found[3:] == [True, "STOP", True, True], (sheet, field.key)


def test_locked_cells_refuse_typing_and_open_ones_take_it(soffice: Office, build: Build) -> None:
    with soffice.open(build()) as book:
        locked = {
            "Register": ("A1", "A2", "B3", "BQ4"),
            "Progress": ("A3", "H9"),
            "Lists": ("A4", "K4", "K20", "M4"),
            "Guide": ("A1", "B5"),
            "Example": ("B4",),
        }
        for sheet, cells in locked.items():
            for cell in cells:
                with pytest.raises(OfficeRefusedError):
                    book.set_data(sheet, cell, [["x"]])
        for sheet, fields in SHEETS.items():
            last = get_column_letter(len(fields))
            for row in (4, 700_000):
                book.set_data(tab("en", sheet), f"A{row}:{last}{row}", [["typed"] * len(fields)])


def test_typing_into_xlflows_own_columns_is_refused_by_their_validation(
    soffice: Office, build: Build
) -> None:
    with soffice.open(build()) as book:
        for sheet, fields in SHEETS.items():
            for field in fields:
                if field.is_own:
                    cell = f"{letters(sheet, field.key)}4"
                    found = book.validation(tab("en", sheet), cell)
                    assert (found.type, found.ignores_blank) == ("CUSTOM", False)
                    assert found.formula1 == "0"  # FALSE, as LibreOffice keeps it


@pytest.mark.parametrize(("language", "longest"), [("en", 60), ("zh-Hans", 20), ("zh-Hant", 20)])
def test_a_title_may_have_so_many_characters(
    soffice: Office, build: Build, language: Language, longest: int
) -> None:
    with soffice.open(build(language)) as book:
        found = book.validation(tab(language, "register"), "B4")
        assert (found.type, found.operator) == ("TEXT_LEN", "LESS_EQUAL")
        assert found.formula1 == str(longest)
        assert str(longest) in found.error_text


def test_a_date_lies_in_this_century_and_days_are_a_number(soffice: Office, build: Build) -> None:
    with soffice.open(build()) as book:
        found = book.validation("Register", f"{letters('register', 'submitted_on')}4")
        assert (found.type, found.operator) == ("DATE", "BETWEEN")
        first, last = (
            date(1899, 12, 30) + timedelta(days=float(text))
            for text in (found.formula1, found.formula2)
        )
        assert (first, last) == (date(2000, 1, 1), date(2099, 12, 31))
        assert book.validation("Register", f"{letters('register', 'estimate')}4").type == "DECIMAL"


def test_child_sheets_offer_the_numbers_that_the_register_has(
    soffice: Office, build: Build
) -> None:
    rows = [{"number": f"2024-00{n}", "title": "t"} for n in (1, 2)]
    with soffice.open(build(rows=[*rows, {"title": "not numbered yet"}])) as book:
        for sheet in ("Progress", "Issues", "Changes"):
            found = book.validation(sheet, "A4")
            assert (found.type, found.ignores_blank) == ("LIST", False)
            assert listed(book, found.formula1) == ["2024-001", "2024-002"]
        book.set_data("Register", "A6:A8", [["2024-003"], [""], ["2024-1000"]])
        assert listed(book, book.validation("Issues", "A9").formula1) == [
            "2024-001",
            "2024-002",
            "2024-003",
            "",
            "2024-1000",
        ]


def test_names_of_people_are_suggested_yet_others_are_taken(soffice: Office, build: Build) -> None:
    people = [Person("王*", "IT", "w@example.com", "张*"), Person("张*", "IT", "z@example.com")]
    with soffice.open(build(people=people)) as book:
        found = book.validation("Register", f"{letters('register', 'owner')}4")
        assert (found.type, found.stops) == ("LIST", False)
        assert listed(book, found.formula1) == ["王*", "张*"]
        assert book.data("Lists", "M4:P5") == [
            ["王*", "IT", "w@example.com", "张*"],
            ["张*", "IT", "z@example.com", ""],
        ]


def test_a_department_added_on_lists_is_offered_at_once(soffice: Office, build: Build) -> None:
    with soffice.open(build(departments=())) as book:
        assert listed(book, "xlflow_departments") == [""]
        book.run("doc.Sheets.getByName('Lists').unprotect('')")
        book.set_data("Lists", "K4:K5", [["Sales"], ["Legal"]])
        assert listed(book, "xlflow_departments") == ["Sales", "Legal"]


class Seen:
    """The fills of a record sheet as LibreOffice draws them, by field and row."""

    def __init__(self, sheet: str, cells: list[list[Shown]]) -> None:
        self._keys = [field.key for field in SHEETS[sheet]]
        # The export leaves the hidden row out or keeps it; the labels tell.
        first = next(n for n, row in enumerate(cells) if row and row[0].text.startswith(LABELS))
        self._rows = cells[first + 1 :]

    def __call__(self, row: int, key: str) -> str:
        """The mark of a cell: "missing", "named", ... or "" ."""
        fill = self._rows[row - 4][self._keys.index(key)].fill
        return next((name for name, look in MARKS.items() if look["bg_color"].lower() == fill), "")

    def marked(self, row: int) -> dict[str, str]:
        """Field -> mark, of all marked cells of a row."""
        return {key: mark for key in self._keys if (mark := self(row, key))}


LABELS = tuple({STANDARD.field("number").label(language) for language in LANGUAGES})


def seen(book: Book, language: Language, sheet: str, folder: Path) -> Seen:
    return Seen(sheet, book.fills(folder)[tab(language, sheet)])


def submission(language: Language = "en") -> dict[str, Any]:
    example = worked_example(language)
    needed = [f.key for f in SHEETS["register"] if f.required_from == "submitted"]
    return {key: example[key] for key in needed} | {
        "status": CHOICES["status"].label("submitted", language),
        "priority": CHOICES["priority"].label("low", language),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_status_still_needs_is_marked_whatever_language_it_is_typed_in(
    soffice: Office, build: Build, tmp_path: Path, language: Language
) -> None:
    rows = [
        submission(language),
        submission(language) | {"goal": None, "benefit": "  "},
        submission(language) | {"status": f" {CHOICES['status'].label('assessing', 'zh-Hant')} "},
        submission(language) | {"status": CHOICES["status"].label("blocked", "en")},
        {"title": "t"},
        worked_example(language),
    ]
    with soffice.open(build(language, rows=rows)) as book:
        found = seen(book, language, "register", tmp_path)
        assert found.marked(4) == {}
        assert found.marked(5) == {"goal": "missing", "benefit": "missing"}
        assert found.marked(6) == {"contact": "missing", "confirmed_on": "missing"}
        assert found.marked(7) == {"blocked_reason": "missing"}
        assert set(found.marked(8)) == set(submission()) - {"title"}
        assert found.marked(9) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_status_marks_what_entering_it_and_all_before_needs(
    soffice: Office, build: Build, tmp_path: Path, language: Language
) -> None:
    stages = ("assessing", "designing", "developing", "live", "closed")
    rows = [submission(language) | {"status": CHOICES["status"].label(s, language)} for s in stages]
    with soffice.open(build(language, rows=rows)) as book:
        found = seen(book, language, "register", tmp_path)
        for n, stage in enumerate(stages):
            since = stages[: n + 1]
            wanted = {f.key for f in SHEETS["register"] if f.required_from in since}
            assert set(found.marked(4 + n)) == wanted, stage


def test_choices_that_call_for_another_field_mark_it(
    soffice: Office, build: Build, tmp_path: Path
) -> None:
    full = worked_example("en")
    rows = [
        submission() | {"priority": "高"},
        submission() | {"feasible": "No"},
        full | {"type": "Fix"},
        full | {"result": "fail"},
        submission() | {"mark": "Blocked"},
        submission() | {"type": "Fix"},
    ]
    with soffice.open(build(rows=rows)) as book:
        found = seen(book, "en", "register", tmp_path)
        assert [set(found.marked(row)) for row in range(4, 10)] == [
            {"interruption"},
            {"infeasible_reason", "alternative"},
            {"root_cause", "verification"},
            {"failure", "rectify_by"},
            {"blocked_reason"},
            set(),
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_named_by_the_last_check_are_marked_before_all_else(
    soffice: Office, build: Build, tmp_path: Path, language: Language
) -> None:
    def named(*keys: str) -> str:
        return "\n".join(f"【{STANDARD.field(key).label(language)}】 ..." for key in keys)

    rows = [
        submission(language)
        | {"check": named("goal", "type", "benefit"), "benefit": None}
        | {"type": "?"},
        submission(language) | {"check": f"{STANDARD.field('goal').label(language)} 【】 OK"},
    ]
    lines = [
        worked_progress(language)[0]
        | {"check": f"【{STANDARD.field('text', 'progress').label(language)}】"}
    ]
    with soffice.open(build(language, rows=rows, progress=lines)) as book:
        found = seen(book, language, "register", tmp_path)
        assert found.marked(4) == dict.fromkeys(("type", "goal", "benefit"), "named")
        assert found.marked(5) == {}
        assert seen(book, language, "progress", tmp_path).marked(4) == {"text": "named"}


def test_what_pasting_brought_past_the_validation_is_marked(
    soffice: Office, build: Build, tmp_path: Path
) -> None:
    rows = [
        submission()
        | {
            "title": "x" * 61,
            "status": "Doing",
            "department": "Marketng",
            "submitted_on": "2024/3/1",
            "expected_on": 20240315,
            "type": "*",
            "feasible": "y" * 300,
            "estimate": "5 days",
            "core_days": -1,
        },
        submission() | {"type": "修復", "priority": " HIGH ", "interruption": "x"},
        submission() | {"department": "Legal, Tax "},
    ]
    issues = [{"number": "2024-001", "raised_at": "yesterday", "issue": "i", "state": "?"}]
    issues.append(
        {
            "number": "2024-001",
            "raised_at": datetime.fromisoformat("2024-03-06 14:30"),
            "issue": "i",
        }
        | {"state": "solved", "owner": "L. *", "solved_on": date(2024, 3, 7)}
    )
    path = build(rows=rows, issues=issues, departments=("Marketing", "Legal, Tax"))
    with soffice.open(path) as book:
        found = seen(book, "en", "register", tmp_path)
        odd = ("title", "status", "department", "submitted_on", "type", "expected_on", "feasible")
        assert found.marked(4) == dict.fromkeys((*odd, "core_days", "estimate"), "odd")
        assert found.marked(5) == {}
        assert found.marked(6) == {}
        lines = seen(book, "en", "issues", tmp_path)
        assert lines.marked(4) == {"raised_at": "odd", "state": "odd", "owner": "missing"}
        assert lines.marked(5) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_overdue_and_soon_due_records_stand_out(
    soffice: Office, build: Build, tmp_path: Path, language: Language
) -> None:
    today = datetime.now().astimezone().date()

    def flag(name: str, **facts: object) -> str:
        return say(language, f"deadlines.flag.{name}", **facts)

    shown: tuple[tuple[str, date | None, str], ...] = (
        (flag("overdue", days=1), None, "late"),
        (flag("overdue", days=12), None, "late"),
        (flag("paused-late", days=3), None, "late"),
        (flag("tomorrow"), today - timedelta(days=1), "late"),
        (flag("tomorrow"), today + timedelta(days=1), "soon"),
        (flag("soon", due="2024-03-01"), today + timedelta(days=5), ""),
        (flag("at-risk", days=3), today + timedelta(days=5), ""),
        (flag("paused"), None, ""),
        (flag("met"), None, ""),
    )
    rows = [submission(language) | {"deadline": text, "due_on": due} for text, due, _ in shown]
    with soffice.open(build(language, rows=rows)) as book:
        found = seen(book, language, "register", tmp_path)
        for row, (text, _, mark) in enumerate(shown, 4):
            wanted = dict.fromkeys(("deadline", "due_on"), mark) if mark else {}
            assert found.marked(row) == wanted, text


def test_marks_follow_typing_at_once(soffice: Office, build: Build, tmp_path: Path) -> None:
    with soffice.open(build(rows=[submission()])) as book:
        book.set_data("Register", "C4", [["assessing"]])
        assert "contact" in seen(book, "en", "register", tmp_path).marked(4)
        book.set_data("Register", f"{letters('register', 'contact')}4", [["L. *"]])
        assert set(seen(book, "en", "register", tmp_path).marked(4)) == {"confirmed_on"}


def test_numbers_and_texts_stay_what_was_typed(soffice: Office, build: Build) -> None:
    with soffice.open(build()) as book:
        goal = f"{letters('register', 'goal')}4"
        for cell, typed in (("B4", "2024-03"), (goal, "- first, then")):
            book.set_formula("Register", cell, typed)
            assert book.text("Register", cell) == typed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_prints_on_a4_with_headers_on_every_page(
    soffice: Office, build: Build, tmp_path: Path, language: Language
) -> None:
    with soffice.open(build(language, rows=[worked_example(language)] * 3)) as book:
        code = """
style = doc.StyleFamilies.getByName("PageStyles").getByName(doc.Sheets.getByName(tab).PageStyle)
sheet = doc.Sheets.getByName(tab)
rows, columns = sheet.TitleRows, sheet.TitleColumns
result = [round(style.Width / 100), round(style.Height / 100), style.IsLandscape,
          [rows.StartRow, rows.EndRow], [columns.StartColumn, columns.EndColumn],
          sheet.PrintTitleRows, sheet.PrintTitleColumns]
"""
        assert book.run(code, tab=tab(language, "register")) == [
            *(297, 210, True),
            *([1, 2], [0, 1]),
            *(True, True),
        ]


def test_lists_hold_all_choice_sets(soffice: Office, build: Build) -> None:
    with soffice.open(build()) as book:
        for column, choice_set in enumerate(CHOICES, 1):
            area = f"{get_column_letter(column)}4:{get_column_letter(column)}13"
            shown = [row[0] for row in book.data("Lists", area) if row[0]]
            assert shown == list(CHOICES[choice_set].labels("en"))
