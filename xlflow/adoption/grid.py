"""The cells of one sheet of an old tracker, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlflow.record.register import CellError, Value

Cell = Value | CellError
Place = tuple[int, int]  # row and column, counted from 0


@dataclass(frozen=True, slots=True)
class Block:
    """A merged range; all four bounds belong to it and count from 0."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_wide(self) -> bool:
        """Whether it spans several columns."""
        return self.right > self.left


@dataclass(frozen=True)
class Grid:
    """A sheet from its first row and column on; None where a cell is blank."""

    title: str
    rows: Sequence[Sequence[Cell]]
    merged: tuple[Block, ...] = ()

    @cached_property
    def width(self) -> int:
        """How many columns hold anything."""
        return max(map(len, self.rows), default=0)

    def at(self, row: int, column: int) -> Cell:
        """What a cell holds; None beyond the last one."""
        if not 0 <= row < len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]

    def shown(self, row: int, column: int) -> Cell:
        """What a person sees in a cell: in a merged range, what its first cell holds."""
        block = self.covered.get((row, column))
        return self.at(block.top, block.left) if block else self.at(row, column)

    @cached_property
    def covered(self) -> Mapping[Place, Block]:
        """The cells that lie hidden in a merged range: all but its first one."""
        hidden: dict[Place, Block] = {}
        height, width = len(self.rows), self.width
        room = height * width  # Excel has no merged ranges over each other; a made-up file may
        for block in self.merged:
            tall = min(block.bottom + 1, height) - block.top
            room -= tall * (min(block.right + 1, width) - block.left)
            if room < 0:
                break
            for row in range(block.top, min(block.bottom + 1, height)):
                for column in range(block.left, min(block.right + 1, width)):
                    if (row, column) != (block.top, block.left):
                        hidden[row, column] = block
        return hidden

    @cached_property
    def blocks(self) -> Mapping[Place, Block]:
        """The merged ranges by their first cells."""
        return {(block.top, block.left): block for block in self.merged}

    def filled(self, row: int) -> Iterator[tuple[int, Cell]]:
        """The columns of a row that hold something, with what they hold."""
        return ((n, value) for n, value in enumerate(self.rows[row]) if value is not None)

    @cached_property
    def cells(self) -> int:
        """How many cells hold something."""
        return sum(value is not None for row in self.rows for value in row)
