"""Requirement forms for tests, filled in as people do, with another program than xlflow."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import openpyxl
from company import new

from xlflow.languages import Language
from xlflow.record.submission import asked
from xlflow.settings import default_settings
from xlflow.workbook.form.blank import ANSWER, KEY, FormFacts, build_form

DEPARTMENTS = {
    "en": ("Marketing", "Finance"),
    "zh-Hans": ("市场部", "财务部"),
    "zh-Hant": ("市場部", "財務部"),
}


@cache
def blank(language: Language = "en", form_id: str = "a1", register_id: str = "main") -> bytes:
    facts = FormFacts(form_id, register_id, "inbox", DEPARTMENTS[language])
    return build_form(language, facts, default_settings())


def answers(title: str, **changes: Any) -> dict[str, Any]:
    """A submission without a fault, as far as a form asks for it."""
    keys = {field.key for field in asked(default_settings().schema.register)}
    return {key: value for key, value in new(title, **changes).items() if key in keys}


def filled(
    held: Mapping[str, Any],
    form: bytes | None = None,
    change: Callable[[Any], object] = lambda _sheet: None,
) -> bytes:
    """A form with these answers; `change` is what else the person did to its sheet."""
    book, saved = openpyxl.load_workbook(io.BytesIO(form or blank())), io.BytesIO()
    sheet = book.worksheets[0]
    for row in range(1, sheet.max_row + 1):
        key = sheet.cell(row, KEY).value
        if key in held:
            sheet.cell(row, ANSWER).value = held[key]
    change(sheet)
    book.save(saved)
    return saved.getvalue()
