"""Headers and words without what people decorate them with, so that spellings can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

from xlflow.languages import fold

_WIDE = r"\u2e80-\u9fff\uf900-\ufaff"
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_BRACKETED = re.compile(r"[(（\[【〔<《][^()（）\[\]【】]*[)）\]】〕>》]")
_PIECES = re.compile(r"[/／|｜]+")
_HAN = re.compile(rf"[{_WIDE}]")
_ENUMERATED = re.compile(r"^(?:\d{1,2}[.、)]|[①-⑳]|[一二三四五六七八九十]{1,2}[、.])\s*")
_MARKS = re.compile(
    r"[*＊※★●○◎▲△◆■□✔✓✅❌⚠️:：?？!！.。,，、;；'\"“”‘’`~_\-–—()（）\[\]【】<>《》]+"
)
_LOOSE = re.compile(rf"(?<=[{_WIDE}]) (?=\S)|(?<=\S) (?=[{_WIDE}])")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A text folded, without marks, and without the blanks between Chinese characters.

    >>> plain("*需 求 编号："), plain("Date_Submitted"), plain("GoLive")
    ('需求编号', 'date submitted', 'go live')
    """
    folded = fold(_CAMEL.sub(" ", text))
    bare = " ".join(_MARKS.sub(" ", folded).split())
    return _LOOSE.sub("", bare) or folded


@lru_cache(maxsize=20_000)
def variants(header: str) -> tuple[str, ...]:
    r"""The spellings under which a header may be known, the whole one first.

    Without what stands in brackets; each half of one in two languages.

    >>> variants("工期（天）"), variants("提出人\nRequester")
    (('工期天', '工期'), ('提出人requester', '提出人', 'requester'))
    """
    text = header.strip()
    bare = _BRACKETED.sub(" ", text)
    unnumbered = _ENUMERATED.sub("", bare.strip())
    found = [text, bare, unnumbered, *_pieces(unnumbered)]
    spellings = (plain(one) for one in found if one.strip())
    return tuple(dict.fromkeys(spelling for spelling in spellings if spelling))


def _pieces(header: str) -> list[str]:
    """The halves of a header; its lines are such only where they are in two languages."""
    lines = [line for line in re.split(r"[\r\n]+", header) if line.strip()]
    in_two = len({bool(_HAN.search(line)) for line in lines}) > 1
    return [piece for line in (lines if in_two else [header]) for piece in _PIECES.split(line)]
