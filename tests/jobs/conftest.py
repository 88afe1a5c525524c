"""What the tests of jobs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jobs.crash_company import work_once
from workbook.children import WarmParent


@pytest.fixture(scope="session")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmParent]:
    """Its children begin with everything that a run or an undo loads."""
    with WarmParent(work_once, tmp_path_factory.mktemp("warm") / "company") as warm:
        yield warm
