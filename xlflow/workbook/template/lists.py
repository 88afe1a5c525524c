"""The Lists sheet: choices, departments, people, and the names that stand for them."""

from __future__ import annotations

from dataclasses import dataclass

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.choices import STATUSES, ChoiceSet
from xlflow.record.register import Person
from xlflow.record.schema import Schema
from xlflow.record.stages import has_reached
from xlflow.workbook.schema import (
    DEPARTMENT_KEY,
    FIRST_ROW,
    HEADER_ROW,
    KEY_ROW,
    LAST_ROW,
    LIST_ROWS,
    PERSON_KEYS,
)
from xlflow.workbook.template.looks import Looks
from xlflow.workbook.template.needs import NEEDED_WITH
from xlflow.workbook.template.refusal import TemplateRefused
from xlflow.workbook.template.tab import Tab, area

HIDDEN = "xlflow__"
"""What names begin with that only conditional formats use; people do not see them."""

DEPARTMENTS = "xlflow_departments"
"""The departments that are filled in, for the dropdown."""

DEPARTMENT_ROOM = "xlflow__department_room"
"""All cells for departments, blank ones too."""

PEOPLE = "xlflow_people"
"""The people that are filled in."""

NUMBERS = "xlflow_numbers"
"""The register's numbers, from the first record to the last that has one."""


def choice_name(choice_set: str) -> str:
    """The choices of a set in the workbook's language, for the dropdown."""
    return f"xlflow_{choice_set.replace('-', '_')}"


def spellings_name(choice_set: str) -> str:
    """The choices of a set in all three languages."""
    return f"{HIDDEN}any_{choice_set.replace('-', '_')}"


def choice_cell_name(choice_set: str, code: str) -> str:
    """One choice in all three languages."""
    return f"{spellings_name(choice_set)}_{code.replace('-', '_')}"


def reached_name(since: str) -> str:
    """The statuses, in all three languages, that have reached `since`."""
    return f"{HIDDEN}reached_{since}"


@dataclass(frozen=True, slots=True)
class Lists:
    """What the Lists sheet holds."""

    schema: Schema
    language: Language
    departments: tuple[str, ...]
    people: tuple[Person, ...]

    def __post_init__(self) -> None:
        for part, held in (("departments", self.departments), ("people", self.people)):
            if len(held) > LIST_ROWS:
                raise TemplateRefused(part, f"{len(held)} > {LIST_ROWS}")

    @property
    def title(self) -> str:
        """The sheet's tab."""
        return say(self.language, "record.sheet.lists")

    @property
    def department_column(self) -> int:
        """The column of departments: behind the choices and a column of air."""
        return len(self.schema.choices) + 2

    @property
    def people_column(self) -> int:
        """The first of the columns of people: behind another column of air."""
        return self.department_column + 2

    @property
    def spelling_column(self) -> int:
        """The first of the hidden columns, each set of choices in all languages."""
        return self.people_column + len(PERSON_KEYS) + 1

    def names(self) -> dict[str, str]:
        """Defined name -> what it refers to."""
        names: dict[str, str] = {}
        for column, (choice_set, held) in enumerate(self.schema.choices.items(), 1):
            last = FIRST_ROW + len(held.codes) - 1
            names[choice_name(choice_set)] = area(self.title, FIRST_ROW, column, last, column)
            names[spellings_name(choice_set)] = self._spellings(choice_set, FIRST_ROW, last)
        for other, code, _ in NEEDED_WITH.values():
            held = self.schema.choices_of(other)
            row = FIRST_ROW + held.codes.index(code)
            names[choice_cell_name(held.name, code)] = self._spellings(held.name, row, row)
        # A row that was begun is submitted, whatever its status: that needs no name.
        needed = {field.required_from for field in self.schema.register}
        for since in sorted(needed - {"", "submitted"}):
            names[reached_name(since)] = self._reached(since)
        names[DEPARTMENT_ROOM] = self._room(self.department_column)
        names[DEPARTMENTS] = self._filled(self.department_column)
        names[PEOPLE] = self._filled(self.people_column)
        names[NUMBERS] = self._numbers()
        return names

    def _spellings(self, choice_set: str, first_row: int, last_row: int) -> str:
        before = list(self.schema.choices).index(choice_set)
        first = self.spelling_column + len(LANGUAGES) * before
        return area(self.title, first_row, first, last_row, first + len(LANGUAGES) - 1)

    def _reached(self, since: str) -> str:
        places = [n for n, status in enumerate(STATUSES) if has_reached(status, since)]
        if places != list(range(places[0], places[-1] + 1)):
            raise ValueError(f"the statuses that have reached {since} do not stand together")
        return self._spellings("status", FIRST_ROW + places[0], FIRST_ROW + places[-1])

    def _room(self, column: int) -> str:
        return area(self.title, FIRST_ROW, column, FIRST_ROW + LIST_ROWS - 1, column)

    def _filled(self, column: int) -> str:
        # A blank cell in a named list makes Excel accept any entry, so the list ends with its text.
        first, room = area(self.title, FIRST_ROW, column, FIRST_ROW, column), self._room(column)
        return f"{first.split(':')[0]}:INDEX({room},MAX(1,COUNTA({room})))"

    def _numbers(self) -> str:
        title = say(self.language, "record.sheet.register")
        column = area(title, FIRST_ROW, 1, LAST_ROW, 1)
        first = area(title, FIRST_ROW, 1, FIRST_ROW, 1).split(":")[0]
        # MATCH with a text that sorts behind every number finds the last one.
        return f'{first}:INDEX({column},IFERROR(MATCH(REPT("z",9),{column},1),1))'


