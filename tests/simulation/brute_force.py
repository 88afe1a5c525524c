"""Every deadline once more, by plain loops over days, as the standard puts them into words.

Written without a look at `xlflow.timing`'s arrays; it knows of a requirement only what the
simulation typed, and in which status the runs saw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from simulation.office import Line, Office, Requirement
from simulation.workdays import after, between

DAY = timedelta(days=1)
STEPS = ("submitted", "assessing", "designing", "developing", "testing", "live", "closed")


@dataclass(frozen=True)
class Due:
    """A deadline as the brute force finds it."""

    line: int  # of the requirement
    id: str
    due: date | datetime
    state: str
    days_late: int


@dataclass(frozen=True)
class Clock:
    """What is known of one clock before it is judged."""

    id: str
    due: date | datetime | None
    met: bool
    met_at: date | datetime | None = None
    started: date | datetime | None = None
    opens: date | None = None
    repeats: bool = False
    moves: bool = True
    pauses: bool = True


@dataclass(frozen=True)
class Spell:
    status: str
    entered: datetime
    left: datetime | None


def deadlines(office: Office, now: datetime) -> Iterator[Due]:
    """All deadlines of all requirements that stand in the register."""
    for one in office.requirements:
        if one.row is not None and one.status != "cancelled":
            yield from _of(one, now)


def spells_of(r: Requirement) -> list[Spell]:
    ends = [at for at, _ in r.statuses[1:]]
    return [
        Spell(status, entered, left)
        for (entered, status), left in zip(r.statuses, [*ends, None], strict=True)
    ]


def _of(r: Requirement, now: datetime) -> Iterator[Due]:
    spells = spells_of(r) if r.number else []
    for clock in _clocks(r, spells):
        if clock.due is None or (r.status == "closed" and not clock.met):
            continue
        due = _moved(clock, spells, r) if clock.moves else clock.due
        yield Due(r.id, clock.id, due, *_judged(clock, due, r, spells, now))


def _clocks(r: Requirement, spells: list[Spell]) -> Iterator[Clock]:
    cells, urgent, place = r.cells, r.code("type") == "urgent", _place(r, spells)
    building = place in (3, 4) or (r.status == "blocked" and place < 0)
    submitted, confirmed = _date(cells, "submitted_on"), _date(cells, "confirmed_on")
    assessed, live_on = _date(cells, "assessed_on"), _date(cells, "live_on")

    is_confirmed = confirmed is not None
    if submitted and (is_confirmed or (place < 5 and not cells.get("confirmed_on"))):
        due = after(submitted, 0 if urgent else 1)
        yield Clock("confirm", due, is_confirmed, confirmed, submitted)
    is_assessed = assessed is not None and r.code("feasible") is not None
    readable = assessed is not None or not cells.get("assessed_on")
    if confirmed and readable and (is_assessed or place < 5):
        yield Clock(
            "assess", after(confirmed, 0 if urgent else 2), is_assessed, assessed, confirmed
        )
    signed = _later(_date(cells, "business_signed_on"), _date(cells, "technical_signed_on"))
    passed = r.code("result") == "pass"
    yield Clock("design", _date(cells, "design_due"), place > 2, started=signed)
    yield Clock("development", _date(cells, "development_due"), place > 3, started=signed)
    yield Clock("test", _date(cells, "test_due"), place > 4 or passed, started=signed)
    yield Clock("golive", _date(cells, "golive_due"), place > 4, live_on, signed)
    if building:
        yield from _while_built(r, spells)
    yield from _answers(r)
    yield Clock("rectify", _date(cells, "rectify_by"), passed, moves=False)
    if live_on:
        typed = cells["live_on"]
        timed = isinstance(typed, datetime) and typed.time() != time()
        due_at = typed.replace(tzinfo=r.office.zone) + DAY if timed else live_on + DAY
        begun = typed.replace(tzinfo=r.office.zone) if timed else live_on
        yield Clock("monitor", due_at, bool(cells.get("monitoring")), started=begun)
        is_closed = r.status == "closed"
        closed = _date(cells, "closed_on")
        yield Clock("close", after(live_on, 5), is_closed, closed, live_on, after(live_on, 3))
    if r.status == "blocked" and spells:
        due = after(_blocked_since(spells), 3)
        yield Clock("unblock", due, met=False, moves=False, pauses=False)
    yield Clock("expected", _date(cells, "expected_on"), place > 4, live_on, moves=False)


def _while_built(r: Requirement, spells: list[Spell]) -> Iterator[Clock]:
    entered = {spell.status: spell.entered.date() for spell in spells}
    days = [entered[step] for step in ("developing", "testing") if step in entered]
    written = [_date(line.cells, "date") for line in _lines(r, "progress")]
    days += [day for day in written if day]
    if days:
        yield Clock("progress", after(max(days), 1), met=False, started=max(days), repeats=True)
    checked = _date(r.cells, "checked_on")
    if r.cells.get("checked_on") and not checked:
        return
    days = [day for day in (checked, entered.get("developing")) if day]
    if days:
        yield Clock(
            "business-check", after(max(days), 2), met=False, started=max(days), repeats=True
        )


def _answers(r: Requirement) -> Iterator[Clock]:
    for line in _lines(r, "issues"):
        raised, answered = line.cells["raised_at"], line.cells.get("answered_at")
        if line.code("needs_answer") != "yes" or (not answered and line.code("state") == "solved"):
            continue
        zone = r.office.zone
        begun = raised.replace(tzinfo=zone)
        answered = answered.replace(tzinfo=zone) if answered else None
        yield Clock("answer", begun + DAY, answered is not None, answered, begun)


def _lines(r: Requirement, sheet: str) -> Iterator[Line]:
    """The lines that name its number."""
    for line in r.office.lines[sheet]:
        if line.row is not None and r.number and line.cells.get("number") == r.number:
            yield line


def _moved(clock: Clock, spells: list[Spell], r: Requirement) -> date | datetime:
    """Later by as much as the requirement was blocked while the clock ran."""
    due = clock.due
    assert due is not None
    if clock.started is None:
        return due
    for spell in spells:
        if spell.status != "blocked" or spell.left is None:
            continue
        begin = max(spell.entered.date(), _day(clock.started))
        end = spell.left.date()
        if end < _day(clock.started) or (clock.met and clock.met_at and begin > _day(clock.met_at)):
            continue
        if isinstance(due, datetime):
            assert isinstance(clock.started, datetime)
            due += max(spell.left - max(spell.entered, clock.started), timedelta())
        elif clock.id == "monitor":
            due += end - begin
        elif between(begin, end):
            due = after(due, between(begin, end))
    return due


def _judged(
    clock: Clock, due: date | datetime, r: Requirement, spells: list[Spell], now: datetime
) -> tuple[str, int]:
    """State and working days late."""
    today = now.date()
    is_over = now > due if isinstance(due, datetime) else today > due
    if clock.met:
        if clock.met_at is None:
            return "met", 0
        timed = isinstance(due, datetime) and isinstance(clock.met_at, datetime)
        late = clock.met_at > due if timed else _day(clock.met_at) > _day(due)
        return "met", _late(due, _day(clock.met_at)) if late else 0
    if r.status == "blocked" and clock.pauses:
        since = _blocked_since(spells)
        return "paused", _late(due, since) if since > _day(due) else 0
    if is_over:
        return "overdue", _late(due, today)
    is_soon = between(today, _day(due)) <= (0 if clock.repeats else 1)
    is_soon |= clock.opens is not None and clock.opens <= today
    return "due soon" if is_soon else "on time", 0


def _late(due: date | datetime, until: date) -> int:
    return max(between(_day(due), until), 1)


def _place(r: Requirement, spells: list[Spell]) -> int:
    status = r.status
    if status == "blocked":
        steps = [spell.status for spell in spells if spell.status in STEPS]
        return STEPS.index(steps[-1]) if steps else -1
    return STEPS.index(status) if status in STEPS else -1


def _blocked_since(spells: list[Spell]) -> date:
    return max(spell.entered for spell in spells if spell.status == "blocked").date()


def _date(cells: dict[str, Any], key: str) -> date | None:
    value = cells.get(key)
    return _day(value) if isinstance(value, date) else None


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _later(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else None
