"""The Lists sheet: the keys, headings and choices that are xlflow's, beside what people enter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from xlflow.record.choices import CHOICES
from xlflow.record.schema import Schema
from xlflow.workbook.mending.heads import LostText, cell_of, key_row
from xlflow.workbook.mending.places import Place
from xlflow.workbook.reader_cells import Cells, Row
from xlflow.workbook.reader_columns import Head
from xlflow.workbook.schema import HEADER_ROW, KEY_ROW


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of the template's Lists sheet; `texts` are the choices, in their order."""

    column: int
    heading: str
    texts: tuple[str, ...]
    is_companys: bool = False  # whether it holds a company's own set of choices


def columns_in_template(rows: Sequence[Row]) -> Mapping[str, ListColumn]:
    """The columns by key, from the rows of the template's sheet."""
    found: dict[str, ListColumn] = {}
    for column, key in enumerate(rows[KEY_ROW - 1], 1):
        if not key:
            continue
        below = (cell_of(rows, row, column) for row in range(HEADER_ROW + 1, len(rows) + 1))
        texts = tuple(text for text in below if text)
        is_fixed = key.startswith(("choice.", "spelling."))
        heading = cell_of(rows, HEADER_ROW, column)
        is_companys = is_fixed and key.split(".")[1] not in CHOICES
        found[key] = ListColumn(column, heading, texts if is_fixed else (), is_companys)
    return found


def placed_lists(schema: Schema, head: Head, wanted: Mapping[str, ListColumn]) -> Place:
    """Where the columns stand. One without its key stands where the template has it, if its heading
    is there, or nothing at all; a company's own may never have been there.
    """
    keys = key_row(head, wanted)
    row = KEY_ROW if keys is None else keys + 1
    headings = row + HEADER_ROW - KEY_ROW
    width = max(map(len, head.rows), default=0)
    shown = {cell_of(head.rows, row, column).strip(): column for column in range(width, 0, -1)}
    columns = {key: shown[key] for key in wanted if key in shown}
    for key, column in wanted.items():
        at = column.column
        is_free = at not in columns.values() and not cell_of(head.rows, row, at)
        is_empty = not any(cell_of(head.rows, n, at) for n in range(1, len(head.rows) + 1))
        has_heading = bool(column.heading) and cell_of(head.rows, headings, at) == column.heading
        is_its = has_heading or (is_empty and not column.is_companys)
        if key not in columns and is_free and is_its:
            columns[key] = at
    return Place(schema, "lists", head.title, columns, headings, headings + 1)


def lost_texts(place: Place, cells: Cells, wanted: Mapping[str, ListColumn]) -> Iterator[LostText]:
    """The cells that do not hold their text. What people entered is not looked at."""
    before = [""] * cells.first_column
    last = place.first_row + max(len(column.texts) for column in wanted.values())
    rows = [before + row for row in islice(cells.rows(), last)]
    key_at = place.header_row - HEADER_ROW + KEY_ROW
    for key, column in place.columns.items():
        texts = {key_at: key, place.header_row: wanted[key].heading}
        texts |= dict(enumerate(wanted[key].texts, place.first_row))
        for row, text in texts.items():
            found = cell_of(rows, row, column)
            if found != text:
                yield LostText("list", place.title, row, column, text, found)
