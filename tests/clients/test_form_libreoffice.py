"""The intake form in a real LibreOffice: filled in, marked live, saved, and taken in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from clients.libreoffice import Book, Office, OfficeRefusedError
from company import NOW, Company
from forms import DEPARTMENTS, answers, blank

from xlflow.jobs.intake.job import intake
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.choices import CHOICES
from xlflow.record.schema import STANDARD
from xlflow.settings import load_settings
from xlflow.workbook.form.blank import FormFacts, build_form
from xlflow.workbook.form.reading import read_form
from xlflow.workbook.template.looks import MARKS

ORANGE, PURPLE = (MARKS[name]["bg_color"].lower() for name in ("missing", "odd"))
EPOCH = date(1899, 12, 30)


class Form:
    """An open form, and where its answers stand."""

    def __init__(self, book: Book, language: Language) -> None:
        self.book = book
        self.language = language
        self.sheet = book.sheets()[0]
        keys = [str(row[0]) for row in book.data(self.sheet, "D1:D40")]
        self.cells = {key: f"B{row}" for row, key in enumerate(keys, 1) if key}

    def type(self, key: str, value: str | float) -> None:
        """Type an answer; the protection of the sheet holds."""
        cell = self.cells[key]
        self.book.set_data(self.sheet, f"{cell}:{cell}", [[value]])

    def fill(self) -> None:
        for key, value in answers("New one").items():
            if isinstance(value, date):
                self.type(key, (value - EPOCH).days)
            elif choices := STANDARD.field(key).choices:
                code = CHOICES[choices].parse(value)
                assert code
                self.type(key, CHOICES[choices].label(code, self.language))
            elif key == "department":
                self.type(key, DEPARTMENTS[self.language][0])
            else:
                self.type(key, str(value))

    @property
    def headline(self) -> str:
        """The line that counts what is open."""
        self.book.recalculate()
        return self.book.text(self.sheet, "A5")

    def fills(self, folder: Path) -> set[str]:
        """The fills of the answers."""
        rows = self.book.fills(folder)[self.sheet]
        return {row[1].fill for row in rows if len(row) > 2}


@pytest.fixture(params=LANGUAGES)
def form(request: pytest.FixtureRequest, soffice: Office, tmp_path: Path) -> Iterator[Form]:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(blank(request.param))
    with soffice.open(path) as book:
        yield Form(book, request.param)


def test_what_is_open_is_counted_and_orange(form: Form, tmp_path: Path) -> None:
    assert form.headline == say(form.language, "form.blank.open", count=11)
    assert ORANGE in form.fills(tmp_path)
    form.fill()
    assert form.headline == say(form.language, "form.blank.complete")
    assert not form.fills(tmp_path) & {ORANGE, PURPLE}


def test_what_cannot_stand_there_is_purple_and_open(form: Form, tmp_path: Path) -> None:
    form.fill()
    form.type("type", "something")
    form.type("expected_on", "soon")
    form.type("title", "x" * 70)
    assert form.headline == say(form.language, "form.blank.open", count=3)
    assert PURPLE in form.fills(tmp_path)


def test_a_high_priority_asks_for_its_reason(form: Form) -> None:
    form.fill()
    form.type("interruption", "")
    assert form.headline == say(form.language, "form.blank.open", count=1)
    form.type("priority", CHOICES["priority"].label("low", form.language))
    assert form.headline == say(form.language, "form.blank.complete")


def test_a_companys_own_fields_are_marked_too(soffice: Office, tmp_path: Path) -> None:
    (tmp_path / "xlflow.toml").write_text(OWN, encoding="utf-8")
    settings = load_settings(tmp_path / "xlflow.toml")
    path = tmp_path / "blank.xlsx"
    path.write_bytes(build_form("en", FormFacts("f1", "main", "inbox"), settings))
    with soffice.open(path) as book:
        form = Form(book, "en")
        assert form.headline == say("en", "form.blank.open", count=14)
        form.fill()
        assert form.headline == say("en", "form.blank.open", count=2)  # submitted before 2024-06
        form.type("submitted_on", (date(2024, 6, 1) - EPOCH).days)
        assert form.headline == say("en", "form.blank.open", count=3)
        form.type("cost_centre", "4711")
        form.type("plant", "Bremen")
        form.type("budget", "much")
        assert form.headline == say("en", "form.blank.open", count=2)
        form.type("plant", "Hamburg")
        form.type("budget", 12.5)
        assert form.headline == say("en", "form.blank.complete")
        assert form.book.dropdown(form.sheet, form.cells["plant"]) == ["Hamburg", "Shanghai"]


OWN = """
[register]
path = "register.xlsx"
[[fields]]
key = "cost_centre"
label = "Cost centre"
required_from = "submitted"
since = 2024-06-01
[[fields]]
key = "plant"
label = "Plant"
kind = "choice"
choices = ["Hamburg", "Shanghai"]
required_from = "submitted"
[[fields]]
key = "budget"
label = "Budget"
kind = "number"
required_from = "submitted"
"""


def test_nothing_but_answers_can_be_typed(form: Form) -> None:
    for cell in ("A1", "A7", "C7", "D7", "E7", "A5"):
        with pytest.raises(OfficeRefusedError):
            form.book.set_data(form.sheet, f"{cell}:{cell}", [["x"]])


def test_its_dropdowns_offer_the_choices_and_departments(form: Form) -> None:
    for key in ("type", "priority"):
        labels = CHOICES[STANDARD.field(key).choices].labels(form.language)
        assert form.book.dropdown(form.sheet, form.cells[key]) == list(labels)
    assert form.book.validation(form.sheet, form.cells["department"]).type == "LIST"


def test_a_row_grows_with_a_long_answer(form: Form) -> None:
    code = "result = doc.Sheets.getByIndex(0).getCellRangeByName(cell).Size.Height"
    cell = form.cells["description"]
    before = form.book.run(code, cell=cell)
    form.type("description", "\n".join(f"{n}. Something" for n in range(20)))
    assert form.book.run(code, cell=cell) > 2 * before


def test_it_prints_on_one_page(form: Form, tmp_path: Path) -> None:
    form.fill()
    pdf = form.book.to_pdf(tmp_path / "form.pdf").read_bytes()
    assert pdf.count(b"/Type/Page\n") + pdf.count(b"/Type/Page/") == 1


def test_what_libreoffice_saves_is_taken_in(form: Form, tmp_path: Path) -> None:
    company = Company(tmp_path / "company")
    company.has()
    inbox = company.file.parent / "inbox"
    inbox.mkdir()
    form.fill()
    form.type("department", "Marketing")  # as the register calls it
    saved = form.book.save_as(inbox / "mine.xlsx")
    read = read_form(saved.read_bytes(), "mine.xlsx", STANDARD)
    assert (read.form_id, read.language) == ("a1", form.language)
    with one_run_at_a_time(company.settings), open_ledger(company.settings) as ledger:
        outcome = intake(company.settings, ledger, NOW)
    assert [one.number for one in outcome.taken] == ["2024-001"]
    held = answers("New one")
    frame = company.register().requirements.frame
    assert {key: frame.at[4, key] for key in held} == held
    with form.book.office.open(company.file) as register:
        day = company.register().requirements.columns["submitted_on"]
        assert register.text("Register", f"{day}4") == "2024-03-01"
