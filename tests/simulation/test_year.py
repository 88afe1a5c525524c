"""A simulated year: what the ledger tells of it is what people did, and each violation was found.

Three registers, two of which share their numbers. A quarter of it runs always, on SQLite and on
PostgreSQL; all of it in the soak.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from simulation.forecasts import is_forecast
from simulation.violations import kinds
from simulation.year import Year

from xlflow.record.stages import STATUSES

STATES = {"met", "on time", "due soon", "overdue", "paused"}
EVENTS = {"appeared", "changed", "vanished", "returned"}


def test_a_quarter_is_remembered_as_it_was(tmp_path: Path, url: str):
    year = Year(tmp_path / "company", url, last=date(2024, 3, 29), records=120)
    year.passes()
    year.is_remembered()
    assert is_forecast(year.offices) >= 10
    figures = year.figures
    assert figures.runs == 3 * 61
    assert figures.records >= 120
    assert figures.violations == figures.found >= 150
    assert figures.restored >= 30
    assert figures.deferred >= 1
    assert figures.deadlines >= 3000
    assert figures.events.keys() == EVENTS
    assert figures.states.keys() == STATES
    assert figures.statuses.keys() == set(STATUSES)


@pytest.mark.soak
def test_a_year_is_remembered_as_it_was(tmp_path: Path, url: str):
    year = Year(tmp_path / "company", url, last=date(2024, 12, 31), records=400)
    year.passes()
    year.is_remembered()
    assert is_forecast(year.offices) >= 1
    figures = year.figures
    assert figures.runs == 3 * 251
    assert figures.records >= 400
    assert figures.violations == figures.found >= 600
    assert figures.kinds.keys() == kinds().keys()
    assert figures.deadlines >= 40_000
    assert figures.events.total() >= 25_000
