"""What in a text can be measured, and what is vague.

All texts of a column are searched at once, as one string in which marks keep them apart: a regular
expression over a long string costs a fraction of the same one over many short strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xlflow.languages import entry, fold

_TEXT, _LINE = "\ue000", "\ue001"  # private characters: folding leaves them alone
_MARKS = re.compile(f"[{_TEXT}{_LINE}]")
_SENTENCE_END = re.compile(rf"[。!?{_TEXT}{_LINE}]|\.(?=\s)")
_HAN = "\u4e00-\u9fff"
_DIGITS = r"\d[\d,.]*"
_HAN_NUMBER = rf"(?:{_DIGITS}\s*[十百千万亿]*[多余]?|[零二两三四五六七八九十百千万亿半]+)"
_WORD_NUMBER = (
    rf"(?:{_DIGITS}|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty"
    r"|forty|fifty|sixty|ninety)\b)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_COUNTED_PARTS = (
    r"steps?|phase|stage|version|release|sprint|chapter|section|no\.?|number|item|level|tier|table"
    r"|figure|page|appendix|annex|quarter|round|batch|wave|line|part|type|class|option|top|rule"
    r"|article|clause|form"
)
_PRODUCTS = (
    r"ios|android|windows|python|java|excel|office|iso(?:/iec)?|iec|gb(?:/t)?|ieee|rfc|https?|tls|ssl"
    r"|vue|react|node|mysql|oracle|sap|internet explorer|chrome|sql server|php|web|usb"
)

# Digits that count nothing: dates, years, versions, ordinals, references, standards, "one click".
_NO_MEASURE = re.compile(
    "|".join(
        (
            rf"(?<=[{_TEXT}{_LINE}。;])\s*\(?\d{{1,2}}[.、)](?!\d)",
            r"(?<![\d.])(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*[日号]?|\s*月)?(?!\d)",
            r"(?<![\d.])(?:19|20)\d{2}(?:\s*年[度初底末中]?|(?![\d.,%]|\s*[a-z\u4e00-\u9fff]))",
            r"\b(?:in|by|since|until|before|after|during|year|end of|q[1-4])\s+(?:19|20)\d{2}\b",
            r"\d{4}-\d{3,}",
            r"\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号]|份|[初中底末]|[上中下]旬)?",
            r"\d+\s*号",
            rf"\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\b(?:\s+\d{{4}})?",
            rf"\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?",
            r"\d{1,2}:\d{2}(?::\d{2})?",
            r"第\s*[\d零一二三四五六七八九十百]+\s*(?:季度|阶段|部分|[步个条章次期季版页轮批天周月名位代届项点方行列])?",
            r"[\d一二三四五六七八九十]+\s*(?:期|级|线|维)",
            r"(?:阶段|步骤|版本|方案|附件|附录|表|图|编号)\s*[\d一二三四五六七八九十][\d.]*",
            r"[一二三四五六七八九十](?:是|、)",
            r"\d+(?:st|nd|rd|th)\b",
            rf"\b(?:{_COUNTED_PARTS})\s*#?\s*\d+(?:\.\d+)*\b",
            r"\b(?!usd|rmb|cny|eur|twd|hkd|nt)[a-z][a-z/]*[-_]?\d+[\w.-]*",
            rf"\b(?:{_PRODUCTS})\s+\d[\d.]*(?:[-:/]\d+)*",
            r"\bv\s*\d+(?:\.\d+)*",
            r"\d+(?:\.\d+){2,}",
            r"\d{1,2}\s*[x×*/]\s*\d{1,2}(?![\d.])(?:\s*小时)?|\d{3,4}\s*[x×*]\s*\d{3,4}",
            r"360\s*(?:度|°|-?degree)",
            r"\b(?:403|404|500|502|503)\s*(?:错误|页面|报错|errors?|pages?|status)",
            r"\b[2-6]g(?![a-z])|\b[23]d(?![a-z])",
            r"一键|一次性|一站式|一体化|一样|一些|一定|一下|统一|唯一|进一步|一直|一般|一步到位|一目了然",
            r"\b(?:one|single|1)[- ](?:click|stop|time|off)\b",
        )
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What was found in each of some texts."""

    weak: tuple[str, ...]  # the first vague phrase in a sentence without a measure; "" = none
    measured: NDArray[np.bool_]  # whether anything in the text can be measured or tested


