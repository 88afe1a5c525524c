"""Exporting a company's registers: one table for all, whole files or none."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import NOW, Company, new
from registers import clean
from several import Several

from xlflow.errors import UsageError, XlflowError
from xlflow.files import FileNotWritten
from xlflow.jobs.exporting.job import TABLES, Wish, export_files, export_to
from xlflow.jobs.inspection import inspect_register
from xlflow.jobs.looking_back import NothingSeen
from xlflow.jobs.remembering import memory_of
from xlflow.settings import SETTINGS_FILE, Settings, load_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.deadlines import deadlines
from xlflow.workbook.patch import CellEdit, patch

_WAIVER = """
[[waivers]]
number = "2024-001"
rules = ["vague-wording"]
reason = "agreed with sales"
until = 2024-12-31
"""
GOAL = "3 orders late at most"


def exported(registers: tuple[Settings, ...], table: str, now: datetime = NOW, **wish: Any) -> Any:
    file = io.BytesIO()
    rows = export_to(file, registers, Wish((table,), "json", **wish), now)
    told = json.loads(file.getvalue())["rows"]
    assert len(told) == rows
    return told


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path / "company")
    company.has(
        new("One", background="Orders are late every Monday morning", goal=GOAL),
        new("Two", background="Nobody sees what is in stock", goal="better experience"),
        progress=[{"number": "2024-001", "date": NOW.date(), "text": "begun", "by": "L. *"}],
    )
    company.runs()
    return company


def types(company: Company, row: int, key: str, value: Any) -> None:
    table = company.register().requirements
    edit = CellEdit(table.title, row, table.columns[key], value)
    company.file.write_bytes(patch(company.file.read_bytes(), [edit]).data)


def test_the_register_is_told_as_it_stands(company: Company):
    told = exported((company.settings,), "register")
    assert [row["number"] for row in told] == company.column("number")
    assert [row["title"] for row in told] == ["One", "Two"]
    assert {row["register"] for row in told} == {"main"}
    assert [line["text"] for line in exported((company.settings,), "progress")] == ["begun"]


def test_findings_and_deadlines_are_those_of_check(company: Company):
    seen = inspect_register(company.settings, NOW)
    told = exported((company.settings,), "findings", language="zh-Hans")
    assert [(row["cell"], row["rule"], row["message"]) for row in told] == [
        (found.cell, found.rule, found.message("zh-Hans")) for found in seen.findings
    ]
    assert "vague-wording" in {row["rule"] for row in told}
    register = seen.register
    calendar = WorkingCalendar.from_settings(company.settings)
    memory = memory_of(register, company.settings, NOW)
    due = deadlines(register, company.settings, calendar, NOW, memory)
    told = exported((company.settings,), "deadlines")
    assert [(row["number"], row["deadline"], row["due_on"], row["days_late"]) for row in told] == [
        (one.number, one.id, one.due_on.isoformat(), one.days_late) for one in due
    ]


def test_waived_findings_say_until_when_and_why(tmp_path: Path):
    company = Company(tmp_path / "company")
    with (company.settings.folder / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write(_WAIVER)
    company.settings = load_settings(company.settings.folder / SETTINGS_FILE)
    company.has(new("One", goal="better experience"))
    company.runs()
    told = exported((company.settings,), "findings")
    found = next(row for row in told if row["rule"] == "vague-wording")
    assert (found["waived_until"], found["waived_because"]) == ("2024-12-31", "agreed with sales")


def test_history_tells_every_change_and_what_stood_there(company: Company):
    types(company, 4, "goal", "2 orders late at most")
    company.runs(NOW + timedelta(days=1))
    told = exported((company.settings,), "history")
    changed = [row for row in told if row["kind"] == "changed" and row["field"] == "goal"]
    assert [(row["number"], row["before"], row["after"]) for row in changed] == [
        ("2024-001", GOAL, "2 orders late at most")
    ]
    assert changed[0]["seen_at"] == (NOW + timedelta(days=1)).isoformat()
    assert changed[0]["seen_before_at"] == NOW.isoformat()
    appeared = {
        row["field"]: row["after"]
        for row in told
        if row["entry"] == 1 and row["sheet"] == "register" and row["kind"] == "appeared"
    }
    assert appeared["goal"] == GOAL
    assert appeared["submitted_on"] == "2024-03-01"


def test_as_of_tells_what_the_last_run_before_saw(company: Company):
    types(company, 4, "goal", "2 orders late at most")
    company.has(*[clean("submitted", title="Three", number="2024-003")])
    company.runs(NOW + timedelta(days=1))
    told = exported((company.settings,), "register", as_of=NOW + timedelta(hours=1))
    assert [(row["number"], row["title"], row["goal"]) for row in told] == [
        ("2024-001", "One", GOAL),
        ("2024-002", "Two", "better experience"),
    ]
    assert [row["row"] for row in told] == [None, None]
    lines = exported((company.settings,), "progress", as_of=NOW)
    assert [line["number"] for line in lines] == ["2024-001"]
    assert exported((company.settings,), "register", as_of=NOW - timedelta(days=1)) == []
    with pytest.raises(UsageError, match="present alone"):
        exported((company.settings,), "findings", as_of=NOW)


def test_times_in_a_status_follow_one_another(company: Company):
    later = NOW + timedelta(days=3)
    for day, status in ((1, "Assessing"), (2, "Blocked"), (3, "Assessing")):
        types(company, 4, "status", status)
        company.runs(NOW + timedelta(days=day))
    told = [row for row in exported((company.settings,), "statuses") if row["number"] == "2024-001"]
    assert [row["status"] for row in told] == ["submitted", "assessing", "blocked", "assessing"]
    assert [row["seen_entering"] for row in told] == [False, True, True, True]
    assert told[-1]["entered_at"] == told[-2]["left_at"] == later.isoformat()
    assert told[-1]["left_at"] is None
    early = exported((company.settings,), "statuses", as_of=NOW + timedelta(days=1))
    assert [row["status"] for row in early if row["number"] == "2024-001"] == [
        "submitted",
        "assessing",
    ]


def test_several_registers_make_one_table(tmp_path: Path):
    company = Several(tmp_path / "company")
    for office in company.registers:
        office.has(new(f"Wish of {office.settings.workbook.id}"))
        office.runs()
    registers = tuple(office.settings for office in company.registers)
    told = exported(registers, "register")
    assert [(row["register"], row["number"]) for row in told] == [
        ("it", "IT-2024-001"),
        ("hr", "2024-001"),
        ("ops", "2024-002"),
    ]
    paths = {table: tmp_path / "out" / f"{table}.csv" for table in TABLES}
    written = export_files(registers, Wish(TABLES), NOW, paths)
    assert [one.table for one in written] == list(TABLES)
    for one in written:
        text = one.path.read_text(encoding="utf-8-sig")
        assert one.rows == sum(1 for _ in csv.DictReader(io.StringIO(text, newline="")))
    history = csv.DictReader(io.StringIO(paths["history"].read_text("utf-8-sig"), newline=""))
    assert Counter(row["register"] for row in history).keys() == {"it", "hr", "ops"}


def test_all_files_are_written_or_none(company: Company, tmp_path: Path):
    out = tmp_path / "out"
    paths = {"register": out / "register.csv", "findings": out / "findings.csv"}
    out.mkdir()
    (out / "findings.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"findings\.csv exists"):
        export_files((company.settings,), Wish(tuple(paths)), NOW, paths)
    (out / "register.csv").write_text("earlier", encoding="utf-8")
    company.file.write_bytes(b"no workbook")
    with pytest.raises(XlflowError):
        export_files((company.settings,), Wish(tuple(paths)), NOW, paths, overwrite=True)
    assert {path.name: path.read_text("utf-8") for path in out.iterdir()} == {
        "register.csv": "earlier",
        "findings.csv": "mine",
    }


def test_the_files_that_xlflow_lives_on_are_never_replaced(company: Company):
    before = company.sha()
    for place in (company.file, company.settings.folder / "xlflow.db"):
        with pytest.raises(UsageError, match="lives on"):
            export_files(
                (company.settings,), Wish(("register",)), NOW, {"register": place}, overwrite=True
            )
    folder = {"register": company.settings.folder}
    with pytest.raises(UsageError, match="is a folder"):
        export_files((company.settings,), Wish(("register",)), NOW, folder, overwrite=True)
    nowhere = {"register": company.file / "register.csv"}
    with pytest.raises(FileNotWritten):
        export_files((company.settings,), Wish(("register",)), NOW, nowhere)
    assert company.sha() == before


def test_without_a_run_there_is_a_register_but_no_history(tmp_path: Path):
    company = Company(tmp_path / "company")
    company.has(new("One"))
    assert [row["title"] for row in exported((company.settings,), "register")] == ["One"]
    for table in ("history", "statuses"):
        with pytest.raises(NothingSeen):
            exported((company.settings,), table)
    with pytest.raises(NothingSeen):
        exported((company.settings,), "register", as_of=datetime.now(UTC))
    assert not (company.settings.folder / "xlflow.db").exists()
