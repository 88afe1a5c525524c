"""A text is found wherever it stands, however it is spelled."""

from __future__ import annotations

from pathlib import Path

import pytest
from company import NOW, new
from jobs.archive_company import ArchiveCompany, closed, issue
from registers import clean

from xlflow.jobs.searching import Hit, find, snippet

ONE, TWO = "2024-001", "2024-002"


@pytest.fixture
def company(tmp_path: Path) -> ArchiveCompany:
    company = ArchiveCompany(tmp_path / "company")
    company.has(
        closed(ONE, title="First", risk="訂單狀態與 ＡＰＩ 不同步"),
        clean("developing", number=TWO, title="覆盤記錄", estimate=4217),
        new("Not yet numbered"),
        issues=[issue(ONE, "Long story. " * 20 + "The needle is here. " + "And on. " * 20)],
    )
    company.archives(ONE)
    return company


def places(company: ArchiveCompany, text: str) -> list[tuple[str, str, str]]:
    return [(hit.file, hit.cell, hit.number) for hit in find(company.settings, NOW, text)]


def column(company: ArchiveCompany, key: str) -> str:
    return company.register().requirements.columns[key]


@pytest.mark.parametrize("text", ["订单状态", "訂單狀態", "api", "ＡＰＩ  不同步"])
def test_width_case_and_script_do_not_matter(company, text):
    assert places(company, text) == [("2023.xlsx", f"Register!{column(company, 'risk')}4", ONE)]


def test_terms_of_the_regions_are_one(company):
    assert places(company, "复盘记录") == [("register.xlsx", "Register!B4", TWO)]


def test_numbers_and_dates_are_found_as_people_read_them(company):
    assert ("register.xlsx", f"Register!{column(company, 'estimate')}4", TWO) in places(
        company, "4217"
    )
    days = [hit.number for hit in find(company.settings, NOW, "2023-12-29")]
    assert days == [ONE]


def test_a_record_without_a_number_is_found_too(company):
    assert places(company, "not yet") == [("register.xlsx", "Register!B5", "")]


def test_what_xlflow_writes_is_left_out(company):
    company.runs()
    assert not [h for h in find(company.settings, NOW, "OK") if h.column.key == "check"]


def test_lines_are_found_with_the_title_of_their_record(company):
    (hit,) = find(company.settings, NOW, "needle")
    assert (hit.cell, hit.number, hit.title, hit.is_archived) == ("Issues!C4", ONE, "First", True)
    shown = snippet(hit, "NEEDLE")
    assert "The needle is here." in shown
    assert len(shown) < 70
    assert shown.startswith("…")
    assert shown.endswith("…")


@pytest.mark.parametrize(
    ("whole", "text", "shown"),
    [
        ("short", "OR", "short"),
        ("a" * 100, "a", "a" * 25 + "…"),
        ("x" * 60 + "覆盤" + "y" * 60, "复盘", "…" + "x" * 24 + "覆盤" + "y" * 24 + "…"),
        ("line\none", "line one", "line one"),
    ],
)
def test_a_snippet_shows_what_was_found(company, whole, text, shown):
    (found,) = find(company.settings, NOW, "复盘记录")
    fields = {name: getattr(found, name) for name in Hit.__slots__}
    assert snippet(Hit(**{**fields, "text": whole}), text) == shown


def test_a_long_text_is_searched_in_no_time(company):
    (found,) = find(company.settings, NOW, "复盘记录")
    fields = {name: getattr(found, name) for name in Hit.__slots__}
    whole = "字" * 32_000 + "覆盤"
    assert snippet(Hit(**{**fields, "text": whole}), "复盘").endswith("覆盤")
