"""Small registers for tests, written as tables of field key -> value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from openpyxl.utils import get_column_letter

from xlflow.languages import Language, say
from xlflow.record.choices import CHOICES
from xlflow.record.example import worked_example
from xlflow.record.register import Person, Register, Table, frame_of
from xlflow.record.schema import STANDARD, Schema

Row = Mapping[str, Any]


def register(
    rows: Iterable[Row] = (),
    *,
    progress: Iterable[Row] = (),
    issues: Iterable[Row] = (),
    changes: Iterable[Row] = (),
    language: Language = "en",
    departments: tuple[str, ...] = ("Marketing", "Finance"),
    people: tuple[Person, ...] = (),
    schema: Schema = STANDARD,
) -> Register:
    """A register with these rows, as if read from a workbook; records begin in row 4."""
    tables = {
        sheet: Table(
            sheet=sheet,
            title=say(language, f"record.sheet.{sheet}"),
            columns={field.key: get_column_letter(n) for n, field in enumerate(fields, 1)},
            frame=frame_of(sheet, lines, schema=schema),
            schema=schema,
        )
        for (sheet, fields), lines in zip(
            schema.sheets.items(), (rows, progress, issues, changes), strict=True
        )
    }
    return Register(
        path="register.xlsx",
        language=language,
        register_id="test",
        layout=1,
        requirements=tables["register"],
        progress=tables["progress"],
        issues=tables["issues"],
        changes=tables["changes"],
        departments=departments,
        people=people,
    )


def clean(status: str = "submitted", language: Language = "en", **changes: Any) -> dict[str, Any]:
    """A row without a fault in `status`, from the worked example moved to clean dates.

    `changes` set fields afterwards; choice fields are given by their codes.
    """
    row = worked_example(language) | {
        "assessed_on": date(2024, 3, 4),
        "business_signed_on": date(2024, 3, 5),
        "technical_signed_on": date(2024, 3, 5),
        "design_due": date(2024, 3, 6),
        "development_due": date(2024, 3, 11),
        "mark": None,
        "status": CHOICES["status"].label(status, language),
    }
    for key, value in changes.items():
        choices = STANDARD.field(key).choices
        row[key] = CHOICES[choices].label(value, language) if choices and value else value
    return row
