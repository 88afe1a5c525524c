"""The words and signs of an expression.

Signs in full width, as Chinese keyboards type them, mean the same as the narrow ones; texts keep
theirs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xlflow.expressions.faults import Fault, fault

TokenKind = Literal["name", "number", "day", "text", "sign", "end"]

KEYWORDS = ("and", "or", "not", "in", "contains", "matches", "true", "false")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign. `quoted`: a name that stood between backticks, so it is no keyword."""

    kind: TokenKind
    at: int
    text: str
    quoted: bool = False

    def is_(self, *words: str) -> bool:
        """Whether it is one of these signs or keywords."""
        if self.kind == "sign":
            return self.text in words
        return self.kind == "name" and not self.quoted and self.text.casefold() in words


_CLOSING = {"'": "'", '"': '"', "‘": "’", "’": "’", "“": "”", "”": "”", "「": "」", "`": "`"}
_NARROW = str.maketrans({"、": ",", "×": "*", "÷": "/", "−": "-", "–": "-"})
_SAME = {"≤": "<=", "≥": ">=", "≠": "!="}
_INSTEAD = {
    "=": "==",
    "===": "==",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
}
_TOKEN = re.compile(
    r"\s+"
    r"|(?P<day>\d{4}-\d{1,2}-\d{1,2}(?!\d))"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>===|==|=>|=<|=|!=|<=|>=|<>|&&|\|\||[-<>!&|+*/(),\[\]≤≥≠])"
    r"|(?P<strange>.)",
    re.DOTALL,
)


def tokens(source: str) -> tuple[list[Token], list[Fault]]:
    """The tokens, the end last, and what was wrong with them."""
    found: list[Token] = []
    faults: list[Fault] = []
    for one in _read(source):
        if isinstance(one, Token):
            found.append(one)
        else:
            faults.append(one)
    return [*found, Token("end", len(source), "")], faults


def _read(source: str) -> Iterator[Token | Fault]:
    plain = "".join(map(_narrow, source))
    at = 0
    while at < len(source):
        if closing := _CLOSING.get(source[at]):
            end = source.find(closing, at + 1)
            if end < 0:
                yield fault(at, "not-ended", quote=closing)
                return
            text = source[at + 1 : end]
            is_name = closing == "`"
            yield Token("name" if is_name else "text", at, text, quoted=is_name)
            at = end + 1
            continue
        held = _TOKEN.match(plain, at)
        assert held is not None  # noqa: S101 - the last alternative takes any character
        if kind := held.lastgroup:
            yield from _told(kind, at, held[0])
        at = held.end()


def _told(kind: str, at: int, text: str) -> Iterator[Token | Fault]:
    match kind:
        case "strange":
            yield fault(at, "strange-sign", found=text)
        case "sign":
            if text in _INSTEAD:
                yield fault(at, "write-instead", found=text, allowed=_INSTEAD[text])
            # what was probably meant, so that the rest can be looked at, too
            yield Token("sign", at, _SAME.get(text) or _INSTEAD.get(text, text))
        case "day" | "number":
            yield Token(kind, at, text)
        case _:
            yield Token("name", at, text)


def _narrow(character: str) -> str:
    """The character in one width; what would become several stays."""
    plain = unicodedata.normalize("NFKC", character).translate(_NARROW)
    return plain if len(plain) == 1 else character
