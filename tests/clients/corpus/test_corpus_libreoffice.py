"""Real workbooks with cells set in each sheet, opened by LibreOffice before and after."""

from __future__ import annotations

from pathlib import Path

import pytest
from clients.corpus import in_libreoffice
from clients.corpus.changes import set_cells, worksheets
from clients.corpus.test_corpus_patch import REFUSED, SHARDS, workbooks
from clients.libreoffice import Office

from xlflow.workbook.package import Package

# Many writers and features.
SAMPLE = (
    "calamine__has_x000D_inline.xlsx",
    "closedxml__DataTableFormula-Output.xlsx",
    "closedxml__FileWithButton.xlsm",
    "closedxml__NoReferencesOnRowsOrCells.xlsx",
    "closedxml__universal-content-strict.xlsx",
    "closedxml__ShowCase.xlsx",
    "poi__47668.xlsx",
    "poi__60512.xlsm",
    "poi__SampleSS.strict.xlsx",
    "poi__dataValidationTableRange.xlsx",
    "xlsxwriter__embed_image05.xlsx",
    "xlsxwriter__image19.xlsx",
)

# LibreOffice 7.4 crashes when it opens them, as they are.
CRASHING = {"closedxml__SampleSparklines.xlsx"}


def faults(soffice: Office, folder: Path, path: Path) -> list[str]:
    data = path.read_bytes()
    changed = set_cells(path.name, data, worksheets(Package.open(data, path.name)))
    return in_libreoffice.faults(soffice, folder, path.name, data, changed)


@pytest.mark.parametrize("name", SAMPLE)
def test_libreoffice_reads_what_was_set_and_all_else_as_before(
    soffice: Office, corpus: Path, tmp_path: Path, name: str
) -> None:
    assert faults(soffice, tmp_path, corpus / "public" / name) == []


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_libreoffice_reads_every_workbook_as_before(
    soffice: Office, corpus: Path, tmp_path: Path, shard: int
) -> None:
    found = []
    for path in workbooks(corpus)[shard::SHARDS]:
        if path.name not in REFUSED.keys() | CRASHING:
            found += faults(soffice, tmp_path, path)
    assert found == []
