"""A company with three registers in one folder: one with a prefix, two that share their numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from company import Company

from xlflow.settings import SETTINGS_FILE, load_settings
from xlflow.workbook.template import build_register

IDS = ("it", "hr", "ops")

_SETTINGS = """
[calendar]
country = "none"
{more}
[[registers]]
id = "it"
path = "drive/it.xlsx"
prefix = "IT"

[[registers]]
id = "hr"
path = "drive/hr.xlsx"
sequence = "company"
responsible = ["Li Na <li.na@example.com>"]

[[registers]]
id = "ops"
path = "drive/ops.xlsx"
sequence = "company"
"""


class OneOfSeveral(Company):
    """One register of the company."""

    def __init__(self, folder: Path, register: str) -> None:
        self.settings = load_settings(folder / SETTINGS_FILE, register)
        self.file = Path(self.settings.register_location)

    def has(self, *rows: dict[str, Any], **lines: Any) -> None:
        lists = {"departments": ["Marketing", "Finance"]}
        of_register = {"settings": self.settings, "register_id": self.settings.workbook.id}
        self.file.write_bytes(build_register("en", rows=rows, **of_register, **lists, **lines))


class Several:
    """The company; `more` stands in its settings before the registers."""

    def __init__(self, folder: Path, more: str = "") -> None:
        (folder / "drive").mkdir(parents=True)
        self.folder = folder
        self.settings_file = folder / SETTINGS_FILE
        self.settings_file.write_text(_SETTINGS.format(more=more), encoding="utf-8")
        self.it, self.hr, self.ops = (OneOfSeveral(folder, each) for each in IDS)

    @property
    def registers(self) -> tuple[OneOfSeveral, OneOfSeveral, OneOfSeveral]:
        return self.it, self.hr, self.ops
