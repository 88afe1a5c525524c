"""Digits that count nothing: dates, years, versions, ordinals, references, "one click"."""

from __future__ import annotations

import re

HAN_NUMBER = r"(?:[0-9][\d,.]*|[零二两三四五六七八九十百千万亿半]+)"
WORD_NUMBER = (
    r"(?:[0-9][\d,.]*|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty"
    r"|forty|fifty|sixty|ninety)\b)"
)

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
]
_BEFORE_YEAR = [
    "in",
    "by",
    "since",
    "until",
    "before",
    "after",
    "during",
    "year",
    "of",
    "q1",
    "q2",
    "q3",
    "q4",
]
_PARTS = [
    "step",
    "steps",
    "phase",
    "stage",
    "version",
    "release",
    "sprint",
    "chapter",
    "section",
    "no",
    "no.",
    "number",
    "item",
    "level",
    "tier",
    "table",
    "figure",
    "page",
    "appendix",
    "annex",
    "quarter",
    "round",
    "batch",
    "wave",
    "line",
    "part",
    "type",
    "class",
    "option",
    "top",
    "rule",
    "article",
    "clause",
    "form",
    "v",
]
_PRODUCTS = [
    "ios",
    "android",
    "windows",
    "python",
    "java",
    "excel",
    "office",
    "iso",
    "iec",
    "iso/iec",
    "gb",
    "gb/t",
    "ieee",
    "rfc",
    "http",
    "https",
    "tls",
    "ssl",
    "vue",
    "react",
    "node",
    "mysql",
    "oracle",
    "sap",
    "explorer",
    "chrome",
    "server",
    "php",
    "web",
    "usb",
]
_CURRENCIES = ["usd", "rmb", "cny", "eur", "twd", "hkd", "nt"]


def _behind(words: list[str]) -> str:
    """Where one of the words and a space stand before the first digit."""
    any_word = "|".join(rf"(?<=\b{re.escape(word)} [0-9])" for word in words)
    return f"(?<=[a-z0-9.] [0-9])(?:{any_word})"  # the first part skips most digits at once


_AFTER_LETTERS = (
    "(?:(?<=[a-z][0-9])|(?<=[a-z][-_][0-9]))"
    + "".join(f"(?<!{unit}[0-9])" for unit in _CURRENCIES)
    + r"[\w.-]*"
)
_MONTH = f"(?:{'|'.join(_MONTHS)})"

# What may follow the first digit of a number; (?<=2) asks which digit that was.
_DIGITS = (
    r"(?:(?<=[\ue000\ue001。;(][0-9])|(?<=[\ue000\ue001。;] [0-9]))[0-9]?[.、)](?![0-9])",  # "1. "
    r"(?:(?<=1)9|(?<=2)0)\d{2}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*[日号]?|\s*月)?(?!\d)",
    r"(?:(?<=1)9|(?<=2)0)\d{2}(?:\s*年[度初底末中]?|(?![\d.,%]|\s*[a-z\u4e00-\u9fff]))",
    rf"{_behind(_BEFORE_YEAR)}(?:(?<=1)9|(?<=2)0)\d{{2}}\b",
    r"\d{3}-\d{3,}",
    r"\d?\s*月(?:\s*\d{1,2}\s*[日号]|份|[初中底末]|[上中下]旬)?",
    r"\d*\s*[号期级线维]",
    rf"\d?(?:st|nd|rd|th)?\s+{_MONTH}\b(?:\s+\d{{4}})?",
    rf"{_behind(_MONTHS)}\d?(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?",
    rf"{_behind([*_PARTS, *_PRODUCTS])}\d*(?:[-.:/]\d+)*\b",
    r"\d?:\d{2}(?::\d{2})?",
    r"\d*(?:st|nd|rd|th)\b",
    r"\d*(?:\.\d+){2,}",
    r"\d?\s*[x×*/]\s*\d{1,2}(?![\d.])(?:\s*小时)?",
    r"\d{2,3}\s*[x×*]\s*\d{3,4}",
    r"(?<=3)60\s*(?:度|°|-?degree)",
    r"(?:(?<=4)0[34]|(?<=5)0[023])\s*(?:错误|页面|报错|errors?|pages?|status)",
    r"(?<=[2-6])g(?![a-z])|(?<=[23])d(?![a-z])",
    r"(?<=1)[- ](?:click|stop|time|off)\b",
    _AFTER_LETTERS,
)
_ORDINAL = (
    r"第\s*[\d零一二三四五六七八九十百]+\s*"
    r"(?:季度|阶段|部分|[步个条章次期季版页轮批天周月名位代届项点方行列])?"
)
_NUMBERED = r"(?:阶段|步骤|版本|方案|附件|附录|编号)\s*[\d一二三四五六七八九十][\d.]*"
_HAN_RANK = r"[一二三四五六七八九十]+(?:[期级线维是、])"
_ONE = (
    "一键|一次性|一站式|一体化|一样|一些|一定|一下|统一|唯一|进一步|一直|一般|一步到位|一目了然"
    "|one[- ]click|one[- ]stop|one[- ]time|single[- ]click"
)

_PATTERNS = tuple(
    re.compile(one)
    for one in (
        _ORDINAL,
        _NUMBERED,
        _HAN_RANK,
        rf"[0-9](?<![0-9.][0-9])(?:{'|'.join(_DIGITS)})",
        _ONE,
    )
)


def without_no_measures(text: str) -> str:
    """The folded `text` without digits and numerals that count nothing."""
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    return text
