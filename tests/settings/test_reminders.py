"""``[reminders]``: what a company may decide, and every fault with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xlflow.errors import SettingsError
from xlflow.settings import load_settings
from xlflow.settings.reminders import ReminderSettings


def loaded(folder: Path, text: str) -> ReminderSettings:
    path = folder / "xlflow.toml"
    path.write_text(f'[register]\npath = "register.xlsx"\n{text}', encoding="utf-8")
    return load_settings(path).reminders


def test_without_a_word_who_has_to_act_is_told_and_after_three_days_the_lead(tmp_path: Path):
    held = loaded(tmp_path, "")
    assert [(level.days_late, level.to) for level in held.levels] == [
        (0, ("responsible",)),
        (3, ("lead",)),
    ]
    assert held.enforce_from is None


def test_levels_are_sorted_and_name_people_or_addresses(tmp_path: Path):
    held = loaded(
        tmp_path,
        """
[reminders]
enforce_from = 2026-12-01
[[reminders.levels]]
days_late = 10
to = ["lead", "Boss <boss@example.com>", "other@example.com"]
[[reminders.levels]]
days_late = 1
to = ["responsible"]
""",
    )
    assert [level.days_late for level in held.levels] == [1, 10]
    assert held.enforce_from == date(2026, 12, 1)


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path):
    with pytest.raises(SettingsError) as refused:
        loaded(
            tmp_path,
            """
[reminders]
enforce_from = "soon"
cap = 0
departments = "boss"
[[reminders.levels]]
days_late = 0
to = ["responsable"]
[[reminders.levels]]
days_late = -1
to = []
[[reminders.levels]]
day_late = 3
to = ["lead"]
""",
        )
    lines = refused.value.message("en").splitlines()[1:]
    told = [line.partition("xlflow.toml:")[2].partition(": ")[0] for line in lines]
    assert told == ["5", "6", "7", "10", "12", "13", "14", "15"]
    assert "responsible, lead, boss@example.com" in lines[3]
    assert "Somebody must be told" in lines[5]
    assert "Did you mean: days_late?" in lines[7]


def test_two_levels_of_the_same_day_are_one(tmp_path: Path):
    with pytest.raises(SettingsError) as refused:
        loaded(
            tmp_path,
            """
[reminders]
levels = [{days_late = 3, to = ["lead"]}, {days_late = 3, to = ["a@example.com"]}]
""",
        )
    assert "two levels begin at 3 working days late" in refused.value.message("en")
