"""Formulas elsewhere in the workbook: have Excel recompute them, and forget what was removed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xlflow.workbook import markup
from xlflow.workbook.markup import Tag
from xlflow.workbook.package import CONTENT_TYPES, Package, relations_part

# The elements of a workbook that calcPr comes after. Source: ECMA-376 18.2.27.
_BEFORE_CALCULATION = (b"definedNames", b"externalReferences", b"functionGroups", b"sheets")
_FORMULA = re.compile(rb"<(?:[^\s<>:/]+:)?f(?=[\s/>])")
_LONGEST_TAG = 256


def has_formula(chunks: Iterable[bytes]) -> bool:
    """Whether a worksheet, given in pieces, holds a formula. All pieces are read in any case."""
    found = False
    tail = b""
    for chunk in chunks:
        piece = tail + chunk if tail else chunk
        if not found and (b"<f" in piece or b":f" in piece):  # many times as fast as the pattern
            found = _FORMULA.search(piece) is not None
        tail = piece[-_LONGEST_TAG:]
    return found


def recalculated_on_load(workbook: bytes) -> bytes:
    """workbook.xml, asking for all formulas to be computed when it is opened next.

    Raises:
        markup.MarkupError: Not understood.
    """
    blank, prefix = _blank_and_prefix(workbook, b"workbook")
    tag = next(markup.tags(blank, prefix, b"calcPr", 0, len(blank)), None)
    if tag is None:
        position = _calculation_position(blank, prefix)
        return _spliced(workbook, position, position, b'<%scalcPr fullCalcOnLoad="1"/>' % prefix)
    if tag.get(b"fullCalcOnLoad") in ("1", "true"):
        return workbook
    kept = markup.without_attributes(tag.attributes, b"fullCalcOnLoad")
    asking = kept + b' fullCalcOnLoad="1"'
    return _spliced(workbook, tag.attributes_start, tag.attributes_end, asking)


def without_calculation_chain(package: Package) -> tuple[str | None, dict[str, bytes]]:
    """The calculation chain's part, if there is one, and the parts that no longer name it.

    Excel builds the chain anew; one that names a cell without a formula counts as damage.

    Raises:
        WorkbookRefused, markup.MarkupError: A part is damaged.
    """
    relations = package.relations(package.workbook_part)
    chain = next((r for r in relations if r.kind == "calcChain" and r.target), None)
    listed = package.find(relations_part(package.workbook_part))
    if chain is None or chain.target is None or listed is None:
        return None, {}
    types = package.find(CONTENT_TYPES) or CONTENT_TYPES
    return chain.target, {
        listed: _without(package.read(listed), b"Relationships", b"Relationship", b"Id", chain.id),
        types: _without(
            package.read(types), b"Types", b"Override", b"PartName", "/" + chain.target
        ),
    }


def _without(xml: bytes, root: bytes, name: bytes, key: bytes, value: str) -> bytes:
    """`xml` without the elements called `name` whose attribute `key` is `value`, in any case."""
    blank, prefix = _blank_and_prefix(xml, root)
    for tag in reversed(list(markup.tags(blank, prefix, name, 0, len(blank)))):
        if (tag.get(key) or "").lower() == value.lower():
            xml = _spliced(xml, tag.start, _end(blank, prefix, name, tag), b"")
    return xml


def _calculation_position(blank: bytes, prefix: bytes) -> int:
    for name in _BEFORE_CALCULATION:
        tag = next(markup.tags(blank, prefix, name, 0, len(blank)), None)
        if tag is not None:
            return _end(blank, prefix, name, tag)
    raise markup.MalformedError


def _end(blank: bytes, prefix: bytes, name: bytes, tag: Tag) -> int:
    if tag.is_empty:
        return tag.end
    end = markup.end_tag(prefix, name).search(blank, tag.end)
    if end is None:
        raise markup.MalformedError
    return end.end()


def _blank_and_prefix(xml: bytes, root: bytes) -> tuple[bytes, bytes]:
    blank = markup.masked(xml)
    found = re.search(rb"<([^\s<>:/?!]+:)?%s(?=[\s/>])" % root, blank)
    if found is None:
        raise markup.MalformedError
    return blank, found[1] or b""


def _spliced(xml: bytes, start: int, end: int, new: bytes) -> bytes:
    return xml[:start] + new + xml[end:]
