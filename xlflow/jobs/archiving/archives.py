"""The archives of one register: workbooks in a folder beside it, one for each year.

An archive is known by its name (2024.xlsx; 2024-sales.xlsx where another register has that name),
by its own columns, and by the register's id among its properties.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from xlflow.errors import XlflowError
from xlflow.jobs.inspection import limits_of
from xlflow.languages import Language
from xlflow.settings import Settings
from xlflow.workbook.contents.reading import Contents, read_contents
from xlflow.workbook.contents.records import FACTS
from xlflow.workbook.package import Package
from xlflow.workbook.reader_properties import read_properties
from xlflow.workbook.reader_refusals import LayoutRefused
from xlflow.workbook.share import Host, Snapshot, Step, WorkbookMissing, new_id, no_step, snapshot
from xlflow.workbook.share.errors import HeldElsewhere, explained
from xlflow.workbook.share.intent import temporary_name
from xlflow.workbook.template.archive import build_archive


class NoArchive(XlflowError):
    """A workbook has the name of an archive and is none; nothing was changed."""

    def __init__(self, path: str) -> None:
        super().__init__("archive.no-archive", path=path)


@dataclass(frozen=True)
class Archive:
    """One archive as it was read."""

    name: str
    path: str
    contents: Contents


def year_of(name: str) -> int:
    """The year of an archive by its name: 2024.xlsx, 2024-sales.xlsx."""
    return int(name[:4])


class Archives:
    """The archives of the settings' register, on a drive that is connected."""

    def __init__(self, settings: Settings, drive: Host, now: datetime) -> None:
        self._settings = settings
        self._drive = drive
        self._now = now
        self._register = drive.locate(settings.register_location)
        self._above, _ = drive.split(self._register)
        own = re.escape(settings.workbook.id)
        self._name = re.compile(rf"\d{{4}}(-{own})?\.xlsx", re.IGNORECASE)
        self.folder = self._above
        for part in self._parts:
            self.folder = drive.within(self.folder, part)

    @property
    def _parts(self) -> list[str]:
        return re.split(r"[\\/]", self._settings.archive.folder)

    def all(self) -> tuple[Archive, ...]:
        """Those that are there, the newest year first; other registers' are left out.

        Raises:
            NoArchive: Something else has the name of one.
            XlflowError: One cannot be read.
        """
        names = sorted(self.names(), reverse=True)
        found = (self._read(name) for name in names)
        return tuple(archive for archive in found if archive)

    def names(self) -> list[str]:
        """The names in the folder that its archives may have; none where there is no folder."""
        with explained(self.folder):
            try:
                return [
                    name for name in self._drive.names(self.folder) if self._name.fullmatch(name)
                ]
            except (FileNotFoundError, NotADirectoryError):
                return []

    def path(self, name: str) -> str:
        """Where the archive of this name lies."""
        return self._drive.within(self.folder, name)

    def contents_of(self, taken: Snapshot) -> Contents:
        """All records of an archive.

        Raises:
            NoArchive: It is none.
            XlflowError: It cannot be read.
        """
        limits = limits_of(self._settings)
        try:
            held = read_contents(taken.data, taken.path, self._settings.schema, limits=limits)
        except LayoutRefused as err:
            raise NoArchive(taken.path) from err
        if not set(FACTS) & set(held.sheets["register"].columns):
            raise NoArchive(taken.path)
        return held

    def read_now(self, name: str) -> Contents:
        """All records of the archive of this name, as it lies on the drive in this moment."""
        return self.contents_of(snapshot(self.path(name), self._now, host=self._drive))

    def make(self, year: int, language: Language, step: Step = no_step) -> str:
        """The name of this year's archive; it is made, without any record, if there is none.

        Raises:
            XlflowError: It cannot be made.
        """
        while True:
            name = self._name_of(year)
            if name in self.names() or self._create(name, year, language, step):
                return name

    def _read(self, name: str) -> Archive | None:
        """An archive of this register; None of another's, or if it was removed in this moment."""
        try:
            taken = snapshot(self.path(name), self._now, host=self._drive)
        except WorkbookMissing:
            return None
        if self._owner(taken) != self._settings.workbook.id:
            return None
        return Archive(name, taken.path, self.contents_of(taken))

    def _name_of(self, year: int) -> str:
        """The first name that is not another register's."""
        plain, own = f"{year}.xlsx", f"{year}-{self._settings.workbook.id}.xlsx"
        if plain in self.names():
            taken = snapshot(self.path(plain), self._now, host=self._drive)
            if self._owner(taken) != self._settings.workbook.id:
                return own
        return plain

    def _owner(self, taken: Snapshot) -> str:
        """The register that an archive belongs to; ours where it says nothing of it."""
        package = Package.open(taken.data, taken.path, limits_of(self._settings))
        return read_properties(package).register_id or self._settings.workbook.id

    def _create(self, name: str, year: int, language: Language, step: Step) -> bool:
        """Make an empty archive; False if somebody else was quicker."""
        data = build_archive(language, year, self._settings.workbook.id, self._settings)
        temporary = self.path(temporary_name(new_id(self._now)))
        with explained(self.path(name)):
            self._make_folder(step)
            try:
                self._drive.create(temporary, data, self._register, step)
                self._drive.rename(temporary, self.path(name), step)
            except FileExistsError:
                return False
            finally:
                with suppress(OSError, HeldElsewhere):
                    self._drive.remove(temporary, no_step)
        return True

    def _make_folder(self, step: Step) -> None:
        folder = self._above
        for part in self._parts:
            folder = self._drive.within(folder, part)
            step("make folder")
            self._drive.make_folder(folder)
