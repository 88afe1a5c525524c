"""Rules: wording that cannot be measured. Source: tips, "never 'improve efficiency' alone"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlflow.checks.column import Mask, Objects, as_texts
from xlflow.checks.measures import own_words, vague_phrases, wording
from xlflow.checks.own_words import OwnWords
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.checks.words import is_no_answer, is_nothing, short

_MEASURED = ("goal", "criteria")
_WORDED = ("description", "benefit")


@rule("vague-wording", fields=(*_MEASURED, *_WORDED), severity="warning", source="tips")
def vague_wording(r: View) -> Iterator[Fault]:
    """A goal, description, benefit or criterion does not only say that something gets better."""
    for key in _MEASURED:
        weak, _ = r.once(_judged)[key]
        yield fault(weak != "", key, phrase=weak)
    for key in _WORDED:
        phrases = r.pick(key, vague_phrases(_texts(r, key), _words(r)), np.object_)
        yield fault(phrases != "", key, phrase=phrases)


@rule("nothing-measurable", fields=_MEASURED, severity="warning", source="tips")
def nothing_measurable(r: View) -> Iterator[Fault]:
    """A goal and acceptance criteria hold something that can be measured."""
    for key in _MEASURED:
        weak, measured = r.once(_judged)[key]
        yield fault(~measured & (weak == "") & (r.text(key) != "") & ~_empty(r, key), key)


@rule(
    "alternative-without-duration",
    fields="alternative",
    since="assessing",
    severity="info",
    source="step 2",
)
def alternative_without_duration(r: View) -> Mask:
    """An alternative says how long it takes."""
    found = wording(_texts(r, "alternative"), _words(r))
    measured = r.pick("alternative", found.measured.tolist())
    unsaid: Mask = ~measured & r.filled("alternative") & ~_empty(r, "alternative")
    return unsaid & r.is_("feasible", "no")


def _judged(r: View) -> dict[str, tuple[Objects, Mask]]:
    """Each row's vague phrase ("" = none) and whether anything is measured, by field."""
    judged = {}
    for key in _MEASURED:
        found = wording(_texts(r, key), _words(r))
        judged[key] = (r.pick(key, found.weak, np.object_), r.pick(key, found.measured.tolist()))
    return judged


def _texts(r: View, key: str) -> list[str]:
    return list(r.distinct(key, as_texts))


def _words(r: View) -> OwnWords:
    """The company's own."""
    return own_words(r.book.settings.words)


def _empty(r: View, key: str) -> Mask:
    """Where a placeholder stands."""
    empty: Mask = r.ask(key, is_no_answer, of=short) | r.ask(key, is_nothing, of=short)
    return empty


RULES: tuple[Rule, ...] = (vague_wording, nothing_measurable, alternative_without_duration)
