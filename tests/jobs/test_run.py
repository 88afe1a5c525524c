from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from company import NOW, Company, new
from registers import clean

from xlflow.jobs.keeping import AnotherRun, one_run_at_a_time, open_ledger
from xlflow.record.fields import SHEETS
from xlflow.workbook.package import Package
from xlflow.workbook.share import WorkbookChanged, WorkbookOpen
from xlflow.workbook.template import build_register


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "需求 management")


def test_new_records_get_the_next_numbers_of_their_year(company: Company):
    company.has(
        clean("closed", number="2024-007", title="An old one"),
        new("The second", submitted_on=date(2024, 3, 5)),
        new("The first", submitted_on=date(2024, 3, 1)),
        new("Of last year", submitted_on=date(2023, 12, 29)),
    )
    outcome = company.runs()
    assert company.column("number") == ["2024-007", "2024-009", "2024-008", "2023-001"]
    assert sorted(outcome.numbered.values()) == ["2023-001", "2024-008", "2024-009"]


def test_a_second_run_changes_not_one_byte_and_uses_no_number(company: Company):
    company.has(new("Something new"), clean("developing", number="2024-001"))
    first = company.runs()
    before = company.sha()
    second = company.runs()
    assert first.placed is not None
    assert second.placed is None
    assert second.numbered == {}
    assert company.sha() == before
    company.has(new("Another"), clean("developing", number="2024-002"))
    assert list(company.runs().numbered.values()) == ["2024-003"]


def test_a_submission_with_an_error_gets_no_number(company: Company):
    company.has(new("Vague", goal=None), new("Clear"))
    company.runs()
    assert company.column("number") == [None, "2024-001"]
    checks = company.column("check")
    assert str(checks[0]).startswith("【Goal】")


def test_the_numbers_go_on_with_four_digits_after_999(company: Company):
    company.has(clean("closed", number="2024-999", title="The last of three"), new("More"))
    company.runs()
    assert company.column("number") == ["2024-999", "2024-1000"]


def test_a_ledger_that_was_lost_agrees_with_the_workbook(company: Company):
    company.has(new("One"), new("Two", department="Finance"))
    company.runs()
    (company.settings.folder / "xlflow.db").unlink()
    company.type_into("A6", None)
    company.has(*[clean("submitted", number="2024-002", title="Kept")], new("Three"))
    assert list(company.runs().numbered.values()) == ["2024-003"]


def test_only_own_cells_of_the_register_differ(company: Company):
    company.has(
        new("Something new"),
        clean("developing", number="2024-001"),
        progress=[{"number": "2024-001", "date": date(2024, 3, 6), "text": "Begun", "by": "L. *"}],
    )
    before, typed = Package.open(company.file.read_bytes(), "before"), company.register()
    company.runs()
    after, written = Package.open(company.file.read_bytes(), "after"), company.register()
    changed = [
        entry.name
        for entry, old in zip(after.entries, before.entries, strict=True)
        if (entry.name, entry.crc, entry.raw) != (old.name, old.crc, old.raw)
    ]
    assert set(changed) == {before.worksheet("Register"), before.worksheet("Progress")}
    for old, now in zip(typed.tables, written.tables, strict=True):
        own = [field.key for field in SHEETS[old.sheet] if field.is_own]
        assert old.frame.drop(columns=own).equals(now.frame.drop(columns=own))


def test_what_was_pasted_over_own_cells_is_put_back(company: Company):
    company.has(clean("developing", number="2024-001"))
    company.runs()
    right = company.column("next_step")
    column = company.register().requirements.columns["next_step"]
    company.type_into(f"{column}4", "=1+1")
    company.runs()
    assert company.column("next_step") == right


def test_the_child_sheets_show_in_the_register(company: Company):
    company.has(
        clean("developing", number="2024-001"),
        progress=[
            {"number": "2024-001", "date": date(2024, 3, 7), "text": "Newest", "by": "L. *"},
            {"number": "2024-001", "date": date(2024, 3, 6), "text": "Older", "by": "L. *"},
        ],
        issues=[
            {"number": "2024-001", "issue": "No data", "state": "In progress"},
            {"number": "2024-001", "issue": "Solved one", "state": "Solved", "measure": "Done"},
        ],
    )
    company.runs()
    assert company.column("progress") == ["2024-03-07 · Newest · L. *"]
    assert company.column("issues") == ["1. No data"]
    assert company.column("measures") == ["1. In progress"]


