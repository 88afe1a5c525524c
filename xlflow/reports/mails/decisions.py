"""What only a manager can decide: what blocks a record, two dates that contradict, open changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from xlflow.record.stages import BEFORE_LIVE, FINISHED
from xlflow.reports.figures.movement import Movement
from xlflow.reports.figures.overview import Overview, in_charge
from xlflow.timing.cells import Cells

Kind = Literal["blocked", "promise", "change"]
SIDES = ("business", "technical")


@dataclass(frozen=True, slots=True)
class Decision:
    """A record that waits for somebody above its people.

    `on`: since when it is blocked; the day that business expects; the day of the change request.
    `other`: the later day that is promised. `what`: why it is blocked, or what shall change.
    """

    kind: Kind
    register: str
    row: int
    number: str
    title: str
    who: str
    on: date | None
    days: int | None = None  # working days that it has stood still
    other: date | None = None
    what: str = ""
    change_number: str = ""
    sides: tuple[str, ...] = ()  # "business", "technical": who has not approved yet


def decisions_of(views: Sequence[Overview], movement: Movement) -> list[Decision]:
    """What waits for a decision: blocked records, the longest first; promises; changes."""
    found = [
        Decision(
            kind="blocked",
            register=case.register,
            row=case.row or 0,
            number=case.number,
            title=case.title,
            who=case.who,
            on=case.on,
            days=case.days,
            what=case.reason,
        )
        for case in movement.stuck
        if case.status == "blocked"
    ]
    promises = [one for view in views for one in _promises(view)]
    changes = [one for view in views for one in _changes(view)]
    promises.sort(key=lambda one: (_days_apart(one), one.register, one.row))
    changes.sort(key=lambda one: (one.on or date.max, one.register, one.row))
    return [*found, *promises, *changes]


def _days_apart(one: Decision) -> int:
    return (one.on - one.other).days if one.on and one.other else 0


def _promises(view: Overview) -> Iterator[Decision]:
    """Records that will go live later than business expects, by their own schedule."""
    cells = Cells(view.register.requirements)
    numbers, titles, who = cells.texts("number"), cells.texts("title"), in_charge(cells)
    wanted, planned = cells.days("expected_on"), cells.days("golive_due")
    is_before_live = np.isin(cells.codes("status").astype(str), (*BEFORE_LIVE, "blocked"))
    for n, row in enumerate(cells.rows):
        if is_before_live[n] and planned[n] > wanted[n]:  # a missing one is not later
            yield Decision(
                kind="promise",
                register=view.name,
                row=row,
                number=numbers[n],
                title=titles[n],
                who=who[n],
                on=wanted[n].item(),
                other=planned[n].item(),
            )


def _changes(view: Overview) -> Iterator[Decision]:
    """Lines of the Changes sheet that not both sides have approved, of open records."""
    cells, lines = Cells(view.register.requirements), Cells(view.register.changes)
    known = {number: n for n, number in reversed(list(enumerate(cells.texts("number")))) if number}
    statuses, titles = cells.codes("status").tolist(), cells.texts("title")
    who, texts = in_charge(cells), {key: lines.texts(key) for key in ("change", "change_number")}
    days = lines.days("date").tolist()
    approved = {side: lines.filled(f"{side}_approved_on") for side in SIDES}
    for n, number in enumerate(lines.texts("number")):
        sides = tuple(side for side in SIDES if not approved[side][n])
        at = known.get(number)
        if at is None or not sides or statuses[at] in FINISHED:
            continue
        yield Decision(
            kind="change",
            register=view.name,
            row=cells.rows[at],
            number=number,
            title=titles[at],
            who=who[at],
            on=days[n],
            what=texts["change"][n],
            change_number=texts["change_number"][n],
            sides=sides,
        )
