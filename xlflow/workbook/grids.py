"""All sheets of a workbook of any shape as grids of values. The file is not touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlflow.adoption.grid import Block, Cell, Grid
from xlflow.workbook.archive import Limits
from xlflow.workbook.package import Package
from xlflow.workbook.reader_cells import Book, Cells
from xlflow.workbook.reader_values import Values
from xlflow.workbook.refusals import WorkbookRefused

MOST_CELLS = 6_000_000
"""How many cells, blank ones included, a sheet of an old tracker may span."""


@dataclass(frozen=True)
class Grids:
    """The sheets that could be read, and why the others could not.

    `apart` counts what is in the file besides cells, by kind: "notes", "pictures".
    """

    sheets: tuple[Grid, ...]
    unread: tuple[tuple[str, WorkbookRefused], ...]
    apart: tuple[tuple[str, int], ...]


def read_grids(
    data: bytes, name: str, *, limits: Limits | None = None, most_cells: int = MOST_CELLS
) -> Grids:
    """The sheets in a workbook's bytes; `name` stands for the file in messages.

    Raises:
        WorkbookRefused: No workbook, or one that is damaged, hostile or too large; or none of its
            sheets can be read.
    """
    package = Package.open(data, name, limits)
    book = Book(package, most_cells)
    sheets: list[Grid] = []
    unread: list[tuple[str, WorkbookRefused]] = []
    for title in book.titles:
        try:
            sheets.append(_grid(book.cells(title)))
        except WorkbookRefused as refused:
            unread.append((title, refused))
    if unread and not sheets:
        raise unread[0][1]
    return Grids(tuple(sheets), tuple(unread), _apart(package))


def _grid(cells: Cells) -> Grid:
    values = Values()
    before: list[Cell] = [None] * cells.first_column
    rows = [before + values.convert(row) if row else [] for row in cells.rows()]
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    blocks = (Block(top, left, bottom, right) for (top, left), (bottom, right) in cells.merged)
    return Grid(cells.title, rows, tuple(_within(blocks, rows)))


def _within(blocks: Iterator[Block], rows: Sequence[Sequence[Cell]]) -> Iterator[Block]:
    """The merged ranges that reach into the filled part of a sheet."""
    width = max(map(len, rows), default=0)
    return (block for block in blocks if block.top < len(rows) and block.left < width)


def _apart(package: Package) -> tuple[tuple[str, int], ...]:
    """What a register made of cells cannot take over; it stays in the old file."""
    names = [entry.name.casefold() for entry in package.entries]
    notes = sum("/comments" in name or "threadedcomment" in name for name in names)
    pictures = sum(name.startswith("xl/media/") for name in names)
    return tuple(pair for pair in (("notes", notes), ("pictures", pictures)) if pair[1])
