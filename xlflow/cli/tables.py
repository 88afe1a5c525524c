"""Tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from xlflow.cli.options import Door

if TYPE_CHECKING:
    from rich.text import Text


def print_table(door: Door, heads: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print a table as wide as the terminal; all cells but the first of a row may wrap."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=position == 0)
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    door.out.print(table)
