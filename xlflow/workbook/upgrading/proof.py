"""Proving that a workbook with room for new columns is the old one but for that room.

The proof does not take the writer's word: it compares the two workbooks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlflow.workbook import markup, refusals
from xlflow.workbook.addresses import MAX_COLUMN, Area
from xlflow.workbook.mending.outline import Node, SheetFrame, outline
from xlflow.workbook.mending.proof import all_but, are_same_styles
from xlflow.workbook.mending.spans import areas
from xlflow.workbook.mending.wanted import styles_part
from xlflow.workbook.package import Package
from xlflow.workbook.upgrading.columns import Additions
from xlflow.workbook.upgrading.writing import FILTER_NAME

_WIDENED = {"autoFilter": "ref", "ignoredError": "sqref"}


def prove_room(old: Package, new: Package, wanted: Sequence[Additions]) -> None:
    """Check that `new` is `old` with room for the columns, and nothing else.

    All parts but the sheets with new columns, the styles and the workbook's part have the same
    compressed bytes. Of the sheets, all rows are the same, byte for byte; all other columns have
    their widths and formats; filters and the like reach over the new columns at most. The styles
    have formats behind all; of the names only those of filters may differ.

    Raises:
        NotVerified: It is not. `part` tells where.
    """
    sheets = {one.part: one for one in wanted}
    if [entry.name for entry in old.entries] != [entry.name for entry in new.entries]:
        raise refusals.NotVerified(old.file, part="zip")
    for before, after in zip(old.entries, new.entries, strict=True):
        part = before.name
        if not after.is_folder:
            for _ in new.chunks(part):
                pass
        if before.raw == after.raw and before.crc == after.crc:
            continue
        with new.refusing(part):
            if part in sheets:
                same = _is_same_sheet(old.read(part), new.read(part), sheets[part])
            elif part == styles_part(old):
                same = are_same_styles(old.read(part), new.read(part))
            else:
                same = part == old.workbook_part and _is_same_book(old.read(part), new.read(part))
        if not same:
            raise refusals.NotVerified(old.file, part=part)


def _is_same_sheet(before: bytes, after: bytes, one: Additions) -> bool:
    old, new = SheetFrame(before), SheetFrame(after)
    return (
        old.rows == new.rows
        and _are_same_columns(old, new, one)
        and list(_others(old)) == list(_others(new))
        and all(
            _is_widened(was, now, one)
            for was, now in zip(_reaches(old), _reaches(new), strict=True)
        )
    )


def _are_same_columns(old: SheetFrame, new: SheetFrame, one: Additions) -> bool:
    added = {column.column for column in one.columns}
    borders = {1, MAX_COLUMN}
    for node in (*old.root.within("cols", "col"), *new.root.within("cols", "col")):
        first, last = int(node.get("min")), int(node.get("max"))
        borders |= {first - 1, first, last, last + 1}
    return all(
        _of_column(old, column) == _of_column(new, column)
        for column in borders - added
        if 1 <= column <= MAX_COLUMN
    )


def _of_column(frame: SheetFrame, column: int) -> list[dict[str, str]]:
    """What is said of a column: once, in a workbook that is sound."""
    return [
        {name: value for name, value in node.given.items() if name not in ("min", "max")}
        for node in frame.root.within("cols", "col")
        if int(node.get("min")) <= column <= int(node.get("max"))
    ]


def _others(frame: SheetFrame) -> Iterator[bytes]:
    """All elements but the columns, without what filters and the like reach over."""
    yield frame.xml[: frame.root.tag.end]
    for node in frame.root.children:
        if node.name == "cols":
            continue
        if node.name in ("autoFilter", "ignoredErrors"):
            yield from _without_reach(frame, node)
        else:
            yield frame.xml[node.tag.start : node.end]


def _without_reach(frame: SheetFrame, node: Node) -> Iterator[bytes]:
    name = _WIDENED.get(node.name, "").encode()
    yield node.name.encode() + markup.without_attributes(node.tag.attributes, name)
    for child in node.children:
        if child.name in _WIDENED:
            yield from _without_reach(frame, child)
        else:
            yield frame.xml[child.tag.start : child.end]


def _reaches(frame: SheetFrame) -> list[tuple[Area, ...]]:
    nodes = (*frame.root.all("autoFilter"), *frame.root.within("ignoredErrors", "ignoredError"))
    return [areas(node.get(_WIDENED[node.name])) for node in nodes]


def _is_widened(was: Sequence[Area], now: Sequence[Area], one: Additions) -> bool:
    """Whether areas are as they were, or reach to the last of the new columns."""
    ends = {column.column for column in one.columns}
    return len(was) == len(now) and all(
        before == after
        or (
            (before.top, before.left, before.bottom) == (after.top, after.left, after.bottom)
            and after.right in ends
            and before.right < min(ends)
        )
        for before, after in zip(was, now, strict=True)
    )


def _is_same_book(before: bytes, after: bytes) -> bool:
    """Nothing but the hidden names of filters."""

    def kept(xml: bytes) -> list[bytes]:
        return [
            xml[node.tag.start : node.end]
            for node in outline(xml).within("definedNames", "definedName")
            if node.get("name").casefold() != FILTER_NAME.casefold()
        ]

    same = all_but(before, "definedNames") == all_but(after, "definedNames")
    return same and kept(before) == kept(after)
