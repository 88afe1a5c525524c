"""A company with an archive, and what its files hold, as another library reads them."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from company import NOW, Company
from registers import clean
from workbook.children import SECONDS, Step

from xlflow.jobs.archiving.archive import ArchiveOutcome, archive
from xlflow.jobs.archiving.choosing import NotMovableError, Wish
from xlflow.jobs.archiving.unarchive import UnarchiveOutcome, unarchive
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.undo import undo
from xlflow.ledger import Archived, Ledger
from xlflow.record.fields import SHEETS
from xlflow.settings import Settings, load_settings

CHILD_SHEETS = ("progress", "issues", "changes")
ONE, TWO, THREE = "2024-001", "2024-002", "2024-003"
RECENTLY = date(2024, 3, 19)


def closed(number: str, on: date = date(2023, 12, 29), **changes: Any) -> dict[str, Any]:
    """A record that was closed."""
    return clean("closed", number=number, closed_on=on, **changes)


def progress(number: str, text: str, day: int = 5) -> dict[str, Any]:
    return {"number": number, "date": date(2024, 3, day), "text": text, "by": "*Li"}


def issue(number: str, text: str) -> dict[str, Any]:
    raised = datetime(2024, 3, 5, 9, 30)  # noqa: DTZ001 - workbooks know no time zones
    return {"number": number, "raised_at": raised, "issue": text, "owner": "*Li"}


def archive_job(settings_file: Path, now: datetime, step: Step, *numbers: str) -> None:
    """`xlflow archive`, of 2024-001 unless told; its ledger tells its commits as steps, too."""
    wish = Wish(numbers or ("2024-001",))
    _job(settings_file, step, lambda held, ledger: archive(held, ledger, now, wish, step=step))


def unarchive_job(settings_file: Path, now: datetime, step: Step, *numbers: str) -> None:
    """`xlflow unarchive`, likewise; that it came back before is no failure."""
    wanted = numbers or ("2024-001",)
    with suppress(NotMovableError):
        _job(
            settings_file,
            step,
            lambda held, ledger: unarchive(held, ledger, now, wanted, step=step),
        )


def _job(settings_file: Path, step: Step, work: Callable[[Settings, Ledger], object]) -> None:
    settings = load_settings(settings_file)
    with (
        one_run_at_a_time(settings, SECONDS),
        Ledger.open(settings.ledger.url, beside=settings.folder, step=step) as ledger,
    ):
        work(settings, ledger)


class ArchiveCompany(Company):
    """Moves its records to and fro."""

    @classmethod
    def of(cls, folder: Path) -> ArchiveCompany:
        """The company that lies in a folder."""
        company = cls.__new__(cls)
        company.settings = load_settings(folder / "xlflow.toml")
        company.file = folder / "drive" / "register.xlsx"
        return company

    @property
    def folder(self) -> Path:
        return self.file.parent / "archive"

    def archives(self, *numbers: str, now: datetime = NOW, **wish: Any) -> ArchiveOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return archive(self.settings, ledger, now, Wish(numbers, **wish))

    def unarchives(self, *numbers: str, now: datetime = NOW) -> UnarchiveOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return unarchive(self.settings, ledger, now, numbers)

    def undoes(self) -> None:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            undo(self.settings, ledger, NOW)

    def known(self) -> dict[str, Archived]:
        """What the ledger says of archived records."""
        with open_ledger(self.settings) as ledger:
            return ledger.archived.of(self.settings.workbook.id)

    def types_status(self, number: str, status: str) -> None:
        frame = self.register().requirements.frame
        row = frame.index[frame["number"] == number][0]
        self.type_into(f"{self.register().requirements.columns['status']}{row}", status)

    def appends(self, row: dict[str, Any]) -> None:
        """A person types one more record below the others."""
        columns = self.register().requirements.columns
        at = 4 + len(self.register().requirements)

        def write(book: Any) -> None:
            for key, value in row.items():
                book["Register"][f"{columns[key]}{at}"] = value

        self.edits(self.file, write)

    def numbers(self) -> list[object]:
        return self.column("number")

    def edits(self, file: Path, change: Callable[[Any], object]) -> None:
        """What a person does to a workbook, with a program that is not xlflow."""
        book = openpyxl.load_workbook(file)
        change(book)
        book.save(file)

    def titles(self, file: str) -> list[object]:
        return [row["title"] for row in self.rows(self.folder / file)]

    def rows(self, file: Path, sheet: str = "register") -> list[dict[str, Any]]:
        """The rows of a sheet that hold anything: key or header -> value."""
        return rows_of(file.read_bytes(), sheet)


def rows_of(data: bytes, sheet: str = "register") -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    lines = list(book[sheet.title()].iter_rows(values_only=True))
    names = [key or header for key, header in zip(lines[0], lines[2], strict=True)]
    held = [dict(zip(names, line, strict=True)) for line in lines[3:]]
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in held
        if any(value is not None for value in row.values())
    ]


def typed(row: dict[str, Any], sheet: str = "register") -> dict[str, Any]:
    """What people typed into a row, and its number."""
    own = {f.key for f in SHEETS[sheet] if f.is_own} - {"number", "change_number"}
    facts = {"archived_at", "archived_from"}
    return {name: value for name, value in row.items() if name not in own | facts}


def two_closed(folder: Path) -> ArchiveCompany:
    """A company with two closed records and one at work, and lines of each."""
    company = ArchiveCompany(folder)
    company.has(
        closed(ONE, title="First"),
        clean("developing", number=TWO, title="At work"),
        closed(THREE, RECENTLY, title="Third"),
        progress=[progress(ONE, "one"), progress(TWO, "two"), progress(ONE, "one again", 6)],
        issues=[issue(TWO, "slow"), issue(ONE, "broken")],
        changes=[{"number": ONE, "change_number": "2024-001-C1", "change": "more", "by": "*Li"}],
    )
    return company


def held_by(company: ArchiveCompany, file: Path) -> dict[str, list[dict[str, Any]]]:
    """What people typed, by sheet."""
    sheets = ("register", *CHILD_SHEETS)
    return {sheet: [typed(row, sheet) for row in company.rows(file, sheet)] for sheet in sheets}
