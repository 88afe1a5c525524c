"""Which field a header may mean, by known spellings and by those that are near to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Literal

from xlflow.adoption.spelling import plain, variants
from xlflow.languages import LANGUAGES, entry
from xlflow.record.schema import Schema

KEEP = "keep"
"""In place of a field: the column has none in a register, and goes to the sheet of what is kept."""

DROP = "drop"
"""In place of a field: the column is left out on a person's word."""

How = Literal["label", "alias", "vague", "near", "holds", "values", "none"]

_WEIGHTS: Mapping[How, float] = {"label": 1.0, "alias": 0.97, "vague": 0.8}
_KEPT = 0.9  # a column that is known to have no field; evidence for one may be stronger
_PART = 0.97  # one half of a header, or without what stands in brackets
_HOLDS, _HOLDS_MORE = 0.52, 0.2  # a header that holds a word of the field
_LATER = 0.01  # of two halves the first one counts more
_NEAR = 0.9
_CUTOFF = 68.0
_CUTOFF_LATIN = 75.0
_CUTOFF_ORDERED = 75.0
_REORDERED = 0.9
_MOST_NEAR = 12
_SHORTEST_EXTENDED = 3
_SHORTEST = 2  # characters; shorter spellings are like anything

ADOPTED_OWN = ("number", "progress", "issues", "measures")
"""The fields of xlflow's own that an old tracker may have a column for."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a header fits a field: 0 to 1; `spelling` is what it was likened to."""

    key: str
    score: float
    how: How
    spelling: str


@dataclass(frozen=True, slots=True)
class _Known:
    key: str
    weight: float
    how: How


