"""Something plausible for a sample's records in the fields of a company's own."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlflow.languages import Language
from xlflow.record.fields import Kind
from xlflow.record.schema import Schema


def own_values(
    schema: Schema, language: Language, owner: str, submitted: date, position: int
) -> dict[str, Any]:
    """A value for each of them, in a record of the sample that stands at `position`."""
    row: dict[str, Any] = {}
    for field in schema.register:
        if not field.is_companys:
            continue
        match field.kind:
            case Kind.CHOICE:
                labels = schema.choices[field.choices].labels(language)
                row[field.key] = labels[position % len(labels)]
            case Kind.NAME:
                row[field.key] = owner
            case Kind.DATE:
                row[field.key] = submitted
            case Kind.DAYS | Kind.AMOUNT:
                row[field.key] = position % 9 + 1
            case _:
                number = f"{position % 9 + 1:02d}"
                label = f"{field.label(language)} {number}"
                limit = field.limit.get(language, len(label))
                row[field.key] = label if len(label) <= limit else number[:limit]
    return row
