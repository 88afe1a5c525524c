"""Putting typed values back as an earlier run saw them: of a record that stands, or that vanished.

Only what people type is put back; xlflow's own columns follow with the next run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from xlflow.errors import UsageError
from xlflow.history.cells import Cells
from xlflow.history.comparing import Comparison, Seen
from xlflow.jobs.appending import Line, appended
from xlflow.jobs.changing import Change, change_register, patched
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import limits_of, read, take_snapshot
from xlflow.jobs.looking_back import RecordState, entries_of, state_of
from xlflow.jobs.recovery import Recovered, settle_left_open
from xlflow.jobs.remembering import recollect
from xlflow.ledger import Ledger
from xlflow.record.register import Table
from xlflow.record.values import CellError
from xlflow.settings import Settings
from xlflow.workbook.addresses import column_number
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.free_rows import EndOfList
from xlflow.workbook.package import Package
from xlflow.workbook.share import Host, Placed, Snapshot, Step, no_step


class RestoreRefused(UsageError):
    """There is nothing that could be put back; nothing was changed."""


@dataclass(frozen=True)
class Wish:
    """What is to be restored.

    `as_of`: the values that the last run up to then saw. Without it, of a record that vanished:
    what was seen of it last; of another: what stood there before the last change. `fields`: only
    these.
    """

    number: str
    fields: tuple[str, ...] = ()
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class PutBack:
    """A cell that gets an earlier value. `cell`: its address, as Excel writes it."""

    cell: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Restored:
    """What was put back, or would be.

    `seen_at`: the run whose values they are. `row`: where a record stands that had vanished.
    `lines`: sheet -> the rows of lines that had vanished. `lost`: fields that held an error value
    such as #REF!, which nobody can type. `placed` is None where nothing was written.
    """

    number: str
    seen_at: datetime
    cells: tuple[PutBack, ...] = ()
    row: int | None = None
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    placed: Placed | None = None
    recovered: tuple[Recovered, ...] = ()


def restore(
    settings: Settings,
    ledger: Ledger,
    wish: Wish,
    now: datetime,
    *,
    dry_run: bool = False,
    step: Step = no_step,
) -> Restored:
    """Put earlier values back. A second time changes nothing, if `as_of` is the same.

    Raises:
        NumberUnknown: No run has seen such a record.
        RestoreRefused: Nothing earlier is known, or the fields are not people's.
        EditsRefused: Cells that may not be written; nothing was changed.
        WorkbookOpen, WorkbookChanged: Somebody is at work; nothing was changed.
        XlflowError: The register cannot be read, or not be written.
    """
    _refuse_own(wish, settings)
    with drive_of(settings) as drive:
        if dry_run:
            return _plan(take_snapshot(settings, now, drive), settings, ledger, wish, now)[0]
        recovered = settle_left_open(settings, ledger, drive, now, step)
        return _restore(settings, ledger, drive, wish, now, step, recovered)


def _restore(
    settings: Settings,
    ledger: Ledger,
    drive: Host,
    wish: Wish,
    now: datetime,
    step: Step,
    recovered: tuple[Recovered, ...],
) -> Restored:
    plans: list[Restored] = []

    def decide(taken: Snapshot, _intent: str) -> Change:
        plan, edits = _plan(taken, settings, ledger, wish, now)
        plans.append(plan)
        return patched(taken, edits, restored=[wish.number])

    placed = change_register(settings, ledger, drive, now, decide, by="restore", step=step)
    return replace(plans[-1], placed=placed, recovered=recovered)


def _plan(
    taken: Snapshot, settings: Settings, ledger: Ledger, wish: Wish, now: datetime
) -> tuple[Restored, tuple[CellEdit, ...]]:
    """What is to be put back into the register as it is now, and the edits that do it."""
    register = read(taken, settings)
    comparison = recollect(register, settings, ledger, now).comparison
    seen = next(
        (one for one in comparison.seen["register"].values() if one.entry.number == wish.number),
        None,
    )
    wanted = _wanted(settings, ledger, wish, seen, comparison)
    package = Package.open(taken.data, taken.path, limits_of(settings))
    plan = Restored(wish.number, wanted.seen_at)
    edits: tuple[CellEdit, ...] = ()
    lines: dict[str, Sequence[Line]] = {}
    if seen is not None:
        table = register.requirements
        plan = replace(
            plan,
            cells=tuple(_put_back(table, seen, wanted.state.cells, wish.fields)),
            lost=tuple(_lost(seen.row.cells, wanted.state.cells, wish.fields)),
        )
        edits = tuple(_edits(plan.cells, table, seen.row.row, package))
    else:
        _refuse_absent(wish, settings, ledger)
        typed = _typeable(wanted.state.cells)
        fields = settings.schema.by_key("register")  # a company may have given up some since
        held = {key: value for key, value in typed.items() if key in fields}
        lines["register"] = [{**held, "number": wish.number}]
        lost = (*_lost({}, wanted.state.cells, ()), *(key for key in typed if key not in fields))
        plan = replace(plan, lost=lost)
    if not wish.fields:
        lines |= _missing_lines(wanted, comparison)
    added = appended(taken.data, register, lines, limits=limits_of(settings))
    rows = dict(added.rows)
    row, *_ = rows.pop("register", (None,))
    return replace(plan, row=row, lines=rows), (*edits, *added.edits)


def _wanted(
    settings: Settings, ledger: Ledger, wish: Wish, seen: Seen | None, comparison: Comparison
) -> RecordState:
    """The record as it shall be again."""
    scope = settings.workbook.id
    moment = wish.as_of
    if moment is None:
        record, _ = entries_of(ledger, scope, wish.number)
        moment = _before_last_change(record.id, ledger, scope, seen, comparison)
    wanted = state_of(ledger, scope, wish.number, moment)
    if not wanted.state.cells:
        record, _ = entries_of(ledger, scope, wish.number)
        first = ledger.history.events(scope, of=[record.id])[0]
        zone = settings.calendar.zone
        raise RestoreRefused(
            "history.nothing-earlier", number=wish.number, first=first.at.astimezone(zone)
        )
    return wanted


def _before_last_change(
    entry: int, ledger: Ledger, scope: str, seen: Seen | None, comparison: Comparison
) -> datetime | None:
    """A moment at which the record was what it was before its last change, or was there still.

    None: as it was seen last, since no run has seen that change yet.
    """
    if any(event.entry == entry for event in comparison.events):
        return None
    told = ledger.history.events(scope, of=[entry])
    if seen is None:
        told = tuple(noted for noted in told if noted.event.kind == "vanished")
    return told[-1].at - timedelta(microseconds=1) if told else None


def _put_back(
    table: Table, seen: Seen, wanted: Cells, fields: Collection[str]
) -> Iterator[PutBack]:
    for key in _typed(table):
        before, after = seen.row.cells.get(key), wanted.get(key)
        if fields and key not in fields:
            continue
        if isinstance(after, CellError) or (type(before) is type(after) and before == after):
            continue
        yield PutBack(table.cell(seen.row.row, key), key, before, after)


def _lost(present: Cells, wanted: Cells, fields: Collection[str]) -> Iterator[str]:
    for key, value in wanted.items():
        if isinstance(value, CellError) and present.get(key) != value and key in (fields or wanted):
            yield key


def _typeable(cells: Cells) -> dict[str, Any]:
    return {key: value for key, value in cells.items() if not isinstance(value, CellError)}


def _typed(table: Table) -> Iterator[str]:
    for one in table.schema.sheets[table.sheet]:
        if not one.is_own and one.key in table.columns:
            yield one.key


def _edits(
    cells: Collection[PutBack], table: Table, row: int, package: Package
) -> Iterator[CellEdit]:
    """The cells as edits; one that is to show a date again has a format that shows dates."""
    end: EndOfList | None = None
    for one in cells:
        style: int | None = None
        column = column_number(table.columns[one.field])
        if isinstance(one.after, date) and not isinstance(one.before, date):
            if end is None:
                end = EndOfList(package, table.title, table.frame.index.tolist(), table.first_row)
            style = end.style(column, holds_date=True)
        yield CellEdit(table.title, row, column, one.after, style=style)


def _missing_lines(wanted: RecordState, comparison: Comparison) -> dict[str, Sequence[Line]]:
    """The lines that stood on the child sheets then, and are gone."""
    missing: dict[str, Sequence[Line]] = {}
    for sheet, states in wanted.lines.items():
        present = {seen.entry.id for seen in comparison.seen[sheet].values()}
        gone = [state for entry, state in states.items() if entry not in present]
        if gone:
            missing[sheet] = [
                _typeable(state.cells) | ({"change_number": state.number} if state.number else {})
                for state in gone
            ]
    return missing


def _refuse_absent(wish: Wish, settings: Settings, ledger: Ledger) -> None:
    """A record that vanished is put back whole, one that was archived comes from the archive."""
    if archived := ledger.archived.of(settings.workbook.id).get(wish.number):
        raise RestoreRefused("history.is-archived", number=wish.number, file=archived.file)
    if wish.fields:
        raise RestoreRefused("history.vanished-whole", number=wish.number)


def _refuse_own(wish: Wish, settings: Settings) -> None:
    """Only what people type is put back."""
    own = [key for key in wish.fields if settings.schema.field(key).is_own]
    if own:
        raise RestoreRefused("history.own-field", fields=", ".join(own))
