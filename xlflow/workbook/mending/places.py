"""Where the fields of a sheet stand, in the template or in a register that people have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xlflow.record.schema import Schema
from xlflow.workbook.schema import FIRST_ROW, HEADER_ROW


@dataclass(frozen=True)
class Place:
    """One record sheet, or Lists, whose keys take the place of fields. All counts are from 1."""

    schema: Schema
    sheet: str  # "register", "progress", "issues", "changes", "lists"
    title: str
    columns: Mapping[str, int]  # by field
    header_row: int
    first_row: int

    @cached_property
    def fields(self) -> Mapping[int, str]:
        """Column -> the key of its field."""
        return {column: key for key, column in self.columns.items()}

    def is_own(self, column: int) -> bool:
        """Whether a column holds a field that xlflow fills."""
        key = self.fields.get(column)
        held = self.schema.sheets.get(self.sheet, ())
        return any(field.key == key and field.is_own for field in held)


def place_in_template(schema: Schema, sheet: str, title: str) -> Place:
    """Where the template has them."""
    columns = {field.key: n for n, field in enumerate(schema.sheets[sheet], 1)}
    return Place(schema, sheet, title, columns, HEADER_ROW, FIRST_ROW)
