"""Folding: two spellings of one word become the same text. For matching only, never for display."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

TERMS = {
    "覆盘": "复盘",
    "优先顺序": "优先级",
    "优先级别": "优先级",
    "最佳化": "优化",
    "整合": "集成",
    "档案": "文件",
    "回馈": "反馈",
    "阻断": "阻塞",
    "卡关": "阻塞",
    "资讯": "信息",
    "专案": "项目",
    "使用者": "用户",
}
"""Terms that differ between the regions by more than their characters, written as they stand after
the characters were folded."""

_TERM = re.compile("|".join(sorted(TERMS, key=len, reverse=True)))
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff]+")


def fold(text: str) -> str:
    """`text` in one width, one case, simplified characters, and single spaces.

    >>> fold("  復盤記錄 ") == fold("复盘记录")
    True
    >>> fold("ＵＡＴ  Report")
    'uat report'
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = " ".join(text.split()).casefold()
    if text.isascii():
        return text
    return with_one_term_each(text.translate(_simplified()))


def with_one_term_each(text: str) -> str:
    """A text that is folded but for its terms, with one of the regions' terms for each thing."""
    if not any(term in text for term in TERMS):  # as in most texts: faster than the expression
        return text
    return _TERM.sub(lambda found: TERMS[found[0]], text)


@cache
def _simplified() -> dict[int, str]:
    """Each traditional character and its simplified one. Source: OpenCC, TSCharacters."""
    table = Path(__file__).with_name("traditional.txt")
    pairs = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if line)
    return {ord(traditional): simplified for traditional, simplified in pairs}


def pairs_for(letters: Iterable[str]) -> dict[str, str]:
    """The traditional characters, each with its simplified one, of which one is among `letters`.

    They suffice to match texts of these letters, whatever script one asks in.

    >>> pairs_for("编頁")
    {'編': '编', '頁': '页'}
    """
    held = set(letters)
    return {
        chr(code): simplified
        for code, simplified in _simplified().items()
        if chr(code) in held or simplified in held
    }


def uses_traditional(text: str) -> bool | None:
    """Whether Chinese text is in traditional characters; None where it holds none that tells.

    >>> uses_traditional("需求編號"), uses_traditional("需求编号"), uses_traditional("title")
    (True, False, None)
    """
    table = _simplified()
    simplified = {ord(letter) for letter in table.values()} - table.keys()
    traditional = sum(code in table and table[code] != chr(code) for code in map(ord, text))
    others = sum(code in simplified for code in map(ord, text))
    return None if traditional == others == 0 else traditional > others
