"""The statuses that a record went through, from the log of its status cell.

Source: the process standard, statuses and transitions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from xlflow.record.choices import ChoiceSet
from xlflow.record.memory import Spell


def spells_of(seen: Iterable[tuple[datetime, Any]], statuses: ChoiceSet) -> tuple[Spell, ...]:
    """The spells of one record: from when its status cell held what, oldest first.

    A cell that holds no status ends no spell: what a person meant shows once it is corrected.
    """
    spells: list[Spell] = []
    for at, value in seen:
        status = statuses.parse(value)
        if status is None or (spells and spells[-1].status == status):
            continue
        if spells:
            spells[-1] = Spell(spells[-1].status, spells[-1].entered_at, at)
        spells.append(Spell(status, at))
    return tuple(spells)
