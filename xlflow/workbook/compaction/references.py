"""The references in a formula: which cells of which sheet it reads.

Source: ECMA-376 18.17.2 (formula grammar).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xlflow.workbook.addresses import MAX_COLUMN, MAX_ROW, Area, column_letters, column_number

_CELL = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}"
_PLAIN = r"[^\s'\"!()\[\]{}+\-*/^&=<>,;:%@#|$]{1,64}+"  # a sheet's name without quotes
_TOKEN = re.compile(
    rf"""
    "(?:[^"]|"")*"                                        # a text
    | \[[^\[\]]*\](?!{_PLAIN}!)                           # a column of a table
    | (?P<sheets>
        '(?P<quoted>(?:[^']|'')*)'!
        | (?P<plain>(?:\[[^\[\]]*\])?{_PLAIN}(?::{_PLAIN})?)!
      )?
      (?<![\w.$\\?])
      (?P<reference>
        {_CELL}:{_CELL} | {_CELL}
        | \$?[A-Z]{{1,3}}:\$?[A-Z]{{1,3}}
        | \$?[0-9]{{1,7}}:\$?[0-9]{{1,7}}
      )
      (?![\w.(\[!\\?])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PART = re.compile(r"(\$?)([A-Z]{0,3})(\$?)([0-9]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """Cells that a formula reads.

    `sheets` are the first and the last of the sheets named before it, () where none is: the
    formula's own. `top_slides` and `bottom_slides`: that row is written without ``$``.
    """

    sheets: tuple[str, ...]
    area: Area
    top_slides: bool
    bottom_slides: bool

    def slid(self, rows: int) -> Area:
        """The cells that the same formula reads when it is filled `rows` rows down."""
        return replace(
            self.area,
            top=self.area.top + rows * self.top_slides,
            bottom=self.area.bottom + rows * self.bottom_slides,
        )


def references(formula: str) -> Iterator[Reference]:
    """The references in a formula; those to other workbooks are left out.

    A cell before or behind a range operator whose other side is computed (``A4:INDEX(...)``), and
    the start of an OFFSET, stand for all cells from there on. What a formula computes out of texts
    (INDIRECT) is not seen: Excel does not follow it either when rows are deleted.
    """
    for found in _TOKEN.finditer(formula):
        if not found["reference"]:
            continue
        quoted, plain = found["quoted"], found["plain"]
        named = quoted.replace("''", "'") if quoted is not None else plain or ""
        if "[" in named:
            continue
        area, top_slides, bottom_slides = _area(found["reference"])
        if area is None:
            continue
        before = formula[: found.start()].rstrip()
        if formula.startswith(":", found.end()) or before.upper().endswith("OFFSET("):
            area, bottom_slides = replace(area, bottom=MAX_ROW), False
        if before.endswith(":"):
            area, top_slides = replace(area, top=1), False
        sheets = tuple(named.split(":")) if named else ()
        yield Reference(sheets, area, top_slides, bottom_slides)


def relative(formula: str, row: int, column: int) -> str:
    """The formula of a cell with its references told from there, the same wherever it is copied."""

    def spelled(found: re.Match[str]) -> str:
        if not found["reference"]:
            return found[0]
        return (found["sheets"] or "") + _distances(found["reference"], row, column)

    return _TOKEN.sub(spelled, formula)


def _area(reference: str) -> tuple[Area | None, bool, bool]:
    ends = [_end(part) for part in reference.split(":")]
    rows = [row for _, row, _ in ends]
    if any(row is not None and not 1 <= row <= MAX_ROW for row in rows):
        return None, False, False
    try:
        columns = sorted(column_number(letters.upper()) for letters, _, _ in ends if letters)
    except ValueError:
        return None, False, False
    left, right = (columns[0], columns[-1]) if columns else (1, MAX_COLUMN)
    if rows[0] is None or rows[-1] is None:
        return Area(1, left, MAX_ROW, right), False, False
    (_, top, top_slides), (_, bottom, bottom_slides) = sorted(
        (ends[0], ends[-1]), key=lambda end: end[1] or 0
    )
    return Area(top or 1, left, bottom or 1, right), top_slides, bottom_slides


def _end(part: str) -> tuple[str, int | None, bool]:
    """Letters, row and whether the row slides, of one end of a reference."""
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"no reference: {part!r}")
    if not found[2]:  # "$15"
        return "", int(found[4]), not found[1]
    return found[2], int(found[4]) if found[4] else None, not found[3]


def _distances(reference: str, row: int, column: int) -> str:
    found = (_PART.fullmatch(part) for part in reference.split(":"))
    return ":".join(_distance(part, row, column) for part in found if part)


def _distance(part: re.Match[str], row: int, column: int) -> str:
    column_fixed, letters, row_fixed, digits = part.groups()
    if not letters:
        row_fixed = column_fixed
    spelled = ""
    if digits:
        spelled += f"R{digits}" if row_fixed else f"R[{int(digits) - row}]"
    if letters:
        number = column_number(letters.upper())
        spelled += f"C{column_letters(number)}" if column_fixed else f"C[{number - column}]"
    return spelled
