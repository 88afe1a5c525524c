"""What the ledger can tell about the past, which a workbook's cells cannot.

All of it is optional: without it, deadlines start from what the cells say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class BlockedSpell:
    """A time in which a record was blocked. `end` is None while it still is."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """When records changed their status, by number. All times are aware of their zone."""

    # Number -> status -> when the record last entered it.
    entered: Mapping[str, Mapping[str, datetime]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    # Number -> its blocked spells in the order of time; only the last one may still run.
    blocked: Mapping[str, tuple[BlockedSpell, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


NO_MEMORY = Memory()
