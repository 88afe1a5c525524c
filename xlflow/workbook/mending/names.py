"""Defined names: the lists behind dropdowns and marks, whatever their sheets and columns are now.

Source: ECMA-376 18.2.5 (definedName), 18.2.6 (definedNames), 18.2.27 (workbook).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from xlflow.record.register import quoted
from xlflow.record.schema import STANDARD
from xlflow.workbook.mending.meaning import Meaning, formula, meaning
from xlflow.workbook.mending.outline import Node, Splice, outline, spliced
from xlflow.workbook.mending.places import Place

_SHEET = re.compile(r"(?:'((?:[^']|'')*)'|([\w.]+))!")
_BEFORE_NAMES = ("externalReferences", "functionGroups", "sheets")


@dataclass(frozen=True, slots=True)
class Name:
    """A name to be written. `sheet`: the only sheet where it holds, counted from 0."""

    name: str
    told: str
    is_hidden: bool
    sheet: int | None = None


Target = tuple[tuple[str, Meaning], ...]
"""Parts of a formula, each with the sheet that it looks at: "lists", "register", or its title."""


def target(told: str, places: Mapping[str, Place]) -> Target:
    """What a name stands for; `places` are the sheets of the register by their keys."""
    by_title = {place.title.casefold(): place for place in places.values()}
    found = list(_SHEET.finditer(told))
    ends = [match.start() for match in found[1:]] + [len(told)]
    parts: list[tuple[str, Meaning]] = []
    for match, end in zip(found, ends, strict=True):
        title = match[2] or match[1].replace("''", "'")
        place = by_title.get(title.casefold()) or Place(STANDARD, title, title, {}, 0, 1)
        parts.append((place.sheet, meaning(told[match.end() : end], place, 0, 0)))
    return tuple(parts)


def told(stands_for: Target, places: Mapping[str, Place]) -> str:
    """The formula of a name. Raises KeyError where a sheet or column is not there."""
    return "".join(
        f"{quoted(places[sheet].title)}!{formula(part, places[sheet], 0)}"
        for sheet, part in stands_for
    )


def names_in(book: Node) -> Mapping[str, Node]:
    """The names of the whole workbook, in small letters."""
    return {
        node.get("name").casefold(): node
        for node in book.within("definedNames", "definedName")
        if not node.get("localSheetId")
    }


def with_names(workbook: bytes, wanted: Sequence[Name]) -> bytes:
    """workbook.xml with these names in place of those of the same name.

    Raises:
        markup.MarkupError: Malformed.
    """
    if not wanted:
        return workbook
    root = outline(workbook)
    replaced = {(name.name.casefold(), name.sheet) for name in wanted}
    splices = [
        Splice(node.tag.start, node.end)
        for node in root.within("definedNames", "definedName")
        if (node.get("name").casefold(), _sheet_of(node)) in replaced
    ]
    new = b"".join(_element(root.prefix, name) for name in wanted)
    known = root.first("definedNames")
    element = root.prefix + b"definedNames"
    if known is not None and not known.tag.is_empty:
        splices.append(Splice(known.inner_end, known.inner_end, new))
        return spliced(workbook, splices)
    before = (node for earlier in _BEFORE_NAMES if (node := root.first(earlier)))
    start, end = (known.tag.start, known.end) if known else (next(before).end,) * 2
    return spliced(workbook, [Splice(start, end, b"<%s>%s</%s>" % (element, new, element))])


def _sheet_of(node: Node) -> int | None:
    number = node.get("localSheetId")
    return int(number) if number.isdecimal() else None


def _element(prefix: bytes, name: Name) -> bytes:
    p = prefix.decode()
    given = f" name={quoteattr(name.name)}"
    if name.sheet is not None:
        given += f' localSheetId="{name.sheet}"'
    if name.is_hidden:
        given += ' hidden="1"'
    return f"<{p}definedName{given}>{escape(name.told)}</{p}definedName>".encode()