def write_lists(tab: Tab, lists: Lists, looks: Looks) -> None:
    """Fill the Lists sheet: keys in row 1, headings in row 3, entries below."""
    language, choices = lists.language, lists.schema.choices
    departments, people = lists.department_column, lists.people_column
    tab.bare()
    tab.row(KEY_ROW, None, hidden=True)
    note = looks.make(text_wrap=True, bg_color="#F2F2F2", valign="vcenter", indent=1)
    tab.row(HEADER_ROW - 1, 54)
    tab.merge(HEADER_ROW - 1, 1, len(choices), say(language, "template.lists.choices"), note)
    upkeep = say(language, "template.lists.upkeep")
    tab.merge(HEADER_ROW - 1, departments, people + len(PERSON_KEYS) - 1, upkeep, note)
    tab.row(HEADER_ROW, 33)
    for column, (choice_set, held) in enumerate(choices.items(), 1):
        key, labels = f"choice.{choice_set}", held.labels(language)
        _column(tab, looks, column, key, held.heading(language), labels, 15)
    heading = say(language, "template.lists.department")
    _column(tab, looks, departments, DEPARTMENT_KEY, heading, lists.departments, 26)
    for n, key in enumerate(PERSON_KEYS):
        part = key.partition(".")[2]
        heading = say(language, f"template.lists.{part}")
        texts = tuple(getattr(person, part) for person in lists.people)
        width = {"mail": 32, "department": 22}.get(part, 14)
        _column(tab, looks, people + n, key, heading, texts, width)
    for gap in (departments - 1, people - 1):
        tab.column(gap, 3, looks.make())
    _write_spellings(tab, lists, looks)
    tab.freeze(FIRST_ROW, 1)
    tab.paper(landscape=True, footer=tab.title, fit=(1, 0))
    tab.repeat((HEADER_ROW, HEADER_ROW), 1)


def _column(
    tab: Tab, looks: Looks, column: int, key: str, heading: str, held: tuple[str, ...], width: int
) -> None:
    tab.column(column, width, looks.make(num_format="@"))
    tab.write(KEY_ROW, column, key, looks.make())
    head = looks.make(bold=True, bg_color="#E3E3E3", valign="vcenter", text_wrap=True, bottom=1)
    tab.write(HEADER_ROW, column, heading, head)
    entry = looks.make(num_format="@", bottom=1, bottom_color="#D9D9D9")
    for row, text in enumerate(held, FIRST_ROW):
        if text:
            tab.write(row, column, text, entry)


def _write_spellings(tab: Tab, lists: Lists, looks: Looks) -> None:
    """The hidden block: every set in every language, for the conditional formats."""
    column = lists.spelling_column
    for choice_set, held in lists.schema.choices.items():
        shown = [_spellings(held, code, lists.language) for code in held.codes]
        for at, language in enumerate(LANGUAGES):
            tab.column(column, 10, looks.make(), hidden=True)
            tab.write(KEY_ROW, column, f"spelling.{choice_set}.{language}", looks.make())
            for row, texts in enumerate(shown, FIRST_ROW):
                tab.write(row, column, texts[at], looks.make())
            column += 1


def _spellings(held: ChoiceSet, code: str, language: Language) -> list[str]:
    """The labels of a value in all languages.

    Where a company's own label stands for several of them, the usual ones fill the room: records
    that were filled in before hold them still.
    """
    labels = [held.label(code, one) for one in LANGUAGES]
    if code not in held.labels_of:
        return labels
    usual = [held.usual_label(code, one) for one in (language, *LANGUAGES)]
    spare = [text for text in dict.fromkeys(usual) if text and text not in labels]
    shown: list[str] = []
    for label in labels:
        shown.append(spare.pop(0) if label in shown and spare else label)
    return shown
