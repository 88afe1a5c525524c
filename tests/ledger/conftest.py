"""A real ledger for each test: SQLite in a folder of its own, and a server where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger.databases import KINDS, new_database

from xlflow.ledger import Ledger


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, empty database."""
    with new_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url) as opened:
        yield opened
