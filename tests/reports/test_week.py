from __future__ import annotations

from datetime import date

import pytest

from xlflow.reports.figures.week import Week


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2024, 3, 18), "2024-W12"),
        (date(2024, 3, 24), "2024-W12"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2027, 1, 3), "2026-W53"),
    ],
)
def test_a_week_is_numbered_as_iso_8601_does(day, week):
    assert str(Week.of(day)) == week
    assert Week.of(day).first <= day <= Week.of(day).last


def test_the_attachment_is_named_after_the_week_in_ascii():
    assert Week(2024, 12).attachment() == "requirements-2024-W12.xlsx"
    assert Week(2025, 1).attachment() == "requirements-2025-W01.xlsx"


def test_a_week_begins_on_monday():
    assert Week(2026, 12).first == date(2026, 3, 16)
    assert Week(2026, 12).last == date(2026, 3, 22)
