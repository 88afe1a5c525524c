"""Real workbooks, most saved by Excel: cells are set in each sheet, and nothing else may differ.

Compared by lxml, python-calamine and openpyxl, none of which shares code with the patch. The
workbooks come with the fixture `corpus`; `try_folder.py` does the same with those of any folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from clients.corpus.comparisons import Account, compare, compare_without_formulas

from xlflow.workbook import refusals
from xlflow.workbook.package import Package

SHARDS = 8

# Files that no change is made to, and why that is right.
REFUSED = {
    "poi__duplicate-filename.xlsx": refusals.DoubledPart,
    "poi__duplicate-filename-case-insensitive.xlsx": refusals.DoubledPart,
    "poi__hello-world-signed.xlsx": refusals.SignedWorkbook,
    "poi__ms-office-2010-signed.xlsx": refusals.SignedWorkbook,
    "poi__workbookProtection_workbook_revision_protected.xlsx": refusals.LegacySharedWorkbook,
    "poi__54764-2.xlsx": refusals.UnsafeXml,  # "a billion laughs" in its content types
    # the format of a test version of Office 2007, in a namespace that no released Excel reads
    "poi__sample-beta.xlsx": refusals.NotAWorkbook,
}


def workbooks(corpus: Path) -> list[Path]:
    found = sorted((corpus / "public").glob("*.xls?"))
    assert len(found) >= 400
    return found


def account(
    corpus: Path, shard: int, comparison: Callable[[str, bytes], Account]
) -> tuple[list[str], Counter[str]]:
    total = Account()
    for path in workbooks(corpus)[shard::SHARDS]:
        if path.name not in REFUSED:
            total.add(comparison(path.name, path.read_bytes()))
    return total.faults, total.counts


@pytest.mark.parametrize("shard", range(SHARDS))
def test_only_the_cells_that_were_set_differ(corpus: Path, shard: int) -> None:
    faults, counts = account(corpus, shard, compare)
    assert faults == []
    assert counts["cells set"] > 3 * counts["sheets"]
    for reader in ("python-calamine", "openpyxl"):
        assert counts[f"sheets read by {reader}"] > 0.9 * counts["sheets"]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_an_overwritten_formula_takes_only_the_calculation_chain_along(
    corpus: Path, shard: int
) -> None:
    faults, counts = account(corpus, shard, compare_without_formulas)
    assert faults == []
    assert counts["workbooks with a formula overwritten"]


def test_files_are_refused_for_a_reason_that_is_known_and_all_others_are_written(
    corpus: Path,
) -> None:
    refused = {}
    for path in workbooks(corpus):
        try:
            Package.open(path.read_bytes(), path.name).refuse_changes()
        except refusals.WorkbookRefused as err:
            refused[path.name] = type(err)
    assert refused == REFUSED


def test_sheets_of_every_kind_are_among_them(corpus: Path) -> None:
    kinds: Counter[str] = Counter()
    for path in workbooks(corpus):
        if path.name in REFUSED:
            continue
        package = Package.open(path.read_bytes(), path.name)
        listed = package.tree(package.workbook_part).iter()
        kinds.update(node.get("state", "visible") for node in listed if node.get("sheetId"))
        kinds.update(sheet.kind for sheet in package.sheets)
    assert {"visible", "hidden", "veryHidden"} <= kinds.keys()
    assert {"worksheet", "chartsheet", "dialogsheet", "xlMacrosheet"} <= kinds.keys()
