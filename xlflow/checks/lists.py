"""Rules: values of dropdowns, names and lengths."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

import numpy as np

from xlflow.checks.column import as_text, as_texts, is_blank, is_error
from xlflow.checks.finding import Choice, Choices
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.checks.words import is_no_answer, is_nothing, short
from xlflow.languages import fold
from xlflow.record.choices import ChoiceSet
from xlflow.record.fields import Kind

CHILD_SHEETS = ("progress", "issues", "changes")
ALL_SHEETS = ("register", *CHILD_SHEETS)


@rule(
    "choice-off-list",
    fields=Kind.CHOICE,
    sheets=ALL_SHEETS,
    source="record",
    variants=("message", "near"),
)
def choice_off_list(r: View) -> Iterator[Fault]:
    """A dropdown field holds one of the values on its list."""
    for field in r.fields(Kind.CHOICE):
        offered = r.table.schema.choices[field.choices]
        meant = [_meant(offered, value) for value in r.column(field.key).distinct]
        allowed = Choices(field.choices)
        unknown = r.pick(field.key, [one == allowed for one in meant])
        near = r.pick(field.key, [isinstance(one, Choice) for one in meant])
        meant_by_row = r.pick(field.key, meant, np.object_)
        yield fault(unknown, field.key, expected=allowed, allowed=allowed)
        yield fault(near, field.key, "near", expected=allowed, near=meant_by_row)


@rule(
    "department-off-list",
    fields=Kind.DEPARTMENT,
    source="record",
    variants=("message", "near"),
)
def department_off_list(r: View) -> Iterator[Fault]:
    """A department stands on the list of departments, with its full name."""
    known = {fold(name): name for name in r.book.register.departments}
    for field in r.fields(Kind.DEPARTMENT) if known else ():
        values = r.column(field.key).distinct
        off = [_is_unknown(value, known) for value in values]
        near = [
            _near(as_text(value), known) if is_off else ""
            for value, is_off in zip(values, off, strict=True)
        ]
        unknown, guessed = r.pick(field.key, off), r.pick(field.key, [bool(name) for name in near])
        names = r.pick(field.key, near, np.object_)
        yield fault(unknown & ~guessed, field.key)
        yield fault(guessed, field.key, "near", expected=names, near=names)


@rule("name-not-masked", fields=Kind.NAME, sheets=ALL_SHEETS, source="record")
def name_not_masked(r: View) -> Iterator[Fault]:
    """A person's name is masked: * stands for the surname or the given name."""
    for field in r.fields(Kind.NAME):
        bare = r.ask(field.key, _is_bare_name)
        for is_no_name in (is_no_answer, is_nothing):
            bare &= ~r.ask(field.key, is_no_name, of=short)
        yield fault(bare, field.key, masked=r.ask(field.key, masked, np.object_))


@rule("title-too-long", fields="title", source="record")
def title_too_long(r: View) -> Fault:
    """A title has at most 20 characters in Chinese, 60 in English."""
    limits = r.book.settings.limits
    texts = r.distinct("title", as_texts)
    length = r.pick("title", [len(text) for text in texts], np.int64)
    shorter = min(limits.title_zh, limits.title_en)  # within it, the language makes no difference
    chinese = r.pick("title", [len(text) > shorter and is_chinese(text) for text in texts])
    limit = np.where(chinese, limits.title_zh, limits.title_en)
    return fault(
        length > limit, "title", expected=limit, length=length, limit=limit, over=length - limit
    )


def _meant(offered: ChoiceSet, value: object) -> Choice | Choices | None:
    """None where the value is fine; what it may have meant; the whole list if that is not clear."""
    if is_blank(value) or is_error(value) or offered.parse(value):
        return None
    code = offered.closest(as_text(value)) if as_text(value) else None
    return Choice(offered.name, code) if code else Choices(offered.name)


def _is_unknown(department: object, known: Mapping[str, str]) -> bool:
    said = not (is_blank(department) or is_error(department))
    return said and fold(as_text(department)) not in known


def _near(name: str, known: Mapping[str, str]) -> str:
    """The department that was probably meant; a name that holds the other comes first."""
    folded = fold(name)
    holding = [full for key, full in known.items() if folded in key or key in folded]
    if len(holding) == 1:
        return holding[0]
    near = difflib.get_close_matches(folded, known, n=1, cutoff=0.5)
    return known[near[0]] if near else ""


_MASK = re.compile(r"[*＊※某]|[×xX]{2}")
_BETWEEN_NAMES = re.compile(r"([、，,;；/&\n]+)")
_LETTER = re.compile(r"[^\W\d_]")


def _is_bare_name(value: object) -> bool:
    """Whether a name in the cell has nothing replaced by a *."""
    if is_error(value):
        return False
    names = _BETWEEN_NAMES.split(as_text(value))[::2]
    return any(name.strip() and not _MASK.search(name) for name in names)


def masked(value: object) -> str:
    """The names in a cell, masked: 张三 -> 张*, John Smith -> J. *."""
    parts = _BETWEEN_NAMES.split(as_text(value))
    parts[::2] = [part if _MASK.search(part) else _mask(part) for part in parts[::2]]
    return "".join(parts)


def _mask(name: str) -> str:
    words = name.split()
    if not words or not _LETTER.search(name):
        return "*"
    if is_chinese(name):
        return words[0][0] + "*"
    return f"{words[0][0].upper()}. *" if len(words) > 1 else "*"


_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def is_chinese(value: object) -> bool:
    """Whether a text is Chinese: names and terms in Latin letters do not make it English."""
    text = as_text(value)
    return len(_HAN.findall(text)) > len(_LATIN_WORD.findall(text))


RULES: tuple[Rule, ...] = (choice_off_list, department_off_list, name_not_masked, title_too_long)
