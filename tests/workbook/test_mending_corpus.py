"""Workbooks of other people are no registers: a repair refuses each of them, and says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlflow.languages import LANGUAGES
from xlflow.settings import default_settings
from xlflow.workbook.mending.mending import mend
from xlflow.workbook.reader_refusals import NoRegisterSheet
from xlflow.workbook.refusals import WorkbookRefused


def test_no_workbook_of_the_corpus_is_taken_for_a_register(corpus: Path):
    files = sorted((corpus / "public").iterdir())
    assert len(files) > 100
    refusals: list[WorkbookRefused] = []
    for path in files:
        with pytest.raises(WorkbookRefused) as refused:
            mend(path.read_bytes(), default_settings(), file=path.name)
        refusals.append(refused.value)
    assert sum(isinstance(refusal, NoRegisterSheet) for refusal in refusals) > 0.9 * len(files)
    assert all(refusal.message(language) for refusal in refusals for language in LANGUAGES)
