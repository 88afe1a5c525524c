"""The words of old trackers for statuses, types, priorities: which choice each of them means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from xlflow.adoption.spelling import plain
from xlflow.languages import LANGUAGES, entry, fold
from xlflow.record.choices import ChoiceSet

_NUMBERED = re.compile(r"^\s*(?:[PpＰ]?\d{1,2}|[A-Ea-e]|[①-⑳])\s*[-–—.、:：)）_ ]+\s*(?=\D)")
_EXPLAINED = re.compile(r"[(（\[【].*?[)）\]】]")
_SPLIT = re.compile(r"[-–—:：/、,，;；\n]")


def choice_of(choices: ChoiceSet, value: object) -> str | None:
    """The code of the choice that a word means, in any language; None if no known word does.

    >>> from xlflow.record.choices import CHOICES
    >>> choice_of(CHOICES["status"], "已完成"), choice_of(CHOICES["priority"], "P1（高）")
    ('closed', 'high')
    """
    if isinstance(value, bool):
        return choices.parse(value)
    if isinstance(value, int | float):
        value = str(int(value)) if float(value).is_integer() else str(value)
    if not isinstance(value, str) or len(value) > 60:
        return None
    for spelling in _spellings(value):
        code = choices.parse(spelling) or _words(choices.name).get(plain(spelling))
        if code in choices.codes:
            return code
    return None


def _spellings(value: str) -> tuple[str, ...]:
    """A word as it stands, without its number, without what explains it; then what explains it."""
    whole = value.strip()
    bare = _EXPLAINED.sub("", _NUMBERED.sub("", whole)).strip()
    first = _SPLIT.split(bare)[0].strip() if bare else ""
    inside = _EXPLAINED.findall(whole)
    explained = inside[0][1:-1].strip() if inside else ""
    found = (whole, _NUMBERED.sub("", whole), bare, first, explained)
    return tuple(dict.fromkeys(one for one in found if one))


@cache
def _words(choice_set: str) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for language in LANGUAGES:
        told = entry(language, "trackers.choice_alias").get(choice_set, {})
        for code, spellings in told.items():
            for spelling in spellings:
                words.setdefault(plain(spelling), code)
                words.setdefault(fold(spelling), code)
    return words
