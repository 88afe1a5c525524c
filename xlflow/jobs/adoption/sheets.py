"""The two sheets that an adopted register brings along: what was kept, and the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlflow.adoption.grid import Cell
from xlflow.adoption.headers import DROP, KEEP
from xlflow.adoption.map_file import why
from xlflow.adoption.notes import Note, letters, where
from xlflow.adoption.placing import Adopted
from xlflow.adoption.proposal import ColumnMap, SheetMap, TrackerMap
from xlflow.languages import Language, say
from xlflow.record.schema import Schema
from xlflow.workbook.grids import Grids
from xlflow.workbook.template import ExtraColumn, ExtraTab

_KEPT_WIDTHS = (12, 30, 16, 9)
_NARROW, _WIDE = 12, 44  # characters, of kept columns
_REPORT_WIDTHS = (24, 16, 20, 20, 20, 40, 30, 9)


def kept_tab(language: Language, adopted: Adopted) -> ExtraTab | None:
    """What had no field, a row for each old row that holds any; None where nothing was kept."""
    headers = list(dict.fromkeys(header for row in adopted.kept for header in row.cells))
    if not headers:
        return None
    order = {id(record): n for n, record in enumerate(adopted.records)}
    rows = sorted(adopted.kept, key=lambda row: (order[id(row.record)], row.row))
    labels = [
        say(language, f"adoption.kept.{name}") for name in ("number", "title", "sheet", "row")
    ]
    columns = [ExtraColumn(*pair) for pair in zip(labels, _KEPT_WIDTHS, strict=True)]
    columns += [
        ExtraColumn(_header(header, language), _width(header, [r.cells.get(header) for r in rows]))
        for header in headers
    ]
    return ExtraTab(
        title=say(language, "adoption.tab.kept"),
        purpose=say(language, "adoption.tab.kept-purpose"),
        columns=tuple(columns),
        rows=[
            (
                row.record.values.get("number"),
                row.record.values.get("title"),
                row.sheet,
                row.row + 1,
                *(row.cells.get(header) for header in headers),
            )
            for row in rows
        ],
        frozen=2,
    )


def report_tab(
    language: Language,
    schema: Schema,
    file: str,
    grids: Grids,
    mapping: TrackerMap,
    adopted: Adopted,
) -> ExtraTab:
    """What became of each column, and of the cells that are worth a word."""
    names = ("what", "sheet", "cells", "header", "field", "old", "new", "count")
    labels = [say(language, f"adoption.report.{name}") for name in names]
    rows: list[Sequence[Any]] = []
    for sheet in mapping.sheets:
        rows += (_column_row(sheet, column, schema, language) for column in sheet.columns)
    for note in adopted.notes:
        rows += note_rows(note, schema, language)
    for title, refused in grids.unread:
        what = say(language, "adoption.what.unread")
        rows.append((what, title, None, None, None, refused.message(language), None, None))
    return ExtraTab(
        title=say(language, "adoption.tab.report"),
        purpose=say(language, "adoption.tab.report-purpose", file=file),
        columns=tuple(ExtraColumn(*pair) for pair in zip(labels, _REPORT_WIDTHS, strict=True)),
        rows=rows,
        frozen=1,
    )


def note_rows(note: Note, schema: Schema, language: Language) -> Iterator[Sequence[Any]]:
    """A note as rows of the report; it takes several where it names very many cells."""
    label = schema.label(note.key, language, note.field_sheet) if note.key else None
    new: str | None = note.new or None
    if note.what == "split":
        new = say(language, "adoption.new.split", count=int(note.new))
    elif note.what == "masked":
        new = say(language, "adoption.new.masked") if not note.new else note.new
    for position, cells in enumerate(where(note.places)):
        yield (
            say(language, f"adoption.what.{note.what}"),
            note.sheet,
            cells,
            note.header or None,
            label,
            note.old or None,
            new,
            len(note.places) if position == 0 else None,
        )


def _column_row(
    sheet: SheetMap, column: ColumnMap, schema: Schema, language: Language
) -> Sequence[Any]:
    what = {KEEP: "kept", DROP: "dropped-column"}.get(column.target, "mapped")
    label = reason = None
    if what == "mapped":
        label = schema.label(column.target, language, sheet.sheet)
        reason = f"{round(column.confidence * 100)}%  {why(column, language)}"
    return (
        say(language, f"adoption.what.{what}"),
        sheet.title,
        letters(column.number),
        column.header or None,
        label,
        None,
        reason,
        column.filled or None,
    )


def _header(header: str, language: Language) -> str:
    """A kept column's header; one that had none is called by its letters."""
    bare = header.strip("() ")
    has_none = header.startswith("(") and header.endswith(")") and bare.isalpha() and bare.isupper()
    return say(language, "adoption.kept.unnamed", column=bare) if has_none else header


def _width(header: str, values: Sequence[Cell]) -> float:
    longest = max((_measured(value) for value in values[:500]), default=0)
    return min(_WIDE, max(_NARROW, _measured(header) * 0.7, longest + 2))


def _measured(value: Cell) -> int:
    text = str(value) if value is not None else ""
    return max(
        (len(line) + sum(c > "\u2e80" for c in line) for line in text.split("\n")), default=0
    )
