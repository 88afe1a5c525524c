"""Conditional formats: the marks that a sheet has, beside those that it should have.

Source: ECMA-376 18.3.1.10 (cfRule), 18.3.1.18 (conditionalFormatting).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from xlflow.workbook import markup
from xlflow.workbook.addresses import Area
from xlflow.workbook.mending.looks import Look
from xlflow.workbook.mending.meaning import Meaning, formula, meaning, shape
from xlflow.workbook.mending.outline import Node, SheetFrame, Splice
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.spans import areas, columns_as_areas, first_cell
from xlflow.workbook.schema import LAST_ROW


@dataclass(frozen=True, slots=True)
class Mark:
    """A conditional format of the template; `number` is that of its look there."""

    meaning: Meaning
    keys: tuple[str, ...]  # of the fields that it covers
    look: Look
    number: int

    def columns_on(self, place: Place) -> list[int]:
        """The columns that it covers, as far as they are there."""
        return [place.columns[key] for key in self.keys if key in place.columns]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a sheet has, and the areas that it covers.

    `meanings`: what its formula may mean; none where it has no formula, two where programs disagree
    for which of its cells the formula is written.
    """

    node: Node
    block: Node  # the conditionalFormatting that holds it
    areas: tuple[Area, ...]
    meanings: tuple[Meaning, ...]
    look: Look | None
    rank: int


def held_rules(frame: SheetFrame, place: Place, looks: Sequence[Look]) -> Iterator[Rule]:
    """All rules of a sheet but those in its extensions, where none of ours stands."""
    for block in frame.root.all("conditionalFormatting"):
        covered = areas(block.get("sqref"))
        for node in block.all("cfRule"):
            number = node.get("dxfId")
            has_look = number.isdecimal() and int(number) < len(looks)
            yield Rule(
                node=node,
                block=block,
                areas=covered,
                meanings=_meanings(node, covered, place),
                look=looks[int(number)] if has_look else None,
                rank=_rank(node),
            )


def _meanings(node: Node, covered: tuple[Area, ...], place: Place) -> tuple[Meaning, ...]:
    told = node.first("formula") if node.get("type") == "expression" else None
    if told is None or not covered:
        return ()
    cells = dict.fromkeys((first_cell(covered), first_cell(covered[:1])))
    return tuple(meaning(told.text, place, *cell) for cell in cells)


def marks_in_template(frame: SheetFrame, place: Place, looks: Sequence[Look]) -> tuple[Mark, ...]:
    """The marks of the template's sheet, the strongest first."""
    rules = sorted(held_rules(frame, place, looks), key=lambda rule: rule.rank)
    return tuple(
        Mark(
            meaning=rule.meanings[0],
            keys=tuple(_keys(rule.areas, place)),
            look=rule.look,
            number=int(rule.node.get("dxfId")),
        )
        for rule in rules
        if rule.meanings and rule.look is not None
    )


def _keys(covered: Iterable[Area], place: Place) -> Iterator[str]:
    for found in covered:
        yield from (place.fields[column] for column in range(found.left, found.right + 1))


def ours(rules: Iterable[Rule], marks: Iterable[Mark]) -> tuple[Rule, ...]:
    """The rules that are marks, or were before a limit or a text of the settings changed: then
    they have the look of a mark, and all but their numbers and texts.
    """
    meanings = {mark.meaning for mark in marks}
    outdated = {(shape(mark.meaning), mark.look) for mark in marks}
    return tuple(
        rule
        for rule in rules
        if any(
            meant in meanings or (shape(meant), rule.look) in outdated for meant in rule.meanings
        )
    )


def with_marks(
    frame: SheetFrame,
    place: Place,
    rules: Sequence[Rule],
    marks: Sequence[Mark],
    numbers: Mapping[int, int],
    position: int,
) -> Iterator[Splice]:
    """Take all marks out and put them on anew, before all other rules, which stay as they are.

    `rules` are those of the sheet. `numbers`: number of a look in the template -> in this workbook.
    `position`: where they go on a sheet that has no conditional formats.
    """
    gone = {rule.node for rule in ours(rules, marks)}
    blocks = list(frame.root.all("conditionalFormatting"))
    for block in blocks:
        going = [node for node in block.children if node in gone]
        if len(going) == len(block.children):
            yield Splice(block.tag.start, block.end)
        else:
            yield from (Splice(node.tag.start, node.end) for node in going)
    others = [rule.node for rule in rules if rule.node not in gone]
    yield from _behind([*others, *_extended_rules(frame)], len(marks))
    at = blocks[0].tag.start if blocks else position  # LibreOffice goes by the order in the file
    new = (
        _element(frame.prefix, place, mark, numbers[mark.number], rank)
        for rank, mark in enumerate(marks, 1)
        if mark.columns_on(place)
    )
    yield Splice(at, at, b"".join(new))


def _behind(others: Sequence[Node], count: int) -> Iterator[Splice]:
    """Let other rules come after so many marks, as in a new register; their order stays."""
    ranks = [_rank(node) for node in others]
    shift = count + 1 - min(ranks, default=count + 1)
    if shift <= 0:
        return
    for node, rank in zip(others, ranks, strict=True):
        given = _without_rank(node.tag.attributes) + b' priority="%d"' % (rank + shift)
        yield Splice(node.tag.attributes_start, node.tag.attributes_end, given)


def _without_rank(attributes: bytes) -> bytes:
    """The attributes of a rule but its rank."""
    return markup.without_attributes(attributes, b"priority")


def _rank(node: Node) -> int:
    rank = node.get("priority")
    return int(rank) if rank.isdecimal() else 0


def _extended_rules(frame: SheetFrame) -> Iterator[Node]:
    """The rules that newer programs keep in the sheet's extensions: data bars, icons."""
    path = ("extLst", "ext", "conditionalFormattings", "conditionalFormatting", "cfRule")
    return (node for node in frame.root.within(*path) if node.get("priority"))


def _element(prefix: bytes, place: Place, mark: Mark, look: int, rank: int) -> bytes:
    columns = mark.columns_on(place)
    sqref = columns_as_areas(columns, (place.first_row, LAST_ROW))
    told = escape(formula(mark.meaning, place, min(columns)))
    p = prefix.decode()
    return (
        f'<{p}conditionalFormatting sqref="{sqref}">'
        f'<{p}cfRule type="expression" dxfId="{look}" priority="{rank}" stopIfTrue="1">'
        f"<{p}formula>{told}</{p}formula></{p}cfRule></{p}conditionalFormatting>"
    ).encode()
