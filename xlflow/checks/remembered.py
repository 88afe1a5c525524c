"""Rules: what only the ledger can tell, since a workbook's cells have no memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from xlflow.checks.column import Mask, is_blank
from xlflow.checks.excerpts import side_by_side
from xlflow.checks.finding import Choice
from xlflow.checks.rule import Absence, Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.record.memory import Misnumbered
from xlflow.record.moves import Move, unallowed_move
from xlflow.record.stages import MAIN_LINE


@rule("record-vanished", fields="number", source="workbook")
def record_vanished(r: View) -> Iterator[Absence]:
    """A numbered requirement stays in the register until it is archived."""
    zone = r.book.settings.calendar.zone
    for gone in r.book.memory.vanished:
        yield Absence(
            gone.number,
            {
                "title": gone.title,
                "last_seen": f"{gone.last_seen_at.astimezone(zone):%Y-%m-%d %H:%M}",
            },
        )


@rule(
    "number-altered",
    fields="number",
    source="record",
    variants=("message", "emptied", "of-another"),
)
def number_altered(r: View) -> tuple[Fault, ...]:
    """A requirement keeps the number that it was given."""
    known = r.book.memory.misnumbered
    rows: Sequence[int] = r.table.frame.index.tolist()
    held = [known.get(row) for row in rows]
    own = np.array([one.number if one else "" for one in held], np.object_)
    other = np.array([one.other_row if one else 0 for one in held], np.object_)
    variants = np.array([_variant(one) for one in held], np.object_)
    return tuple(
        fault(np.asarray(variants == name), "number", name, expected=own, own=own, other=other)
        for name in ("message", "emptied", "of-another")
    )


def _variant(one: Misnumbered | None) -> str:
    if one is None:
        return ""
    if not one.found:
        return "emptied"
    return "message" if one.other_row is None else "of-another"


@rule(
    "status-jump",
    fields="status",
    severity="warning",
    source="statuses",
    variants=("message", "from-blocked"),
)
def status_jump(r: View) -> tuple[Fault, ...]:
    """A requirement passes its steps one after another, and goes on where it was blocked."""
    return _move_faults(r, {at: move for at, move in r.once(_moves).items() if move.is_forward})


@rule(
    "status-went-back",
    fields="status",
    source="statuses",
    variants=("message", "from-blocked"),
)
def status_went_back(r: View) -> tuple[Fault, ...]:
    """Only a failed acceptance leads back, to development; all else needs an approved change."""
    approved = r.once(_approved_on)
    held_then = r.book.memory.held_then
    then = {at: held_then[number] for number, at in r.positions(held_then).items()}
    zone = r.book.settings.calendar.zone
    back = {
        at: move
        for at, move in r.once(_moves).items()
        if not move.is_forward
        and approved.get(r.numbers[at], date.min) < move.since.astimezone(zone).date()
        and not _was_too_early(r, move, then.get(at) or _cells(r, at))
    }
    return _move_faults(r, back)


@rule("scope-changed", fields=(), source="step 3")
def scope_changed(r: View) -> Iterator[Fault]:
    """After both sides have signed, the scope changes by an approved change request only."""
    yield from _scope_faults(r, ~r.is_("type", "urgent"))


@rule("urgent-scope-changed", fields=(), severity="warning", source="step 3")
def urgent_scope_changed(r: View) -> Iterator[Fault]:
    """An urgent requirement may change after the signatures; both sides should know of it."""
    yield from _scope_faults(r, r.is_("type", "urgent"))


def _moves(r: View) -> Mapping[int, Move]:
    """Position -> the move that is not allowed, of records that still are where it led."""
    moves: dict[int, Move] = {}
    spells = r.book.memory.spells
    for number, at in r.positions(spells).items():
        move = unallowed_move(spells[number])
        if move and r.status[at] == move.after:
            moves[at] = move
    return moves


def _was_too_early(r: View, move: Move, then: Mapping[str, Any]) -> bool:
    """Whether the record lacked what the status that it left needs: it took back a mistake.

    `then`: its cells as it was first seen in the status that it has now.
    """
    if move.origin not in MAIN_LINE:
        return False
    first = MAIN_LINE.index(move.after) + 1 if move.after in MAIN_LINE else 0
    claimed = MAIN_LINE[first : MAIN_LINE.index(move.origin) + 1]
    needed = (field.key for field in r.fields() if field.required_from in claimed)
    if any(is_blank(then.get(key)) for key in needed):
        return True
    results = r.table.schema.choices_of("result")
    return "live" in claimed and results.parse(then.get("result")) != "pass"


def _cells(r: View, at: int) -> Mapping[str, Any]:
    """What the record at a position holds now."""
    return {str(key): value for key, value in r.table.frame.iloc[at].items()}


def _move_faults(r: View, moves: Mapping[int, Move]) -> tuple[Fault, ...]:
    """The faults of these moves, told apart by whether the record had been blocked."""
    held = [moves.get(at) for at in range(len(r))]
    origin = np.array([move and Choice("status", move.origin) for move in held], np.object_)
    expected = np.array([move and Choice("status", move.expected) for move in held], np.object_)
    return tuple(
        fault(
            np.array([move is not None and move.was_blocked == blocked for move in held], np.bool_),
            "status",
            variant,
            expected=expected,
            origin=origin,
            following=expected,
        )
        for variant, blocked in (("message", False), ("from-blocked", True))
    )


def _approved_on(r: View) -> Mapping[str, date]:
    """Number -> the last day on which both sides had approved a change of the requirement."""
    lines = r.book.view("changes")
    days = [lines.dates(key) for key in ("business_approved_on", "technical_approved_on")]
    approved = np.maximum(*days)  # NaT where one of them is missing
    last: dict[str, date] = {}
    for at in np.flatnonzero(~np.isnat(approved)).tolist():
        number, day = lines.numbers[at], approved[at].item()
        last[number] = max(day, last.get(number, day))
    return last


def _scope_faults(r: View, applies: Mask) -> Iterator[Fault]:
    """Each frozen field that says something else than what was signed."""
    known = r.book.memory.changed_scopes
    baselines = {at: known[number] for number, at in r.positions(known).items() if applies[at]}
    keys = dict.fromkeys(key for baseline in baselines.values() for key in baseline.values)
    for key in keys:
        if key not in r.table.columns:
            continue
        values: Sequence[Any] = r.table.frame[key].tolist()
        before, old, new = (np.full(len(r), None, np.object_) for _ in range(3))
        changed = np.zeros(len(r), bool)
        for at, baseline in baselines.items():
            if baseline.is_changed(key, values[at]):
                changed[at] = True
                before[at] = baseline.values[key]
                old[at], new[at] = side_by_side(before[at], values[at])
        yield fault(changed, key, expected=before, old=old, new=new)


RULES: tuple[Rule, ...] = (
    record_vanished,
    number_altered,
    status_jump,
    status_went_back,
    scope_changed,
    urgent_scope_changed,
)
