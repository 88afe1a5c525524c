"""The words by which rows, names and departments of an old tracker are known, in all languages."""

from __future__ import annotations

from functools import cache, lru_cache

from xlflow.adoption.spelling import plain
from xlflow.languages import LANGUAGES, entry, fold

_LONGEST_NOTHING = 8  # characters


@cache
def words(kind: str) -> frozenset[str]:
    """The words of a kind, folded."""
    told = (entry(language, "trackers.header_alias.rows").get(kind, ()) for language in LANGUAGES)
    return frozenset(fold(word) for held in told for word in held)


@cache
def plain_words(kind: str) -> frozenset[str]:
    """The words of a kind without marks."""
    return frozenset(plain(word) for word in words(kind))


@cache
def surnames() -> frozenset[str]:
    """The characters with which Chinese names begin."""
    return frozenset(letter for held in words("surname") for letter in held)


def says_nothing(text: str) -> bool:
    """Whether a text stands for "nothing yet"."""
    return len(text) <= _LONGEST_NOTHING and _is_nothing(text)


def stands_for_blank(text: str) -> bool:
    """Whether a text fills a cell that has nothing to say, as a dash does; TBD says something."""
    return len(text) <= _LONGEST_NOTHING and (fold(text) in words("blank") or not text.strip())


@lru_cache(maxsize=10_000)
def _is_nothing(text: str) -> bool:
    return fold(text) in words("nothing") or not text.strip()
