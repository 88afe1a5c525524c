"""A line counts for the requirement whose number it names, letter by letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from registers import clean, register

from xlflow.checks import check
from xlflow.record.numbers import NumberFormat
from xlflow.record.schema import STANDARD
from xlflow.settings import default_settings

NOW = datetime.fromisoformat("2024-03-22T10:00:00+08:00")


def told_of(number: str, spelled: str) -> list[str]:
    """What is told of a line that names a record's number in these letters."""
    schema = replace(STANDARD, numbers=NumberFormat("IT" if number.startswith("IT") else ""))
    line = {"number": spelled, "date": NOW.date(), "text": "Begun", "by": "* Manager"}
    held = register([clean("testing", number=number)], progress=[line], schema=schema)
    found = check(held, default_settings(), NOW)
    return [one.message("en") for one in found if one.table == "progress"]


@pytest.mark.parametrize(
    ("number", "spelled"),
    [
        ("2024-015", "２０２４-０１５"),
        ("2024-015", "2024–015"),
        ("IT-2024-015", "it-2024-015"),
        ("2024-015", "2024 - 015"),
    ],
)
def test_a_line_that_spells_the_number_otherwise_is_told_how_the_register_does(
    number: str, spelled: str
):
    (told,) = told_of(number, spelled)
    assert told.startswith(f"Write {number} as the register does, so that this line counts")


@pytest.mark.parametrize("spelled", ["2024-015", " 2024-015 "])
def test_space_around_the_number_is_no_fault(spelled: str):
    assert told_of("2024-015", spelled) == []
