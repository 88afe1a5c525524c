"""What is measured: xlflow's own work, and what a user would pick instead.

A task gets a folder with ``register.xlsx``, ``edits.json`` and settings, prepares (imports, bytes),
and returns what is to be timed. Commands are timed with all that they import.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[], object]

REGISTER = "register.xlsx"
EDITS = "edits.json"
DAY = "2026-03-18"  # on which the commands run
_FEW = 10


def read_with_calamine(folder: Path) -> Work:
    """Every sheet's cells as Python values, with python-calamine alone."""
    from python_calamine import CalamineWorkbook

    def read() -> object:
        book = CalamineWorkbook.from_path(str(folder / REGISTER))
        return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]

    return read


def read(folder: Path) -> Work:
    """The register as xlflow reads it."""
    from xlflow.workbook.reader import read_register

    return lambda: read_register((folder / REGISTER).read_bytes(), REGISTER)


def check(folder: Path) -> Work:
    """``xlflow check --json``: start, read, all rules, and every finding told."""
    return _command(folder, "check", "--json")


def run(folder: Path) -> Work:
    """``xlflow run``."""
    return _command(folder, "run")


def patch(folder: Path) -> Work:
    """Set the cells of the edits, from the old bytes to the new ones."""
    from xlflow.workbook.patch import CellEdit, patch

    data, edits = (folder / REGISTER).read_bytes(), [CellEdit(*edit) for edit in _edits(folder)]
    return lambda: patch(data, edits)


def verify(folder: Path) -> Work:
    """Prove that the patched workbook is the old one with the edits in it."""
    from xlflow.workbook.patch import CellEdit, patch
    from xlflow.workbook.verification import verify

    data = (folder / REGISTER).read_bytes()
    patched = patch(data, [CellEdit(*edit) for edit in _edits(folder)])
    return lambda: verify(data, patched.data, patched.edits)


def change_with_openpyxl(folder: Path) -> Work:
    """Load, set the same cells, save."""
    import openpyxl

    def change() -> None:
        book = openpyxl.load_workbook(folder / REGISTER)
        for sheet, row, column, value in _edits(folder):
            book[sheet][f"{column}{row}"] = value
        book.save(folder / "changed.xlsx")

    return change


def change_a_few(folder: Path) -> Work:
    """Somebody types a few of the edits into the register."""
    from xlflow.workbook.patch import CellEdit, patch

    file = folder / REGISTER
    edits = [CellEdit(*edit) for edit in _edits(folder)[:_FEW]]
    return lambda: file.write_bytes(patch(file.read_bytes(), edits).data)


def _edits(folder: Path) -> list[Any]:
    edits: list[Any] = json.loads((folder / EDITS).read_text(encoding="utf-8"))
    return edits


def _command(folder: Path, *arguments: str) -> Work:
    def enter() -> None:
        from xlflow.cli import main

        settings = str(folder / "xlflow.toml")
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            contextlib.redirect_stdout(nowhere),
            contextlib.suppress(SystemExit),
        ):
            main([*arguments, "--settings", settings, "--date", DAY])

    return enter
