"""A simulated company whose register a run looks at every working day, with a real ledger."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from company import Company
from forecast.observing import day_of, looks
from forecast.worlds import Item
from registers import clean, register

from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.remembering import note, recollect
from xlflow.ledger import Sighting
from xlflow.record.register import frame_of

KEPT_DAYS = 40  # a requirement that is live for so long leaves the register


class Watched(Company):
    """Its people do what the simulation says; `items` are its requirements."""

    def __init__(self, folder: Path, items: Iterable[Item]) -> None:
        super().__init__(folder, calendar={"country": "none"})
        self.items = list(items)

    def at(self, day: int) -> datetime:
        """The evening of a working day."""
        return datetime.combine(day_of(day), time(18), self.settings.calendar.zone)

    def lives(self, days: int, since: int = 0) -> None:
        """Let the runs look at each day; the last one finds the workbook, too."""
        scope, empty = self.settings.workbook.id, register()
        with open_ledger(self.settings) as ledger:
            for day in range(since, days + 1):
                now = self.at(day)
                run = ledger.runs.start(scope, now)
                table = replace(empty.requirements, frame=frame_of("register", self.rows(day)))
                held = replace(empty, requirements=table)
                found = recollect(held, self.settings, ledger, now)
                note(found, ledger, Sighting(run, now, f"sha {day}"), scope)
        self.has(*self.rows(days))

    def rows(self, day: int) -> list[dict[str, Any]]:
        """The register on the evening of a day."""
        return [
            _row(item, day)
            for item in self.items
            if item.until(day) and not (item.live_on and item.live_on + KEPT_DAYS < day)
        ]


def _words(number: int) -> str:
    """A text unlike that of any other number."""
    return " ".join(Random(number).choices(string.ascii_lowercase, k=60)).replace(" ", "", 40)


def _row(item: Item, day: int) -> dict[str, Any]:
    seen = looks(item, day)
    begun = day_of(seen[0][0])
    owners = {
        "contact": item.people["submitted"],
        "owner": item.people["assessing"],
        "design_owner": item.people["designing"],
        "development_owner": item.people["developing"],
        "test_owner": item.people["testing"],
    }
    return clean(
        seen[-1][1],
        number=f"{begun.year}-{item.number + 1:03d}",
        title=f"Requirement {item.number + 1}",
        complexity=item.complexity,
        priority=item.priority,
        background=_words(item.number),
        goal=f"{item.number + 3} cases fewer in a week",
        description=_words(item.number * 7 + 1),
        submitted_on=begun,
        expected_on=begun + timedelta(days=60),
        golive_due=None,
        **owners,
    )
