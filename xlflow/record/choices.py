"""The choices of the dropdowns, by code; their labels are in the catalogue, section ``choice``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
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

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
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
)


def label(choice_set: str, code: str, language: Language) -> str:
    """What the dropdown shows for `code`."""
    return say(language, f"record.choice.{choice_set}.{code}")


def labels(choice_set: str, language: Language) -> tuple[str, ...]:
    """What the dropdown lists, in its order."""
    return tuple(label(choice_set, code, language) for code in CHOICES[choice_set])


def parse(choice_set: str, text: object) -> str | None:
    """The code that `text` means, in any of the languages and either script; else None.

    >>> parse("status", "開發中")
    'developing'
    >>> parse("priority", " HIGH ")
    'high'
    """
    if isinstance(text, bool):
        text = "yes" if text else "no"
    return _codes(choice_set).get(fold(text)) if isinstance(text, str) else None


def closest(choice_set: str, text: str, language: Language) -> str | None:
    """The label in `language` that `text` was probably meant to be; None if nothing is near."""
    known = _codes(choice_set)
    near = difflib.get_close_matches(fold(text), known, n=1, cutoff=0.5)
    return label(choice_set, known[near[0]], language) if near else None


@cache
def _codes(choice_set: str) -> Mapping[str, str]:
    """Folded spelling -> code."""
    spellings: dict[str, str] = {}
    for code in CHOICES[choice_set]:
        spellings[fold(code)] = code
    for language in LANGUAGES:
        for code in CHOICES[choice_set]:
            spellings[fold(label(choice_set, code, language))] = code
        for spelling, code in entry(language, "record.choice_alias").get(choice_set, {}).items():
            spellings[fold(spelling)] = code
    return spellings
