"""Scope freeze: what both sides signed is kept, and a change of it needs an approved request.

Source: the process standard, step 3: both sign, then the scope is frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from xlflow.history.cells import Cells
from xlflow.history.comparing import Comparison, Seen
from xlflow.record.memory import Baseline
from xlflow.settings import Settings

Versions = Mapping[str, Sequence[Baseline]]
"""Number -> its baselines, the first version first."""


def new_baselines(
    comparison: Comparison, known: Versions, settings: Settings, now: datetime
) -> tuple[Baseline, ...]:
    """The baselines that come about with what the register holds now.

    The first is made once both signatures are there. Another follows when the frozen fields have
    changed and both sides cover it: by signing anew, or by an approved line of the Changes sheet.
    """
    requests = _approved_requests(comparison)
    made = (
        _next(seen, known, requests.get(seen.entry.number, ()), settings, now)
        for seen in comparison.seen["register"].values()
        if seen.entry.number
    )
    return tuple(one for one in made if one is not None)


def scope_of(cells: Cells, keys: Sequence[str]) -> dict[str, Any]:
    """The frozen fields of a record; None where a cell is blank."""
    return {key: cells.get(key) for key in keys}


@dataclass(frozen=True, slots=True)
class _Request:
    """A line of the Changes sheet that both sides approved."""

    entry: int
    approved_on: date


def _next(
    seen: Seen, known: Versions, requests: Sequence[_Request], settings: Settings, now: datetime
) -> Baseline | None:
    number, cells = seen.entry.number, seen.row.cells
    versions = known.get(number, ())
    signed = _both_days(cells, "business_signed_on", "technical_signed_on")
    scope = scope_of(cells, settings.scope.frozen)
    if not versions:
        return Baseline(number, 1, now, signed, scope) if signed else None
    last = versions[-1]
    if not any(last.is_changed(key, value) for key, value in scope.items()):
        return None
    following = replace(last, version=last.version + 1, made_at=now, values=scope, changes=())
    if signed and signed[0] > last.signed_on[0] and signed[1] > last.signed_on[1]:
        return replace(following, signed_on=signed)
    request = _covering(versions, requests, settings, now)
    return replace(following, changes=(request.entry,)) if request else None


def _covering(
    versions: Sequence[Baseline],
    requests: Sequence[_Request],
    settings: Settings,
    now: datetime,
) -> _Request | None:
    """The approved request that covers a change now, if one does.

    One that was used lately still does, since people make a change cell by cell; after that the
    oldest one that was never used.
    """
    used_at: dict[int, datetime] = {}
    for version in versions:
        for entry in version.changes:
            used_at.setdefault(entry, version.made_at)
    since = max(versions[-1].signed_on)
    open_for = timedelta(days=settings.scope.change_days)
    valid = [one for one in requests if one.approved_on >= since]
    in_use = [one for one in valid if one.entry in used_at and now - used_at[one.entry] <= open_for]
    unused = [one for one in valid if one.entry not in used_at]
    return next(iter([*in_use, *unused]), None)


def _approved_requests(comparison: Comparison) -> Mapping[str, list[_Request]]:
    """Number -> its approved lines, the oldest approval first."""
    found: dict[str, list[_Request]] = {}
    for seen in comparison.seen["changes"].values():
        days = _both_days(seen.row.cells, "business_approved_on", "technical_approved_on")
        if days and seen.entry.number:
            request = _Request(seen.entry.id, max(days))
            found.setdefault(seen.entry.number, []).append(request)
    for requests in found.values():
        requests.sort(key=lambda one: (one.approved_on, one.entry))
    return found


def _both_days(cells: Cells, business: str, technical: str) -> tuple[date, date] | None:
    """The days of both sides, if both cells hold one."""
    days = tuple(_days(cells, (business, technical)))
    return (days[0], days[1]) if len(days) == 2 else None


def _days(cells: Cells, keys: Sequence[str]) -> Iterator[date]:
    for key in keys:
        value = cells.get(key)
        if isinstance(value, datetime):
            yield value.date()
        elif isinstance(value, date):
            yield value
