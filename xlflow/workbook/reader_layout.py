"""Which sheets of a workbook make up the register.

A sheet is known by its hidden row of field keys, whatever its tab is called; else by its tab in
any language; else by its headers. So people may rename, move, hide and copy sheets as they like.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xlflow.languages import LANGUAGES, Language, fold, say
from xlflow.record.register import quoted
from xlflow.record.schema import Schema
from xlflow.workbook.reader_columns import Head, Layout, known_by_headers, known_by_keys
from xlflow.workbook.reader_refusals import LayoutFault


@dataclass(frozen=True, slots=True)
class Found:
    """The tab that holds each sheet of the register, and what is wrong with the choice."""

    heads: Mapping[str, Head]
    faults: tuple[LayoutFault, ...]


def find_sheets(heads: Iterable[Head], schema: Schema) -> Found:
    """The sheets of the register among all sheets.

    Of several that would do equally, the one with the sheet's own name in any language is taken:
    the others are copies that somebody keeps.
    """
    claims: dict[str, dict[int, list[Head]]] = defaultdict(lambda: defaultdict(list))
    for head in heads:
        for sheet, strength in _claims(head, schema):
            claims[sheet][strength].append(head)
    chosen: dict[str, Head] = {}
    faults: list[LayoutFault] = []
    for sheet in schema.sheets:
        strongest = claims[sheet][max(claims[sheet])] if claims[sheet] else []
        named = [head for head in strongest if tab_means(sheet, head.title)]
        held = named if len(named) == 1 else strongest
        if len(held) == 1:
            chosen[sheet] = held[0]
        elif held:
            facts = {"tabs": ", ".join(quoted(head.title) for head in held)}
            faults.append(LayoutFault("sheet-doubled", sheet, facts=facts))
        else:
            faults.append(LayoutFault("sheet-missing", sheet))
    return Found(chosen, tuple(faults))


def tab_means(sheet: str, title: str) -> bool:
    """Whether a tab bears the name of a sheet, in any language and either script."""
    return fold(title) in {fold(say(language, f"record.sheet.{sheet}")) for language in LANGUAGES}


def guessed_language(layouts: Iterable[Layout], schema: Schema) -> Language:
    """The language in which most headers are written, letter by letter."""
    counts = dict.fromkeys(LANGUAGES, 0)
    for layout in layouts:
        for language in LANGUAGES:
            labels = {field.label(language) for field in schema.sheets[layout.sheet]}
            counts[language] += len(labels.intersection(layout.labels))
    return max(LANGUAGES, key=lambda language: counts[language])


_BY_KEYS, _BY_TAB, _BY_HEADERS = 3, 2, 1


def _claims(head: Head, schema: Schema) -> Iterator[tuple[str, int]]:
    """What a sheet may be, and how surely."""
    for known_by, strength in ((known_by_keys, _BY_KEYS), (known_by_headers, _BY_HEADERS)):
        if strength == _BY_HEADERS:
            yield from ((sheet, _BY_TAB) for sheet in schema.sheets if tab_means(sheet, head.title))
        parts = {sheet: known_by(sheet, head, schema) for sheet in schema.sheets}
        best = max(parts, key=lambda sheet: parts[sheet])
        if parts[best]:
            yield best, strength
            return
