"""Texts from cells, made fit to be shown: whatever a person typed stays a text and does no harm."""

from __future__ import annotations

import re
from datetime import date, datetime

# What XML cannot hold, and what turns the direction of the rest of a line around.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LONGEST = 16_000  # Excel holds 32,767 UTF-16 units in a cell; a letter takes one or two


def plain_text(text: str) -> str:
    """`text` with its lines and tabs, without what no file of Office can hold."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n"))


def cell_text(text: str) -> str:
    """`text` for a cell of a workbook."""
    shown = plain_text(text)
    if len(shown) > _LONGEST:
        shown = shown[: _LONGEST - 1] + "…"
    # XlsxWriter takes such a text for markup of its own.
    return f"{shown} " if shown.startswith("<r>") and shown.endswith("</r>") else shown


def one_line(text: str, longest: int = 120) -> str:
    r"""`text` for a line of a mail.

    >>> one_line("two\n lines"), one_line("far too long", longest=8)
    ('two lines', 'far too…')
    """
    line = " ".join(_UNFIT.sub("", text.replace("\r", "\n")).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def shown_due(due: date | datetime) -> str:
    """A due date; with its time where hours count."""
    return f"{due:%Y-%m-%d %H:%M}" if isinstance(due, datetime) else due.isoformat()
