"""The register as it was read: its sheets as frames, and where in the workbook each cell stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from xlflow.languages import Language
from xlflow.record.schema import STANDARD, Schema
from xlflow.record.values import CellError as CellError
from xlflow.record.values import Value as Value

_PLAIN_SHEET_NAME = re.compile(r"[^\W\d]\w*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the people on the Lists sheet."""

    name: str  # masked, as in the register
    department: str = ""
    mail: str = ""
    lead: str = ""  # the name of the person to whom what stays late is told


@dataclass(frozen=True)
class Table:
    """One sheet of the register.

    `frame` has dtype object, one row a record or line, index = row in Excel (from 1), columns =
    field keys in the order of `schema`, values as `Value` or `CellError`. `columns` tells the
    column letters of each field that the workbook has, `first_row` where its records may begin.
    `remnants`: the rows that hold nothing any more but what xlflow wrote beside a record.
    """

    sheet: str
    title: str
    columns: Mapping[str, str]
    frame: pd.DataFrame
    first_row: int = 4
    schema: Schema = STANDARD
    remnants: tuple[int, ...] = ()

    def cell(self, row: int, key: str) -> str:
        """The address of a cell, as Excel writes it: ``Register!F12``, ``'My list'!F12``."""
        return f"{quoted(self.title)}!{self.columns[key]}{row}"

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class Register:
    """A register of requirements: the record sheet, its three child sheets, and its lists."""

    path: str
    language: Language
    register_id: str
    layout: int  # the version that it is laid out by
    requirements: Table
    progress: Table
    issues: Table
    changes: Table
    departments: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    saved_by: str | None = None  # what the workbook itself says of its last saving
    saved_at: datetime | None = None

    @property
    def schema(self) -> Schema:
        """The fields of its sheets and the choices of its dropdowns."""
        return self.requirements.schema

    @property
    def tables(self) -> tuple[Table, ...]:
        """The sheets that hold records and lines, the register first."""
        return (self.requirements, self.progress, self.issues, self.changes)


def quoted(title: str) -> str:
    """A sheet's name as it stands in a reference."""
    plain = _PLAIN_SHEET_NAME.fullmatch(title) and not re.fullmatch(r"[A-Za-z]{1,3}\d+", title)
    return title if plain else "'" + title.replace("'", "''") + "'"


def frame_of(
    sheet: str,
    rows: Iterable[Mapping[str, object]],
    index: Iterable[int] | None = None,
    schema: Schema = STANDARD,
) -> pd.DataFrame:
    """A frame of `sheet` from rows of field key -> value; a key that a row lacks is blank.

    `index` holds the rows in Excel; without it they are counted from 4, where records begin.
    """
    held = list(rows)
    keys = [field.key for field in schema.sheets[sheet]]
    where = list(index) if index is not None else list(range(4, 4 + len(held)))
    columns = {key: [row.get(key) for row in held] for key in keys}
    series = {key: pd.Series(values, index=where, dtype=object) for key, values in columns.items()}
    return pd.DataFrame(series, index=pd.Index(where, dtype="int64"), columns=keys)