def test_an_open_workbook_is_left_alone_and_no_number_is_used(company: Company):
    company.has(new("Something new"))
    before = company.sha()
    lock = company.file.with_name(".~lock.register.xlsx#")
    lock.write_text(",王*,office-pc,22.03.2024 08:59,file:///home/wang;", encoding="utf-8")
    outcome = company.runs()
    assert isinstance(outcome.deferred, WorkbookOpen)
    assert outcome.deferred.by == "王* (office-pc)"
    assert (outcome.placed, outcome.numbered, outcome.cells) == (None, {}, 0)
    assert company.sha() == before
    with open_ledger(company.settings) as ledger:
        assert ledger.numbers.states("main", 2024) == {}
    lock.unlink()
    assert list(company.runs().numbered.values()) == ["2024-001"]


def test_a_workbook_that_is_saved_meanwhile_is_read_again(company: Company):
    company.has(new("Something new"))
    saved = []

    def save_once(step: str) -> None:
        if not saved:
            saved.append(step)
            company.type_into("B4", "Something else")

    company.runs(step=save_once)
    assert company.column("title") == ["Something else"]
    assert company.column("number") == ["2024-001"]


def test_a_workbook_that_is_saved_again_and_again_is_left_for_the_next_run(company: Company):
    company.has(new("Something new"))
    versions = [build_register("en", rows=[new(f"Version {n}")]) for n in range(40)]

    def save_always(step: str) -> None:
        company.file.write_bytes(versions.pop())

    outcome = company.runs(step=save_always)
    assert isinstance(outcome.deferred, WorkbookChanged)
    assert (outcome.placed, outcome.numbered, outcome.cells) == (None, {}, 0)
    assert str(company.column("title")[0]).startswith("Version")
    assert company.column("number") == [None]
    assert list(company.runs().numbered.values()) == ["2024-001"]


def test_merged_own_cells_are_told_and_the_others_written(company: Company):
    company.has(clean("developing", number="2024-001"), new("Something new"))
    book = openpyxl.load_workbook(company.file)
    column = company.register().requirements.columns["next_step"]
    book["Register"].merge_cells(f"{column}4:{column}5")
    book.save(company.file)
    outcome = company.runs()
    assert outcome.refused is not None
    assert [cell.address for cell in outcome.refused.cells] == [f"{column}5"]
    assert company.column("number") == ["2024-001", "2024-002"]


def test_sorted_rows_keep_their_numbers(company: Company):
    company.has(new("B comes second"), new("A comes first", department="Finance"))
    company.runs()
    by_title = dict(zip(company.column("title"), company.column("number"), strict=True))
    book = openpyxl.load_workbook(company.file)
    sheet = book["Register"]
    for column in range(1, sheet.max_column + 1):
        upper, lower = sheet.cell(4, column), sheet.cell(5, column)
        upper.value, lower.value = lower.value, upper.value
    book.save(company.file)
    assert company.runs().numbered == {}
    assert dict(zip(company.column("title"), company.column("number"), strict=True)) == by_title


def test_two_runs_at_once_wait_for_each_other(company: Company):
    company.has(new("Something new"))
    with (
        one_run_at_a_time(company.settings),
        pytest.raises(AnotherRun, match="at work"),
        one_run_at_a_time(company.settings, wait_seconds=0.1),
    ):
        pass


def test_the_moment_of_the_run_decides_what_is_late(company: Company):
    dates = {"submitted_on": date(2024, 3, 20), "expected_on": date(2024, 4, 30)}
    company.has(new("Something new", **dates))
    company.runs(datetime(2024, 3, 20, 9, tzinfo=UTC))
    assert company.column("deadline") == ["Due tomorrow"]
    company.runs(datetime(2024, 3, 25, 9, tzinfo=UTC))
    assert company.column("deadline") == ["2 working days late"]


def test_old_copies_go_also_when_the_register_is_reached_by_a_link(tmp_path: Path):
    company = Company(tmp_path / "company")
    company.has(new("Something new"))
    real = company.file.rename(tmp_path / "elsewhere.xlsx")
    company.file.symlink_to(real)
    company.runs()
    assert len(list(tmp_path.glob(".xlflow-*.bak"))) == 1
    kept = company.settings.ledger.keep_days
    company.runs(NOW + timedelta(days=kept + 1))
    copies = list(tmp_path.glob(".xlflow-*.bak"))
    assert [path for path in copies if "20240322" in path.name] == []
