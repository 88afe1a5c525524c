"""The cards of the board: what one sees of a record without opening it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from xlflow.languages import Language, fold
from xlflow.record.fields import Kind
from xlflow.record.register import Table
from xlflow.reports.board.register import BoardRegister
from xlflow.reports.figures.flow import age_days, cycle_days
from xlflow.reports.figures.lives import Life, lives_of
from xlflow.reports.naming import deadline_name, record_name
from xlflow.reports.texts import one_line, shown_due
from xlflow.timing.cells import Cells
from xlflow.timing.flags import flag, most_pressing

_TITLE_CHARS = 160
_STEP_CHARS = 400

Card = dict[str, Any]


def cards_of(register: BoardRegister, language: Language) -> Iterator[Card]:
    """A card a record, in the order of the register; choices stand as their codes."""
    cells, view, memory = register.cells, register.view, register.memory
    lives = lives_of(view.register.requirements, memory.spells, memory.misnumbered)
    basic = _basic_cards(register, cells, lives)
    marks: list[str] = cells.codes("mark").tolist()
    faults = _faults(register)
    ids = _ids(register)
    for at, (row, card) in enumerate(zip(cells.rows, basic, strict=True)):
        number = cells.texts("number")[at]
        guidance = view.guidance.get(row)
        came_from = memory.came_from(number) if card["status"] == "blocked" else None
        spells = memory.spells.get(number, ())
        since = spells[-1].entered_at.astimezone(register.zone).date() if spells else None
        yield card | {
            "id": ids[at],
            "number": one_line(record_name(number, row, language)),
            "title": one_line(cells.texts("title")[at], _TITLE_CHARS),
            "mark": marks[at],
            "step": one_line(guidance.next_step, _STEP_CHARS) if guidance else "",
            "errors": faults.get(row, 0),
            "from": came_from or "",
            "since": _iso(since),
            **_deadline(register, row, language),
        }


def past_cards(register: BoardRegister) -> Iterator[Card]:
    """What the charts need of the records that went to an archive and stand here no more."""
    if register.archived is None:
        return
    here = register.row_of
    lives = [*lives_of(register.archived, {}, {}, archived=True)]
    cards = _basic_cards(register, Cells(register.archived), iter(lives))
    for life, card in zip(lives, cards, strict=True):
        if life.number not in here:
            yield card


def _basic_cards(register: BoardRegister, cells: Cells, lives: Iterator[Life]) -> Iterator[Card]:
    """What charts and filters go by, a card a record of a table."""
    spellings = {fold(group.name): group.name for group in register.view.departments}
    types, priorities = cells.codes("type").tolist(), cells.codes("priority").tolist()
    people = _people(cells.table, cells)
    for at, life in enumerate(lives):
        yield {
            "register": register.name,
            "department": one_line(spellings.get(fold(life.department), life.department)),
            "charge": one_line(life.who),
            "people": people[at],
            "status": life.status,
            "type": types[at],
            "priority": priorities[at],
            "submitted": _iso(life.submitted_on),
            "live": _iso(life.live_on),
            "closed": _iso(life.closed_on),
            "cycle": cycle_days(life, register.calendar),
            "age": age_days(life, register.calendar, register.view.today),
        }


def _deadline(register: BoardRegister, row: int, language: Language) -> Card:
    """How the record stands: its most pressing deadline, and whether any is overdue or due soon."""
    found = register.deadlines_by_row.get(row, [])
    pressing = most_pressing(found)
    if pressing is None:
        return {}
    late = [it.days_late for it in found if it.state == "overdue"]
    return {
        "deadline": deadline_name(pressing, language),
        "due": shown_due(pressing.due),
        "flag": flag(pressing, register.view.today, language),
        "late": max(late, default=0),
        "overdue": bool(late),
        "soon": any(it.state == "due soon" for it in found),
    }


def _people(table: Table, cells: Cells) -> list[list[str]]:
    """Everybody who is named in each record."""
    keys = [field.key for field in table.schema.register if field.kind is Kind.NAME]
    columns = [cells.texts(key) for key in keys]
    return [
        [one_line(name) for name in dict.fromkeys(filter(None, names))]
        for names in zip(*columns, strict=True)
    ]


def _ids(register: BoardRegister) -> list[str]:
    """What the board calls each record: its number; its row where another has the number, too."""
    numbers = register.cells.texts("number")
    often = Counter(numbers)
    return [
        f"{register.name}/{number if number and often[number] == 1 else row}"
        for number, row in zip(numbers, register.cells.rows, strict=True)
    ]


def _faults(register: BoardRegister) -> Mapping[int, int]:
    """How many errors each record and its lines have, by row."""
    found: Counter[int] = Counter()
    for one in register.view.findings:
        own = one.table == "register"
        row = one.row if own else register.row_of.get(one.number or "")
        if one.severity == "error" and row is not None:
            found[row] += 1
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
