"""Moving closed and cancelled records out of the register.

settle what was left open -> snapshot -> choose -> put the records into the archives, read back
    -> take out of the register those that lie there as they are -> move their documents

A record that cannot be taken out, since something in its row would stay behind, stays in both, is
marked, and a person deletes its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xlflow.errors import XlflowError
from xlflow.files import FileNotWritten
from xlflow.jobs.archiving.archives import year_of
from xlflow.jobs.archiving.choosing import Wish, choose
from xlflow.jobs.archiving.documents import put_away
from xlflow.jobs.archiving.storing import Conflict, Stored, Work, store
from xlflow.jobs.changing import Change, change_register
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import limits_of, read, take_snapshot
from xlflow.jobs.recovery import Recovered, settle_left_open
from xlflow.languages import Language
from xlflow.ledger import Ledger
from xlflow.settings import Settings
from xlflow.timing.next_steps import archived_text
from xlflow.workbook.compaction import Obstacle
from xlflow.workbook.contents.reading import Contents, read_contents
from xlflow.workbook.contents.records import differences
from xlflow.workbook.contents.removing import without_records
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.package import Package
from xlflow.workbook.patch import patch
from xlflow.workbook.refusals import EditsRefused
from xlflow.workbook.share import (
    Placed,
    Snapshot,
    Step,
    WorkbookChanged,
    WorkbookOpen,
    no_step,
    prune_asides,
)
from xlflow.workbook.verification import verify

_ROUNDS = 3  # people edit closed records seldom; who does so again and again is at work


@dataclass(frozen=True)
class ArchiveOutcome:
    """What became of the records. All mappings are number -> the archive's file name.

    `moved` are out of the register now. `stayed` lie in the archive and in the register, which
    could not let them go because of `obstacles`; `waiting` do so because somebody is at work on
    the register. `already` were archived before. `held_up`: what stood in the way of others.
    """

    path: str
    folder: str
    moved: Mapping[str, str]
    stayed: Mapping[str, str]
    waiting: Mapping[str, str]
    already: Mapping[str, str]
    obstacles: tuple[Obstacle, ...]
    conflicts: tuple[Conflict, ...]
    held_up: tuple[XlflowError, ...]
    placed: tuple[Placed, ...]
    documents: tuple[str, ...]
    titles: Mapping[str, str]
    recovered: tuple[Recovered, ...]


def archive(
    settings: Settings, ledger: Ledger, now: datetime, wish: Wish, *, step: Step = no_step
) -> ArchiveOutcome:
    """Move records to the archives of their years; a second call moves nothing.

    Raises:
        NotMovableError: Numbers that cannot be archived, all of them; nothing was changed.
        WorkbookOpen: Somebody has the register open; nothing was changed.
        WorkbookRefused: It may not be written, since it is signed, say; nothing was changed.
        XlflowError: It cannot be read, or not be written.
    """
    with drive_of(settings) as drive:
        recovered = settle_left_open(settings, ledger, drive, now, step)
        return _Archiving(Work(settings, ledger, drive, now, step), wish).outcome(recovered)


class _Archiving:
    """One call, round by round, until nobody has edited in between."""

    def __init__(self, work: Work, wish: Wish) -> None:
        self._work = work
        self._wish = wish
        self._moved: dict[str, str] = {}
        self._stayed: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._obstacles: tuple[Obstacle, ...] = ()
        self._placed: list[Placed] = []
        self._held_up: list[XlflowError] = []
        self._titles: dict[str, str] = {}
        self._present: set[str] = set()

    def outcome(self, recovered: tuple[Recovered, ...]) -> ArchiveOutcome:
        """Archive, and tell what became of it."""
        work = self._work
        taken = take_snapshot(work.settings, work.now, work.drive)
        first = choose(read(taken, work.settings), work, self._wish)
        if first.chosen:  # before the archive gets what the register could never let go of
            taken.refuse_if_opened()
            Package.open(taken.data, taken.path, limits_of(work.settings)).refuse_changes()
        conflicts = self._rounds(taken)
        documents = self._documents()
        self._prune()
        return ArchiveOutcome(
            path=taken.path,
            folder=work.archives.folder,
            moved=self._moved,
            stayed=self._stayed,
            waiting=self._waiting,
            already=first.already,
            obstacles=self._obstacles,
            conflicts=conflicts,
            held_up=tuple(self._held_up),
            placed=tuple(self._placed),
            documents=documents,
            titles=self._titles,
            recovered=recovered,
        )

    def _rounds(self, taken: Snapshot) -> tuple[Conflict, ...]:
        """Store and take out, again where a record was edited meanwhile; the conflicts left."""
        work, conflicts = self._work, list[Conflict]()
        for _ in range(_ROUNDS):
            register = read(taken, work.settings)
            contents = _contents(taken, work)
            self._titles |= _titles(contents)
            self._present = set(contents.records)
            chosen = choose(register, work, self._wish).chosen
            _, name = work.drive.split(taken.path)
            doubled = [n.number for n in chosen if n.number in contents.doubled]
            single = [n for n in chosen if n.number not in contents.doubled]
            stored = store(work, contents, single, register.language)
            self._placed += stored.placed
            self._held_up = stored.held_up
            conflicts = [*(Conflict(n, name) for n in doubled), *stored.conflicts]
            if not (stored.files and self._take_out(stored, register.language)):
                break
            taken = take_snapshot(work.settings, work.now, work.drive)
        return tuple(conflicts)

    def _take_out(self, stored: Stored, language: Language) -> bool:
        """Take out of the register what lies in the archive as it is.

        Returns whether somebody has edited a record since it was put there.
        """
        leaving = _Leaving(self._work, stored, language)
        try:
            placed = change_register(
                self._work.settings,
                self._work.ledger,
                self._work.drive,
                self._work.now,
                leaving.decide,
                by="archive",
                step=self._work.step,
            )
        except (WorkbookOpen, WorkbookChanged) as err:
            self._held_up.append(err)
            self._waiting = dict(stored.files)
            return False
        self._placed += [placed] if placed else []
        self._moved |= leaving.moved
        self._stayed = leaving.stayed
        self._obstacles = leaving.obstacles
        return leaving.was_edited

    def _documents(self) -> tuple[str, ...]:
        """Move the documents of all records that have left; the numbers whose folder moved.

        Those of earlier calls, too: a file of theirs may have been open then.
        """
        work, moved = self._work, list[str]()
        present = self._present - set(self._moved)
        root = work.settings.locate(work.settings.documents.folder)
        for number, lying in work.ledger.archived.of(work.register_id).items():
            if number not in present:
                try:
                    if put_away(root, work.settings.in_folders(number), year_of(lying.file)):
                        moved.append(number)
                except FileNotWritten as err:
                    self._held_up.append(err)
        return tuple(moved)

    def _prune(self) -> None:
        """Remove the archives' old copies in due time."""
        work = self._work
        if work.archives.names():
            in_use = {entry.aside for entry in work.ledger.intents.open()}
            days, folder = work.settings.ledger.keep_days, work.archives.folder
            prune_asides(folder, days, work.now, keep=in_use, host=work.drive, step=work.step)


