"""A requirement's way through all statuses, as the people of its register would take it.

Each walk is told day by day: every `yield` is the end of a working day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from simulation.office import Line, Requirement
from simulation.workdays import after

Walk = Iterator[None]

_TYPES = ("new", "optimisation", "fix", "integration", "urgent", "new", "fix", "optimisation")
_DAYS = {"low": (1, 3), "medium": (4, 7), "high": (8, 12)}
_OWNERS = ("design_owner", "development_owner", "test_owner", "golive_owner")
_OFTEN, _SELDOM, _RARE = 0.45, 0.15, 0.07


class Cancelled(Exception):
    """The requirement is dropped."""


def walk(r: Requirement) -> Walk:
    """From the submission to the closure, or to where it is cancelled."""
    submits(r)
    yield
    yield from goes_on(r)


def goes_on(r: Requirement) -> Walk:
    """The way of a requirement that was submitted."""
    try:
        for stage in (_is_confirmed, _is_assessed, _is_designed, _is_built, _is_closed):
            yield from stage(r)
    except Cancelled:
        r.types(status="cancelled", mark=None, blocked_reason=r.says("cancelled"))
        yield


def submits(r: Requirement, **changes: Any) -> None:
    """Fill in what a submission needs; `changes` are typed instead."""
    rng, today = r.rng, r.office.day
    priority = rng.choice(("high", "medium", "low"))
    values = {key: r.says(key) for key in ("title", "background", "goal", "description", "benefit")}
    values |= {
        "status": "submitted",
        "department": rng.choice(r.office.departments),
        "requester": r.name(),
        "submitted_on": today,
        "type": rng.choice(_TYPES),
        "expected_on": after(today, rng.randint(70, 110)),
        "priority": priority,
    }
    if priority == "high":
        values["interruption"] = r.says("interruption")
    r.types(**values | changes)


def waits(r: Requirement, least: int, most: int) -> Walk:
    for _ in range(r.rng.randint(least, most)):
        yield


def enters(r: Requirement, status: str, **values: Any) -> Walk:
    """Claim a status; a run sees it there."""
    r.types(status=status, **values)
    yield


def _is_confirmed(r: Requirement) -> Walk:
    yield from waits(r, 0, 2)
    yield from _is_blocked(r, _RARE)
    r.types(contact=r.name(), confirmed_on=r.office.day)
    yield from waits(r, 0, 1)
    yield from enters(r, "assessing")


def _is_assessed(r: Requirement) -> Walk:
    yield from waits(r, 0, 3)
    _may_end(r)
    rng = r.rng
    if rng.random() < _SELDOM:
        r.types(title=_other(r, "title"), background=_other(r, "background"))
        yield
    complexity = rng.choice(tuple(_DAYS))
    estimate = rng.randint(*_DAYS[complexity])
    core = rng.randint(1, estimate)
    r.types(
        owner=r.name(),
        assessed_on=r.office.day,
        feasible="yes",
        complexity=complexity,
        core_days=core,
        other_days=estimate - core,
        estimate=estimate,
    )
    r.writes("resources", "risk")
    if rng.random() < _SELDOM:
        r.types(feasible="no")
        r.writes("infeasible_reason", "alternative")
    yield from _is_blocked(r, _SELDOM)
    yield from enters(r, "designing")


def _is_designed(r: Requirement) -> Walk:
    yield from waits(r, 0, 2)
    yield from _is_blocked(r, _SELDOM)
    _may_end(r)
    r.writes("solution", "criteria")
    if r.code("type") == "fix":
        r.writes("root_cause", "verification")
    yield from waits(r, 0, 2)
    plans(r)
    yield from waits(r, 0, 1)
    yield from enters(r, "developing", mark="in-progress")


def plans(r: Requirement) -> None:
    """Agree on a schedule, and sign it on both sides."""
    today, estimate = r.office.day, r.cells["estimate"]
    days = [after(today, n) for n in (1, 1 + estimate, 3 + estimate, 4 + estimate)]
    names = ("design_due", "development_due", "test_due", "golive_due")
    r.types(**dict(zip(names, days, strict=True)), **{key: r.name() for key in _OWNERS})
    r.types(business_signed_on=today, technical_signed_on=today)


def _is_built(r: Requirement) -> Walk:
    estimate = r.cells["estimate"]
    yield from _works(r, max(1, estimate - 1), "in-progress")
    yield from _is_blocked(r, _OFTEN)
    _may_end(r)
    chance = r.rng.random()
    if chance < _OFTEN / 2:
        yield from _changes_scope(r)
    elif chance < _OFTEN / 2 + _RARE:
        yield from _designs_anew(r)
    yield from _works(r, r.rng.randint(1, 3), "in-progress")
    yield from enters(r, "testing", mark="ready-for-test")
    yield from _works(r, r.rng.randint(1, 2), "ready-for-test")
    while r.rng.random() < _OFTEN / 1.5:
        yield from _fails(r)
    yield from _is_blocked(r, _SELDOM)
    yield from _solves(r)
    r.types(result="pass", accepted_by=r.name())
    r.types(accepted_department=r.rng.choice(r.office.departments))
    yield from waits(r, 0, 2)
    r.writes("rollback")
    today = r.office.day
    live_on = datetime.combine(today, time(10, 30)) if r.rng.random() < _SELDOM else today
    yield from enters(r, "live", live_on=live_on, mark=None)


def _works(r: Requirement, days: int, mark: str) -> Walk:
    """Write what was done each day; look at it, ask and answer."""
    for _ in range(days):
        today, at = r.office.day, next(r.counted)
        if r.rng.random() < 0.9 or not any(line.sheet == "progress" for line in r.lines):
            text = r.says("text", at)
            r.adds("progress", date=today, mark=mark, text=text, by=r.cells["development_owner"])
        if r.rng.random() < _OFTEN:
            r.types(checked_on=today)
        _answers(r)
        if r.rng.random() < _SELDOM:
            _asks(r, at)
        yield


def _asks(r: Requirement, at: int) -> None:
    r.adds(
        "issues",
        raised_at=datetime.combine(r.office.day, time(r.rng.randint(9, 17), 15)),
        issue=r.says("issue", at),
        needs_answer=r.rng.choice(("yes", "yes", "no")),
        measure=r.says("measure", at),
        state="in-progress",
        owner=r.cells["owner"],
    )


def _open_issues(r: Requirement) -> list[Line]:
    lines = (line for line in r.lines if line.sheet == "issues")
    return [line for line in lines if line.code("state") == "in-progress"]


def _answers(r: Requirement, chance: float = _OFTEN) -> None:
    for line in _open_issues(r):
        if line.cells["raised_at"].date() < r.office.day and r.rng.random() < chance:
            answered = datetime.combine(r.office.day, time(r.rng.randint(9, 17), 40))
            if line.code("needs_answer") == "yes":
                line.types(answered_at=answered)
            answer = r.says("answer", next(r.counted))
            line.types(measure=answer, state="solved", solved_on=r.office.day)


def _solves(r: Requirement) -> Walk:
    """Acceptance passes once all issues are solved."""
    while _open_issues(r):
        _answers(r, 1)
        yield


def _fails(r: Requirement) -> Walk:
    """A failed acceptance, and what is done about it until it is tested again."""
    rectify_by = after(r.office.day, r.rng.randint(1, 4))
    r.types(result="fail", failure=r.says("failure"), rectify_by=rectify_by)
    yield from waits(r, 0, 1)
    yield from enters(r, "developing", mark="in-progress")
    yield from _works(r, r.rng.randint(1, 4), "in-progress")
    yield from enters(r, "testing", mark="ready-for-test")
    yield from _works(r, 1, "ready-for-test")


def _requests(r: Requirement) -> Line:
    """Ask for a change of the scope."""
    r.requests += 1
    texts = {key: r.says(key, r.requests) for key in ("change", "reason", "effect")}
    return r.adds("changes", date=r.office.day, by=r.cells["requester"], **texts)


def _approves(r: Requirement, request: Line) -> None:
    request.types(business_approved_on=r.office.day, technical_approved_on=r.office.day)


def _changes_scope(r: Requirement) -> Walk:
    """An approved change, typed on one day or on several."""
    request = _requests(r)
    yield from _works(r, r.rng.randint(0, 2), "in-progress")
    _approves(r, request)
    yield from _works(r, r.rng.randint(0, 1), "in-progress")
    first = r.office.day
    r.types(goal=_other(r, "goal"), golive_due=after(r.cells["golive_due"], 2))
    yield
    if r.office.day - first <= timedelta(days=2) and r.rng.random() < 0.5:
        r.types(criteria=_other(r, "criteria"))
    yield


def _designs_anew(r: Requirement) -> Walk:
    """An approved change leads back to the design; both sides sign again."""
    request = _requests(r)
    yield
    _approves(r, request)
    yield from enters(r, "designing", mark=None)
    r.types(solution=_other(r, "solution"))
    plans(r)
    yield
    yield from enters(r, "developing", mark="in-progress")


def _other(r: Requirement, key: str) -> str:
    """Another text for a field."""
    while (said := r.says(key)) == r.cells[key]:
        pass
    return said


def _is_blocked(r: Requirement, chance: float) -> Walk:
    """Perhaps it is held up for some days, and goes on where it was."""
    if r.rng.random() >= chance:
        return
    step, mark, at = r.status, r.code("mark"), next(r.counted)
    reason = r.says("blocked_reason", at)
    if mark:
        by = r.cells["development_owner"]
        r.adds("progress", date=r.office.day, mark="blocked", text=r.says("text", at), by=by)
    yield from enters(r, "blocked", mark="blocked", blocked_reason=reason)
    yield from waits(r, 0, 5)
    if r.rng.random() < _RARE:
        raise Cancelled
    yield from enters(r, str(step), mark=mark, blocked_reason=None)


def _may_end(r: Requirement) -> None:
    if r.rng.random() < _RARE / 2:
        raise Cancelled


def _is_closed(r: Requirement) -> Walk:
    live_on = r.cells["live_on"]
    stable = after(live_on.date() if isinstance(live_on, datetime) else live_on, 3)
    yield from waits(r, 0, 1)
    r.writes("monitoring")
    while r.office.day < stable:
        yield
    yield from waits(r, 0, 3)
    r.types(business_closed="yes", technical_closed="yes", closed_on=r.office.day)
    if r.rng.random() < 0.5:
        r.writes("retrospective")
    yield from enters(r, "closed")
