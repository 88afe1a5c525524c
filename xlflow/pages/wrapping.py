"""Texts for a window that does not wrap lines: broken so that each line is short."""

from __future__ import annotations

import re
import unicodedata

# A line may break after blanks, after a hyphen, and beside a Chinese character, but not before
# what closes a part of a sentence.
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_CLOSING = r"，。；：！？、）】》」』”’…％"
_PIECE = re.compile(rf"[{_WIDE}“”‘’…][{_CLOSING}]*|[^\s{_WIDE}-]+-?[{_CLOSING}]*\s*|\s+|.")


def wrapped(text: str, width: int, *, indent: str = "") -> list[str]:
    """The lines of a text, none wider than `width` where it can be broken.

    A Chinese character is as wide as two letters. `indent` stands before each line.

    >>> wrapped("three short words", 12, indent="  ")
    ['  three', '  short', '  words']
    """
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = indent
        for piece in _PIECE.findall(paragraph):
            if line.strip() and display_width(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = indent
            line += piece
        lines.append(line.rstrip())
    return lines


def display_width(text: str) -> int:
    """How many letters wide a text is drawn. Source: UAX 11."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
