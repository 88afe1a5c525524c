"""A company whose jobs are killed: the jobs, the moments to kill them in, what must hold after."""

from __future__ import annotations

import io
import random
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import openpyxl
from company import NOW, Company, new
from jobs.archive_company import archive_job, closed, unarchive_job
from openpyxl.utils import column_index_from_string
from python_calamine import CalamineWorkbook
from registers import clean
from workbook.children import SECONDS, Step

from xlflow.jobs.drive import drive_of
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.numbering import serials_in
from xlflow.jobs.recovery import settle_left_open
from xlflow.jobs.repair import repair
from xlflow.jobs.run import run
from xlflow.jobs.undo import UndoRefused, undo
from xlflow.ledger import Ledger
from xlflow.record.fields import SHEETS
from xlflow.settings import Settings, load_settings

LATER = NOW + timedelta(days=40)  # what is due differs by then, and old copies are removed
Job = Callable[[Path, datetime, Step], object]
OwnColumns = tuple[tuple[str, frozenset[int]], ...]  # a sheet's title, its own columns from 1 on


def run_job(settings_file: Path, now: datetime, step: Step, register: str | None = None) -> None:
    """`xlflow run`, on this `register` of several; its ledger tells its commits as steps, too."""
    settings = load_settings(settings_file, register)
    with one_run_at_a_time(settings, SECONDS), _watched_ledger(settings, step) as ledger:
        run(settings, ledger, now, step=step)


def undo_job(settings_file: Path, now: datetime, step: Step) -> None:
    """`xlflow undo`, likewise; a refusal is no failure."""
    settings = load_settings(settings_file)
    with (
        one_run_at_a_time(settings, SECONDS),
        _watched_ledger(settings, step) as ledger,
        suppress(UndoRefused),
    ):
        undo(settings, ledger, now, step=step)


def repair_job(settings_file: Path, now: datetime, step: Step) -> None:
    """`xlflow repair`, likewise."""
    settings = load_settings(settings_file)
    with one_run_at_a_time(settings, SECONDS), _watched_ledger(settings, step) as ledger:
        repair(settings, ledger, now, step=step)


def settling_job(settings_file: Path, now: datetime, step: Step) -> None:
    """What the next run begins with: settling what a killed one left."""
    settings = load_settings(settings_file)
    with (
        one_run_at_a_time(settings, SECONDS),
        _watched_ledger(settings, step) as ledger,
        drive_of(settings) as drive,
    ):
        settle_left_open(settings, ledger, drive, now, step)


def work_once(folder: Path) -> None:
    """All that the jobs need is loaded afterwards."""
    company = CrashCompany(folder)
    company.has(new("One"))
    for job in (run_job, undo_job, repair_job):
        job(company.settings_file, NOW, unwatched)
    company.has(closed("2024-001"))
    for job in (archive_job, unarchive_job):
        job(company.settings_file, NOW, unwatched)


def unwatched(name: str) -> None:
    """The step of a job that nobody kills, or only the clock."""


def _watched_ledger(settings: Settings, step: Step) -> Ledger:
    return Ledger.open(settings.ledger.url, beside=settings.folder, step=step)


