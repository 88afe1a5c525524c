"""What an exported table is: its columns with stable names and types, and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from xlflow.languages import Language, entry, say

Row = tuple[Any, ...]
"""Values in the order of the columns, None for none: what each `Type` says."""


class Type(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"  # int or float
    TRUTH = "boolean"
    DATE = "date"
    MOMENT = "timestamp"  # a datetime that is aware of its zone
    TEXTS = "list"  # a tuple of texts
    FIELDS = "object"  # a mapping of field key -> text


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` stays the same in all languages; `label` is for people.

    `codes`: what a choice may be.
    """

    name: str
    type: Type = Type.TEXT
    label: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's name and columns."""

    name: str
    columns: tuple[Column, ...]


def layout_of(name: str, columns: Mapping[str, Type], language: Language) -> Layout:
    """A table whose columns have these names and types; its labels are the catalogue's."""
    return Layout(
        name, tuple(Column(key, kind, column_label(key, language)) for key, kind in columns.items())
    )


def column_label(name: str, language: Language) -> str:
    """What a column is called that is no field of the register."""
    of_findings: Mapping[str, str] = entry(language, "findings.column")
    return of_findings.get(name) or say(language, f"export.column.{name}")


class Form(Protocol):
    """Writes a table, as a file of one kind."""

    def add(self, rows: Iterable[Row]) -> int:
        """Write these rows behind those before; returns how many there were."""

    def finish(self) -> None:
        """Write what belongs behind the last row."""


def unlike(name: str, taken: Iterable[str]) -> str:
    """`name`, or one made from it that is not taken: a company may call its own field so.

    >>> unlike("row", ["title"]), unlike("row", ["row", "row_"])
    ('row', 'row__')
    """
    held = set(taken)
    while name in held:
        name += "_"
    return name