class Headers:
    """The known headers of one sheet of the register."""

    def __init__(self, sheet: str, schema: Schema) -> None:
        self.sheet = sheet
        self.schema = schema
        fields = schema.sheets[sheet]
        self.fields = {
            field.key: field
            for field in fields
            if not field.is_own or (sheet == "register" and field.key in ADOPTED_OWN)
        }
        self._matches: dict[str, Mapping[str, Match]] = {}

    def matches(self, header: str) -> Mapping[str, Match]:
        """Field key (or `KEEP`) -> how well the header fits it; only what fits at all."""
        if header not in self._matches:
            self._matches[header] = self._looked_up(header)
        return self._matches[header]

    def quickly(self, header: str) -> str:
        """The field that a header means, by known spellings alone; "" if none: for many cells."""
        for spelling in variants(header):
            if known := self._known.get(spelling):
                return max(known, key=lambda one: one.weight).key
        return ""

    def _looked_up(self, header: str) -> Mapping[str, Match]:
        found: dict[str, Match] = {}
        for position, spelling in enumerate(variants(header)):
            part = _PART - _LATER * position if position else 1.0
            told = (
                self._exact(spelling, part),
                self._near(spelling, part),
                self._holding(spelling),
            )
            for match in chain.from_iterable(told):
                if match.key not in found or found[match.key].score < match.score:
                    found[match.key] = match
        return found

    def _exact(self, spelling: str, part: float) -> Iterator[Match]:
        for known in self._known.get(spelling, ()):
            yield Match(known.key, known.weight * part, known.how, spelling)

    def _near(self, spelling: str, part: float) -> Iterator[Match]:
        from rapidfuzz import fuzz, process

        if len(spelling) < _SHORTEST:
            return
        if spelling.isascii():
            near = process.extract(
                spelling,
                self._spellings,
                scorer=fuzz.token_sort_ratio,
                score_cutoff=_CUTOFF_LATIN,
                limit=_MOST_NEAR,
            )
        else:
            near = process.extract(
                spelling, self._spellings, scorer=fuzz.ratio, score_cutoff=_CUTOFF, limit=_MOST_NEAR
            )
            # 现况问题 and 问题现况: the same characters in another order
            ordered = process.extract(
                "".join(sorted(spelling)),
                self._ordered,
                scorer=fuzz.ratio,
                score_cutoff=_CUTOFF_ORDERED,
                limit=_MOST_NEAR,
            )
            near += [(self._spellings[n], _REORDERED * score, n) for _, score, n in ordered]
        whole = len(spelling)
        near += [(one, 55 + 45 * len(one) / whole, 0) for one in self._endings(spelling)]
        near += [(one, 50 + 45 * len(one) / whole, 0) for one in self._running_through(spelling)]
        for other, likeness_percent, _ in near:
            for known in self._known[other]:
                score = known.weight * part * _NEAR * likeness_percent / 100
                yield Match(known.key, score, "near", other)

    def _holding(self, spelling: str) -> Iterator[Match]:
        padded = f" {spelling} "
        for word, key in self._held_words:
            held = f" {word} " in padded if word.isascii() else word in spelling
            if held:
                score = _HOLDS + _HOLDS_MORE * min(1.0, len(word) / len(spelling))
                yield Match(key, score, "holds", word)

    @cached_property
    def _held_words(self) -> list[tuple[str, str]]:
        """The words by which a field is known inside of longer headers."""
        if self.sheet != "register":
            return []
        told = [entry(language, "trackers.header_alias.holds") for language in LANGUAGES]
        return [
            (plain(word), key)
            for held in told
            for key, words in held.items()
            if key in self.fields
            for word in words
        ]

    def _endings(self, spelling: str) -> Iterator[str]:
        """The known headers with which one ends: 业务需求名称, old request date."""
        breaks = (
            (n + 1 for n, letter in enumerate(spelling) if letter == " ")
            if spelling.isascii()
            else range(1, len(spelling) - _SHORTEST + 1)
        )
        yield from (spelling[n:] for n in breaks if spelling[n:] in self._known)

    def _running_through(self, spelling: str) -> Iterator[str]:
        """The known Chinese headers of which one is an extension: 需求书名称 of 需求名称."""
        for known in self._by_ending.get(spelling[-2:], ()):
            letters = iter(spelling)
            if len(known) < len(spelling) and all(letter in letters for letter in known):
                yield known

    @cached_property
    def _by_ending(self) -> Mapping[str, list[str]]:
        """The longer Chinese spellings by their last two characters."""
        found: dict[str, list[str]] = defaultdict(list)
        for known in self._spellings:
            if len(known) > _SHORTEST_EXTENDED and not known.isascii():
                found[known[-2:]].append(known)
        return found

    @cached_property
    def _spellings(self) -> list[str]:
        return [spelling for spelling in self._known if len(spelling) >= _SHORTEST]

    @cached_property
    def _ordered(self) -> list[str]:
        return ["".join(sorted(spelling)) for spelling in self._spellings]

    @cached_property
    def _known(self) -> Mapping[str, tuple[_Known, ...]]:
        """Spelling -> the fields that it is known for, each with its best weight."""
        best: dict[str, dict[str, _Known]] = defaultdict(dict)
        for spelling, key, how in self._told():
            if key != KEEP and key not in self.fields:
                continue
            weight = _KEPT if key == KEEP else _WEIGHTS[how]
            held = best[plain(spelling)]
            if key not in held or held[key].weight < weight:
                held[key] = _Known(key, weight, how)
        return {spelling: tuple(held.values()) for spelling, held in best.items()}

    def _told(self) -> Iterator[tuple[str, str, How]]:
        for language in LANGUAGES:
            for field in self.fields.values():
                yield field.label(language), field.key, "label"
            for header, key in entry(language, "record.header_alias").get(self.sheet, {}).items():
                yield header, key, "alias"
            old = entry(language, "trackers.header_alias")
            for key, headers in old.get(self.sheet, {}).items():
                yield from ((header, key, "alias") for header in headers)
            if self.sheet == "register":
                for key, headers in old.get("vague", {}).items():
                    yield from ((header, key, "vague") for header in headers)
                yield from ((header, KEEP, "alias") for header in old["keep"].get(KEEP, ()))
        for key in self.fields:
            yield key, key, "label"
