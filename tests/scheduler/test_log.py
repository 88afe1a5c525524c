from __future__ import annotations

import json
from pathlib import Path

import pytest
from scheduler.offices import company_in
from workbook.children import all_at_once

from xlflow.files import FileNotWritten
from xlflow.ledger import LedgerBusy
from xlflow.scheduler.log import Log
from xlflow.settings import Settings, load_settings
from xlflow.workbook.share import WorkbookOpen

LINES = 3_000
WIDE = "x" * 400


def settings_in(folder: Path, log: str = "") -> Settings:
    file = folder / "xlflow.toml"
    company_in(folder)
    file.write_text(file.read_text(encoding="utf-8") + f"\n[log]\n{log}\n", encoding="utf-8")
    return load_settings(file)


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_many(folder: str, who: str) -> None:
    with Log(load_settings(Path(folder) / "xlflow.toml")) as log:
        for number in range(LINES):
            log.note("test", who=who, number=number, text=WIDE)


def test_two_processes_lose_no_line_while_files_take_turns(tmp_path: Path) -> None:
    settings_in(tmp_path, "size_mb = 1\nkeep = 20")
    all_at_once(write_many, [(str(tmp_path), "a"), (str(tmp_path), "b")])
    files = sorted((tmp_path / "logs").glob("xlflow.log*"))
    assert len(files) == 1 + 2 * LINES * 520 // 1_000_000
    assert all(file.stat().st_size <= 1_000_000 for file in files)
    held = [(line["who"], line["number"]) for file in files for line in lines_of(file)]
    assert sorted(held) == [(who, number) for who in "ab" for number in range(LINES)]


def test_only_so_many_files_are_kept(tmp_path: Path) -> None:
    with Log(settings_in(tmp_path, "size_mb = 1\nkeep = 2")) as log:
        for number in range(9):
            log.note("test", number=number, text="x" * 600_000)
    names = sorted(file.name for file in (tmp_path / "logs").glob("xlflow.log*"))
    assert names == ["xlflow.log", "xlflow.log.1", "xlflow.log.2"]
    assert lines_of(tmp_path / "logs" / "xlflow.log")[0]["number"] == 8


def test_what_is_below_the_level_is_left_out(tmp_path: Path) -> None:
    with Log(settings_in(tmp_path, 'level = "error"\nfolder = "elsewhere/own"')) as log:
        log.note("start")
        log.note_failure("ledger", LedgerBusy("ledger.db"))
    (line,) = lines_of(tmp_path / "elsewhere" / "own" / "xlflow.log")
    assert (line["level"], line["event"], line["error"]) == ("error", "ledger", "ledger.busy")
    assert line["facts"] == {"where": "ledger.db"}


def test_nobody_is_named(tmp_path: Path) -> None:
    with Log(settings_in(tmp_path)) as log:
        log.note_failure("round", WorkbookOpen("register.xlsx", "Li Na", None))
    (line,) = lines_of(tmp_path / "logs" / "xlflow.log")
    assert line["facts"] == {"path": "register.xlsx"}


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten) as refused:
        Log(settings_in(tmp_path, 'folder = "xlflow.toml/logs"'))
    assert "xlflow.toml" in refused.value.message("en")
