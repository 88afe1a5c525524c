"""What a formula means, whatever columns and rows its sheet has them in.

``ISNUMBER($G4)`` on a cell of row 4 and ``ISNUMBER($H12)`` on one of row 12 mean the same where
both look at the due date of their own record. Programs also spell formulas in ways of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xlflow.workbook.addresses import (
    MAX_COLUMN,
    MAX_ROW,
    address,
    area,
    column_letters,
    column_number,
)
from xlflow.workbook.mending.places import Place
from xlflow.workbook.schema import LAST_ROW

_TOKEN = re.compile(
    r"""
    "(?:[^"]|"")*"     # a text
    |'(?:[^']|'')*'    # a sheet
    |[\w.]+\(          # a function: LOG10( is no cell
    |[\w.$]+           # a cell, a name or a number
    |\s+|.""",
    re.DOTALL | re.VERBOSE,
)
_CELL = re.compile(r"(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})")
_NUMBER = re.compile(r"[0-9.]+")
_SAME = {"TRUE": "1", "FALSE": "0"}  # LibreOffice writes them as numbers


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell as a formula sees it from the cell that it is worked out for.

    `column`: "" its own, the key of a field, "=7" another one, "+2" so many to the right.
    `row`: "" its own, "header", "last" of the sheet, "entry3" from 0 below the header, "+1".
    """

    column: str
    row: str


RECORD = Reference("*", "")
"""All cells of the record."""

Meaning = tuple[str | Reference, ...]


def meaning(formula: str, place: Place, row: int, column: int) -> Meaning:
    """What the formula means on a sheet, written for the cell in that row and column."""
    found: list[str | Reference] = []
    for token in _tokens(formula):
        cell = _cell(token)
        found.append(_reference(cell, place, row, column) if cell else _spelled(token))
    return tuple(_with_records(found))


def formula(meant: Meaning, place: Place, column: int) -> str:
    """The formula that means it, written for a cell of `column` in the first row of records."""
    return "".join(
        part if isinstance(part, str) else _written(part, place, column) for part in meant
    )


def moved(formula: str, down: int, right: int) -> str:
    """The formula written for another cell: relative references move, all else stays as it is."""
    return "".join(
        _moved(cell, down, right) if (cell := _cell(found[0])) else found[0]
        for found in _TOKEN.finditer(formula)
    )


def shape(meant: Meaning) -> Meaning:
    """The meaning with its numbers and texts left open: limits and names of the time before."""
    return tuple(
        "#" if isinstance(part, str) and (part.startswith('"') or _NUMBER.fullmatch(part)) else part
        for part in meant
    )


def _tokens(formula: str) -> Iterator[str]:
    for found in _TOKEN.finditer(formula.strip().removeprefix("=")):
        if not found[0].isspace():
            yield found[0]


def _cell(token: str) -> re.Match[str] | None:
    found = _CELL.fullmatch(token)
    return found if found and area(token) else None


def _spelled(token: str) -> str:
    if token[0] in "\"'":
        return token
    return _SAME.get(token.upper(), token if "xlflow" in token.lower() else token.upper())


def _reference(cell: re.Match[str], place: Place, row: int, column: int) -> Reference:
    its_column, its_row = column_number(cell[2]), int(cell[4])
    if cell[1]:
        seen_column = place.fields.get(its_column, f"={its_column}")
    else:
        seen_column = f"{its_column - column:+d}" if its_column != column else ""
    if not cell[3]:
        return Reference(seen_column, f"{its_row - row:+d}" if its_row != row else "")
    return Reference(seen_column, _fixed_row(its_row, place))


def _fixed_row(row: int, place: Place) -> str:
    if row == place.header_row:
        return "header"
    return "last" if row == LAST_ROW else f"entry{row - place.first_row}"


def _moved(cell: re.Match[str], down: int, right: int) -> str:
    column = column_number(cell[2]) + (0 if cell[1] else right)
    row = int(cell[4]) + (0 if cell[3] else down)
    if not 1 <= column <= MAX_COLUMN or not 1 <= row <= MAX_ROW:
        return "#REF!"
    return f"{cell[1]}{column_letters(column)}{cell[3]}{row}"


def _with_records(parts: list[str | Reference]) -> Iterator[str | Reference]:
    """``$A4:$BK4`` is the record, whichever its first and last columns are by now."""
    n = 0
    while n < len(parts):
        first, last = parts[n], parts[n + 2] if parts[n + 1 : n + 2] == [":"] else ""
        if _is_of_record(first) and _is_of_record(last):
            yield RECORD
            n += 3
        else:
            yield first
            n += 1


def _is_of_record(part: str | Reference) -> bool:
    return isinstance(part, Reference) and part.row == "" and part.column[:1] not in ("", "+", "-")


def _written(seen: Reference, place: Place, column: int) -> str:
    row = _written_row(seen.row, place)
    if seen == RECORD:
        ends = min(place.columns.values()), max(place.columns.values())
        return ":".join(f"${address(place.first_row, end)}" for end in ends)
    if seen.column == "":
        return f"{column_letters(column)}{row}"
    return f"${column_letters(place.columns[seen.column])}{row}"


def _written_row(row: str, place: Place) -> str:
    match row:
        case "":
            return str(place.first_row)
        case "header":
            return f"${place.header_row}"
        case "last":
            return f"${LAST_ROW}"
        case _:
            return f"${place.first_row + int(row.removeprefix('entry'))}"
