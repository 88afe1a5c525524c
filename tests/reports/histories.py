"""A small office whose register is looked at again and again, and which keeps its own diary.

The diary is what the tests count by: whole copies of the register at each look, no ledger.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from registers import clean, register
from samples import CALENDAR, SETTINGS

from xlflow.jobs.inspection import Inspection, inspect
from xlflow.jobs.remembering import note, recollect
from xlflow.jobs.reporting.movements import past_of
from xlflow.jobs.reporting.status import view_of
from xlflow.ledger import Archived, Ledger, Sighting
from xlflow.record.choices import CHOICES
from xlflow.record.register import Register
from xlflow.reports.figures.movement import Movement, movement

LINE = ("submitted", "assessing", "designing", "developing", "testing", "live", "closed")
Rows = dict[str, dict[str, Any]]  # number -> row


@dataclass(frozen=True)
class Look:
    """The register as a run saw it; `status` by number."""

    at: datetime
    rows: Rows
    lines: list[dict[str, Any]]

    @property
    def status(self) -> dict[str, str]:
        return {number: code(row) for number, row in self.rows.items()}


@dataclass
class History:
    """An office of some weeks; `looks` is its diary, `away` what it archived."""

    ledger: Ledger
    now: datetime
    rng: Random
    rows: Rows = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    away: Rows = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    _before: dict[str, str] = field(default_factory=dict)  # where blocked ones came from
    _last: int = 0

    def register(self) -> Register:
        """The register as it is, in the order into which somebody has sorted it."""
        rows = list(self.rows.values())
        self.rng.shuffle(rows)
        return register(rows, progress=self.lines)

    def is_seen(self) -> None:
        """A run looks."""
        held, scope = self.register(), SETTINGS.workbook.id
        run = self.ledger.runs.start(scope, self.now)
        found = recollect(held, SETTINGS, self.ledger, self.now)
        note(found, self.ledger, Sighting(run, self.now, f"sha {self.now}"), scope)
        self.looks.append(Look(self.now, deepcopy(self.rows), deepcopy(self.lines)))

    def inspection(self) -> Inspection:
        """What a report goes by now, with no run in between."""
        held = self.register()
        memory = recollect(held, SETTINGS, self.ledger, self.now).memory
        return inspect(held, SETTINGS, self.now, CALENDAR, memory=memory)

    def movement(self) -> Movement:
        """What xlflow tells now."""
        inspection = self.inspection()
        past = past_of(self.ledger, inspection.register, SETTINGS, self.now)
        view = view_of(inspection, SETTINGS)
        return movement(view, inspection.memory, past, SETTINGS, CALENDAR)

    @property
    def today(self) -> date:
        return self.now.date()

    def opens(self, status: str = "submitted", days_ago: int = 0, **changes: Any) -> str:
        """A record is typed in; it may have been submitted days ago."""
        self._last += 1
        number, day = f"2026-{self._last:03d}", self.today - timedelta(days_ago)
        topic = "".join(self.rng.choices("abcdefghijklmnopqrstuvwxyz", k=40))
        texts = {
            key: f"{topic} {key} {self._last}"
            for key in ("background", "goal", "description", "benefit")
        }
        dates = dict.fromkeys(
            (*("confirmed_on", "assessed_on", "business_signed_on", "technical_signed_on"),)
        )
        own = {"number": number, "title": f"{topic[:9]} {self._last}", "submitted_on": day}
        live_on = day + timedelta(self.rng.randrange(30)) if status in ("live", "closed") else None
        closed_on = live_on + timedelta(5) if live_on and status == "closed" else None
        row = clean(status) | texts | dates | own | {"live_on": live_on, "closed_on": closed_on}
        self.rows[number] = row | changes
        return number

    def lives_a_day(self) -> None:
        """Some people do something."""
        for number in list(self.rows):
            if self.rng.random() < 0.2:
                self.is_worked_at(number)
        for _ in range(self.rng.choice((0, 0, 0, 1, 2))):
            self.opens(days_ago=self.rng.choice((0, 0, 1, 9)))

    def is_worked_at(self, number: str) -> None:
        """Somebody types into a record, or archives it."""
        row, status, chance = self.rows[number], code(self.rows[number]), self.rng.random()
        if status in ("closed", "cancelled"):
            if chance < 0.2:
                self.archives(number)
        elif status == "blocked":
            self.sets(number, self._before[number])
        elif chance < 0.08 and status != "live":
            self._before[number] = status
            self.sets(number, "blocked")
            row["blocked_reason"] = f"waits since {self.today}"
        elif chance < 0.12 and status != "live":
            self.sets(number, "cancelled")
        elif chance < 0.5:
            self.sets(number, LINE[LINE.index(status) + 1])
        elif chance < 0.7:
            row["risk"] = f"written on {self.today}"
        else:
            line = {"number": number, "date": self.today, "text": "On its way", "by": "L. *"}
            self.lines.append(line)

    def sets(self, number: str, status: str) -> None:
        """The status is typed, with the date of the step, which may be one of some days ago."""
        row = self.rows[number]
        row["status"] = CHOICES["status"].label(status, "en")
        step = {"assessing": "confirmed_on", "live": "live_on", "closed": "closed_on"}.get(status)
        if step:
            row[step] = self.today - timedelta(self.rng.choice((0, 0, 0, 4)))

    def archives(self, number: str) -> None:
        self.away[number] = self.rows.pop(number)
        self.lines = [line for line in self.lines if line["number"] != number]
        move = Archived(number, "archived", "archive-2026.xlsx", "digest", self.now)
        self.ledger.archived.note(SETTINGS.workbook.id, [move])


def code(row: dict[str, Any]) -> str:
    return CHOICES["status"].parse(row["status"]) or ""


def lived(ledger: Ledger, now: datetime, seed: int, days: int) -> History:
    """An office that lived so many days up to now, with a run on most of them; some ran twice.

    Its register is older than the ledger: half of what it begins with is underway or over.
    """
    history = History(ledger, now - timedelta(days=days), Random(seed))
    for _ in range(16):
        status = history.rng.choice((*LINE, "submitted", "developing", "cancelled"))
        history.opens(status, days_ago=history.rng.randrange(80))
    history.is_seen()
    for _ in range(days):
        history.lives_a_day()
        history.now += timedelta(days=1)
        if history.now < now and history.rng.random() < 0.8:
            history.is_seen()
    history.lives_a_day()
    if history.rng.random() < 0.5:
        history.is_seen()
    return history
