"""The words that rules look for, from all languages at once: a register may hold any of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from xlflow.checks.folded import fold_all
from xlflow.languages import LANGUAGES, entry, fold
from xlflow.languages.folding import TERMS

_EMPTY_MARKS = re.compile(r"[\W_]*(?:x{2,}[\W_]*)*")
_LONGEST = 30  # characters; what is longer says something


def is_no_answer(text: str) -> bool:
    """Whether a text of `short` only holds the place of an answer: TBD, 待定, xxx, ?."""
    return text != "" and (_bare(text) in words("placeholder.unfilled") or _is_marks(text))


def is_nothing(text: str) -> bool:
    """Whether a text of `short` says that there is nothing: none, 无, n/a, -."""
    return text != "" and _bare(text) in words("placeholder.nothing")


def short(values: Sequence[object]) -> list[str]:
    """The cells that may hold such a text, folded; "" in place of all others."""
    may = _Openings()
    return fold_all(
        [v if isinstance(v, str) and len(v) <= _LONGEST and may[v[:1]] else "" for v in values]
    )


class _Openings(dict[str, bool]):
    """Whether a text with this first character can be a placeholder: few can."""

    def __missing__(self, first: str) -> bool:
        folded = fold(first)
        self[first] = not folded.isalnum() or len(folded) > 1 or folded in _first_letters()
        return self[first]


@cache
def _first_letters() -> frozenset[str]:
    """By which a placeholder begins, or a term that folding puts another in the place of."""
    listed = words("placeholder.unfilled") | words("placeholder.nothing")
    return frozenset(word[0] for word in (*listed, *TERMS, "x"))


@cache
def words(name: str) -> frozenset[str]:
    """A list of the catalogue file ``words``, folded, of all languages."""
    lists = (entry(language, f"words.{name}") for language in LANGUAGES)
    return frozenset(fold(word) for held in lists for word in held)


def _bare(text: str) -> str:
    return text.strip(" .。!！…()（）[]【】")


def _is_marks(text: str) -> bool:
    return _EMPTY_MARKS.fullmatch(text) is not None and text not in words("placeholder.nothing")
