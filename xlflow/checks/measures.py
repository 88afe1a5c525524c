"""What in a text can be measured, and what is vague.

All texts of a column are searched at once, as one string in which marks keep them apart: a regular
expression over a long string costs a fraction of the same one over many short strings. Each one
begins with literals or one class of characters, so that the search skips what cannot match; this is
why there are several, and why they look back at what stands before their first character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from xlflow.checks.folded import Characters, codes_of
from xlflow.checks.latin import Openings
from xlflow.checks.no_measures import HAN_NUMBER, WORD_NUMBER, without_no_measures
from xlflow.checks.own_words import NO_WORDS, OwnWords, vague_pattern
from xlflow.languages import entry, fold
from xlflow.settings import WordsSettings

_TEXT, _LINE = "\ue000", "\ue001"  # private characters: folding leaves them alone
_MARKS = re.compile(f"[{_TEXT}{_LINE}]")
_SENTENCE_END = re.compile(rf"[。!?.{_TEXT}{_LINE}](?<!\.(?!\s))")
_PLAIN_MEASURE = re.compile(
    r"[0-9](?<![0-9.a-z-][0-9])[\d,.]*\s?(?:%|秒|分钟|倍|元|seconds?\b|minutes?\b|percent\b)"
)
_DENIALS = "不未无非"  # "does not meet the requirements" promises nothing
_GAP = rf"[^,，。;!?:{_TEXT}{_LINE}]"


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What was found in each of some texts."""

    weak: tuple[str, ...]  # the first vague phrase in a sentence without a measure; "" = none
    measured: NDArray[np.bool_]  # whether anything in the text can be measured or tested


def own_words(settings: WordsSettings) -> OwnWords:
    """A company's own words, folded as texts are here."""
    return OwnWords.of(settings, _FOLDED.replace)


def wording(texts: Sequence[str], own: OwnWords = NO_WORDS) -> Wording:
    """What is vague and what is measured in these texts, in any of the languages.

    Most texts hold a plain measure and no vague phrase; only the others are judged in full.
    """
    joined = _joined(texts)
    begins = _begins(joined)
    measured = np.zeros(len(texts), bool)
    measured[np.searchsorted(begins, _places(_PLAIN_MEASURE, joined)) - 1] = True
    rest = ~measured
    rest[
        np.searchsorted(begins, np.array([place for place, _ in _phrases(joined, own)], np.int64))
        - 1
    ] = True
    judged = _judged([texts[at] for at in np.flatnonzero(rest).tolist()], own)
    weak = [""] * len(texts)
    for at, phrase in zip(np.flatnonzero(rest).tolist(), judged.weak, strict=True):
        weak[at] = phrase
    measured[rest] = judged.measured
    return Wording(tuple(weak), measured)


def vague_phrases(texts: Sequence[str], own: OwnWords = NO_WORDS) -> tuple[str, ...]:
    """As `wording(texts).weak`, for texts in which hardly any is vague."""
    joined = _joined(texts)
    begins = _begins(joined)
    places = np.array([place for place, _ in _phrases(joined, own)], np.int64)
    suspects = np.unique(np.searchsorted(begins, places) - 1).tolist()
    weak = [""] * len(texts)
    judged = _judged([texts[at] for at in suspects], own)
    for at, phrase in zip(suspects, judged.weak, strict=True):
        weak[at] = phrase
    return tuple(weak)


def _judged(texts: Sequence[str], own: OwnWords) -> Wording:
    """As `wording`, each sentence of each text."""
    joined = without_no_measures(_joined(texts))
    begins, ends = _begins(joined), _places(_SENTENCE_END, joined)
    measures = _measures(joined, own)
    tested = np.concatenate([measures, *(_places(pattern, joined) for pattern in _absolute())])
    measured = np.zeros(len(texts), bool)
    measured[np.searchsorted(begins, tested) - 1] = True
    plain = frozenset(np.searchsorted(ends, measures).tolist())
    weak = [""] * len(texts)
    for place, phrase in _phrases(joined, own):
        text = int(np.searchsorted(begins, place)) - 1
        if not weak[text] and int(np.searchsorted(ends, place)) not in plain:
            weak[text] = phrase
    return Wording(tuple(weak), measured)


def _joined(texts: Sequence[str]) -> str:
    """The texts folded, a mark before each and behind the last; lines are marked, too."""
    joined = _TEXT.join(texts)
    if _LINE in joined or joined.count(_TEXT) >= max(len(texts), 1):
        joined = _TEXT.join(_MARKS.sub("", text) for text in texts)
    return f"{_TEXT}{_FOLDED.replace(joined.replace(chr(10), _LINE))}{_TEXT}"


# Character by character: terms that differ between the regions are all in the lists of words.
_FOLDED = Characters(lambda one: fold(one) or one)


def _begins(text: str) -> NDArray[np.int64]:
    """Where the marks of the texts stand."""
    return np.flatnonzero(codes_of(text) == ord(_TEXT))


def _places(pattern: re.Pattern[str], text: str) -> NDArray[np.int64]:
    """Where the last characters of what is found stand."""
    return np.fromiter((one.end() - 1 for one in pattern.finditer(text)), np.int64)


