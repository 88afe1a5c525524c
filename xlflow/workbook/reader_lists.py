"""Departments and people from the Lists sheet.

Its columns are known by their keys, else by their headings in any language. A register without a
Lists sheet has none of either: then nothing is off the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from xlflow.languages import LANGUAGES, fold, say
from xlflow.record.register import Person
from xlflow.workbook.reader_cells import Cells
from xlflow.workbook.reader_columns import Head
from xlflow.workbook.reader_layout import tab_means
from xlflow.workbook.reader_values import Values
from xlflow.workbook.schema import DEPARTMENT_KEY, HEADER_ROW, KEY_ROW, PERSON_KEYS

_KEYS = (DEPARTMENT_KEY, *PERSON_KEYS)


def find_lists(heads: Iterable[Head]) -> Head | None:
    """The sheet with the keys of departments and people; else the one with its name."""
    held = list(heads)
    keyed = [head for head in held if any(_by_keys(row) for row in head.rows)]
    named = [head for head in held if tab_means("lists", head.title)]
    both = [head for head in keyed if head in named]
    return next(iter(both + keyed + named), None)


def read_lists(head: Head, cells: Cells) -> tuple[tuple[str, ...], tuple[Person, ...]]:
    """Departments and people in the order of the sheet; lines without a name are passed over."""
    columns, first_row = _columns(head)
    by_column = list(zip(*islice(cells.rows(), first_row, None), strict=True))
    rows = len(by_column[0]) if by_column else 0
    texts = {key: [""] * rows for key in _KEYS}
    for key, column in columns.items():
        if 0 <= (at := column - cells.first_column) < len(by_column):
            texts[key] = [_text(value) for value in Values().convert(by_column[at])]
    departments = dict.fromkeys(filter(None, texts[DEPARTMENT_KEY]))
    people = (Person(*parts) for parts in zip(*(texts[key] for key in PERSON_KEYS), strict=True))
    return tuple(departments), tuple(person for person in people if person.name)


def _columns(head: Head) -> tuple[Mapping[str, int], int]:
    """The column of each key, and the first row of entries; rows and columns count from 0."""
    headings = next((n for n, row in enumerate(head.rows) if len(_by_headings(row)) > 1), None)
    for n, row in enumerate(head.rows):
        if columns := _by_keys(row):
            return columns, (n + HEADER_ROW - KEY_ROW if headings is None else headings) + 1
    if headings is None:
        return {}, 0
    return _by_headings(head.rows[headings]), headings + 1


def _by_keys(row: Sequence[Any]) -> dict[str, int]:
    """Key -> column, in a row that holds keys of people; "department" alone may be a register."""
    found = {cell: n for n, cell in enumerate(row) if isinstance(cell, str) and cell in _KEYS}
    return found if found.keys() & set(PERSON_KEYS) else {}


def _by_headings(row: Sequence[Any]) -> dict[str, int]:
    """Key -> column. Departments have the same heading as the departments of people, and come
    first.
    """
    found: dict[str, int] = {}
    for n, cell in enumerate(row):
        part = _headings().get(fold(cell)) if isinstance(cell, str) else None
        if part == "department" and not found:
            found[DEPARTMENT_KEY] = n
        elif part:
            found.setdefault(f"person.{part}", n)
    return found


@cache
def _headings() -> Mapping[str, str]:
    """Folded heading -> the part of a person that it names."""
    parts = [key.partition(".")[2] for key in PERSON_KEYS]
    return {
        fold(say(language, f"template.lists.{part}")): part
        for language in LANGUAGES
        for part in parts
    }


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
