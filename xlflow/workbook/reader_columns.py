"""Which column of a sheet holds which field: by its hidden key, else by its header."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlflow.record.register import quoted
from xlflow.record.schema import Schema
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.reader_refusals import LayoutFault
from xlflow.workbook.schema import HEADER_ROW, KEY_ROW

Row = Sequence[Any]

_KNOWN_BY = 0.5  # the part of a sheet's keys or headers in one row by which it is known
_HEADER_BY = 0.25  # enough for the header row of a sheet that is known otherwise


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of a sheet, from its first column on."""

    title: str
    rows: Sequence[Row]

    def address(self, row: int, column: int) -> str:
        """A cell as Excel writes it; row and column count from 0."""
        return f"{quoted(self.title)}!{column_letters(column + 1)}{row + 1}"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of a sheet stand; rows and columns count from 0."""

    schema: Schema
    sheet: str
    title: str
    columns: Mapping[str, int]
    first_row: int
    labels: tuple[str, ...]
    faults: tuple[LayoutFault, ...] = ()


def layout_of(sheet: str, head: Head, schema: Schema) -> Layout:
    """Where the fields of `sheet` stand on the tab that holds it, and what stands wrong."""
    keys = _key_row(sheet, head, schema)
    headers = _header_row(sheet, head, schema, keys)
    if headers is None:
        facts = {"tab": quoted(head.title), "row": HEADER_ROW, "key_row": KEY_ROW}
        fault = LayoutFault("no-header", sheet, facts=facts)
        return Layout(schema, sheet, head.title, {}, 0, (), (fault,))
    columns = _Columns(schema, sheet, head, keys, headers)
    return Layout(
        schema=schema,
        sheet=sheet,
        title=head.title,
        columns={key: found[0] for key, found in columns.found.items()},
        first_row=max(headers, -1 if keys is None else keys) + 1,
        labels=tuple(cell.strip() for cell in head.rows[headers] if isinstance(cell, str)),
        faults=columns.faults(),
    )


@dataclass(frozen=True, slots=True)
class _Match:
    """A row, and the part of the fields of a sheet that it names."""

    row: int
    part: float


def known_by_keys(sheet: str, head: Head, schema: Schema) -> float:
    """How much of `sheet` the best row of keys names: 0 where it is too little to be sure."""
    return _known(_best_row(sheet, head, schema, _key, None))


def known_by_headers(sheet: str, head: Head, schema: Schema) -> float:
    """How much of `sheet` the best row of headers names: 0 where it is too little to be sure."""
    return _known(_best_row(sheet, head, schema, Schema.key_of, None))


def _known(best: _Match | None) -> float:
    return best.part if best and best.part >= _KNOWN_BY else 0


def _key_row(sheet: str, head: Head, schema: Schema) -> int | None:
    best = _best_row(sheet, head, schema, _key, None)
    return best.row if best and _known(best) else None


def _header_row(sheet: str, head: Head, schema: Schema, keys: int | None) -> int | None:
    best = _best_row(sheet, head, schema, Schema.key_of, keys)
    return best.row if best and best.part >= _HEADER_BY else None


def _best_row(
    sheet: str,
    head: Head,
    schema: Schema,
    means: Callable[[Schema, str, object], str | None],
    but: int | None,
) -> _Match | None:
    """The row that names the most fields, each counted once."""
    named = {
        n: len({key for cell in row if (key := means(schema, sheet, cell))})
        for n, row in enumerate(head.rows)
        if n != but
    }
    best = max(named, key=lambda n: named[n], default=None)
    standard = sum(not field.is_companys for field in schema.sheets[sheet])
    return None if best is None else _Match(best, named[best] / standard)


def _key(schema: Schema, sheet: str, cell: object) -> str | None:
    """The field whose key a cell holds, spelled as it is: the header "Title" is no key."""
    held = cell.strip() if isinstance(cell, str) else ""
    return held if held in schema.by_key(sheet) else None


class _Columns:
    """The columns of one sheet by field.

    A key wins over a header, and a label over another usual spelling of it. A column without a key
    whose header is the label of a field makes two of that field: nobody could tell them apart.
    """

    def __init__(
        self, schema: Schema, sheet: str, head: Head, keys: int | None, headers: int
    ) -> None:
        self._schema = schema
        self._sheet = sheet
        self._head = head
        self._headers = headers
        self._row = head.rows[headers]
        self._key_cells: Row = () if keys is None else head.rows[keys]
        self.found = self._find()

    def _find(self) -> dict[str, list[int]]:
        keyed, labelled, spelled = (defaultdict[str, list[int]](list) for _ in range(3))
        for column in range(max(len(self._row), len(self._key_cells))):
            header = self._row[column] if column < len(self._row) else None
            key = self._key_cells[column] if column < len(self._key_cells) else None
            if known := _key(self._schema, self._sheet, key):
                keyed[known].append(column)
            elif isinstance(header, str):
                if known := self._schema.key_of_label(self._sheet, header):
                    labelled[known].append(column)
                elif known := self._schema.key_of(self._sheet, header):
                    spelled[known].append(column)
        found: dict[str, list[int]] = {}
        for field in self._schema.sheets[self._sheet]:
            if columns := keyed[field.key] + labelled[field.key] or spelled[field.key]:
                found[field.key] = columns
        return found

    def faults(self) -> tuple[LayoutFault, ...]:
        """The columns that are missing or doubled, in the order of the fields."""
        faults: list[LayoutFault] = []
        for field in self._schema.sheets[self._sheet]:
            columns = self.found.get(field.key, [])
            if not columns:
                faults.append(self._missing(field.key))
            elif len(columns) > 1:
                cells = ", ".join(self._head.address(self._headers, n) for n in columns)
                facts = {"cells": cells, "key_row": KEY_ROW}
                faults.append(
                    LayoutFault("column-doubled", self._sheet, field.key, facts, self._schema)
                )
        return tuple(faults)

    def _missing(self, key: str) -> LayoutFault:
        column = self._lost_column(key)
        if column is None:
            facts = {"tab": quoted(self._head.title), "row": self._headers + 1}
            return LayoutFault("column-missing", self._sheet, key, facts, self._schema)
        text = str(self._row[column]).strip() if column < len(self._row) else ""
        facts = {"cell": self._head.address(self._headers, column), "text": text}
        kind = "header-changed" if text else "header-empty"
        return LayoutFault(kind, self._sheet, key, facts, self._schema)

    def _lost_column(self, key: str) -> int | None:
        """The column whose header was probably overwritten: it stands between the neighbours of
        the field, where as many columns are unknown as fields are missing.
        """
        held = self._schema.sheets[self._sheet]
        # A company's own fields may stand where an upgrade has put them.
        fields = [field.key for field in held if not field.is_companys]
        if key not in fields:
            return None
        sure = {known: columns[0] for known, columns in self.found.items() if len(columns) == 1}
        place = fields.index(key)
        before = max((n for n in range(place) if fields[n] in sure), default=-1)
        after = min((n for n in range(place, len(fields)) if fields[n] in sure), default=-1)
        first = sure[fields[before]] if before >= 0 else -1
        last = sure[fields[after]] if after >= 0 else len(self._row)
        missing = (after if after >= 0 else len(fields)) - before - 1
        free = [column for column in range(first + 1, last) if column not in sure.values()]
        return free[place - before - 1] if len(free) == missing else None
