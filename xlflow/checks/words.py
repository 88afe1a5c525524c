"""The words that rules look for, from all languages at once: a register may hold any of them."""

from __future__ import annotations

import re
from functools import cache

from xlflow.languages import LANGUAGES, entry, fold

_EMPTY_MARKS = re.compile(r"[\W_]*(?:x{2,}[\W_]*)*")


_LONGEST = 30  # characters; what is longer says something


def is_no_answer(value: object) -> bool:
    """Whether a text only holds the place of an answer: TBD, 待定, xxx, ?."""
    text = _short(value)
    return bool(text) and (_bare(text) in words("placeholder.unfilled") or _is_marks(text))


def is_nothing(value: object) -> bool:
    """Whether a text says that there is nothing: none, 无, n/a, -."""
    text = _short(value)
    return bool(text) and _bare(text) in words("placeholder.nothing")


def _short(value: object) -> str:
    return fold(value) if isinstance(value, str) and len(value) <= _LONGEST else ""


@cache
def words(name: str) -> frozenset[str]:
    """A list of the catalogue file ``words``, folded, of all languages."""
    lists = (entry(language, f"words.{name}") for language in LANGUAGES)
    return frozenset(fold(word) for held in lists for word in held)


def _bare(text: str) -> str:
    return text.strip(" .。!！…()（）[]【】")


def _is_marks(text: str) -> bool:
    return _EMPTY_MARKS.fullmatch(text) is not None and text not in words("placeholder.nothing")
