"""Formulas, names and the like that read cells: which of them read one record, not all.

A reference is fine as long as no record crosses its upper or lower end: a whole column, or a range
around all records. One to a single row is not: another record would stand there afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlflow.workbook.addresses import Area
from xlflow.workbook.compaction.obstacles import Obstacle
from xlflow.workbook.compaction.references import Reference, references
from xlflow.workbook.compaction.removal import Zone


@dataclass(frozen=True, slots=True)
class Pointer:
    """A text with references. `by` is its place as a person would name it.

    `sheet` is the tab that references without a sheet mean; `home` the cells that the text is
    evaluated for, written for the first of them; None where it is written for no cell.
    """

    formula: str
    kind: str  # "formula", "rule", "name", "chart", "control", "link"
    by: str
    sheet: str = ""
    home: Area | None = None


class Aims:
    """The zones of a workbook as targets of pointers; `titles` are its tabs in order."""

    def __init__(self, zones: Sequence[Zone], titles: Sequence[str]) -> None:
        self._zones = zones
        self._order = {title.casefold(): n for n, title in enumerate(titles)}

    def obstacles(self, pointer: Pointer) -> Iterator[Obstacle]:
        """The references of a pointer that read a single record, or some of them."""
        for reference in references(pointer.formula):
            for zone in self._zones:
                if self._names(reference, pointer, zone):
                    yield from _obstacles(reference, pointer, zone)

    def _names(self, reference: Reference, pointer: Pointer, zone: Zone) -> bool:
        names = [name.casefold() for name in reference.sheets or (pointer.sheet,)]
        at = self._order.get(zone.removal.sheet.casefold(), -1)
        ends = [self._order.get(name, -2) for name in (names[0], names[-1])]
        return min(ends) <= at <= max(ends) and min(ends) >= 0


def _obstacles(reference: Reference, pointer: Pointer, zone: Zone) -> Iterator[Obstacle]:
    home = pointer.home
    rows = home.bottom - home.top if home else 0
    last = reference.slid(rows)
    whole = reference.area.around(last)
    if not zone.meets(whole):
        return
    is_here = pointer.sheet.casefold() == zone.removal.sheet.casefold()
    if is_here and home and _is_own_row(reference, home):
        return
    if pointer.kind == "rule" and is_here:
        # A rule that compares neighbours holds for whatever record stands there.
        until = _cut(zone, whole)
    elif zone.meets(reference.area) and zone.meets(last):
        until = max(_cut(zone, reference.area), _cut(zone, last))
    else:
        until = whole.bottom
    if until:
        name = f"pointed-{pointer.kind}"
        yield Obstacle(zone.removal.sheet, whole, name, until=until, by=pointer.by)


def _is_own_row(reference: Reference, home: Area) -> bool:
    """Whether each cell reads cells of its own row: what it shows goes with the values there."""
    area = reference.area
    return area.top == area.bottom == home.top and reference.top_slides and reference.bottom_slides


def _cut(zone: Zone, area: Area) -> int:
    """The last row from which a removal moves a record over an end of the area; 0 if none does."""
    is_row = area.top == area.bottom
    if is_row or area.bottom < zone.last:
        return area.bottom
    if area.top < zone.first or area.top <= zone.removal.first_row:
        return 0
    return area.top
