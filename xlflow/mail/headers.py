"""Header lines of our own: what stands in them is ASCII, folded, and cannot start another header.

The standard library's folding is left out on purpose: up to Python 3.11.10 it decodes a literal
``=?utf-8?q?=0A?=`` in a subject into a line break (CVE-2024-6923), and encodes the commas
between long non-ASCII names, so that recipients run together (CVE-2025-1795).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from email.policy import Policy

from xlflow.mail.addresses import Mailbox, clean_line

LINE_CHARS = 76
# 39 bytes make 52 characters of base64: with their frame and "Subject: " they fit into a line.
_WORD_BYTES = 39
_ATOM_MARKS = frozenset("!#$%&'*+-/=?^_`{|}~ ")


class Header(str):
    """A header as text to read, which folds to exactly the `lines` that it was made with."""

    __slots__ = ("lines", "name")

    name: str
    lines: tuple[str, ...]

    def __new__(cls, name: str, text: str, lines: Sequence[str]) -> Header:
        """A header `name` of `lines`, in ASCII and without line breaks, that reads as `text`."""
        for line in lines:
            if not line.isascii() or not line.isprintable():
                raise ValueError(f"{name} holds what no header line may hold: {line!r}")
        header = super().__new__(cls, text)
        header.name = name
        header.lines = tuple(lines)
        return header

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes into the message."""
        return f"{self.name}: " + f"{policy.linesep} ".join(self.lines) + policy.linesep


def plain(name: str, value: str) -> Header:
    """A header of one ASCII line: dates, identifiers, addresses of web pages."""
    return Header(name, value, [value])


def text(name: str, value: str) -> Header:
    """A header of free text in any script, made one line first."""
    value = clean_line(value)
    is_plain = value.isascii() and "=?" not in value
    words = value.split(" ")
    if is_plain and all(len(word) <= LINE_CHARS - len(name) - 2 for word in words):
        return Header(name, value, list(_filled(words, first=len(name) + 2)))
    return Header(name, value, list(encoded_words(value)))


def addresses(name: str, boxes: Sequence[Mailbox]) -> Header:
    """A header of mailboxes, each on its own line."""
    lines: list[str] = []
    for position, box in enumerate(boxes):
        comma = "," if position < len(boxes) - 1 else ""
        lines += _mailbox_lines(box, comma)
    return Header(name, ", ".join(str(box) for box in boxes), lines)


def encoded_words(value: str) -> Iterator[str]:
    """`value` as encoded words of whole characters. Source: RFC 2047, 2 and 5."""
    chunk = b""
    for char in value:
        encoded = char.encode("utf-8")
        if len(chunk) + len(encoded) > _WORD_BYTES:
            yield _encoded_word(chunk)
            chunk = b""
        chunk += encoded
    if chunk:
        yield _encoded_word(chunk)


def _encoded_word(chunk: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?="


def _mailbox_lines(box: Mailbox, comma: str) -> list[str]:
    if not box.name:
        return [box.address + comma]
    address = f"<{box.address}>{comma}"
    if not box.name.isascii() or "=?" in box.name or len(box.name) > LINE_CHARS - 10:
        *words, last = encoded_words(box.name)
        return [*words, f"{last} {address}"]
    if all(char.isalnum() or char in _ATOM_MARKS for char in box.name):
        return [f"{box.name} {address}"]
    quoted = box.name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{quoted}" {address}']


def _filled(words: Sequence[str], first: int) -> Iterator[str]:
    """`words` in lines of at most LINE_CHARS, the first of which starts at column `first`."""
    line, used = "", first
    for word in words:
        if line and used + 1 + len(word) > LINE_CHARS:
            yield line
            line, used = word, 1 + len(word)
        else:
            line = f"{line} {word}" if line else word
            used += len(word) + 1
    yield line
