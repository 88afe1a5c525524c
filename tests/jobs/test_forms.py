"""Forms as files: blank, or a record as a page."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from company import NOW, Company
from registers import clean

from xlflow.errors import UsageError
from xlflow.jobs.forms import NoSuchRecord, write_blank_form, write_record_forms
from xlflow.jobs.intake.inbox import inbox_for_people

RAISED = datetime(2024, 3, 6, 14, 30)  # noqa: DTZ001 - workbooks know no time zones
PROGRESS = [
    {"number": "2024-001", "date": date(2024, 3, 6), "mark": "In progress", "text": "Begun"},
    {"number": "2024-002", "date": date(2024, 3, 7), "mark": "In progress", "text": "Of another"},
]
ISSUES = [{"number": "2024-001", "raised_at": RAISED, "issue": "Slow", "state": "Solved"}]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path / "company")
    records = [
        clean("developing", title=title, number=f"2024-00{n}")
        for n, title in enumerate(("One", "Two"), 1)
    ]
    company.has(*records, progress=PROGRESS, issues=ISSUES)
    return company


def texts(path: Path) -> list[tuple[object, ...]]:
    """The rows of a form: label and value."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(max_col=2, values_only=True)]


def test_a_blank_form_offers_the_departments_of_the_register(company: Company, tmp_path: Path):
    made = write_blank_form(company.settings, "en", "id", NOW, tmp_path)
    assert made.path == tmp_path / "Requirement form.xlsx"
    lists = openpyxl.load_workbook(made.path).worksheets[1]
    held = {str(cell.value) for row in lists for cell in row}
    assert {"Marketing", "Finance"} <= held


def test_a_blank_form_needs_no_register(company: Company, tmp_path: Path):
    company.file.unlink()
    path = tmp_path / "forms" / "ours.xlsx"
    assert write_blank_form(company.settings, "zh-Hans", "id", NOW, path).path == path
    assert openpyxl.load_workbook(path).worksheets[0].title == "需求"


def test_a_file_that_is_there_is_not_overwritten(company: Company, tmp_path: Path):
    (tmp_path / "Requirement form.xlsx").write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists"):
        write_blank_form(company.settings, "en", "id", NOW, tmp_path)
    made = write_blank_form(company.settings, "en", "id", NOW, tmp_path, overwrite=True)
    assert made.path.read_bytes() != b"mine"


def test_a_record_is_told_with_its_own_lines(company: Company, tmp_path: Path):
    (made,) = write_record_forms(company.settings, ("2024-001",), None, NOW, tmp_path)
    assert (made.number, made.path) == ("2024-001", tmp_path / "2024-001.xlsx")
    held = texts(made.path)
    assert held[0][0] == "Requirement 2024-001: One"
    assert ("Status", "Developing") in held
    assert ("2024-03-06\nIn progress", "Begun") in held
    assert ("2024-03-06 14:30\nSolved", "Slow") in held
    assert not any("Of another" in str(row) for row in held)
    assert ("Changes: 0", None) in held


def test_a_record_is_told_in_the_language_that_is_asked_for(company: Company, tmp_path: Path):
    (made,) = write_record_forms(company.settings, ("2024-001",), "zh-Hans", NOW, tmp_path)
    held = dict(row for row in texts(made.path) if row[0])
    assert held["当前状态"] == "开发中"
    assert held["优先级"] == "高"
    assert held["需求名称"] == "One"


def test_several_records_go_into_a_folder(company: Company, tmp_path: Path):
    numbers = ("2024-002", "2024-001")
    made = write_record_forms(company.settings, numbers, None, NOW, tmp_path / "pages")
    assert [form.path.name for form in made] == ["2024-002.xlsx", "2024-001.xlsx"]
    with pytest.raises(UsageError, match="several"):
        write_record_forms(company.settings, numbers, None, NOW, tmp_path / "one.xlsx")


def test_an_unknown_number_is_told_with_the_nearest(company: Company, tmp_path: Path):
    with pytest.raises(NoSuchRecord, match="Did you mean 2024-00"):
        write_record_forms(company.settings, ("2024-01",), None, NOW, tmp_path)
    assert not list(tmp_path.glob("*.xlsx"))


@pytest.mark.parametrize(
    ("register", "intake", "shown"),
    [
        ({"path": "smb://fs/team/req/R.xlsx"}, {}, r"\\fs\team\req\inbox"),
        ({"path": "R.xlsx", "address": r"\\fs\team\R.xlsx"}, {}, r"\\fs\team\inbox"),
        ({"path": "/srv/team/R.xlsx", "address": "https://x/R"}, {}, "/srv/team/inbox"),
        ({"path": "/srv/team/R.xlsx"}, {"folder": "in/here"}, "/srv/team/in/here"),
        ({"path": "/srv/team/R.xlsx"}, {"folder": "../in"}, "/srv/in"),
        ({"path": "smb://fs/team/a/R.xlsx"}, {"folder": "../in"}, r"\\fs\team\in"),
        ({"path": "/srv/team/R.xlsx"}, {"folder": "/in"}, "/in"),
        ({"path": "smb://fs/team/R.xlsx"}, {"folder": "smb://fs/team/in"}, r"\\fs\team\in"),
        ({"path": "R.xlsx"}, {"address": "Drive T:, folder inbox"}, "Drive T:, folder inbox"),
    ],
)
def test_people_are_told_the_inbox_as_they_reach_it(
    tmp_path: Path, register: dict[str, str], intake: dict[str, str], shown: str
):
    settings = Company(tmp_path / "c").settings
    held = settings.model_copy(
        update={
            "workbook": settings.workbook.model_copy(update=register),
            "intake": settings.intake.model_copy(update=intake),
        }
    )
    assert inbox_for_people(held) == shown
