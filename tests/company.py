"""A company for tests: settings, a register on its drive, a ledger, and people who type."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from registers import clean

from xlflow.jobs.inspection import read_now
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.run import RunOutcome, run
from xlflow.record.fields import SHEETS
from xlflow.record.register import Register
from xlflow.settings import Settings, load_settings, settings_text
from xlflow.workbook.template import build_register

NOW = datetime(2024, 3, 22, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def new(title: str, **changes: Any) -> dict[str, Any]:
    """A submission without a fault, as far as people have filled it in, without a number yet."""
    row = clean("submitted", title=title, **changes)
    wanted = {field.key for field in SHEETS["register"] if field.required_from == "submitted"}
    return {key: value for key, value in row.items() if key in {*wanted, "interruption"}}


class Company:
    """A folder with settings, a register on a drive, and a ledger."""

    def __init__(self, folder: Path, **sections: dict[str, Any]) -> None:
        (folder / "drive").mkdir(parents=True)
        self.file = folder / "drive" / "register.xlsx"
        register = {"path": "drive/register.xlsx", "language": "en"}
        text = settings_text("en", {"register": register, **sections})
        (folder / "xlflow.toml").write_text(text, encoding="utf-8")
        self.settings: Settings = load_settings(folder / "xlflow.toml")

    def has(self, *rows: dict[str, Any], **lines: Any) -> None:
        lists = {"departments": ["Marketing", "Finance"]}
        self.file.write_bytes(build_register("en", rows=rows, **lists, **lines))

    def runs(self, now: datetime = NOW, **options: Any) -> RunOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return run(self.settings, ledger, now, **options)

    def register(self) -> Register:
        return read_now(self.settings, NOW)

    def column(self, key: str) -> list[object]:
        return list(self.register().requirements.frame[key])

    def sha(self) -> str:
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    def type_into(self, address: str, value: object) -> None:
        """What a person does, with a program that is not xlflow."""
        book = openpyxl.load_workbook(self.file)
        book["Register"][address] = value
        book.save(self.file)
