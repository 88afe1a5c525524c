"""Finding the fields of a register whose headers or hidden keys people have overwritten.

A label is restored by its key, a key by its label. Where both are gone, the validation that is left
on the column tells, or the only empty place between the neighbours of the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlflow.languages import Language
from xlflow.record.schema import Schema
from xlflow.workbook.addresses import area
from xlflow.workbook.mending.places import Place
from xlflow.workbook.reader_columns import Head, Layout, Row, layout_of
from xlflow.workbook.reader_refusals import LayoutFault
from xlflow.workbook.schema import HEADER_ROW, KEY_ROW

_KEYS_MAKE_A_ROW = 2
_TO_HEADER = HEADER_ROW - KEY_ROW

FieldAt = Callable[[int], str | None]
"""The field whose validation a column has (counted from 1), if it has one."""


@dataclass(frozen=True, slots=True)
class LostText:
    """A cell of the layout that does not hold its text; `found` is what stands there."""

    kind: str  # "header", "key", "list"
    title: str
    row: int
    column: int
    text: str
    found: str

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands there that anybody would miss."""
        return not self.found.strip()


@dataclass(frozen=True, slots=True)
class PlacedSheet:
    """Where the fields of a sheet stand, what must be written for it, and what cannot be told."""

    place: Place
    key_row: int | None  # counted from 1
    lost: tuple[LostText, ...]
    faults: tuple[LayoutFault, ...]


def placed(
    schema: Schema, sheet: str, head: Head, language: Language, field_at: FieldAt
) -> PlacedSheet:
    """Where the fields of `sheet` stand on the tab that holds it."""
    keys = key_row(head, schema.by_key(sheet))
    layout = layout_of(sheet, head, schema)
    if _lacks_header(layout) and keys is not None:
        layout = layout_of(sheet, _with_labels(schema, sheet, head, keys, language), schema)
    if _lacks_header(layout):
        return PlacedSheet(Place(schema, sheet, head.title, {}, 0, 1), None, (), layout.faults)
    headers = layout.first_row - 1
    columns = {key: column + 1 for key, column in layout.columns.items()}
    faults: list[LayoutFault] = []
    for fault in layout.faults:
        column = _lost_column(fault, set(columns.values()), field_at, len(head.rows[headers]))
        if column is None:
            faults.append(fault)
        else:
            columns[fault.key] = column
    place = Place(schema, sheet, head.title, columns, headers + 1, headers + 2)
    key_row_at = _row_for_keys(place, head) if keys is None else keys + 1
    lost = tuple(_lost(place, head, key_row_at, language))
    return PlacedSheet(place, key_row_at, lost, tuple(faults))


def key_row(head: Head, keys: Mapping[str, object]) -> int | None:
    """The row, from 0, that holds the most keys."""
    counts = [
        sum(isinstance(cell, str) and cell.strip() in keys for cell in row) for row in head.rows
    ]
    most = max(counts, default=0)
    return counts.index(most) if most >= _KEYS_MAKE_A_ROW else None


def cell_of(rows: Sequence[Row], row: int, column: int) -> str:
    """What a cell shows, "" beyond the rows; row and column count from 1."""
    inside = row <= len(rows) and column <= len(rows[row - 1])
    value = rows[row - 1][column - 1] if inside else ""
    return value if isinstance(value, str) else str(value)


def _lacks_header(layout: Layout) -> bool:
    return any(fault.kind == "no-header" for fault in layout.faults)


def _with_labels(schema: Schema, sheet: str, head: Head, keys: int, language: Language) -> Head:
    """The head as it is with the labels back over the keys."""
    rows = list(head.rows) + [[]] * (keys + _TO_HEADER + 1 - len(head.rows))
    rows[keys + _TO_HEADER] = [
        schema.label(cell.strip(), language, sheet)
        if isinstance(cell, str) and cell.strip() in schema.by_key(sheet)
        else ""
        for cell in rows[keys]
    ]
    return Head(head.title, rows)


def _lost_column(
    fault: LayoutFault, claimed: set[int], field_at: FieldAt, width: int
) -> int | None:
    """The column, from 1, that has lost header and key; None where it cannot be told."""
    if fault.kind not in ("header-changed", "header-empty", "column-missing"):
        return None
    free = (column for column in range(1, width + 1) if column not in claimed)
    told = [column for column in free if field_at(column) == fault.key]
    if len(told) == 1:
        return told[0]
    if told or fault.kind != "header-empty":
        return None  # a column of somebody's own may stand where the field's was
    where = area(str(fault.facts["cell"]).rpartition("!")[2])
    return where.left if where else None


def _lost(place: Place, head: Head, row: int | None, language: Language) -> Iterator[LostText]:
    for field in place.schema.sheets[place.sheet]:
        column = place.columns.get(field.key)
        if column is None:
            continue
        wanted = {"header": (place.header_row, field.label(language)), "key": (row, field.key)}
        for kind, (at, text) in wanted.items():
            found = cell_of(head.rows, at, column) if at else text
            if at and found != text:
                yield LostText(kind, place.title, at, column, text, found)


def _row_for_keys(place: Place, head: Head) -> int | None:
    """Where lost keys go: into the row that the template keeps for them, if it is empty."""
    row = place.header_row - _TO_HEADER
    if row < 1 or any(cell_of(head.rows, row, column) for column in place.columns.values()):
        return None
    return row
