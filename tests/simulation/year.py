"""A year of a company: each working day people type into its registers, and a run looks at each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from simulation import brute_force
from simulation.company import offices
from simulation.diary import Happening, frozen
from simulation.office import FROZEN, Line, Office, Requirement
from simulation.trouble import Trouble
from simulation.walk import walk
from simulation.workdays import worked_days

from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.remembering import memory_of
from xlflow.jobs.run import RunOutcome, run
from xlflow.ledger import Ledger
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.deadlines import deadlines
from xlflow.workbook.share import WorkbookOpen

FIRST = date(2024, 1, 2)
_EVERY = 10  # runs between two comparisons of all deadlines
_LAST_BEGINNING = 15  # working days before the end, from which on nobody submits any more


@dataclass
class Figures:
    """What the year came to."""

    runs: int = 0
    deferred: int = 0  # while somebody had the workbook open
    records: int = 0
    statuses: Counter[str] = field(default_factory=Counter)  # that were entered
    kinds: Counter[str] = field(default_factory=Counter)  # of violations
    found: int = 0  # violations, on the next run
    restored: int = 0  # violations that xlflow mended
    sorted: int = 0
    deadlines: int = 0  # that were compared
    states: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    versions: int = 0  # baselines

    @property
    def violations(self) -> int:
        return self.kinds.total()


class Year:
    """From the first working day of 2024 to a last one."""

    def __init__(
        self,
        folder: Path,
        url: str,
        last: date,
        records: int,
        seed: str = "2024",
        quiet_days: int = _LAST_BEGINNING,
    ) -> None:
        self.offices = offices(folder, url, seed)
        self.days = list(worked_days(FIRST, last))
        self.figures = Figures()
        self.troubles = {office: Trouble(office) for office in self.offices}
        self._serials: dict[str, Iterator[int]] = {}
        beginning = self.days[: len(self.days) - quiet_days]
        self._waiting = {
            office: _beginnings(office, beginning, records // len(self.offices) + (n == 0))
            for n, office in enumerate(self.offices)
        }

    def passes(self) -> None:
        """Let all days pass; each run is judged at once."""
        for day in self.days:
            for office in self.offices:
                office.day = day
                is_open = Random(f"{office.seed} {office.id} open on {day}").random() < 0.04
                self._is_worked_at(office, is_open=is_open)
                with (
                    open_ledger(office.settings) as ledger,
                    one_run_at_a_time(office.settings),
                    office.opened() if is_open else nullcontext(),
                ):
                    self.troubles[office].restores(ledger)
                    outcome = run(office.settings, ledger, office.now)
                assert is_open or not outcome.deferred  # with nothing to write, it need not wait
                self._is_right(office, outcome)
        for office in self.offices:
            trouble = self.troubles[office]
            self.figures.kinds += trouble.injected
            self.figures.found += trouble.found.total()
            self.figures.restored += trouble.restored
            for one in office.requirements:
                self.figures.records += 1
                self.figures.statuses.update(status for _, status in one.statuses)

    def _is_worked_at(self, office: Office, *, is_open: bool) -> None:
        """What people do on a day."""
        trouble, rng = self.troubles[office], Random(f"{office.seed} {office.id} {office.day}")
        trouble.mends(by_xlflow=not is_open)
        if rng.random() < 0.9:
            trouble.happens()
        for serial in self._waiting[office].pop(office.day, ()):
            one = office.opens(serial)
            one.walk = walk(one)
        for one in list(office.requirements):
            if not one.waits and (one.number or not one.cells):
                next(one.walk, None)
        if rng.random() < 0.12:
            key = rng.choice(("title", "submitted_on", "status"))
            office.sorts("register", key, descending=rng.random() < 0.5)
            self.figures.sorted += 1
        for sheet in ("progress", "issues", "changes"):
            if rng.random() < 0.04:
                office.sorts(sheet, rng.choice(("number", "by", "owner")))
                self.figures.sorted += 1
        office.saves()

    def _is_right(self, office: Office, outcome: RunOutcome) -> None:
        """Whether the run did what it must, and nothing else."""
        assert outcome.refused is None
        self.figures.runs += 1
        if outcome.deferred:
            self.figures.deferred += 1
            assert isinstance(outcome.deferred, WorkbookOpen)
            assert [outcome.numbered, outcome.change_numbers, outcome.put_back] == [{}, {}, {}]
        else:
            self._are_numbered(office, outcome)
        self.troubles[office].is_found(outcome)
        _remember(office)
        if not outcome.deferred and self.figures.runs % (_EVERY * len(self.offices)) < len(
            self.offices
        ):
            self._are_due(office, outcome)

    def _are_numbered(self, office: Office, outcome: RunOutcome) -> None:
        """New requirements get the next numbers of their sequence, lines of changes their own."""
        workbook = office.settings.workbook
        serials = self._serials.setdefault(workbook.scope, count(1))
        new = [
            one
            for one in office.requirements
            if one.row is not None and not one.number and not one.withheld
        ]
        new.sort(key=lambda one: (one.cells["submitted_on"], one.row))
        for one in new:
            one.number = workbook.numbers.written(one.cells["submitted_on"].year, next(serials))
            office.diary.notes(
                office.day, "register", one.id, "numbered", "number", None, one.number
            )
        assert outcome.numbered == {one.row: one.number for one in new}
        changes = [one for one in office.lines["changes"] if not one.number]
        for line in changes:
            number = line.cells["number"]
            earlier = [one for one in office.lines["changes"] if one.number.startswith(number)]
            line.number = f"{number}-C{len(earlier) + 1}"
            office.diary.notes(
                office.day, "changes", line.id, "numbered", "change_number", None, line.number
            )
        assert outcome.change_numbers == {line.row: line.number for line in changes}
        _carry_their_numbers(office, outcome)

    def _are_due(self, office: Office, outcome: RunOutcome) -> None:
        """All deadlines, as xlflow and as the brute force find them."""
        assert outcome.inspection is not None
        settings, now = office.settings, office.now
        register = outcome.inspection.register
        memory = memory_of(register, settings, now)
        calendar = WorkingCalendar.from_settings(settings)
        by_row = office.by_row()
        found = Counter(
            brute_force.Due(by_row[it.row].id, it.id, it.due, it.state, it.days_late)
            for it in deadlines(register, settings, calendar, now, memory)
        )
        wanted = Counter(brute_force.deadlines(office, now))
        assert found == wanted, _differing(office, found, wanted)
        self.figures.deadlines += wanted.total()
        self.figures.states.update(it.state for it in wanted.elements())

    def is_remembered(self) -> None:
        """Compare the ledger with what the simulation knows of the whole year."""
        for office in self.offices:
            _stands_there(office)
            with open_ledger(office.settings) as ledger:
                self._has_happened(office, ledger)
                self._was_signed(office, ledger)
            self._was_in_its_statuses(office)

    def _has_happened(self, office: Office, ledger: Ledger) -> None:
        wanted = set(office.diary.happenings())
        ids = {(it.sheet, it.after): it.line for it in wanted if it.kind == "appeared"}
        found = set(_noted(office, ledger, ids))
        assert found == wanted, _apart(found, wanted)
        self.figures.events.update(it.kind for it in wanted)

    def _was_signed(self, office: Office, ledger: Ledger) -> None:
        wanted = {
            one.number: [(at, day, scope) for at, (day, scope) in enumerate(one.baselines, 1)]
            for one in office.requirements
            if one.baselines
        }
        known = ledger.baselines.of(office.id, [one.number for one in office.requirements])
        found = {
            number: [
                (one.version, one.made_at.astimezone(office.zone).date(), dict(one.values))
                for one in versions
            ]
            for number, versions in known.items()
        }
        assert found == wanted
        self.figures.versions += sum(map(len, wanted.values()))

    def _was_in_its_statuses(self, office: Office) -> None:
        register = office.register()
        memory = memory_of(register, office.settings, office.now)
        found = {
            number: [(spell.status, spell.entered_at, spell.left_at) for spell in spells]
            for number, spells in memory.spells.items()
        }
        wanted = {
            one.number: [(it.status, it.entered, it.left) for it in brute_force.spells_of(one)]
            for one in office.requirements
            if one.number and one.row is not None
        }
        assert found == wanted


def _beginnings(office: Office, days: list[date], records: int) -> dict[date, list[int]]:
    """Day -> the requirements that are submitted on it, of these."""
    rng = Random(f"{office.seed} beginnings of {office.id}")
    found: dict[date, list[int]] = {}
    for serial in range(1, records + 1):
        found.setdefault(rng.choice(days), []).append(serial)
    return found


def _stands_there(office: Office) -> None:
    """Whatever people typed stands in the workbook, and nothing else."""
    for table in office.register().tables:
        people = [
            one.key
            for one in table.schema.sheets[table.sheet]
            if not one.is_own and one.key in table.columns
        ]
        found = {
            row: {key: value for key, value in cells.items() if value is not None}
            for row, cells in table.frame[people].to_dict("index").items()
        }
        assert found == {row: line.cells for row, line in office.by_row(table.sheet).items()}


def _carry_their_numbers(office: Office, outcome: RunOutcome) -> None:
    """After each run every requirement and every change has its own number in its cell."""
    assert outcome.inspection is not None
    register = outcome.inspection.register
    for table, key in ((register.requirements, "number"), (register.changes, "change_number")):
        shown = dict(zip(table.frame.index.tolist(), table.frame[key].tolist(), strict=True))
        lines = office.by_row(table.sheet)
        assert shown.keys() == lines.keys()
        for row, line in lines.items():
            assert line.withheld or shown[row] == line.number, (row, line.number, shown[row])


def _remember(office: Office) -> None:
    """Note what the run has seen: statuses, and what both sides have signed."""
    for one in office.requirements:
        if one.row is None:
            continue
        status = one.status
        if status and (not one.statuses or one.statuses[-1][1] != status):
            one.statuses.append((office.now, status))
        if not {"business_signed_on", "technical_signed_on"} <= one.cells.keys():
            continue
        scope = {key: one.cells.get(key) for key in FROZEN}
        if not one.baselines or (one.baselines[-1][1] != scope and not one.unapproved):
            one.baselines.append((office.day, scope))


def _noted(
    office: Office, ledger: Ledger, ids: Mapping[tuple[str, Any], int]
) -> Iterator[Happening]:
    """The ledger's events in the simulation's words; who is who is told by how it appeared."""
    sheets = {entry.id: entry.sheet for entry in ledger.history.entries(office.id)}
    known: dict[int, int] = {}
    for noted in ledger.history.events(office.id):
        event, sheet = noted.event, sheets[noted.event.entry]
        after = event.after
        if event.kind == "appeared":
            after = frozen(event.after)
            known[event.entry] = ids.get((sheet, after), -event.entry)
        day = noted.at.astimezone(office.zone).date()
        yield Happening(
            office.id,
            sheet,
            known[event.entry],
            event.kind,
            event.field,
            event.before,
            after,
            day,
        )


def _apart(found: set[Happening], wanted: set[Happening]) -> str:
    only = [("ledger", it) for it in found - wanted] + [("people", it) for it in wanted - found]
    only.sort(key=lambda it: (it[1].day, it[1].sheet, it[1].line))
    return f"{len(only)} differ:\n" + "\n".join(f"{who}: {it}" for who, it in only[:20])


def _differing(office: Office, found: Counter[Any], wanted: Counter[Any]) -> str:
    only = [("xlflow", it) for it in found - wanted] + [
        ("brute force", it) for it in wanted - found
    ]
    lines: dict[int, Line] = {one.id: one for one in office.requirements}
    told = [f"{who}: {it}" for who, it in sorted(only, key=lambda one: one[1].line)[:12]]
    first = lines[only[0][1].line]
    assert isinstance(first, Requirement)
    return "\n".join([str(office.day), *told, str(first.statuses), str(first.cells)])
