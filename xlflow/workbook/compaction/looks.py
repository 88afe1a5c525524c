"""Rows that are not like the others: values that moved there would look or count otherwise.

What most rows of the area have is the usual; it may well be a height or fill of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from itertools import groupby
from typing import TypeVar

from xlflow.workbook import markup
from xlflow.workbook.addresses import MAX_COLUMN, Area
from xlflow.workbook.compaction.formats import Formats
from xlflow.workbook.compaction.obstacles import Obstacle, runs
from xlflow.workbook.compaction.removal import Zone
from xlflow.workbook.compaction.survey import Place, RowLook, Survey

_T = TypeVar("_T", bound=Hashable)


def row_obstacles(survey: Survey, formats: Formats) -> Iterator[Obstacle]:
    """What the rows of the zone themselves have against it."""
    sheet = survey.removal.sheet
    if survey.tangled:
        yield from _whole_rows(sheet, "out-of-order", survey.tangled)
        return
    zone = survey.zone
    if zone is None:
        return
    in_zone = [place for place in survey.formulas if place[0] >= zone.first]
    yield from _cells(sheet, "formula", in_zone)
    for reason, rows in _odd_rows(survey, zone).items():
        yield from _whole_rows(sheet, reason, rows)
    yield from _cells(sheet, "format", _odd_cells(survey, zone, formats))
    joined = ((row, column) for column in _joined(survey) for row in survey.beside[column])
    yield from _cells(sheet, "beside", [place for place in joined if place[0] >= zone.first])


def _odd_rows(survey: Survey, zone: Zone) -> dict[str, list[int]]:
    looks = {row: survey.looks.get(row, RowLook()) for row in _telling(zone)}
    height = _most(looks[row].height for row in looks)
    style = _most(looks[row].style for row in looks)
    hidden = "filtered" if _is_filtered(survey) else "hidden"
    odd: defaultdict[str, list[int]] = defaultdict(list)
    for row in zone.rows:
        look = looks[row]
        reasons = {
            hidden: look.is_hidden,
            "grouped": look.is_grouped,
            "height": look.height != height,
            "row-format": look.style != style,
        }
        for reason, holds in reasons.items():
            odd[reason] += [row] if holds else []
    return odd


def _odd_cells(survey: Survey, zone: Zone, formats: Formats) -> Iterator[Place]:
    """Cells that are not formatted as most are in their column."""
    rows = {row: survey.styles.get(row, survey.bare) for row in _telling(zone)}
    counts = Counter(rows.values())
    same = {styles: tuple(map(formats.same, styles)) for styles in counts}
    usual = []
    for n in range(len(survey.bare)):
        column: Counter[bytes] = Counter()
        for styles, count in counts.items():
            column[same[styles][n]] += count
        usual.append(column.most_common(1)[0][0])
    odd = {
        styles: [
            column
            for column, style, most in zip(survey.removal.columns, same[styles], usual, strict=True)
            if style != most
        ]
        for styles in counts
    }
    return ((row, column) for row in zone.rows for column in odd[rows[row]])


def _telling(zone: Zone) -> range:
    """The rows that tell what is usual: not the blank ones below the records."""
    return range(zone.removal.first_row, zone.last + 1)


def _most(looks: Iterable[_T]) -> _T:
    return Counter(looks).most_common(1)[0][0]


def _is_filtered(survey: Survey) -> bool:
    """Whether the sheet's filter has criteria, not buttons only."""
    blank, prefix, tail = survey.sheet.blank, survey.sheet.prefix, survey.sheet.data.end
    return any(True for _ in markup.tags(blank, prefix, b"filterColumn", tail, len(blank)))


def _joined(survey: Survey) -> list[int]:
    """The other columns that Excel would sort along: no blank column parts them from the area."""
    first, last = survey.removal.columns[0], survey.removal.columns[-1]
    joined = [column for column in survey.beside if first < column < last]
    for column, step in ((first - 1, -1), (last + 1, 1)):
        while column in survey.beside:
            joined.append(column)
            column += step
    return sorted(joined)


def _whole_rows(sheet: str, reason: str, rows: list[int]) -> Iterator[Obstacle]:
    for first, last in runs(rows):
        yield Obstacle(sheet, Area(first, 1, last, MAX_COLUMN), reason, until=last)


def _cells(sheet: str, reason: str, places: Iterable[Place]) -> Iterator[Obstacle]:
    """One obstacle for cells that stand together."""
    columns: defaultdict[int, list[int]] = defaultdict(list)
    for row, column in places:
        columns[row].append(column)
    spread = {row: tuple(runs(sorted(columns[row]))) for row in sorted(columns)}
    for across, rows in groupby(spread, key=lambda row: spread[row]):
        for top, bottom in runs(list(rows)):
            for left, right in across:
                yield Obstacle(sheet, Area(top, left, bottom, right), reason, until=bottom)
