"""Old trackers become registers: columns found, cells placed, nothing lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest
from adoption.accounts import lost
from adoption.books import Tracker
from adoption.trackers import TRACKERS

from xlflow.adoption.notes import letters
from xlflow.jobs.adoption import Adoption, adopt, new_register
from xlflow.workbook.reader import read_register

TODAY = date(2024, 9, 2)
LEAST = 0.95
Make = Callable[[], Tracker]


def adopted(tracker: Tracker, folder: Path, **options: object) -> Adoption:
    path = folder / f"{tracker.name}.xlsx"
    path.write_bytes(tracker.data)
    return adopt(path, None, TODAY, **options)


def wrong_columns(tracker: Tracker, adoption: Adoption) -> list[str]:
    """The columns that are not mapped as a person would map them."""
    wrong = []
    for sheet in adoption.mapping.sheets:
        found = {letters(column.number): column for column in sheet.columns}
        for column, answer in tracker.answers[sheet.title].items():
            rights = (answer,) if isinstance(answer, str) else answer
            target = found[column].target if column in found else "absent"
            if target not in rights:
                wrong.append(f"{tracker.name}!{sheet.title}!{column}: {target} for {answer}")
    return wrong


def counted(makes: tuple[Make, ...], folder: Path) -> tuple[int, list[str]]:
    """How many columns all trackers have, and which were mapped wrong."""
    columns, wrong = 0, []
    for make in makes:
        tracker = make()
        columns += sum(map(len, tracker.answers.values()))
        wrong += wrong_columns(tracker, adopted(tracker, folder))
    return columns, wrong


def test_columns_are_mapped_right_without_help(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns, wrong = counted(TRACKERS, tmp_path)
    with capsys.disabled():
        click.echo(f"\n{len(TRACKERS)} trackers: {columns - len(wrong)} of {columns} columns right")
    assert len(TRACKERS) >= 12
    assert columns - len(wrong) >= LEAST * columns, wrong


@pytest.mark.parametrize("make", TRACKERS)
def test_every_record_and_every_line_of_a_log_arrives(make: Make, tmp_path: Path) -> None:
    tracker = make()
    adoption = adopted(tracker, tmp_path)
    register = read_register(new_register(adoption), "new.xlsx")
    assert len(register.requirements) == len(adoption.adopted.records) == tracker.records
    if tracker.progress is not None:
        assert len(register.progress) == tracker.progress
    numbers = set(register.requirements.frame["number"])
    assert set(register.progress.frame["number"]) <= numbers


@pytest.mark.parametrize("make", TRACKERS)
def test_no_value_is_lost_by_an_independent_count(make: Make, tmp_path: Path) -> None:
    tracker = make()
    adoption = adopted(tracker, tmp_path)
    data = new_register(adoption)
    assert lost(tracker.data, data, adoption.language) == {}
    account = adoption.adopted.account
    assert account.is_balanced
    assert account.dropped == 0


@pytest.mark.parametrize("make", TRACKERS)
def test_the_new_register_speaks_the_trackers_language(make: Make, tmp_path: Path) -> None:
    tracker = make()
    language = {"zh": "zh-Hans", "hant": "zh-Hant", "en": "en"}[tracker.name.split("_")[0]]
    adoption = adopted(tracker, tmp_path)
    assert read_register(new_register(adoption), "new.xlsx").language == language


def test_the_old_file_is_read_and_nothing_else(tmp_path: Path) -> None:
    tracker = TRACKERS[0]()
    path = tmp_path / "old.xlsx"
    path.write_bytes(tracker.data)
    path.chmod(0o444)
    before = path.stat()
    new_register(adopt(path, None, TODAY))
    after = path.stat()
    assert path.read_bytes() == tracker.data
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert [entry.name for entry in tmp_path.iterdir()] == ["old.xlsx"]


def test_the_count_finds_a_value_that_is_lost(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    tracker = TRACKERS[0]()
    adoption = adopted(tracker, tmp_path)
    book = load_workbook(io.BytesIO(new_register(adoption)))
    book["需求登记"]["B4"] = None
    saved = io.BytesIO()
    book.save(saved)
    assert lost(tracker.data, saved.getvalue(), "zh-Hans") == {"会员积分自动清零": 1}