class CrashCompany(Company):
    """It can be put back to where a scene begins, and tells whether all is well."""

    @property
    def settings_file(self) -> Path:
        return self.settings.folder / "xlflow.toml"

    @property
    def drive(self) -> Path:
        return self.file.parent

    def remember(self, name: str = "beginning") -> None:
        """From now on, `go_back` leads here."""
        shutil.rmtree(self._kept(name), ignore_errors=True)
        shutil.copytree(self.settings.folder, self._kept(name))

    def go_back(self, name: str = "beginning") -> None:
        shutil.rmtree(self.settings.folder)
        shutil.copytree(self._kept(name), self.settings.folder)

    def _kept(self, name: str) -> Path:
        return self.settings.folder.with_name(f"kept at the {name}")

    def submits(self, title: str) -> None:
        """A person types one more record into the next row, and saves as Excel does."""
        columns = self.register().requirements.columns
        row = 4 + len(self.column("title"))
        self.types({f"{columns[key]}{row}": value for key, value in new(title).items()})

    def types(self, cells: dict[str, Any]) -> None:
        """A person types into the register, and saves as Excel does."""
        saved = self.file.with_name(f"{zlib.crc32(self.file.name.encode()):08X}")
        saved.write_bytes(_edited_by_hand(self.file.read_bytes(), tuple(cells.items())))
        self.file.unlink()
        saved.rename(self.file)

    def typed(self) -> object:
        """All that people typed, as two libraries read it; fails if the workbook is not whole."""
        return _typed(self.file.read_bytes(), self._own_columns)

    @cached_property
    def _own_columns(self) -> OwnColumns:
        return tuple(
            (
                table.title,
                frozenset(
                    column_index_from_string(table.columns[field.key])
                    for field in SHEETS[table.sheet]
                    if field.is_own
                ),
            )
            for table in self.register().tables
        )

    def expect_settled(self, typed: object, now: datetime, *, gaps: bool = False) -> None:
        """The next run makes all well, and the one after it changes nothing.

        One whole workbook with all that was typed; each record has its number; the ledger agrees.
        Nothing else lies on the drive but the copies that settled commits put aside. The numbers
        of a year begin with 1 and have no gap, unless `gaps` may be.
        """
        self.runs(now)
        assert self.typed() == typed
        register = self.register()
        serials = serials_in(register)
        assert sum(len(held) for held in serials.values()) == len(register.requirements)
        with open_ledger(self.settings) as ledger:
            assert ledger.intents.open() == ()
            for year, held in serials.items():
                given = ledger.numbers.states("main", year)
                assert given == dict.fromkeys(range(1, max(held) + 1), "given")
                assert gaps or held == tuple(given)
        shas, asides = zip(*self.commits(), strict=True)
        assert shas[-1] == self.sha()
        left = {str(path) for path in self.drive.iterdir()} - {str(self.file)}
        assert asides[-1] in left
        assert left <= {*asides}
        assert self.runs(now).placed is None
        assert shas[-1] == self.sha()

    def commits(self) -> list[tuple[str, str]]:
        """Sha of the workbook and place of the old one; the commit that succeeded last is last."""
        ledger = sqlite3.connect(self.settings.folder / "xlflow.db")
        rows = ledger.execute(
            "SELECT sha_after, aside FROM intents ORDER BY state = 'done', rowid"
        ).fetchall()
        ledger.close()
        return rows


@cache
def _edited_by_hand(data: bytes, cells: tuple[tuple[str, Any], ...]) -> bytes:
    """The workbook with these cells of the register, as another program saves it."""
    book, saved = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    for address, value in cells:
        book["Register"][address] = value
    book.save(saved)
    return saved.getvalue()


@cache
def _typed(data: bytes, own: OwnColumns) -> object:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
    columns = dict(own)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet
        for cell in row
        if cell.value is not None and cell.column not in columns.get(sheet.title, ())
    }
    other = CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = {
        name: [
            [value for column, value in enumerate(line, 1) if column not in columns.get(name, ())]
            for line in other.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in other.sheet_names
    }
    return cells, rows


@dataclass(frozen=True)
class Scene:
    """A job at work, and how the company came there."""

    job: Job
    begin: Callable[[CrashCompany], None]
    now: datetime = NOW


def _first(company: CrashCompany) -> None:
    company.has(new("One"), new("Two"), new("Of last year", submitted_on=date(2023, 12, 29)))


def _second(company: CrashCompany) -> None:
    company.has(clean("developing", number="2024-001"), new("Two"))
    company.runs()


def _submitted(company: CrashCompany) -> None:
    _second(company)
    company.submits("Three")
    company.submits("Four")


def _edited(company: CrashCompany) -> None:
    _second(company)
    own = company.register().requirements.columns["next_step"]
    company.types({"B4": "A better title", f"{own}4": "pasted over"})


def _pasted_over(company: CrashCompany) -> None:
    _second(company)
    own = company.register().requirements.columns["next_step"]
    company.types({f"{own}3": "over the header", f"{own}4": "over what a run puts back"})


SCENES = {
    "a first run": Scene(run_job, _first),
    "new records": Scene(run_job, _submitted),
    "results only": Scene(run_job, _second, LATER),
    "a person's edit": Scene(run_job, _edited),
    "an undo": Scene(undo_job, _second),
    "a repair": Scene(repair_job, _pasted_over),
}


def cut_the_power(company: CrashCompany, chance: random.Random) -> None:
    """What a power cut may leave beside what a kill leaves: pieces of what was being written."""
    for temporary in company.drive.glob(".xlflow-*.tmp"):
        data = temporary.read_bytes()
        temporary.write_bytes(data[: chance.randint(0, len(data))])
    ledger = company.settings.folder / "xlflow.db"
    wal, shm = (ledger.with_name(ledger.name + end) for end in ("-wal", "-shm"))
    if wal.exists():
        with wal.open("ab") as file:
            file.write(chance.randbytes(chance.randint(1, 5000)))
    shm.write_bytes(chance.randbytes(chance.choice([0, 100, 32768])))
    (company.settings.folder / ".xlflow-main.lock").write_bytes(b"left behind")
