from __future__ import annotations

from pathlib import Path

import pytest

from xlflow.jobs.drive import address_for_people
from xlflow.settings import default_settings


def test_people_reach_a_register_on_a_server_by_its_unc_path() -> None:
    place = "smb://files.example.com:1445/登记/年度 2024/a.xlsx"
    address = address_for_people(default_settings(place), place)
    assert address == r"\\files.example.com\登记\年度 2024\a.xlsx"


def test_people_reach_a_register_on_a_drive_by_its_whole_path(tmp_path: Path) -> None:
    place = str(tmp_path / "a.xlsx")
    assert address_for_people(default_settings(place), place) == str(
        (tmp_path / "a.xlsx").resolve()
    )


@pytest.mark.parametrize("place", ["smb://files/share/a.xlsx", "a.xlsx"])
def test_the_address_of_the_settings_comes_first(place: str) -> None:
    settings = default_settings(place)
    told = settings.workbook.model_copy(update={"address": r"\\public\a.xlsx"})
    settings = settings.model_copy(update={"workbook": told})
    assert address_for_people(settings, place) == r"\\public\a.xlsx"