def _measures(text: str, own: OwnWords) -> NDArray[np.int64]:
    return np.concatenate([_places(pattern, text) for pattern in _measure(own)])


@cache
def _measure(own: OwnWords) -> tuple[re.Pattern[str], ...]:
    """Find a number with a unit, a comparison with a number, a fraction."""
    han_units = _either((_chinese("measure.units"), *own.other_units))
    units = _either((_english("measure.units"), *own.latin_units))
    compared, english_compared = _chinese("measure.comparisons"), _english("measure.comparisons")
    counted = (
        rf"\s*[十百千万亿]*[多余]?\s*个?(?:{han_units})",
        rf"[\s-]*(?:{units})(?![a-z])",
        rf"\s+(?:[a-z-]+\s+){{0,2}}?(?:{units}|[a-z]{{2,}}s)\b",
        r"\s*(?:->|→|~|至|到|以内|以下|以上|左右)",
    )
    english = (
        rf"(?:{english_compared})\s+{WORD_NUMBER}",
        rf"(?:{_english('measure.fractions')})\b",
        rf"{WORD_NUMBER}[\s-]+(?:[a-z-]+\s+){{0,2}}?(?:{units}|[a-z]{{2,}}s)\b",
    )
    return (
        re.compile(rf"[0-9](?<![0-9][0-9])[\d,.]*(?:{'|'.join(counted)})"),
        re.compile(rf"[零二两三四五六七八九十百千万亿半]+个?(?:{han_units})"),
        re.compile(rf"(?:{compared})\s*约?\s*{HAN_NUMBER}"),
        re.compile(r"[<>=≤≥≦≧~$€£¥]\s*[0-9]"),
        re.compile(_chinese("measure.fractions")),
        _at_word("|".join(english)),
    )


@cache
def _absolute() -> tuple[re.Pattern[str], ...]:
    """Find what can be tested without a number: all, each, nothing missing."""
    return (
        re.compile(_chinese("measure.absolutes")),
        _at_word(rf"(?:{_english('measure.absolutes')})\b"),
    )


def _phrases(text: str, own: OwnWords) -> list[tuple[int, str]]:
    """The vague phrases and where they begin, in the order of the text."""
    patterns = (*_vague(), *((vague_pattern(own.vague),) if own.vague else ()))
    found = (one for pattern in patterns for one in pattern.finditer(text))
    every = chain(found, _english_openings().matches(_vague_english(), text))
    return sorted(
        (one.start("phrase"), one["phrase"])
        for one in own.not_accepted(every)
        if text[one.start("phrase") - 1] not in _DENIALS
    )


@cache
def _vague() -> tuple[re.Pattern[str], ...]:
    """Find vague phrases. "Add a process" is none, "improve the process" and "add quality" are."""
    better, more, phrases = (_chinese(f"vague.{name}") for name in ("better", "more", "phrases"))
    valued = _chinese("vague.qualities", "vague.burdens")
    good = _chinese("vague.qualities", "vague.areas")
    anything = _chinese("vague.qualities", "vague.areas", "vague.burdens")
    return (
        re.compile(rf"(?P<phrase>(?:{better}){_GAP}{{0,8}}?(?:{anything}))"),
        re.compile(rf"(?P<phrase>(?:{more}){_GAP}{{0,8}}?(?:{valued}))"),
        re.compile(rf"(?P<phrase>(?:{good}){_GAP}{{0,5}}?(?:{better}))"),
        re.compile(rf"(?P<phrase>{phrases})"),
    )


@cache
def _vague_english() -> re.Pattern[str]:
    """Matches vague English phrases."""
    english = (
        _verb_and_noun("vague.better", _english("vague.qualities", "vague.areas", "vague.burdens")),
        _verb_and_noun("vague.more", _english("vague.qualities", "vague.burdens")),
        rf"(?:{_english('vague.phrases')})\b",
    )
    return re.compile(f"(?P<phrase>{'|'.join(english)})")


@cache
def _english_openings() -> Openings:
    lists = (entry("en", f"words.vague.{name}") for name in ("better", "more", "phrases"))
    return Openings(word for words in lists for word in words)


def _at_word(expression: str) -> re.Pattern[str]:
    """Finds `expression`, in its group "phrase", where a word in Latin letters or a number begins.

    The expression stands in a look behind the word's first letter, so that the search can skip
    whatever is none: on Chinese text that is eight times as fast as to ask for a word's boundary.
    """
    return re.compile(rf"[a-z0-9](?<![a-z0-9.,][a-z0-9])(?<=(?=(?P<phrase>{expression})).)")


def _verb_and_noun(verbs: str, nouns: str) -> str:
    """A verb, up to four words, a noun."""
    return rf"(?:{_english(verbs)})\w*(?:[ -]\w+){{0,4}}?[ -](?:{nouns})\b"


def _chinese(*names: str) -> str:
    """Any of the words of Chinese lists, folded."""
    held = (
        entry(language, f"words.{name}") for language in ("zh-Hans", "zh-Hant") for name in names
    )
    return _either(re.escape(fold(word)) for words in held for word in words)


def _english(*names: str) -> str:
    """Any of the expressions of English lists."""
    return _either(word for name in names for word in entry("en", f"words.{name}"))


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(set(words), key=lambda word: (-len(word), word)))
