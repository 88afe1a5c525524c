"""Putting archived records back into the register, as new rows below its last.

settle what was left open -> find the records in the archives -> write them into the register,
    read back -> move their documents back -> take them out of their archives

A kill in between leaves a record whole in both; the next call finds it there and goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xlflow.errors import XlflowError
from xlflow.files import FileNotWritten
from xlflow.jobs.archiving.archives import Archive, year_of
from xlflow.jobs.archiving.choosing import NotMovable, NotMovableError
from xlflow.jobs.archiving.documents import fetch_back
from xlflow.jobs.archiving.storing import Conflict, Work, is_older
from xlflow.jobs.changing import Change, change_register, change_workbook
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import limits_of, take_snapshot
from xlflow.jobs.recovery import Recovered, settle_left_open
from xlflow.ledger import Archived, Ledger
from xlflow.settings import Settings
from xlflow.workbook.contents.adding import Source, with_records
from xlflow.workbook.contents.reading import Contents, read_contents
from xlflow.workbook.contents.records import Place, WholeRecord, differences, lacking
from xlflow.workbook.contents.removing import emptied, without_records
from xlflow.workbook.share import Placed, Snapshot, Step, no_step


@dataclass(frozen=True)
class UnarchiveOutcome:
    """What came back into the register at `path`.

    `back`: number -> the archive that it was in. `waiting` are in the register and still in their
    archive, since somebody has that open, or one of their documents; the next call goes on.
    """

    path: str
    back: Mapping[str, str]
    waiting: Mapping[str, str]
    conflicts: tuple[Conflict, ...]
    held_up: tuple[XlflowError, ...]
    placed: tuple[Placed, ...]
    documents: tuple[str, ...]
    recovered: tuple[Recovered, ...]


def unarchive(
    settings: Settings,
    ledger: Ledger,
    now: datetime,
    numbers: Sequence[str],
    *,
    step: Step = no_step,
) -> UnarchiveOutcome:
    """Put archived records back into the register; a second call changes nothing.

    Raises:
        NotMovableError: Numbers that are in no archive, all of them; nothing was changed.
        ColumnsMissing: The register lacks columns that the records have; nothing was changed.
        WorkbookOpen, WorkbookChanged: Somebody is at work on the register; nothing was changed.
        XlflowError: It cannot be read, or not be written.
    """
    with drive_of(settings) as drive:
        recovered = settle_left_open(settings, ledger, drive, now, step)
        wanted = tuple(dict.fromkeys(number.strip() for number in numbers))
        work = Work(settings, ledger, drive, now, step)
        return _Returning(work).outcome(wanted, recovered)


class _Returning:
    """One call of `unarchive`."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._placed: list[Placed] = []
        self._conflicts: list[Conflict] = []
        self._held_up: list[XlflowError] = []
        self._documents: list[str] = []
        self._known = work.ledger.archived.contents(work.register_id)

    def outcome(self, numbers: Sequence[str], recovered: tuple[Recovered, ...]) -> UnarchiveOutcome:
        """Bring the records back, and tell what became of them."""
        work = self._work
        archives = work.archives.all()
        holders = _holders(archives, numbers, _register_now(work))
        lying = {
            archive.name: [number for number, holder in holders.items() if holder is archive]
            for archive in archives
        }
        back: dict[str, str] = {}
        waiting: dict[str, str] = {}
        for archive in archives:
            if present := self._put_back(archive, lying[archive.name]):
                whole = self._with_documents(archive, present)
                gone = self._take_out(archive, whole)
                back |= dict.fromkeys(gone, archive.name)
                waiting |= dict.fromkeys((n for n in present if n not in gone), archive.name)
        return UnarchiveOutcome(
            path=work.drive.locate(work.settings.register_location),
            back=back,
            waiting=waiting,
            conflicts=tuple(self._conflicts),
            held_up=tuple(self._held_up),
            placed=tuple(self._placed),
            documents=tuple(self._documents),
            recovered=recovered,
        )

    def _put_back(self, archive: Archive, numbers: Sequence[str]) -> dict[str, WholeRecord]:
        """Write the records of one archive into the register; those that lie there afterwards."""
        work, records = self._work, archive.contents.records
        conflicts: list[Conflict] = []
        if not numbers:
            return {}

        def decide(taken: Snapshot, _intent: str) -> Change:
            present = _contents(taken, work)
            conflicts[:] = [
                Conflict(number, archive.name, places)
                for number in numbers
                if (places := self._unlike(records[number], present))
            ]
            absent = tuple(records[number] for number in numbers if number not in present.records)
            if not absent:
                return Change(taken.data, {})
            data = with_records(
                taken.data,
                taken.path,
                Source(archive.contents, absent),
                schema=work.settings.schema,
                limits=limits_of(work.settings),
            )
            cells = sum(record.size for record in absent)
            return Change(data, {"unarchived": [one.number for one in absent], "cells": cells})

        placed = change_register(
            work.settings, work.ledger, work.drive, work.now, decide, by="unarchive", step=work.step
        )
        self._placed += [placed] if placed else []
        self._conflicts += conflicts
        lying = _register_now(work)
        return {
            number: records[number]
            for number in numbers
            if number in lying.records and not self._unlike(records[number], lying)
        }

    def _unlike(self, copy: WholeRecord, register: Contents) -> tuple[Place, ...]:
        """Where the register's record lacks what the archive's copy has; not if it is newer."""
        record = register.records.get(copy.number)
        if record is None or is_older(copy, record, self._known):
            return ()
        return lacking(record, copy)

    def _with_documents(
        self, archive: Archive, records: Mapping[str, WholeRecord]
    ) -> dict[str, WholeRecord]:
        """Fetch the documents of the records back; those of which all documents came.

        Before the records leave the archive: the next call looks for them there.
        """
        settings = self._work.settings
        root = settings.locate(settings.documents.folder)
        whole: dict[str, WholeRecord] = {}
        for number, record in records.items():
            try:
                if fetch_back(root, settings.in_folders(number), year_of(archive.name)):
                    self._documents.append(number)
            except FileNotWritten as err:
                self._held_up.append(err)
            else:
                whole[number] = record
        return whole

    def _take_out(self, archive: Archive, records: Mapping[str, WholeRecord]) -> frozenset[str]:
        """Take the records out of their archive, if they are there as they were read."""
        if not records:
            return frozenset()
        work, archives = self._work, self._work.archives
        gone: set[str] = set()

        def decide(taken: Snapshot, intent: str) -> Change:
            held = archives.contents_of(taken)
            ready = {
                number: record
                for number, record in records.items()
                if number in held.records and not differences(record, held.records[number])
            }
            limits = limits_of(work.settings)
            out = without_records(taken.data, held, ready, limits=limits)
            data = out.data
            if left := [number for number in ready if number not in out.numbers]:
                data = emptied(data, taken.path, left, work.settings.schema, limits=limits)
            gone.clear()
            gone.update(ready)
            moves = [
                Archived(number, "taken-back", archive.name, record.content, work.now)
                for number, record in ready.items()
            ]
            work.ledger.archived.note(work.register_id, moves, intent=intent)
            return Change(data, {"archive": archive.name, "unarchived": sorted(ready)})

        try:
            placed = change_workbook(
                archive.path,
                work.settings,
                work.ledger,
                work.drive,
                work.now,
                decide,
                by="unarchive",
                step=work.step,
            )
        except XlflowError as err:
            self._held_up.append(err)
            return frozenset()
        self._placed += [placed] if placed else []
        return frozenset(gone)


def _holders(
    archives: Sequence[Archive], numbers: Sequence[str], register: Contents
) -> dict[str, Archive]:
    """Number -> the archive that it is in.

    Raises:
        NotMovableError: Numbers that are in none, or in more than one place; all of them.
    """
    found: dict[str, Archive] = {}
    faults: list[NotMovable] = []
    for number in numbers:
        holders = [archive for archive in archives if number in archive.contents.records]
        if not holders:
            reason = "in-register" if number in register.records else "in-no-archive"
            faults.append(NotMovable(number, reason))
        elif len(holders) > 1 or number in holders[0].contents.doubled:
            faults.append(NotMovable(number, "doubled"))
        else:
            found[number] = holders[0]
    if faults:
        raise NotMovableError(faults)
    return found


def _register_now(work: Work) -> Contents:
    return _contents(take_snapshot(work.settings, work.now, work.drive), work)


def _contents(taken: Snapshot, work: Work) -> Contents:
    limits = limits_of(work.settings)
    return read_contents(taken.data, taken.path, work.settings.schema, limits=limits)
