"""Where a character of a text stands in the TOML file that holds the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRING = re.compile(
    r'(?P<lines>"""(?P<in_lines>(?:\\.|[^\\])*?)"""(?!"))'
    r"|'''(?P<raw_lines>.*?)'''(?!')"
    r'|"(?P<basic>(?:\\.|[^"\\\n])*)"'
    r"|'(?P<raw>[^'\n]*)'"
    r"|#[^\n]*",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|(?P<sign>.))")
_SIGNS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}
_CONTINUED = re.compile(r"\\[ \t]*\n\s*")


def place_in(source: str, line: int, text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1, of the character `at` of the first `text` from `line` on.

    The column is 0 where the text is not found.
    """
    begin = _begin_of(source, line)
    for held in _STRING.finditer(source, begin):
        places = _places(held)
        if places is not None and "".join(shown for _, shown in places[:-1]) == text:
            spot = places[min(at, len(places) - 1)][0]
            return source.count("\n", 0, spot) + 1, spot - source.rfind("\n", 0, spot)
    return line, 0


def _begin_of(source: str, line: int) -> int:
    begin = 0
    for _ in range(line - 1):
        begin = source.find("\n", begin) + 1
    return begin


def _places(held: re.Match[str]) -> list[tuple[int, str]] | None:
    """Where in the file each character of a text stands, its end last; None for a comment."""
    kind = held.lastgroup
    if kind == "lines":
        kind = "in_lines"
    if kind is None:
        return None
    raw, begin = held[kind], held.start(kind)
    if kind in ("in_lines", "raw_lines") and raw.startswith("\n"):
        raw, begin = raw[1:], begin + 1
    read = _unescaped(raw) if kind in ("basic", "in_lines") else enumerate(raw)
    return [*((begin + at, shown) for at, shown in read), (begin + len(raw), "")]


def _unescaped(raw: str) -> Iterator[tuple[int, str]]:
    at = 0
    while at < len(raw):
        if continued := _CONTINUED.match(raw, at):
            at = continued.end()
        elif escape := _ESCAPE.match(raw, at):
            code = escape["short"] or escape["long"]
            sign = chr(int(code, 16)) if code else _SIGNS.get(escape["sign"], escape["sign"])
            yield at, sign
            at = escape.end()
        else:
            yield at, raw[at]
            at += 1
