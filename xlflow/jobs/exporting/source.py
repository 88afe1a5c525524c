"""One register for an export: read once, checked only where a table asks for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from xlflow.checks.checking import check
from xlflow.checks.waivers import Judged, Waivers
from xlflow.history.replay import State
from xlflow.history.spells import spells_of
from xlflow.jobs.inspection import read_now
from xlflow.jobs.progress import Progress
from xlflow.jobs.remembering import memory_of
from xlflow.languages import Language
from xlflow.ledger import Ledger
from xlflow.ledger.reading import reading
from xlflow.record.memory import Memory
from xlflow.record.register import Register, Table, frame_of
from xlflow.reports.export.deadlines import deadline_rows
from xlflow.reports.export.findings import finding_rows
from xlflow.reports.export.history import Seen, history_rows, spell_rows
from xlflow.reports.export.layout import Row
from xlflow.reports.export.records import Reader, record_rows
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.deadlines import deadlines

HISTORIES = ("statuses", "history")
"""The tables that the ledger alone tells."""

MOMENTARY = ("findings", "deadlines")
"""The tables that are known of the present alone."""


def was_seen(settings: Settings) -> bool:
    """Whether a run has looked at the register.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    with reading(settings.ledger.url, beside=settings.folder) as ledger:
        looks = ledger.history.sightings(settings.workbook.id, limit=1) if ledger else ()
        return bool(looks)


@dataclass(frozen=True, eq=False)
class ExportSource:
    """The tables of one register. `ledger` is None where no run has made one yet."""

    settings: Settings
    ledger: Ledger | None
    now: datetime
    asked: Language | None
    as_of: datetime | None
    progress: Progress

    @classmethod
    @contextmanager
    def opened(
        cls,
        settings: Settings,
        now: datetime,
        asked: Language | None,
        as_of: datetime | None,
        progress: Progress,
    ) -> Iterator[ExportSource]:
        """With its ledger, for reading.

        Raises:
            LedgerError: It cannot be read.
        """
        with reading(settings.ledger.url, beside=settings.folder) as ledger:
            yield cls(settings, ledger, now, asked, as_of, progress)

    @property
    def scope(self) -> str:
        """The register's id."""
        return self.settings.workbook.id

    @cached_property
    def language(self) -> Language:
        """Of labels and messages."""
        return self.asked or self.settings.workbook.language

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table.

        Raises:
            XlflowError: The register or the ledger cannot be read.
        """
        zone = self.settings.calendar.zone
        match name:
            case "findings":
                judged = self._judged
                return finding_rows(judged.findings, judged.waived, self.scope, self.language)
            case "deadlines":
                found = deadlines(
                    self._register, self.settings, self._calendar, self.now, self._memory
                )
                return deadline_rows(found, self.scope, self.language)
            case "statuses":
                return self._spells()
            case "history":
                return self._history()
            case _:
                table = self._table_then(name) if self.as_of else self._table_now(name)
                reader = Reader(self.language, zone)
                return record_rows(table, self.scope, reader, has_rows=self.as_of is None)

    @cached_property
    def _register(self) -> Register:
        return read_now(self.settings, self.now, self.progress)

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        return WorkingCalendar.from_settings(self.settings)

    @cached_property
    def _memory(self) -> Memory:
        return memory_of(self._register, self.settings, self.now)

    @cached_property
    def _judged(self) -> Judged:
        register, memory = self._register, self._memory
        self.progress("checking")
        found = check(register, self.settings, self.now, calendar=self._calendar, memory=memory)
        return Waivers.of(self.settings, register, self.now).judge(found)

    def _table_now(self, sheet: str) -> Table:
        return next(table for table in self._register.tables if table.sheet == sheet)

    def _table_then(self, sheet: str) -> Table:
        """The sheet as the ledger saw it: what people typed, and the numbers."""
        schema = self.settings.schema
        states = self._states.get(sheet, {})
        own = "change_number" if sheet == "changes" else "number" if sheet == "register" else ""
        rows = [
            {**state.cells, own: state.number or None} if own else state.cells
            for _, state in sorted(states.items())
            if state.is_there
        ]
        return Table(sheet, "", {}, frame_of(sheet, rows, schema=schema), schema=schema)

    @cached_property
    def _states(self) -> dict[str, dict[int, State]]:
        """Every entry as the last run up to the moment saw it, by sheet."""
        if self.ledger is None:
            return {}
        sheets = {entry.id: entry.sheet for entry in self.ledger.history.entries(self.scope)}
        states: dict[str, dict[int, State]] = {}
        for noted in self.ledger.history.each_event(self.scope, self.as_of):
            sheet = sheets[noted.event.entry]
            held = states.setdefault(sheet, {})
            state = held.get(noted.event.entry, State())
            held[noted.event.entry] = state.after(noted.event, is_line=sheet != "register")
        return states

    def _spells(self) -> Iterator[Row]:
        if self.ledger is None:
            return iter(())
        statuses = self.settings.schema.choices["status"]
        told = self.ledger.history.statuses(self.scope)
        spells = {}
        for entry in self.ledger.history.entries(self.scope, ["register"]):
            seen = told.get(entry.id, [])
            known = seen[: bisect_right([at for at, _ in seen], self.as_of)] if self.as_of else seen
            if entry.number and known:
                spells[entry.number] = spells_of(known, statuses)
        zone = self.settings.calendar.zone
        return spell_rows(spells, self.scope, statuses, zone, self.language)

    def _history(self) -> Iterator[Row]:
        if self.ledger is None:
            return iter(())
        history, archived = self.ledger.history, self.ledger.archived.of(self.scope)
        seen = Seen(
            register=self.scope,
            entries={entry.id: entry for entry in history.entries(self.scope)},
            looks=[one.seen_at for one in reversed(history.sightings(self.scope))],
            archived={number: (move.file, move.at) for number, move in archived.items()},
            zone=self.settings.calendar.zone,
        )
        return history_rows(history.each_event(self.scope, self.as_of), seen)
