from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xlflow.languages import LANGUAGES
from xlflow.settings import load_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.company_days import (
    CompanyDaysFaultyError,
    CompanyDaysMissingError,
    CompanyYear,
    parse_company_days,
    read_company_days,
)


def test_a_year_holds_days_off_and_days_worked() -> None:
    years, faults = parse_company_days(
        """
# from the notice of November 2026
[2027]
off = [2027-01-01, "2027-02-05",
       2027-02-08]
work = [2027-02-07]

[2028]
off = [2028-06-01]
"""
    )
    assert not faults
    assert years == {
        2027: CompanyYear(
            off=frozenset({date(2027, 1, 1), date(2027, 2, 5), date(2027, 2, 8)}),
            work=frozenset({date(2027, 2, 7)}),
            is_settled=True,
        ),
        2028: CompanyYear(off=frozenset({date(2028, 6, 1)})),
    }


def test_naming_no_make_up_days_settles_a_year() -> None:
    years, _ = parse_company_days("[2027]\nwork = []\n")
    assert years[2027].is_settled


def test_every_fault_is_told_with_its_line() -> None:
    _, faults = parse_company_days(
        """
[2027]
off = [
    2027-02-30,
    2026-12-31,   # the eve
    2027-05-01,
    2027/5/4,
    "soon", 7,
]
work = [2027-05-01]
free = [2027-06-01]

[2028]
off = 2028-01-01

[next]
off = []
"""
    )
    assert [(fault.line, fault.key, fault.found) for fault in faults] == [
        (3, "day", "soon"),
        (3, "day", "7"),
        (4, "day", "2027-02-30"),
        (5, "other-year", "2026-12-31"),
        (7, "day", "2027/5/4"),
        (10, "twice", "2027-05-01"),
        (11, "key", "free"),
        (14, "list", "off"),
        (16, "section", "next"),
    ]


def test_a_line_that_is_no_toml_is_told() -> None:
    _, faults = parse_company_days("[2027]\noff = [2027-01-01\nwork = 3")
    assert [(fault.line, fault.key) for fault in faults] == [(3, "syntax")]


def test_the_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "holidays.toml"
    path.write_bytes("[2027]\r\noff = [2027-01-01]\r\n# 元旦\r\n".encode("utf-8-sig"))
    assert read_company_days(path)[2027].off == {date(2027, 1, 1)}


def test_a_faulty_file_lists_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text("[2027]\noff = [2027-13-01, 2028-01-01]\n", "utf-8")
    with pytest.raises(CompanyDaysFaultyError) as caught:
        read_company_days(path)
    assert caught.value.exit_code == 2
    head, *lines = caught.value.message("en").split("\n")
    assert str(path) in head
    assert [line.split(":")[0] for line in lines] == ["line 2", "line 2"]
    for language in LANGUAGES:
        assert "2027-13-01" in caught.value.message(language)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "holidays.toml"
    path.write_bytes("[2027]\n# 元旦\n".encode("gb18030"))
    with pytest.raises(CompanyDaysFaultyError, match=r"line 2: .*UTF-8"):
        read_company_days(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CompanyDaysMissingError, match=r"holidays\.toml") as caught:
        read_company_days(tmp_path / "holidays.toml")
    assert caught.value.exit_code == 2


def test_the_settings_name_the_country_and_the_file(tmp_path: Path) -> None:
    (tmp_path / "holidays.toml").write_text("[2027]\noff = [2027-03-08]\nwork = []\n", "utf-8")
    text = '[register]\npath = "r.xlsx"\n[calendar]\ncountry = "none"\nfile = "holidays.toml"\n'
    (tmp_path / "xlflow.toml").write_text(text, "utf-8")
    calendar = WorkingCalendar.from_settings(load_settings(tmp_path / "xlflow.toml"))
    assert calendar.add_working_days(date(2027, 3, 5), 1) == date(2027, 3, 9)
    assert calendar.is_working_day(date(2027, 10, 1))
