"""Data validations: what a column has, beside what it should have.

Source: ECMA-376 18.3.1.32 (dataValidation), 18.3.1.33 (dataValidations); [MS-XLSX] 2.6.13 for those
that newer programs keep in the sheet's extensions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from xlflow.workbook import markup
from xlflow.workbook.addresses import Area
from xlflow.workbook.mending.meaning import Meaning, meaning, moved
from xlflow.workbook.mending.outline import Node, SheetFrame, Splice, spliced
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.spans import areas, columns_as_areas, first_cell, outside
from xlflow.workbook.schema import LAST_ROW

_TWO_VALUES = ("between", "notBetween")
_WITHOUT_OPERATOR = ("none", "list", "custom")


@dataclass(frozen=True, slots=True)
class Validation:
    """What may be typed into a cell, and what is said about it."""

    kind: str
    operator: str
    formulas: tuple[Meaning, ...]
    takes_blank: bool
    has_arrow: bool
    error: tuple[str, ...]  # style, title, text; empty where nothing is refused
    prompt: tuple[str, ...]  # title, text; empty where nothing is said

    @property
    def is_idle(self) -> bool:
        """Whether it does nothing, as programs leave it where a validation was deleted."""
        return self.kind == "none" and not self.prompt


@dataclass(frozen=True, slots=True)
class Held:
    """A validation that a sheet has, and the areas that it covers."""

    node: Node
    areas: tuple[Area, ...]
    validation: Validation | None  # None: kept in the extensions, where none of ours stands


@dataclass(frozen=True, slots=True)
class Written:
    """A validation as XML: its attributes but sqref, and its formulas."""

    attributes: bytes
    formulas: tuple[str, ...]


def held_validations(frame: SheetFrame, place: Place) -> Iterator[Held]:
    """All validations of a sheet."""
    for node in frame.root.within("dataValidations", "dataValidation"):
        yield Held(node, areas(node.get("sqref")), _validation(node, place))
    for node in _extended(frame):
        covered = areas(" ".join(found.text for found in node.all("sqref")))
        yield Held(node, covered, None)


def written(node: Node) -> Written:
    """The validation of the template, to be written elsewhere."""
    found = (node.first(name) for name in ("formula1", "formula2"))
    formulas = tuple(formula.text for formula in found if formula is not None)
    return Written(markup.without_attributes(node.tag.attributes, b"sqref"), formulas)


def _extended(frame: SheetFrame) -> Iterator[Node]:
    return frame.root.within("extLst", "ext", "dataValidations", "dataValidation")


def _validation(node: Node, place: Place) -> Validation:
    kind = node.get("type") or "none"
    operator = "" if kind in _WITHOUT_OPERATOR else node.get("operator") or "between"
    names = ("formula1", "formula2") if operator in _TWO_VALUES else ("formula1",)
    formulas = (node.first(name) for name in names if kind != "none")
    refuses = kind != "none" and node.is_on("showErrorMessage")
    error = (node.get("errorStyle") or "stop", _plain(node, "errorTitle"), _plain(node, "error"))
    prompt = (_plain(node, "promptTitle"), _plain(node, "prompt"))
    return Validation(
        kind=kind,
        operator=operator,
        formulas=tuple(meaning(f.text if f else "", place, 0, 0) for f in formulas),
        takes_blank=kind == "none" or node.is_on("allowBlank"),
        has_arrow=not node.is_on("showDropDown"),  # the name says the opposite of what it does
        error=error if refuses else (),
        prompt=prompt if node.is_on("showInputMessage") else (),
    )


def _plain(node: Node, name: str) -> str:
    return " ".join(re.sub("_x000[aAdD]_", " ", node.get(name)).split())


def with_validations(
    frame: SheetFrame, place: Place, wanted: Mapping[str, Written], position: int
) -> Iterator[Splice]:
    """Give the fields these validations, each over its whole column.

    Others stay as they are in the cells that are not the fields'. `position`: where validations go
    on a sheet that has none.
    """
    known = frame.root.first("dataValidations")
    new = [
        _element(frame, place, key, rule) for key, rule in wanted.items() if key in place.columns
    ]
    kept = _kept(frame, place, known.children) if known else []
    start, end = (known.tag.start, known.end) if known else (position, position)
    given = markup.without_attributes(known.tag.attributes, b"count") if known else b""
    given += b' count="%d"' % len([*kept, *new])
    name = frame.prefix + b"dataValidations"
    element = b"<%s%s>%s</%s>" % (name, given, b"".join((*kept, *new)), name)
    yield Splice(start, end, element)
    for extension in frame.root.within("extLst", "ext"):
        yield from _trimmed_extension(frame, place, extension)


def _element(frame: SheetFrame, place: Place, key: str, rule: Written) -> bytes:
    name = frame.prefix + b"dataValidation"
    rows = (place.first_row, LAST_ROW)
    sqref = columns_as_areas([place.columns[key]], rows).encode()
    inner = b"".join(
        b"<%sformula%d>%s</%sformula%d>" % (frame.prefix, n, escape(text).encode(), frame.prefix, n)
        for n, text in enumerate(rule.formulas, 1)
    )
    return b'<%s%s sqref="%s">%s</%s>' % (name, rule.attributes, sqref, inner, name)


def _kept(frame: SheetFrame, place: Place, nodes: Iterable[Node]) -> list[bytes]:
    """The validations but for the cells of the fields; those of nothing else are gone."""
    found = (_trimmed(frame, place, node) for node in nodes)
    return [element for element in found if element]


def _trimmed(frame: SheetFrame, place: Place, node: Node) -> bytes:
    element = frame.xml[node.tag.start : node.end]
    listed = node.first("sqref")
    covered = areas(listed.text if listed else node.get("sqref"))
    left = outside(covered, place.columns.values(), place.first_row)
    if left == covered or not left:
        return element if left else b""
    sqref = " ".join(map(str, left)).encode()
    if listed:
        splices = [Splice(listed.tag.end, listed.inner_end, sqref)]
    else:
        given = markup.without_attributes(node.tag.attributes, b"sqref") + b' sqref="%s"' % sqref
        splices = [Splice(node.tag.attributes_start, node.tag.attributes_end, given)]
    splices += _moved_formulas(node, first_cell(covered), first_cell(left))
    return spliced(element, (splice.moved(-node.tag.start) for splice in splices))


def _moved_formulas(
    node: Node, before: tuple[int, int], after: tuple[int, int]
) -> Iterator[Splice]:
    """Formulas are written for the first cell: told for another one, they mean the same."""
    down, right = after[0] - before[0], after[1] - before[1]
    if not down and not right:
        return
    for parent in (node, *node.all("formula1"), *node.all("formula2")):
        for held in parent.children:
            if held.name in ("formula1", "formula2", "f") and not held.children:
                told = escape(moved(held.text, down, right)).encode()
                yield Splice(held.tag.end, held.inner_end, told)


def _trimmed_extension(frame: SheetFrame, place: Place, extension: Node) -> Iterator[Splice]:
    known = extension.first("dataValidations")
    if known is None:
        return
    kept = _kept(frame, place, known.children)
    if b"".join(kept) == b"".join(frame.xml[n.tag.start : n.end] for n in known.children):
        return
    if not kept:  # neither element may be empty
        extensions = frame.root.first("extLst")
        gone = extensions if extensions and len(extensions.children) == 1 else extension
        yield Splice(gone.tag.start, gone.end)
        return
    given = markup.without_attributes(known.tag.attributes, b"count") + b' count="%d"' % len(kept)
    yield Splice(known.tag.attributes_start, known.tag.attributes_end, given)
    yield Splice(known.children[0].tag.start, known.children[-1].end, b"".join(kept))
