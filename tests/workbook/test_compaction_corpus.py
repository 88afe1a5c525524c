"""Real workbooks, most saved by Excel: records leave each data area, or stay for a true reason.

A data area is told by looks: a row with two cells or more side by side, and rows below it without a
blank one between them. A sample runs always, all workbooks and more removals in the soak.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from workbook.compaction_model import SheetTree, faults

from xlflow.workbook.compaction import (
    CompactionRefused,
    Obstacle,
    Removal,
    compact,
    verify_compaction,
)
from xlflow.workbook.package import Package
from xlflow.workbook.refusals import WorkbookRefused

SHARDS = 4
_FORMULA = re.compile("<[a-z0-9]+:f[ >]")

# What is told of a place -> whether the XML of the sheet bears it out.
TRUE: dict[str, Callable[[SheetTree, Obstacle], bool]] = {
    "formula": lambda tree, told: any(map(_FORMULA.search, _held(tree, told))),
    "beside": lambda tree, told: not all(map(_FORMULA.search, _held(tree, told))),
    "format": lambda tree, told: (
        len({style for (_, column), style in tree.formats.items() if column == told.area.left}) > 1
        or any(attributes.get("s") for attributes in tree.rows.values())
        or "<col " in tree.rest
        or any((row, told.area.left) not in tree.formats for row in tree.rows)
    ),
    "height": lambda tree, told: any("customHeight" in row for row in tree.rows.values()),
    "hidden": lambda tree, told: tree.rows[told.area.top]["hidden"] in ("1", "true"),
    "filtered": lambda tree, told: tree.rows[told.area.top]["hidden"] in ("1", "true"),
    "grouped": lambda tree, told: bool(
        {"outlineLevel", "collapsed"} & tree.rows[told.area.top].keys()
    ),
    "row-format": lambda tree, told: any("customFormat" in row for row in tree.rows.values()),
    "merged": lambda tree, told: f'ref="{told.area}"' in tree.rest,
    "hyperlink": lambda tree, told: f'ref="{told.area}"' in tree.rest,
    "mark": lambda tree, told: str(told.area) in tree.rest,
}


def _held(tree: SheetTree, told: Obstacle) -> list[str]:
    return [value for place, value in tree.values.items() if place in told.area]


def workbooks(corpus: Path) -> list[Path]:
    return sorted((corpus / "public").glob("[!.]*"))


def data_area(tree: SheetTree) -> tuple[list[int], list[int]] | None:
    """The rows and columns of what looks like records under a header."""
    columns_of: dict[int, set[int]] = {}
    for row, column in tree.values:
        columns_of.setdefault(row, set()).add(column)
    for header in sorted(columns_of):
        columns = [min(columns_of[header])]
        while columns[-1] + 1 in columns_of[header]:
            columns.append(columns[-1] + 1)
        rows = [header + 1]
        while columns_of.get(rows[-1], set()) & set(columns):
            rows.append(rows[-1] + 1)
        if len(columns) >= 2 and len(rows) > 3:
            return rows[:-1], columns
    return None


def removals(title: str, tree: SheetTree, *, many: bool) -> Iterator[Removal]:
    area = data_area(tree)
    if area is None:
        return
    rows, columns = area
    choices = [[rows[len(rows) // 3]]]
    if many:
        choices += [[rows[0]], [rows[-1]], rows[::2], rows]
    for gone in choices:
        yield Removal(title, gone, first_row=rows[0], last_row=rows[-1], columns=columns)


def outcomes(path: Path, *, many: bool) -> Iterator[tuple[str, list[str]]]:
    """For each removal "compacted" or the reasons against it, and what is wrong."""
    data = path.read_bytes()
    try:
        package = Package.open(data, path.name)
        package.refuse_changes()
    except WorkbookRefused:
        return
    for sheet in package.sheets:
        if sheet.kind != "worksheet" or sheet.part is None:
            continue
        tree = SheetTree(package.read(sheet.part))
        for removal in removals(sheet.name, tree, many=many):
            where = f"{path.name} {sheet.name} {sorted(removal.rows)[:3]}"
            try:
                result = compact(data, [removal], file=path.name)
            except CompactionRefused as refused:
                for told in refused.obstacles:
                    is_true = TRUE.get(told.reason, lambda *_: True)(tree, told)
                    yield told.reason, [] if is_true else [f"{where}: {told} is not true"]
                continue
            verify_compaction(data, result.data, [removal])
            yield "compacted", [f"{where}: {f}" for f in faults(data, result.data, removal)]


def check(paths: Iterable[Path], *, many: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    wrong = []
    for path in paths:
        for outcome, faulty in outcomes(path, many=many):
            counts[outcome] += 1
            wrong += faulty
    assert wrong == []
    return counts


def test_records_leave_real_workbooks_or_stay_for_a_reason(corpus: Path) -> None:
    counts = check(workbooks(corpus)[::5], many=False)
    assert counts["compacted"] >= 10
    assert len(counts) >= 5


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_any_removal_from_any_real_workbook(corpus: Path, shard: int) -> None:
    counts = check(workbooks(corpus)[shard::SHARDS], many=True)
    assert counts["compacted"] >= 50
