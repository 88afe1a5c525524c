"""Scope freeze: what both sides signed is kept, and a change of it needs an approved request.

Source: the process standard, step 3: both sign, then the scope is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from xlflow.history.cells import Cells, digest
from xlflow.history.comparing import Comparison
from xlflow.record.memory import Baseline
from xlflow.settings import Settings

VersionsOf = Callable[[Collection[str]], Mapping[str, Sequence[Baseline]]]
"""The baselines of records by number, the first version first."""


@dataclass(frozen=True)
class ScopeFreeze:
    """The baselines that come about with what the register holds now.

    `made`: new versions. `changed`: the newest baseline of each record whose frozen fields say
    something else now, without anything that covers it.
    """

    made: tuple[Baseline, ...]
    changed: Mapping[str, Baseline]


def freeze(
    comparison: Comparison,
    digests: Mapping[str, str],
    versions_of: VersionsOf,
    settings: Settings,
    now: datetime,
) -> ScopeFreeze:
    """Compare the register with what was signed.

    The first baseline is made once both signatures are there. Another follows when the frozen
    fields have changed and both sides cover it: by signing anew, or by an approved line of the
    Changes sheet. `digests`: of the newest scope of each record that has one.
    """
    numbered = {
        seen.entry.number: seen.row.cells
        for seen in comparison.seen["register"].values()
        if seen.entry.number
    }
    frozen = settings.scope.frozen
    scopes = {number: scope_of(cells, frozen) for number, cells in numbered.items()}
    made = [
        Baseline(number, 1, now, signed, scopes[number])
        for number, cells in numbered.items()
        if number not in digests
        and (signed := _both_days(cells, "business_signed_on", "technical_signed_on"))
    ]
    differing = [
        number
        for number, known in digests.items()
        if number in scopes and digest(scopes[number]) != known
    ]
    known = versions_of(differing) if differing else {}
    requests = _approved_requests(comparison)
    changed: dict[str, Baseline] = {}
    for number, versions in known.items():
        last, scope = versions[-1], scopes[number]
        if not any(last.is_changed(key, value) for key, value in scope.items()):
            continue
        signed = _both_days(numbered[number], "business_signed_on", "technical_signed_on")
        following = _next(versions, scope, signed, requests.get(number, ()), settings, now)
        if following:
            made.append(following)
        else:
            changed[number] = last
    return ScopeFreeze(tuple(made), changed)


def scope_of(cells: Cells, keys: Sequence[str]) -> dict[str, Any]:
    """The frozen fields of a record; None where a cell is blank."""
    return {key: cells.get(key) for key in keys}


@dataclass(frozen=True, slots=True)
class _Request:
    """A line of the Changes sheet that both sides approved."""

    entry: int
    approved_on: date


def _next(
    versions: Sequence[Baseline],
    scope: Mapping[str, Any],
    signed: tuple[date, date] | None,
    requests: Sequence[_Request],
    settings: Settings,
    now: datetime,
) -> Baseline | None:
    """The version that follows with a changed scope, if something covers it."""
    last = versions[-1]
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
