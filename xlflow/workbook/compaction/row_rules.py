"""Formats by rule, and ranges that only some people may edit, where they hold for some rows only.

Excel cuts a rule into pieces when rows are copied; equal pieces count as one rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from xlflow.workbook import markup
from xlflow.workbook.addresses import Area
from xlflow.workbook.compaction.obstacles import Obstacle
from xlflow.workbook.compaction.references import relative
from xlflow.workbook.compaction.removal import Zone
from xlflow.workbook.compaction.surroundings import around, covered, named

_FORMULAS = ("formula", "f")
# No part of what a rule does: which of them wins, and the name of one in x14.
_CIRCUMSTANCES = ("priority", "id")


def partial_rules(root: Element, zone: Zone) -> Iterator[Obstacle]:
    """What begins or ends within the zone; `root` is the sheet without its rows."""
    rules: defaultdict[str, list[Area]] = defaultdict(list)
    for node in named(root, "conditionalFormatting"):
        if where := covered(node):
            for rule in named(node, "cfRule"):
                rules[_spelled(rule, around(where))] += where
    for where in rules.values():
        yield from _partial(where, "mark", zone)
    for node in named(root, "protectedRange"):
        yield from _partial(covered(node), "protected-range", zone)


def _spelled(rule: Element, where: Area) -> str:
    """The same for rules that do the same, wherever they are for."""
    pieces: list[object] = []
    for node in rule.iter():
        text = (node.text or "").strip()
        if markup.local_name(node.tag) in _FORMULAS:
            text = relative(text, where.top, where.left)
        given = {name: node.attrib[name] for name in sorted(node.attrib)}
        for name in _CIRCUMSTANCES if node is rule else ():
            given.pop(name, None)
        pieces += [node.tag, given, text]
    return repr(pieces)


def _partial(where: list[Area], reason: str, zone: Zone) -> Iterator[Obstacle]:
    met = [area for area in where if zone.meets(area)]
    edges = {edge for column in zone.removal.columns for edge in _edges(met, column, zone)}
    if not edges:
        return
    for area in met:
        if edges & {area.top - 1, area.bottom}:
            yield Obstacle(zone.removal.sheet, area, reason, until=max(edges))


def _edges(areas: list[Area], column: int, zone: Zone) -> Iterator[int]:
    """The rows of the zone after which the areas begin or end in a column."""
    held = sorted((a.top, a.bottom) for a in areas if a.left <= column <= a.right)
    merged: list[tuple[int, int]] = []
    for top, bottom in held:
        if merged and top <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
        else:
            merged.append((top, bottom))
    for top, bottom in merged:
        yield from (edge for edge in (top - 1, bottom) if zone.first <= edge < zone.last)