def wording(texts: Sequence[str]) -> Wording:
    """What is vague and what is measured in these texts, in any of the languages."""
    marked = (_MARKS.sub("", text).replace("\n", _LINE) for text in texts)
    joined = _NO_MEASURE.sub(" ", _TEXT + fold(_TEXT.join(marked)) + _TEXT)
    begins = _starts(re.compile(_TEXT), joined)[: len(texts)]
    ends = _starts(_SENTENCE_END, joined)
    measures = _starts(_measure(), joined)
    tested = np.concatenate([measures, _starts(_absolute(), joined)])
    measured = np.zeros(len(texts), bool)
    measured[np.searchsorted(begins, tested, "right") - 1] = True
    plain = frozenset(np.searchsorted(ends, measures).tolist())
    weak = [""] * len(texts)
    for found in _weak().finditer(joined):
        text = int(np.searchsorted(begins, found.start(), "right")) - 1
        if not weak[text] and int(np.searchsorted(ends, found.start())) not in plain:
            weak[text] = found[0]
    return Wording(tuple(weak), measured)


def _starts(pattern: re.Pattern[str], text: str) -> NDArray[np.int64]:
    return np.fromiter((found.start() for found in pattern.finditer(text)), np.int64)


@cache
def _measure() -> re.Pattern[str]:
    """Finds a number with a unit, a comparison with a number, a fraction."""
    han_units = _either(_words("measure.units"))
    units = _either(_english("measure.units"))
    return re.compile(
        "|".join(
            (
                rf"{_HAN_NUMBER}\s*个?(?:{han_units})",
                rf"{_WORD_NUMBER}[\s-]*(?:{units})(?![a-z])",
                rf"{_WORD_NUMBER}\s+(?:[a-z-]+\s+){{0,2}}?(?:{units}|[a-z]{{2,}}s)\b",
                rf"(?:{_either(_words('measure.comparisons'))})\s*约?\s*{_HAN_NUMBER}",
                rf"\b(?:{_either(_english('measure.comparisons'))})\s+{_WORD_NUMBER}",
                r"[<>=≤≥≦≧~]\s*\d|[$€£¥]\s*\d|\d\s*(?:->|→|~|至|到|以内|以下|以上|左右)",
                _either(_words("measure.fractions")),
                rf"\b(?:{_either(_english('measure.fractions'))})\b",
            )
        )
    )


@cache
def _absolute() -> re.Pattern[str]:
    """Finds what can be tested without a number: all, each, nothing missing."""
    english = _either(_english("measure.absolutes"))
    return re.compile(rf"{_either(_words('measure.absolutes'))}|\b(?:{english})\b")


@cache
def _weak() -> re.Pattern[str]:
    """Finds vague phrases. "Add a process" is none, "improve the process" and "add quality" are."""
    better, more, qualities, areas, burdens = (
        _words(f"vague.{name}") for name in ("better", "more", "qualities", "areas", "burdens")
    )
    gap = rf"[^,，。;!?:{_TEXT}{_LINE}]"
    return re.compile(
        "|".join(
            (
                rf"(?:{_either(better)}){gap}{{0,8}}?(?:{_either(qualities + areas + burdens)})",
                rf"(?:{_either(more)}){gap}{{0,8}}?(?:{_either(qualities + burdens)})",
                rf"(?:{_either(qualities + areas)}){gap}{{0,5}}?(?:{_either(better)})",
                rf"(?<![不未无非])(?:{_either(_words('vague.phrases'))})",
                _english_pair(("better",), ("qualities", "areas", "burdens")),
                _english_pair(("more",), ("qualities", "burdens")),
                rf"\b(?:{_either(_english('vague.phrases'))})\b",
            )
        )
    )


def _english_pair(verbs: Iterable[str], nouns: Iterable[str]) -> str:
    """A verb, up to four words, a noun."""
    first, last = (
        _either(word for name in names for word in _english(f"vague.{name}"))
        for names in (verbs, nouns)
    )
    return rf"\b(?:{first})\w*(?:[ -]\w+){{0,4}}?[ -](?:{last})\b"


def _words(name: str) -> list[str]:
    """The Chinese words of a list, folded and escaped."""
    held = [*entry("zh-Hans", f"words.{name}"), *entry("zh-Hant", f"words.{name}")]
    return [re.escape(fold(word)) for word in held]


def _english(name: str) -> list[str]:
    return list(entry("en", f"words.{name}"))


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(set(words), key=lambda word: (-len(word), word)))
