"""A company's own words: what else is vague, what is not after all, what else can be counted.

A word is known by its letters: one in Latin letters stands by itself, one in Chinese anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from xlflow.settings import WordsSettings

_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Folded, as texts are when they are searched."""

    vague: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()  # vague phrases, as findings quote them
    units: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: WordsSettings, folded: Callable[[str], str]) -> OwnWords:
        """Those of the settings."""

        def each(words: Iterable[str]) -> frozenset[str]:
            return frozenset(" ".join(folded(word).split()) for word in words) - {""}

        return cls(each(settings.vague), each(settings.accepted), each(settings.units))

    @property
    def latin_units(self) -> tuple[str, ...]:
        """As expressions."""
        return tuple(_expression(unit) for unit in self.units if _LATIN.match(unit))

    @property
    def other_units(self) -> tuple[str, ...]:
        """As expressions."""
        return tuple(_expression(unit) for unit in self.units if not _LATIN.match(unit))

    def not_accepted(self, found: Iterable[re.Match[str]]) -> Iterable[re.Match[str]]:
        """The vague phrases that are neither accepted nor a part of one that is."""
        if not self.accepted:
            return found
        held = list(found)
        spans = [one.span("phrase") for one in held if self._accepts(one["phrase"])]
        fine = {place for begin, end in spans for place in range(begin, end)}
        return [one for one in held if not fine.issuperset(range(*one.span("phrase")))]

    def _accepts(self, phrase: str) -> bool:
        return " ".join(phrase.split()) in self.accepted


NO_WORDS = OwnWords()


@cache
def vague_pattern(words: frozenset[str]) -> re.Pattern[str]:
    """Finds each of the phrases; of two that begin alike, the longer one."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(f"(?P<phrase>{'|'.join(map(_whole, ordered))})")


def _whole(word: str) -> str:
    """The word, not as a part of another one in Latin letters."""
    before = "(?<![a-z0-9])" if _LATIN.match(word) else ""
    behind = "(?![a-z0-9])" if _LATIN.match(word[-1]) else ""
    return f"{before}{_expression(word)}{behind}"


def _expression(word: str) -> str:
    return r"\s+".join(map(re.escape, word.split()))
