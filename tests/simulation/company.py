"""A company of three registers in three languages; two of them share their running numbers."""

from __future__ import annotations

from pathlib import Path

from simulation.office import Office

from xlflow.settings import SETTINGS_FILE

REGISTERS = ("it", "hr", "ops")

_SETTINGS = """
[ledger]
url = "{url}"

[mail]
sender = "xlflow@example.com"
weekly = ["boss@example.com"]

[reminders]
cap = 200

[[registers]]
id = "it"
path = "drive/it.xlsx"
language = "en"
prefix = "IT"

[[registers]]
id = "hr"
path = "drive/hr.xlsx"
language = "zh-Hans"
sequence = "company"

[[registers]]
id = "ops"
path = "drive/ops.xlsx"
language = "zh-Hant"
sequence = "company"
"""


def offices(folder: Path, url: str, seed: str) -> tuple[Office, ...]:
    """The company in an empty folder, its ledger at `url`."""
    (folder / "drive").mkdir(parents=True)
    settings_file = folder / SETTINGS_FILE
    settings_file.write_text(_SETTINGS.format(url=url), encoding="utf-8")
    return tuple(Office(settings_file, register, seed) for register in REGISTERS)
