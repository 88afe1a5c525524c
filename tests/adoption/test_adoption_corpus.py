"""Workbooks of other people, most of them no trackers: adopted or refused with a reason."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlflow.adoption.placing import place
from xlflow.adoption.proposal import TrackerMap, remap, words_in
from xlflow.adoption.records import Customs
from xlflow.errors import XlflowError
from xlflow.jobs.adoption.job import Adoption, adopt, new_register
from xlflow.languages import LANGUAGES
from xlflow.record.schema import STANDARD
from xlflow.settings import default_settings
from xlflow.workbook.grids import Grids, read_grids
from xlflow.workbook.refusals import WorkbookRefused

TODAY = date(2026, 3, 18)
EVERY = 9  # of the workbooks that are forced to be trackers, each ninth is built


def test_every_workbook_is_adopted_or_refused_with_a_reason(corpus: Path) -> None:
    files = sorted((corpus / "public").iterdir())
    assert len(files) >= 400
    refusals: list[XlflowError] = []
    for path in files:
        before = path.read_bytes()
        try:
            adoption = adopt(path, None, TODAY)
        except XlflowError as err:
            refusals.append(err)
        else:
            assert adoption.adopted.account.is_balanced
            assert read_grids(new_register(adoption), path.name).sheets
        assert path.read_bytes() == before
    assert 0 < len(refusals) < len(files)
    assert all(refusal.message(language) for refusal in refusals for language in LANGUAGES)


def forced(grids: Grids) -> TrackerMap:
    """Every sheet as a tracker with headers in its first row, its columns as any fields."""
    keys = [field.key for field in STANDARD.register if not field.is_own]
    keys += ["number", "progress", "issues", "measures"]
    maps = tuple(
        remap(
            grid,
            "register",
            (0, 0),
            {n: keys[(n * 7) % len(keys)] for n in range(min(grid.width, len(keys)))},
            STANDARD,
        )
        for grid in grids.sheets
    )
    return TrackerMap(maps, words_in(grids.sheets, maps, STANDARD))


def test_any_cells_under_any_fields_are_placed_kept_or_listed(corpus: Path) -> None:
    built = records = 0
    for position, path in enumerate(sorted((corpus / "public").iterdir())):
        try:
            grids = read_grids(path.read_bytes(), path.name)
        except WorkbookRefused:
            continue
        mapping = forced(grids)
        adopted = place(grids.sheets, mapping, STANDARD, Customs("zh-Hans", TODAY))
        assert adopted.account.is_balanced, path.name
        records += len(adopted.records)
        if position % EVERY == 0:
            whole = Adoption(path, default_settings(), "zh-Hans", grids, mapping, adopted)
            book = load_workbook(io.BytesIO(new_register(whole)), read_only=True)
            assert book.sheetnames[1] == "需求登记", path.name
            built += 1
    assert built > 30
    assert records > 5_000


@pytest.mark.parametrize("name", ["poi__64759.xlsx"])
def test_a_workbook_that_is_nearly_a_tracker_becomes_a_register(corpus: Path, name: str) -> None:
    adoption = adopt(corpus / "public" / name, None, TODAY)
    assert adoption.adopted.records
