"""Fields that a company adds or drops over the years: old archives are read, and lose nothing."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from company import NOW
from jobs.archive_company import ArchiveCompany, closed

from xlflow.jobs.searching import find
from xlflow.settings import load_settings
from xlflow.workbook.template import build_register

ONE, TWO = "2024-001", "2024-002"
FIELDS = """
[[fields]]
key = "cost_centre"
label = "Cost centre"

[[fields]]
key = "audit_on"
label = "Audit on"
kind = "date"
"""
OWN = {"cost_centre": "4711", "audit_on": date(2024, 1, 2)}
READ = {"cost_centre": "4711", "audit_on": datetime(2024, 1, 2)}  # noqa: DTZ001 - as in the workbook


class OwnCompany(ArchiveCompany):
    """Its settings change."""

    def decides(self, sections: str) -> None:
        path = self.settings.folder / "xlflow.toml"
        plain = path.read_text(encoding="utf-8").replace(FIELDS, "")
        path.write_text(plain + sections, encoding="utf-8")
        self.settings = load_settings(path)

    def has(self, *rows: dict[str, Any], **lines: Any) -> None:
        self.file.write_bytes(build_register("en", settings=self.settings, rows=rows, **lines))


@pytest.fixture
def company(tmp_path: Path) -> OwnCompany:
    return OwnCompany(tmp_path / "company")


def own_of(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key in OWN}


def test_fields_of_the_companys_own_move_with_the_record(company):
    company.decides(FIELDS)
    company.has(closed(ONE) | OWN)
    company.archives(ONE)
    (row,) = company.rows(company.folder / "2023.xlsx")
    assert own_of(row) == READ
    company.unarchives(ONE)
    assert own_of(company.rows(company.file)[0]) == READ


def test_a_field_that_is_younger_than_the_archive_gets_a_column_there(company):
    company.has(closed(ONE))
    company.archives(ONE)
    company.decides(FIELDS)
    company.has(closed(TWO) | OWN)
    assert company.archives(TWO).moved == {TWO: "2023.xlsx"}
    first, second = company.rows(company.folder / "2023.xlsx")
    assert (first["number"], own_of(first)) == (ONE, {})
    assert (second["number"], own_of(second)) == (TWO, READ)
    (hit,) = find(company.settings, NOW, "4711")
    assert (hit.number, hit.field(company.settings.schema, "en")) == (TWO, "Cost centre")


def test_a_field_that_was_dropped_since_is_kept_in_the_archive_and_asked_for(company):
    company.decides(FIELDS)
    company.has(closed(ONE) | OWN, closed(TWO))
    company.archives(ONE)
    company.decides("")
    company.has(closed(TWO))
    assert company.archives(TWO).moved == {TWO: "2023.xlsx"}
    assert own_of(company.rows(company.folder / "2023.xlsx")[0]) == READ
    with pytest.raises(Exception, match="Register: Cost centre, Register: Audit on"):
        company.unarchives(ONE)
