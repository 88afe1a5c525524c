"""Where the printed pages of the register begin, so that each shows whole modules if it can."""

from __future__ import annotations

from collections.abc import Sequence

_PAPER_INCHES = 11.69 - 0.8  # A4 landscape without the margins
_CHARACTER_INCHES = 7 / 96  # a digit of Calibri 11, the unit of column widths
_PADDING_INCHES = 5 / 96


def page_starts(columns: Sequence[tuple[int, str]], repeated: int, percent: int) -> list[int]:
    """The columns (from 1) with which a page begins, after the first page.

    `columns` holds each column's width in characters and its module; the first `repeated` columns
    stand on every page. A module that fits on one page is not torn apart.
    """
    room = _PAPER_INCHES * 100 / percent - sum(_inches(width) for width, _ in columns[:repeated])
    starts: list[int] = []
    used = 0.0
    for block in _blocks(columns, repeated):
        wanted = sum(_inches(columns[n][0]) for n in block)
        if used and used + wanted > room:
            starts.append(block[0] + 1)
            used = 0.0
        for n in block:
            width = _inches(columns[n][0])
            if used and used + width > room:
                starts.append(n + 1)
                used = 0.0
            used += width
    return starts


def _inches(width_chars: int) -> float:
    return width_chars * _CHARACTER_INCHES + _PADDING_INCHES


def _blocks(columns: Sequence[tuple[int, str]], repeated: int) -> list[list[int]]:
    """Neighbouring columns of the same module."""
    blocks: list[list[int]] = []
    for n in range(repeated, len(columns)):
        if blocks and columns[n][1] == columns[n - 1][1]:
            blocks[-1].append(n)
        else:
            blocks.append([n])
    return blocks
