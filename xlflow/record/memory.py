"""What the ledger remembers of a register, which a workbook's cells cannot tell.

All of it is optional: without it, checks and deadlines go by what the cells say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from xlflow.record.stages import MAIN_LINE


def _nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Spell:
    """A record's time in a status: from the first run that saw it there to the first that did not.

    `left_at` is None while it is still there. The times are aware of their zone.
    """

    status: str
    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The scope that both sides signed, or approved a change of.

    `values`: the frozen fields as they were then, by key. `signed_on`: by business, by technology.
    `changes`: the lines of the Changes sheet that made it, as the ledger knows them (entry ids).
    """

    number: str
    version: int  # from 1
    made_at: datetime
    signed_on: tuple[date, date]
    values: Mapping[str, Any]
    changes: tuple[int, ...] = ()

    def is_changed(self, key: str, now: Any) -> bool:
        """Whether a frozen field says something else now; spaces and line breaks say nothing."""
        if key not in self.values:
            return False
        before = self.values[key]
        if isinstance(before, str) and isinstance(now, str):
            return before.split() != now.split()
        return type(before) is not type(now) or bool(before != now)


@dataclass(frozen=True, slots=True)
class Vanished:
    """A numbered record that has left the register without being archived."""

    number: str
    title: str
    last_seen_at: datetime
    missed_at: datetime  # of the first run that did not find it


@dataclass(frozen=True, slots=True)
class Misnumbered:
    """A row whose number is not the one of its record."""

    number: str  # the record's own
    found: str  # what the cell holds; "" where it was emptied
    other_row: int | None  # the row of the record to whom the number in the cell belongs


@dataclass(frozen=True)
class Memory:
    """What is known of the records of a register at one moment, by number or by row."""

    spells: Mapping[str, tuple[Spell, ...]] = field(default_factory=_nothing)  # oldest first
    # What a record held as it was first seen where a move that is not allowed had led it.
    held_then: Mapping[str, Mapping[str, Any]] = field(default_factory=_nothing)
    # The newest baseline of each record whose scope has changed since, with nothing to cover it.
    changed_scopes: Mapping[str, Baseline] = field(default_factory=_nothing)
    vanished: tuple[Vanished, ...] = ()
    misnumbered: Mapping[int, Misnumbered] = field(
        default_factory=_nothing
    )  # by row of the register
    archived: Mapping[str, str] = field(
        default_factory=_nothing
    )  # number -> the archive's file name

    @cached_property
    def entered(self) -> Mapping[str, Mapping[str, datetime]]:
        """Number -> status -> when the record last entered it."""
        return {
            number: {spell.status: spell.entered_at for spell in spells}
            for number, spells in self.spells.items()
        }

    @cached_property
    def seen_entering(self) -> Mapping[str, Mapping[str, datetime]]:
        """The same of statuses that a run saw it enter: not of the one in which it was seen first,
        which it may have entered long before.
        """
        return {
            number: {spell.status: spell.entered_at for spell in spells[1:]}
            for number, spells in self.spells.items()
        }

    @cached_property
    def blocked(self) -> Mapping[str, tuple[Spell, ...]]:
        """Number -> its blocked spells in the order of time; only the last one may still run."""
        blocked = {
            number: tuple(spell for spell in spells if spell.status == "blocked")
            for number, spells in self.spells.items()
        }
        return {number: spells for number, spells in blocked.items() if spells}

    def came_from(self, number: str) -> str | None:
        """The step that a blocked record was in before; None where nobody knows."""
        spells = reversed(self.spells.get(number, ()))
        return next((spell.status for spell in spells if spell.status in MAIN_LINE), None)


NO_MEMORY = Memory()
