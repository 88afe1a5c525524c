"""Where the printed pages of the register begin, so that each shows whole modules if it can."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

_PAPER_INCHES = 11.69 - 0.8  # A4 landscape without the margins
_CHARACTER_INCHES = 7.3 / 96  # the unit of column widths: a digit of Calibri 11, and some to spare
_PADDING_INCHES = 5 / 96


def page_starts(columns: Sequence[tuple[int, str]], repeated: int, percent: int) -> list[int]:
    """The columns (from 1) with which a page begins, after the first page.

    `columns` holds each column's width in characters and its module; the first `repeated` columns
    stand on every page. Modules that fit on one page together share it; one that does not fit is
    spread evenly over as few pages as it needs.
    """
    inches = [width * _CHARACTER_INCHES + _PADDING_INCHES for width, _ in columns]
    room = _PAPER_INCHES * 100 / percent - sum(inches[:repeated])
    starts: list[int] = []
    used = 0.0
    for block in _modules(columns, repeated):
        wanted = [inches[n] for n in block]
        if used and used + sum(wanted) > room:
            starts.append(block[0] + 1)
            used = 0.0
        pages = _even(wanted, room - used)
        starts += [block[n] + 1 for n in accumulate(len(page) for page in pages[:-1])]
        used = sum(pages[-1]) + (used if len(pages) == 1 else 0.0)
    return starts


def _modules(columns: Sequence[tuple[int, str]], repeated: int) -> list[list[int]]:
    """Neighbouring columns of the same module."""
    blocks: list[list[int]] = []
    for n in range(repeated, len(columns)):
        if blocks and columns[n][1] == columns[n - 1][1]:
            blocks[-1].append(n)
        else:
            blocks.append([n])
    return blocks


def _even(widths: Sequence[float], room: float) -> list[list[float]]:
    """The widths on as few pages as the room allows, the widest page as narrow as can be."""
    fewest = len(_filled(widths, room))
    rooms = sorted(
        total
        for first in range(len(widths))
        for total in accumulate(widths[first:])
        if total <= room
    )
    return next(
        (pages for narrow in rooms if len(pages := _filled(widths, narrow)) == fewest),
        _filled(widths, room),
    )


def _filled(widths: Sequence[float], room: float) -> list[list[float]]:
    pages: list[list[float]] = [[]]
    for width in widths:
        if pages[-1] and sum(pages[-1]) + width > room:
            pages.append([])
        pages[-1].append(width)
    return pages
