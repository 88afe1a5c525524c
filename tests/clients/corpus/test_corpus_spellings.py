"""Real worksheets in the spellings of other programs: the patch does with them as with Excel's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from clients.corpus import spellings
from clients.corpus.comparisons import Account, compare
from clients.corpus.test_corpus_patch import REFUSED, workbooks

from xlflow.workbook.package import Package


@pytest.mark.parametrize(
    "spelling",
    [
        spellings.with_prefix,
        spellings.without_addresses,
        spellings.with_blanks,
        spellings.with_single_quotes,
        spellings.with_attributes_reversed,
        spellings.with_comments,
    ],
)
def test_a_sheet_may_be_spelled_in_any_way(
    corpus: Path, spelling: Callable[[bytes], bytes]
) -> None:
    total = Account()
    for path in workbooks(corpus)[::20]:
        if path.name in REFUSED:
            continue
        data = path.read_bytes()
        parts = Package.open(data, path.name).worksheet_parts
        total.add(compare(path.name, spellings.respelled(data, parts, spelling)))
    assert total.faults == []
    assert total.counts["cells set"] > 3 * total.counts["sheets"] > 50
