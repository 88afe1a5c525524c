"""The choices of the dropdowns, by code; their labels are in the catalogue, section ``choice``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from xlflow.languages import LANGUAGES, Language, entry, fold, say

STATUSES = (
    "submitted",
    "assessing",
    "designing",
    "developing",
    "testing",
    "live",
    "closed",
    "blocked",
    "cancelled",
)


@dataclass(frozen=True, eq=False)
class ChoiceSet:
    """The values of one dropdown.

    `labels_of` holds the labels that a company gives, by code; all others are the catalogue's.
    `spellings` are a company's other spellings of a value, with the code that they mean.
    `headings` stand over the list of a company's own set.
    """

    name: str
    codes: tuple[str, ...]
    labels_of: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[Language, str] = field(default_factory=dict)

    def heading(self, language: Language) -> str:
        """What stands over the list of its values."""
        return self.headings.get(language) or say(language, f"template.lists.set.{self.name}")

    def label(self, code: str, language: Language) -> str:
        """What the dropdown shows for `code`."""
        own = self.labels_of.get(code, {}).get(language)
        return own or say(language, f"record.choice.{self.name}.{code}")

    def usual_label(self, code: str, language: Language) -> str:
        """The catalogue's label of a value, whatever a company calls it; "" where it has none."""
        known: Mapping[str, str] = entry(language, "record.choice").get(self.name, {})
        return known.get(code, "")

    def labels(self, language: Language) -> tuple[str, ...]:
        """What the dropdown lists, in its order."""
        return tuple(self.label(code, language) for code in self.codes)

    def parse(self, text: object) -> str | None:
        """The code that `text` means, in any of the languages and either script; else None.

        >>> CHOICES["status"].parse("開發中")
        'developing'
        >>> CHOICES["priority"].parse(" HIGH ")
        'high'
        """
        if isinstance(text, bool):
            text = "yes" if text else "no"
        return self._by_spelling.get(fold(text)) if isinstance(text, str) else None

    def closest(self, text: str) -> str | None:
        """The code that was probably meant; None if nothing is near."""
        near = difflib.get_close_matches(fold(text), self._by_spelling, n=1, cutoff=0.5)
        return self._by_spelling[near[0]] if near else None

    @cached_property
    def _by_spelling(self) -> Mapping[str, str]:
        """Folded spelling -> code. A label that is shown wins over any other spelling."""
        found: dict[str, str] = {}
        if "yes" in self.codes:  # what Excel shows for its truth values
            found |= {"true": "yes", "false": "no"}
        for language in LANGUAGES:
            for spelling, code in entry(language, "record.choice_alias").get(self.name, {}).items():
                found[fold(spelling)] = code
            for code, label in entry(language, "record.choice").get(self.name, {}).items():
                found[fold(label)] = code
        found |= {fold(spelling): code for spelling, code in self.spellings.items()}
        found |= {fold(code): code for code in self.codes}
        for language in LANGUAGES:
            found |= {fold(self.label(code, language)): code for code in self.codes}
        return found


def _standard() -> Mapping[str, ChoiceSet]:
    codes = {
        "type": ("new", "optimisation", "fix", "integration", "urgent"),
        "priority": ("high", "medium", "low"),
        "feasible": ("yes", "no"),
        "complexity": ("low", "medium", "high"),
        "status": STATUSES,
        "mark": ("in-progress", "ready-for-test", "blocked"),
        "result": ("pass", "fail"),
        "confirmation": ("yes", "no"),
        "issue-state": ("in-progress", "solved"),
    }
    return MappingProxyType({name: ChoiceSet(name, held) for name, held in codes.items()})


CHOICES = _standard()
"""The standard's own; a company's are in its schema (`xlflow.record.schema`)."""
