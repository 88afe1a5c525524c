"""Cells that an edit may not touch: merged, table headers and totals, pivot output, arrays."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from xlflow.workbook import markup
from xlflow.workbook.addresses import Area, area
from xlflow.workbook.markup import Tag
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_xml import SheetXml

Guard = tuple[Area, str]  # the reason is a name under `workbook.cell`

_PAGE_FIELD_COLUMNS = 3  # label, value, and the blank between two of them
_ARRAY_REASONS = {"array": "array-formula", "dataTable": "data-table"}


class Guards:
    """Why cells of one sheet may not be written, for the rows that are to be edited."""

    def __init__(self, package: Package, part: str, sheet: SheetXml, rows: Iterable[int]) -> None:
        edited = sorted(set(rows))
        self._by_row: defaultdict[int, list[Guard]] = defaultdict(list)
        for guard in guards(package, part, sheet):
            first = bisect_left(edited, guard[0].top)
            last = bisect_right(edited, guard[0].bottom)
            for row in edited[first:last]:
                self._by_row[row].append(guard)

    def reason(self, row: int, column: int) -> str | None:
        """Why the cell may not be written; None if it may."""
        for guarded, reason in self._by_row.get(row, ()):
            first = (guarded.top, guarded.left)
            if (row, column) in guarded and not (reason == "merged" and (row, column) == first):
                return reason
        return None


def array_reason(formula: Tag) -> str | None:
    """Why a formula's whole area is guarded; None if it fills its own cell only."""
    reason = _ARRAY_REASONS.get(formula.get(b"t") or "")
    covered = area(formula.get(b"ref") or "")
    return reason if reason and covered and not covered.is_cell else None


def guards(package: Package, part: str, sheet: SheetXml) -> Iterator[Guard]:
    """The areas of a sheet that an edit may not touch, each with its reason."""
    yield from _arrays(sheet)
    yield from _merged(sheet)
    for relation in package.relations(part):
        if relation.target and relation.kind == "table":
            yield from _table(package.tree(relation.target))
        elif relation.target and relation.kind == "pivotTable":
            yield from _pivot(package.tree(relation.target))


def _arrays(sheet: SheetXml) -> Iterator[Guard]:
    start, end = sheet.formulas_start, sheet.data.inner_end
    for tag in markup.tags(sheet.blank, sheet.prefix, b"f", start, end):
        if b"ref" not in tag.attributes:  # nearly all of them
            continue
        reason = array_reason(tag)
        covered = area(tag.get(b"ref") or "")
        if reason and covered:
            yield covered, reason


def _merged(sheet: SheetXml) -> Iterator[Guard]:
    tail = sheet.data.end
    for tag in markup.tags(sheet.blank, sheet.prefix, b"mergeCell", tail, len(sheet.blank)):
        if merged := area(tag.get(b"ref") or ""):
            yield merged, "merged"


def _table(root: Element) -> Iterator[Guard]:
    covered = area(root.get("ref", ""))
    if covered is None:
        return
    headers = _count(root.get("headerRowCount"), 1)
    totals = _count(root.get("totalsRowCount"), 0)
    if headers:
        last = covered.top + headers - 1
        yield Area(covered.top, covered.left, last, covered.right), "table-header"
    if totals:
        first = covered.bottom - totals + 1
        yield Area(first, covered.left, covered.bottom, covered.right), "table-totals"


def _pivot(root: Element) -> Iterator[Guard]:
    """The table itself, and the page fields above it with their blank row."""
    location = next((node for node in root if markup.local_name(node.tag) == "location"), None)
    covered = area(location.get("ref", "")) if location is not None else None
    if location is None or covered is None:
        return
    yield covered, "pivot"
    pages, across = (_count(location.get(f"{way}PageCount"), 0) for way in ("row", "col"))
    if pages:
        right = covered.left + max(across, 1) * _PAGE_FIELD_COLUMNS - 2
        yield Area(covered.top - pages - 1, covered.left, covered.top - 2, right), "pivot"


def _count(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default
