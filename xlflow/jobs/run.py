"""The main job: one transaction over the shared workbook.

settle what a killed run left -> snapshot -> read -> compare with what was last seen -> check
    -> number -> decide the cells to write -> patch exactly those cells
    -> commit only if nobody touched the file -> record

While somebody has the workbook open, all that changes nothing is done, and the rest deferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from xlflow.jobs.archiving.learning import learn_archived
from xlflow.jobs.committing import carry_out
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import Inspection, inspect, read, take_snapshot
from xlflow.jobs.outcome import Figures, counts
from xlflow.jobs.outcome import RunOutcome as RunOutcome
from xlflow.jobs.own_cells import OwnCell, own_cells
from xlflow.jobs.progress import Progress, quiet
from xlflow.jobs.recovery import settle_left_open
from xlflow.jobs.remembering import Recollection, note, recollect
from xlflow.jobs.reserving import GivenNumbers, reserve_numbers
from xlflow.ledger import Ledger, Sighting
from xlflow.record.memory import Memory
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.patch import CellEdit, PatchResult, patch
from xlflow.workbook.refusals import EditsRefused
from xlflow.workbook.share import (
    Host,
    Intent,
    Placed,
    Snapshot,
    Step,
    WorkbookChanged,
    WorkbookOpen,
    new_id,
    no_step,
    prepare,
    prune_asides,
)
from xlflow.workbook.verification import verify

_ATTEMPTS = 3  # people save seldom; three collisions in a row mean that somebody is at work


@dataclass(frozen=True)
class _Decision:
    """The workbook as it is going to be, and the intent to make it so (None: it is so already)."""

    inspection: Inspection
    numbers: GivenNumbers
    patched: PatchResult
    intent: Intent | None


@dataclass(frozen=True)
class _Ended:
    """What a run did, and what it saw."""

    outcome: RunOutcome
    sighting: Sighting
    recollection: Recollection


def run(
    settings: Settings,
    ledger: Ledger,
    now: datetime,
    *,
    progress: Progress = quiet,
    step: Step = no_step,
) -> RunOutcome:
    """Check the register, number its new records, and write xlflow's own cells.

    A second run writes nothing and uses no number. `step` is told before each change on the drive.
    If somebody has the workbook open, or saves it again and again, the outcome is deferred.

    Raises:
        WorkbookOpen: Somebody was writing into it all the time, so it cannot even be read.
        XlflowError: It cannot be read, or not be written.
    """
    with drive_of(settings) as drive:
        recovered = settle_left_open(settings, ledger, drive, now, step)
        learn_archived(settings, ledger, drive, now)
        outcome = _run_and_record(settings, ledger, drive, now, progress, step)
        in_use = ledger.intents.files_in_use()
        folder, _ = drive.split(outcome.figures.path)
        prune_asides(folder, settings.ledger.keep_days, now, keep=in_use, host=drive, step=step)
    return replace(outcome, recovered=recovered)


def _run_and_record(
    settings: Settings, ledger: Ledger, drive: Host, now: datetime, progress: Progress, step: Step
) -> RunOutcome:
    """The run, with its beginning and its end in the ledger."""
    calendar = WorkingCalendar.from_settings(settings)
    run_id = ledger.runs.start(settings.workbook.id, now)
    ended: _Ended | None = None
    try:
        ended = _Run(settings, ledger, drive, now, calendar, run_id, progress, step).ended()
    finally:
        outcome = None if ended is None else ended.outcome
        with ledger.transaction():
            if ended is not None:
                note(ended.recollection, ledger, ended.sighting, settings.workbook.id)
            ledger.runs.end(run_id, _ending(outcome), counts(outcome), now)
    return ended.outcome


@dataclass(frozen=True)
class _Run:
    """One run, with the world that it works in."""

    settings: Settings
    ledger: Ledger
    drive: Host
    now: datetime
    calendar: WorkingCalendar
    id: str
    progress: Progress
    step: Step

    def ended(self) -> _Ended:
        """Try until nobody saved in between, a few times at most."""
        for _ in range(_ATTEMPTS - 1):
            ended = self._attempt()
            if not isinstance(ended.outcome.deferred, WorkbookChanged):
                return ended
        return self._attempt()

    def _attempt(self) -> _Ended:
        """One snapshot, and what becomes of it."""
        taken = take_snapshot(self.settings, self.now, self.drive)
        register = read(taken, self.settings, self.progress)
        self.ledger.runs.see_register(self.settings.workbook.id, taken.path, self.now)
        sighting = Sighting(self.id, self.now, taken.sha256, register.saved_by, register.saved_at)
        recollection = recollect(register, self.settings, self.ledger, self.now)
        found = self._inspect(register, recollection.memory)
        try:
            outcome = self._write(taken, found, recollection)
        except (WorkbookOpen, WorkbookChanged) as err:
            outcome = RunOutcome(Figures.of(found), self.now, taken.sha256, found, deferred=err)
        written = recollection.once_numbered(outcome.numbered, outcome.change_numbers)
        return _Ended(outcome, sighting, written)

    def _write(self, taken: Snapshot, found: Inspection, recollection: Recollection) -> RunOutcome:
        """Number the new records of `found`, and write the own cells.

        Raises:
            WorkbookOpen, WorkbookChanged: Nothing was written, no number was used up.
        """
        refused: EditsRefused | None = None
        try:
            decision = self._decide(taken, found, recollection)
        except EditsRefused as err:
            # Somebody merged or otherwise blocked own cells: write all the others, and say so.
            refused = err
            blocked = frozenset((cell.sheet, cell.address) for cell in err.cells)
            decision = self._decide(taken, found, recollection, blocked)
        placed = self._commit(decision)
        return RunOutcome(
            figures=Figures.of(decision.inspection),
            at=self.now,
            sha256=placed.sha256 if placed else taken.sha256,
            inspection=decision.inspection,
            numbered=decision.numbers.new,
            change_numbers=decision.numbers.changes,
            put_back={
                row: recollection.memory.misnumbered[row] for row in decision.numbers.put_back
            },
            cells=len(decision.patched.edits),
            placed=placed,
            refused=refused,
        )

    def _decide(
        self,
        taken: Snapshot,
        inspection: Inspection,
        recollection: Recollection,
        blocked: frozenset[tuple[str, str]] = frozenset(),
    ) -> _Decision:
        """Decide every cell to write; reserve the numbers and store the intent, both or neither.

        `blocked`: sheets and addresses that cannot be written.

        Raises:
            EditsRefused: Cells that cannot be written, all of them.
            WorkbookOpen: There is something to write, and somebody has the workbook open; neither
                numbers nor an intent are in the ledger.
        """
        as_read = inspection.register
        tables = {table.sheet: table for table in as_read.tables}

        def is_blocked(sheet: str, row: int, key: str) -> bool:
            table = tables[sheet]
            return (table.title, f"{table.columns[key]}{row}") in blocked

        intent_id = new_id(self.now)
        with self.ledger.transaction():
            numbers = reserve_numbers(
                inspection,
                recollection,
                self.ledger,
                self.settings.workbook,
                intent_id,
                is_blocked,
            )
            register = numbers.written_into(as_read, recollection)
            if numbers:
                inspection = self._inspect(register, _once_put_back(recollection, numbers))
            inspection = replace(inspection, register=register)
            wanted = [
                edit
                for edit in _edits(own_cells(inspection, as_read), as_read)
                if (edit.sheet, edit.address) not in blocked
            ]
            patched = patch(taken.data, wanted, file=taken.path)
            if not patched.edits:
                return _Decision(inspection, numbers, patched, None)
            taken.refuse_if_opened()
            verify(taken.data, patched.data, patched.edits, file=taken.path)
            intent = prepare(taken, patched.data, intent_id=intent_id, host=self.drive)
            described = {"numbers": numbers.all_new, "cells": len(patched.edits)}
            self.ledger.intents.store(
                asdict(intent), self.settings.workbook.id, self.now, run=self.id, cells=described
            )
        return _Decision(inspection, numbers, patched, intent)

    def _inspect(self, register: Register, memory: Memory) -> Inspection:
        return inspect(register, self.settings, self.now, self.calendar, self.progress, memory)

    def _commit(self, decision: _Decision) -> Placed | None:
        """Put the new workbook in place, and tell the ledger how it ended."""
        intent = decision.intent
        if intent is None:
            return None
        self.progress("writing")
        data = decision.patched.data
        return carry_out(intent, data, self.settings, self.ledger, self.drive, self.now, self.step)


def _edits(cells: Iterable[OwnCell], register: Register) -> Iterator[CellEdit]:
    """The cells as edits; a formula that was pasted over one of xlflow's own is overwritten."""
    tables = {table.sheet: table for table in register.tables}
    for cell in cells:
        if not register.schema.field(cell.key, cell.table).is_own:
            raise AssertionError(f"{cell.key} belongs to the people")
        table = tables[cell.table]
        yield CellEdit(
            table.title, cell.row, table.columns[cell.key], cell.value, overwrite_formulas=True
        )


def _once_put_back(recollection: Recollection, numbers: GivenNumbers) -> Memory:
    """What is remembered, once altered numbers are put back."""
    memory = recollection.memory
    left = {row: one for row, one in memory.misnumbered.items() if row not in numbers.put_back}
    return replace(memory, misnumbered=left)


def _ending(outcome: RunOutcome | None) -> str:
    """How the ledger calls the end of a run."""
    if outcome is None:
        return "failed"
    return "deferred" if outcome.deferred else "done"
