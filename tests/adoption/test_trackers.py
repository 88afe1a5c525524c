"""Old trackers become registers: columns found, cells placed, nothing lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pytest
from adoption import later_trackers, trackers
from adoption.accounts import lost
from adoption.books import Tracker
from openpyxl import load_workbook

from xlflow.adoption.map_file import map_text
from xlflow.adoption.map_reading import read_map
from xlflow.adoption.notes import letters
from xlflow.jobs.adoption.job import Adoption, adopt, new_register
from xlflow.languages import LANGUAGES, Language
from xlflow.record.schema import STANDARD
from xlflow.workbook.reader import read_register

TODAY = date(2024, 12, 2)
LEAST = 0.95
MAKERS = (*trackers.TRACKERS, *later_trackers.TRACKERS)
Make = Callable[[], Tracker]


@cache
def adopted(make: Make) -> tuple[Tracker, Adoption, bytes]:
    """A tracker, what it becomes, and the new register."""
    tracker = make()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{tracker.name}.xlsx"
        path.write_bytes(tracker.data)
        adoption = adopt(path, None, TODAY)
    return tracker, adoption, new_register(adoption)


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


def test_columns_are_mapped_right_without_help(capsys: pytest.CaptureFixture[str]) -> None:
    columns, wrong = 0, []
    for make in MAKERS:
        tracker, adoption, _ = adopted(make)
        columns += sum(map(len, tracker.answers.values()))
        wrong += wrong_columns(tracker, adoption)
    with capsys.disabled():
        click.echo(
            f"\n{len(MAKERS)} old trackers: {columns - len(wrong)} of {columns} columns right"
        )
    assert len(MAKERS) >= 15
    assert columns - len(wrong) >= LEAST * columns, wrong


@pytest.mark.parametrize("make", MAKERS)
def test_every_record_and_every_line_of_a_log_arrives(make: Make) -> None:
    tracker, adoption, data = adopted(make)
    register = read_register(data, "new.xlsx")
    assert len(register.requirements) == len(adoption.adopted.records) == tracker.records
    if tracker.progress is not None:
        assert len(register.progress) == tracker.progress
    numbers = set(register.requirements.frame["number"])
    assert set(register.progress.frame["number"]) <= numbers - {None}


@pytest.mark.parametrize("make", MAKERS)
def test_no_value_is_lost_by_an_independent_count(make: Make) -> None:
    tracker, adoption, data = adopted(make)
    assert lost(tracker.data, data, adoption.language) == {}
    account = adoption.adopted.account
    assert account.is_balanced
    assert account.dropped == 0


@pytest.mark.parametrize("make", MAKERS)
def test_the_new_register_speaks_the_trackers_language(make: Make) -> None:
    tracker, _, data = adopted(make)
    language = {"zh": "zh-Hans", "hant": "zh-Hant", "en": "en"}[tracker.name.split("_")[0]]
    assert read_register(data, "new.xlsx").language == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", MAKERS)
def test_an_uncorrected_proposal_says_what_was_done(make: Make, language: Language) -> None:
    _, adoption, _ = adopted(make)
    grids = adoption.grids.sheets
    text = map_text(adoption.mapping, STANDARD, language, file="old.xlsx", map_file="map.toml")
    again = read_map(text, Path("map.toml"), grids, STANDARD, "old.xlsx")
    for before, after in zip(adoption.mapping.sheets, again.sheets, strict=True):
        assert (after.sheet, after.top, after.bottom) == (before.sheet, before.top, before.bottom)
        assert [(column.number, column.target) for column in after.columns] == [
            (column.number, column.target) for column in before.columns
        ]
    assert again.words == adoption.mapping.words


def test_the_old_file_is_read_and_nothing_else(tmp_path: Path) -> None:
    tracker = trackers.zh_plain()
    path = tmp_path / "old.xlsx"
    path.write_bytes(tracker.data)
    path.chmod(0o444)
    before = path.stat()
    new_register(adopt(path, None, TODAY))
    after = path.stat()
    assert path.read_bytes() == tracker.data
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert [entry.name for entry in tmp_path.iterdir()] == ["old.xlsx"]


def test_the_count_finds_a_value_that_is_lost() -> None:
    tracker, _, data = adopted(trackers.zh_plain)
    book = load_workbook(io.BytesIO(data))
    book["需求登记"]["B4"] = None
    saved = io.BytesIO()
    book.save(saved)
    assert lost(tracker.data, saved.getvalue(), "zh-Hans") == {"会员积分自动清零": 1}
