"""The words that rules look for, from all languages at once: a register may hold any of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from xlflow.checks.folded import fold_all
from xlflow.languages import LANGUAGES, entry, fold

_EMPTY_MARKS = re.compile(r"[\W_]*(?:x{2,}[\W_]*)*")
_LONGEST = 30  # characters; what is longer says something


def is_no_answer(text: str) -> bool:
    """Whether a text of `short` only holds the place of an answer: TBD, 待定, xxx, ?."""
    return text != "" and (_bare(text) in words("placeholder.unfilled") or _is_marks(text))


def is_nothing(text: str) -> bool:
    """Whether a text of `short` says that there is nothing: none, 无, n/a, -."""
    return text != "" and _bare(text) in words("placeholder.nothing")


def short(values: Sequence[object]) -> list[str]:
    """The short texts among the values of some cells, folded; "" in place of all else."""
    return fold_all([v if isinstance(v, str) and len(v) <= _LONGEST else "" for v in values])


@cache
def words(name: str) -> frozenset[str]:
    """A list of the catalogue file ``words``, folded, of all languages."""
    lists = (entry(language, f"words.{name}") for language in LANGUAGES)
    return frozenset(fold(word) for held in lists for word in held)


def _bare(text: str) -> str:
    return text.strip(" .。!！…()（）[]【】")


def _is_marks(text: str) -> bool:
    return _EMPTY_MARKS.fullmatch(text) is not None and text not in words("placeholder.nothing")
