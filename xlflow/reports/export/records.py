"""The requirements, and the lines of the child sheets: one row each, all fields of the company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from xlflow.languages import Language
from xlflow.record.fields import Field
from xlflow.record.register import Table
from xlflow.record.schema import Schema
from xlflow.reports.export.cells import TYPES, column_of
from xlflow.reports.export.layout import Column, Layout, Row, Type, column_label, unlike

_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Reader:
    """For whom the rows are: the language of the labels, the zone of the moments."""

    language: Language
    zone: tzinfo


def records_layout(sheet: str, schema: Schema, language: Language) -> Layout:
    """The columns of a sheet: where the row comes from, each field, what was typed otherwise.

    Behind each choice, which is told as its code, stands its label.
    """
    fields = schema.sheets[sheet]
    keys = [field.key for field in fields]
    columns = [_beside("register", keys, language), _beside("row", keys, language, Type.INTEGER)]
    for field in fields:
        columns += _columns_of(field, schema, language, keys)
    columns.append(_beside("as_typed", keys, language, Type.FIELDS))
    return Layout(sheet, tuple(columns))


def record_rows(
    table: Table, register: str, reader: Reader, *, has_rows: bool = True
) -> Iterator[Row]:
    """The rows of a sheet as it stands; `has_rows`: whether rows of the workbook mean anything."""
    frame = table.frame
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE]
        columns: list[list[Any]] = [
            [register] * len(part),
            part.index.tolist() if has_rows else [None] * len(part),
        ]
        typed: list[dict[str, str] | None] = [None] * len(part)
        for field in table.schema.sheets[table.sheet]:
            choices = table.schema.choices[field.choices] if field.choices else None
            values, others = column_of(part[field.key].tolist(), field.kind, reader.zone, choices)
            columns.append(values)
            if choices is not None:
                labels = {code: choices.label(code, reader.language) for code in choices.codes}
                columns.append([labels.get(code) for code in values])
            for position, text in others.items():
                typed[position] = {**(typed[position] or {}), field.key: text}
        yield from zip(*columns, typed, strict=True)


def _columns_of(
    field: Field, schema: Schema, language: Language, keys: list[str]
) -> Iterator[Column]:
    label = field.label(language)
    if not field.choices:
        yield Column(field.key, TYPES.get(field.kind, Type.TEXT), label)
        return
    yield Column(field.key, Type.TEXT, label, schema.choices[field.choices].codes)
    yield Column(unlike(f"{field.key}_label", keys), Type.TEXT, label)


def _beside(name: str, keys: list[str], language: Language, kind: Type = Type.TEXT) -> Column:
    return Column(unlike(name, keys), kind, column_label(name, language))
