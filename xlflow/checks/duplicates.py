"""Rules: requirements that stand in the register twice."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xlflow.checks.column import Mask, Objects
from xlflow.checks.folded import BETWEEN, Characters, folded
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.checks.words import is_no_answer, short, words

_SHORTEST = 6  # characters; shorter titles are alike by chance
_ALIKE = 0.85  # of difflib's ratio
_NEIGHBOURS = 3
_LONGEST = 80
_NOT_A_WORD = re.compile(r"[\W_]")
_NO_DIGIT = re.compile(rf"[^\d{BETWEEN}]+")


@rule(
    "duplicate-title",
    fields="title",
    source="record",
    variants=("message", "numbered"),
)
def duplicate_title(r: View) -> tuple[Fault, ...]:
    """Two requirements of a department differ in their titles, unless one is cancelled."""
    first = r.once(_first_of_its_kind)
    again = (first >= 0) & (first != np.arange(len(r)))
    return _same_as(r, again, first)


@rule(
    "similar-title",
    fields="title",
    severity="warning",
    source="record",
    variants=("message", "numbered"),
)
def similar_title(r: View) -> tuple[Fault, ...]:
    """Open requirements of a department do not look as if one were entered twice."""
    other = np.full(len(r), -1)
    rank = r.once(_ranks)
    for one, two in _similar_pairs(r):
        newer, older = (one, two) if rank[one] > rank[two] else (two, one)
        other[newer] = older
    return _same_as(r, other >= 0, other)


def _same_as(r: View, mask: Mask, other: NDArray[np.int64]) -> tuple[Fault, ...]:
    """The rows in `mask`, with what tells the `other` record (a position) in the message."""
    numbers = r.shown_numbers[other]
    values: dict[str, Any] = {
        "row": r.table.frame.index.to_numpy()[other],
        "other": numbers,
        "title": r.text("title")[other],
    }
    numbered = numbers != ""
    return (
        fault(mask & ~numbered, "title", **values),
        fault(mask & numbered, "title", "numbered", **values),
    )


def _first_of_its_kind(r: View) -> NDArray[np.int64]:
    """For each record, the oldest one of the same title and department; -1 where it cannot tell."""
    departments = _departments(r)
    kinds = pd.factorize(_titles(r))[0] * (departments.max(initial=0) + 1) + departments
    by_age = np.argsort(r.once(_ranks), kind="stable")
    compared = by_age[_compared(r)[by_age]]
    known, first = np.unique(kinds[compared], return_index=True)
    oldest = np.append(compared[first], -1)[np.searchsorted(known, kinds)]
    return np.where(_compared(r), oldest, -1)


def _similar_pairs(r: View) -> list[tuple[int, int]]:
    """Pairs of open records of one department whose titles are alike, though not the same.

    Only neighbours in the order of the titles, and of the reversed titles, are compared: a title
    that was changed in one place keeps its beginning or its end.
    """
    first = r.once(_first_of_its_kind)
    open_ = (first == np.arange(len(r))) & ~r.is_("status", "live", "closed", "cancelled")
    titles = _titles(r)
    at = np.flatnonzero(open_)
    at = at[[len(title) >= _SHORTEST for title in titles[at].tolist()]]
    if len(at) < 2:
        return []
    departments = _departments(r)[at]
    held = [title[:_LONGEST] for title in titles[at].tolist()]
    compared = np.array(held, np.str_)
    digits, _ = pd.factorize(np.array(_digits(titles[at].tolist()), np.object_))
    pairs: set[tuple[int, int]] = set()
    for keys in (held, [title[::-1] for title in held]):
        order = _order(departments, keys)
        for step in range(1, _NEIGHBOURS + 1):
            one, two = order[:-step], order[step:]
            near = (departments[one] == departments[two]) & (digits[one] == digits[two])
            one, two = one[near], two[near]
            near = _may_be_alike(compared[one], compared[two])
            pairs |= set(zip(at[one[near]].tolist(), at[two[near]].tolist(), strict=True))
    return [pair for pair in sorted(pairs) if _are_alike(titles[pair[0]], titles[pair[1]])]


def _order(departments: NDArray[np.int64], titles: list[str]) -> NDArray[np.int64]:
    """The positions of the titles, sorted within each department."""
    by_title = np.array(sorted(range(len(titles)), key=titles.__getitem__))
    return by_title[np.argsort(departments[by_title], kind="stable")]


def _digits(titles: list[str]) -> list[str]:
    """The numbers in each title, and where text stands between them: where these differ, the titles
    mean different things.
    """
    return _NO_DIGIT.sub(" ", BETWEEN.join(titles)).split(BETWEEN)


def _may_be_alike(one: NDArray[np.str_], two: NDArray[np.str_]) -> Mask:
    """Whether most of two titles is a common beginning and end."""
    lengths = np.char.str_len(one), np.char.str_len(two)
    common = _common(one, two) + _common(_reversed(one), _reversed(two))
    longest = np.maximum(*lengths)
    return np.asarray(np.minimum(common, np.minimum(*lengths)) >= 0.7 * longest)


def _common(one: NDArray[np.str_], two: NDArray[np.str_]) -> NDArray[np.int64]:
    """How many characters two titles have in common at their beginning."""
    same = _characters(one) == _characters(two)
    same &= _characters(one) != 0
    return np.asarray(np.logical_and.accumulate(same, axis=1).sum(axis=1), np.int64)


def _characters(titles: NDArray[np.str_]) -> NDArray[np.uint32]:
    width = titles.dtype.itemsize // 4
    return np.ascontiguousarray(titles).view(np.uint32).reshape(len(titles), width)


def _reversed(titles: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.array([title[::-1] for title in titles.tolist()], titles.dtype)


def _are_alike(one: str, two: str) -> bool:
    """Whether two titles with the same numbers probably mean the same; opposites do not."""
    match = difflib.SequenceMatcher(None, one, two, autojunk=False)
    if match.ratio() < _ALIKE:
        return False
    changed = [code for code in match.get_opcodes() if code[0] != "equal"]
    return not any(_are_opposites(one[a:b], two[c:d]) for _, a, b, c, d in changed)


def _are_opposites(one: str, two: str) -> bool:
    pairs = words("opposites.pairs")
    return f"{one}/{two}" in pairs or f"{two}/{one}" in pairs


def _ranks(r: View) -> NDArray[np.int64]:
    """The age of the records: numbered before unnumbered, then by submission, then by row."""
    submitted = r.dates("submitted_on").astype(np.int64)
    order = np.lexsort((np.arange(len(r)), submitted, r.blank("number")))
    ranks = np.empty(len(r), np.int64)
    ranks[order] = np.arange(len(r))
    return ranks


def _compared(r: View) -> Mask:
    titled: Mask = _titles(r) != ""
    titled = titled & ~r.ask("title", is_no_answer, of=short)
    return titled & r.is_record & ~r.is_("status", "cancelled")


def _titles(r: View) -> Objects:
    return r.pick("title", r.distinct("title", _plain), np.object_)


def _departments(r: View) -> NDArray[np.int64]:
    """A number for the department of each record."""
    return pd.factorize(r.pick("department", r.distinct("department", _plain), np.object_))[0]


def _plain(values: Sequence[object]) -> list[str]:
    """Texts by their words and digits only, folded."""
    return _WORDS.replace_all(folded(values))


_WORDS = Characters(lambda one: one if one == BETWEEN or not _NOT_A_WORD.match(one) else "")


RULES: tuple[Rule, ...] = (duplicate_title, similar_title)
