"""The standard's own layout of a requirement: module by module, label left, value right.

The Example sheet, the form of a record and the intake form are written by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from xlflow.languages import say
from xlflow.pages.heights import lines_of, row_height
from xlflow.record.fields import Field
from xlflow.workbook.template.looks import COLOURS, Looks
from xlflow.workbook.template.tab import Tab

BLANK = "—"
_LONGEST_WORD = 30
_MOST_LINES = 24  # of a row: Excel makes none higher than 409 points, and a page holds two of them
_LINE = {"border": 1, "border_color": "#D9D9D9"}


class VerticalPage:
    """A sheet that is filled from top to bottom; column 1 holds labels, column 2 values."""

    def __init__(self, tab: Tab, looks: Looks, widths: tuple[int, ...]) -> None:
        """Begin it; `widths` of the columns in characters."""
        self.tab = tab
        self.looks = looks
        self.widths = widths
        self.rows: Iterator[int] = count(1)
        tab.bare()
        for column, width in enumerate(widths, 1):
            tab.column(column, width, looks.make())

    def title(self, text: str) -> None:
        """The page's title."""
        row = next(self.rows)
        look = self.looks.make(
            font_size=self.looks.size + 5, bold=True, font_color=COLOURS["basic"][0]
        )
        self.tab.write(row, 1, text, look)
        self.tab.row(row, 26)

    def note(self, text: str) -> None:
        """A line that explains, which may reach over all columns."""
        self.tab.write(next(self.rows), 1, text, self.looks.make(italic=True))

    def module(self, module: str, text: str | None = None) -> None:
        """The banner of a module, over all columns; `text` instead of its name."""
        row, look = next(self.rows), self.looks.banner(module)
        name = say(self.looks.language, f"record.module.{module}") if text is None else text
        self.tab.write(row, 1, name, look)
        for column in range(2, len(self.widths) + 1):
            self.tab.write(row, column, None, look)
        self.tab.row(row, 21)

    def field(self, field: Field, value: object) -> int:
        """A field with its value; gives its row."""
        return self.line(field.module, field.label(self.looks.language), value)

    def line(self, module: str, label: str, value: object) -> int:
        """A label and a value in the colours of a module; gives its row.

        A text too long for one row goes on in the rows below.
        """
        pieces = pieces_of(value, self.widths[1]) if isinstance(value, str) else [value]
        first = row = next(self.rows)
        for number, piece in enumerate(pieces):
            row = row if number == 0 else next(self.rows)
            shown = label if number == 0 else ""
            self.tab.write(row, 1, shown, self.label(module))
            self.tab.write(row, 2, BLANK if piece is None else piece, self._value(piece))
            texts = [(shown, self.widths[0]), (str(piece), self.widths[1])]
            self.tab.row(row, row_height(texts, self.looks.size) + 1)
        return first

    def label(self, module: str, **properties: Any) -> Any:
        """The format of a label."""
        return self.looks.make(
            bold=True, bg_color=COLOURS[module][1], text_wrap=True, **_LINE, **properties
        )

    def _value(self, value: object) -> Any:
        return self.looks.make(
            text_wrap=True,
            align="left",
            **_LINE,
            num_format="yyyy-mm-dd" if hasattr(value, "year") else "General",
        )


def pieces_of(text: str, width_chars: float) -> list[str]:
    """A text as pieces that fit into a row each, broken between its lines where that can be.

    >>> pieces_of("one line", 50)
    ['one line']
    """
    pieces: list[str] = []
    held: list[str] = []
    room = _MOST_LINES
    for line in text.split("\n"):
        needed = lines_of(line, width_chars)
        if held and needed > room:
            pieces.append("\n".join(held))
            held, room = [], _MOST_LINES
        while needed > _MOST_LINES:
            first, line = _cut(line, int(len(line) * _MOST_LINES / needed))
            pieces.append(first)
            needed = lines_of(line, width_chars)
        held.append(line)
        room -= needed
    return [*pieces, "\n".join(held)]


def _cut(line: str, longest: int) -> tuple[str, str]:
    """The line in two, broken at a blank where one is near."""
    at = line.rfind(" ", longest - _LONGEST_WORD, longest) + 1 or longest
    return line[:at].rstrip(), line[at:]
