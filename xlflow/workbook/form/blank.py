"""The intake form: what a requester fills in, saves, and puts into the inbox.

A label, a white cell and a hint a line. What is still missing turns orange, as in the register; a
line at the top counts it. Everything but the answers is locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from xlflow.languages import Language, entry, say
from xlflow.pages.heights import row_height
from xlflow.record.fields import MODULES, Field
from xlflow.record.register import Person
from xlflow.record.submission import asked
from xlflow.settings import Settings
from xlflow.workbook.schema import FORM_ID_PROPERTY, FORM_PROPERTY, FORM_SCHEMA
from xlflow.workbook.template.book import TemplateBook
from xlflow.workbook.template.entries import validation
from xlflow.workbook.template.lists import HIDDEN, NUMBERS, Lists, choice_cell_name, write_lists
from xlflow.workbook.template.looks import COLOURS, QUIET, Looks
from xlflow.workbook.template.marks import day_serial, filled, odd_test, says
from xlflow.workbook.template.needs import NEEDED_WITH
from xlflow.workbook.template.tab import Tab, letters
from xlflow.workbook.template.vertical import VerticalPage

LABEL, ANSWER, HINT, KEY, OPEN = 1, 2, 3, 4, 5
"""The columns of a form; the keys are hidden, and so is whether an answer is still open."""

_WIDTHS = (21, 52, 35)
_LINES_OF_TEXT = {"background": 3, "goal": 2, "description": 5, "benefit": 2}
_LINE = {"border": 1, "border_color": "#BFBFBF"}
_OPEN = {"bold": True, "bg_color": "#FFF3D6", "border_color": "#E0B04C"}
_DONE = {"bg_color": "#DDF0DD", "font_color": "#1E5B2A"}


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What a form is for: which register, where to put it, and what its lists offer."""

    form_id: str
    register_id: str
    inbox: str  # as people reach it
    departments: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()


def build_form(language: Language, facts: FormFacts, settings: Settings) -> bytes:
    """A blank intake form in `language`, ready to be saved as .xlsx.

    Raises:
        TemplateRefused: A text or list is longer than Excel or the template allows.
    """
    saved = BytesIO()
    # names only: the form goes to everybody, and addresses are nobody's business there
    people = tuple(Person(person.name) for person in facts.people)
    with TemplateBook(saved, password=settings.template.password or "") as book:
        book.describe(language, facts.register_id, title=say(language, "form.blank.title"))
        book.note(FORM_PROPERTY, FORM_SCHEMA)
        book.note(FORM_ID_PROPERTY, facts.form_id)
        looks = Looks(book, language)
        lists = Lists(settings.schema, language, facts.departments, people)
        tab = book.add_tab(say(language, "form.sheet"))
        _Form(tab, looks, lists, facts, settings).write()
        write_lists(book.add_tab(lists.title, hidden=True), lists, looks)
        names = {name: place for name, place in lists.names().items() if name != NUMBERS}
        book.define_names(names, hidden=HIDDEN)
    return saved.getvalue()


