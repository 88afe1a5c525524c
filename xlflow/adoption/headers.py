"""Which field a header may mean, by known spellings and by those that are near to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from xlflow.adoption.spelling import plain, variants
from xlflow.languages import LANGUAGES, entry
from xlflow.record.schema import Schema

KEEP = "keep"
"""In place of a field: the column has none in a register, and goes to the sheet of what is kept."""

DROP = "drop"
"""In place of a field: the column is left out on a person's word."""

How = Literal["label", "alias", "vague", "near", "none"]

_WEIGHTS: Mapping[How, float] = {"label": 1.0, "alias": 0.97, "vague": 0.8}
_KEPT = 0.9  # a column that is known to have no field; evidence for one may be stronger
_PART = 0.97  # one half of a header, or without what stands in brackets
_NEAR = 0.9
_CUTOFF = 68.0
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

    def _looked_up(self, header: str) -> Mapping[str, Match]:
        found: dict[str, Match] = {}
        for position, spelling in enumerate(variants(header)):
            part = _PART if position else 1.0
            for match in (*self._exact(spelling, part), *self._near(spelling, part)):
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
        likeness = fuzz.token_sort_ratio if spelling.isascii() else fuzz.ratio
        near = process.extract(
            spelling, self._spellings, scorer=likeness, score_cutoff=_CUTOFF, limit=12
        )
        ending = [
            (known, 100 * (0.55 + 0.45 * len(known) / len(spelling)), 0)
            for known in self._spellings
            if len(known) < len(spelling) and _ends_with(spelling, known)
        ]
        for other, likeness_percent, _ in (*near, *ending):
            for known in self._known[other]:
                score = known.weight * part * _NEAR * likeness_percent / 100
                yield Match(known.key, score, "near", other)

    @cached_property
    def _spellings(self) -> list[str]:
        return [spelling for spelling in self._known if len(spelling) >= _SHORTEST]

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


def _ends_with(spelling: str, known: str) -> bool:
    """Whether a header is a known one with something before it: 业务需求名称, old request date."""
    if known.isascii():
        return spelling.endswith(f" {known}")
    return spelling.endswith(known)