class _Leaving:
    """Decides which records leave the register, and what it is without them."""

    def __init__(self, work: Work, stored: Stored, language: Language) -> None:
        self._work = work
        self._stored = stored
        self._language = language
        self.moved: dict[str, str] = {}
        self.stayed: dict[str, str] = {}
        self.obstacles: tuple[Obstacle, ...] = ()
        self.was_edited = False

    def decide(self, taken: Snapshot, _intent: str) -> Change:
        """The register without them, as far as it can be; marks for those that stay."""
        files, lying = self._stored.files, self._stored.records
        contents = _contents(taken, self._work)
        present = {n: contents.records[n] for n in files if n in contents.records}
        ready = [n for n, record in present.items() if not differences(record, lying[n])]
        out = without_records(taken.data, contents, ready, limits=limits_of(self._work.settings))
        self.was_edited = len(ready) < len(present)
        self.obstacles = out.obstacles
        self.moved = {n: files[n] for n in sorted(out.numbers)}
        self.stayed = {n: files[n] for n in ready if n not in out.numbers}
        data = self._marked(out.data, taken.path)
        cells = sum(contents.records[number].size for number in self.moved)
        return Change(data, {"archived": list(self.moved), "cells": cells + len(self.stayed)})

    def _marked(self, data: bytes, path: str) -> bytes:
        """The register telling which records a person must delete, in xlflow's own column."""
        if not self.stayed:
            return data
        limits, schema = limits_of(self._work.settings), self._work.settings.schema
        contents = read_contents(data, path, schema, limits=limits)
        held = contents.sheets["register"]
        edits = [
            CellEdit(
                *held.place(contents.records[number].line.row, "next_step"),
                archived_text(number, name, self._language),
                overwrite_formulas=True,
            )
            for number, name in self.stayed.items()
        ]
        try:
            result = patch(data, edits, file=path, limits=limits)
        except EditsRefused:  # merged or otherwise blocked: the outcome tells the person
            return data
        if result.edits:
            verify(data, result.data, result.edits, file=path, limits=limits)
        return result.data


def _titles(contents: Contents) -> dict[str, str]:
    return {n: str(one.line.cells.get("title") or "") for n, one in contents.records.items()}


def _contents(taken: Snapshot, work: Work) -> Contents:
    limits = limits_of(work.settings)
    return read_contents(taken.data, taken.path, work.settings.schema, limits=limits)