class _Form:
    def __init__(
        self, tab: Tab, looks: Looks, lists: Lists, facts: FormFacts, settings: Settings
    ) -> None:
        self._tab = tab
        self._looks = looks
        self._language = looks.language
        self._lists = lists
        self._facts = facts
        self._settings = settings
        self._page = VerticalPage(tab, looks, _WIDTHS)
        self._rows: dict[str, int] = {}

    def write(self) -> None:
        page, fields = self._page, asked(self._settings.schema.register)
        for column in (KEY, OPEN):
            self._tab.column(column, 12, self._looks.make(), hidden=True)
        page.title(say(self._language, "form.blank.title"))
        self._guide()
        count_row = next(page.rows)
        for module in MODULES:
            held = [field for field in fields if field.module == module]
            if held:
                page.module(module)
            for field in held:
                self._answer(field)
        for field in fields:
            self._mark(field)
        self._count(count_row, fields)
        self._tab.open_here(min(self._rows.values()), ANSWER)
        self._tab.freeze(count_row + 1, 1)
        self._tab.quiet_cells(min(self._rows.values()), ANSWER, max(self._rows.values()), ANSWER)
        self._tab.colour(COLOURS["basic"][0])
        self._tab.paper(landscape=False, footer=self._tab.title, fit=(1, 0))

    def _guide(self) -> None:
        look = self._looks.make(text_wrap=True, valign="vcenter")
        for number in entry(self._language, "form.blank.guide"):
            name = f"form.blank.guide.{number}"
            shown = f"{number}. {say(self._language, name, inbox=self._facts.inbox)}"
            row = next(self._page.rows)
            self._tab.merge(row, LABEL, HINT, shown, look)
            self._tab.row(row, row_height([(shown, sum(_WIDTHS))], self._looks.size) + 1)

    def _answer(self, field: Field) -> None:
        language, size = self._language, self._looks.size
        row = self._rows[field.key] = next(self._page.rows)
        label, hint = field.label(language), field.hint(language, self._settings.workbook.numbers)
        star = {"num_format": '@"\N{NO-BREAK SPACE}*"'} if field.required_from else {}
        self._tab.write(row, LABEL, label, self._page.label(field.module, **star))
        self._tab.write(row, ANSWER, None, self._looks.column(field))
        self._tab.write(row, HINT, hint, self._hint())
        self._tab.write(row, KEY, field.key, self._looks.make())
        self._tab.validate_cell(row, ANSWER, self._entry(field))
        texts: list[tuple[object, float]] = [(f"{label} *", _WIDTHS[0]), (hint, _WIDTHS[2])]
        texts.append(("\n" * (_LINES_OF_TEXT.get(field.key, 1) - 1), _WIDTHS[1]))
        self._tab.fit_row(row, row_height(texts, size) + 1)

    def _hint(self) -> Any:
        return self._looks.make(
            text_wrap=True, font_size=self._looks.size - 1, font_color=QUIET, **_LINE
        )

    def _entry(self, field: Field) -> dict[str, Any]:
        """What the answer may be; a list that is empty offers nothing and refuses nothing."""
        rule = validation(field, self._language, self._settings)
        empty = {"department": not self._lists.departments, "name": not self._lists.people}
        if rule["validate"] == "list" and empty.get(field.kind.value):
            return {name: rule[name] for name in ("input_title", "input_message")} | {
                "validate": "any"
            }
        return rule

    def _mark(self, field: Field) -> None:
        """What cannot stand in an answer, and what is still missing; and that it is still open."""
        row, cell = self._rows[field.key], self._cell(field.key)
        odd = odd_test(field, self._language, self._settings).format(cell=cell)
        if odd:
            odd = f"IFERROR(AND({filled(cell)},{odd}),TRUE)"
            self._tab.mark_cell(row, ANSWER, odd, self._looks.mark("odd"))
        missing = self._missing(field)
        if missing:
            self._tab.mark_cell(row, ANSWER, missing, self._looks.mark("missing"))
        tests = ",".join(test for test in (missing, odd) if test) or "FALSE"
        begins = int(bool(field.required_from))
        self._tab.compute(row, OPEN, f"IF(OR({tests}),1,0)", begins, self._looks.make())

    def _missing(self, field: Field) -> str:
        """A test whether an answer is still missing; "" for one that never is."""
        blank = f"NOT({filled(self._cell(field.key))})"
        if field.required_from and not field.asked_since:
            return blank
        if field.asked_since and "submitted_on" in self._rows:
            day = self._cell("submitted_on")
            before = f"AND(ISNUMBER({day}),{day}<{day_serial(field.asked_since)})"
            return f"AND({blank},NOT({before}))"
        if field.key not in NEEDED_WITH:
            return ""
        other, code, _ = NEEDED_WITH[field.key]
        if other not in self._rows:
            return ""
        name = choice_cell_name(self._settings.schema.field(other).choices, code)
        return f"AND({blank},{says(name, self._cell(other))})"

    def _count(self, row: int, fields: Iterable[Field]) -> None:
        """The line that tells how many answers are open, and what to do when none is."""
        column, rows = letters(OPEN), self._rows.values()
        count = f"SUM(${column}${min(rows)}:${column}${max(rows)})"
        before, after = say(self._language, "form.blank.open", count="\0").split("\0")
        done = say(self._language, "form.blank.complete")
        shown = f"{before}{sum(bool(field.required_from) for field in fields)}{after}"
        look = self._looks.make(valign="vcenter", border=1, **_OPEN)
        text = f'"{_quoted(before)}"&{count}&"{_quoted(after)}"'
        self._tab.merge(row, LABEL, HINT, "", look)
        self._tab.compute(row, LABEL, f'IF({count}=0,"{_quoted(done)}",{text})', shown, look)
        self._tab.mark_cell(row, LABEL, f"{count}=0", self._looks.overlay(**_DONE))
        self._tab.row(row, 24)

    def _cell(self, key: str) -> str:
        return f"${letters(ANSWER)}${self._rows[key]}"


def _quoted(text: str) -> str:
    return text.replace('"', '""')
