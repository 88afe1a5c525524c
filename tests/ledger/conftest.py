"""An open ledger for each test, on each of the databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xlflow.ledger import Ledger


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url) as opened:
        yield opened
