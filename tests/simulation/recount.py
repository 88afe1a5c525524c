"""The figures of the reports once more, by plain loops over what the simulation typed.

Written without a look at how `xlflow.reports` counts: a requirement is what its people typed, its
statuses are those in which runs saw it, its deadlines those of the brute force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from simulation import brute_force
from simulation.brute_force import STEPS, Due
from simulation.office import Office, Requirement
from simulation.workdays import between

WEEK = timedelta(days=7)
ENDED = ("closed", "cancelled")
RECURRING = ("progress", "business-check")
STUCK_DAYS = 5
SIGNS = (
    *("submitted_on", "confirmed_on", "assessed_on"),
    *("business_signed_on", "technical_signed_on", "live_on"),
)


@dataclass(frozen=True)
class Recount:
    """One register at a moment."""

    office: Office
    now: datetime

    @cached_property
    def standing(self) -> list[Requirement]:
        """The requirements that stand in the register."""
        return [one for one in self.office.requirements if one.row is not None]

    @property
    def open(self) -> list[Requirement]:
        return [one for one in self.standing if one.status not in ENDED]

    def by(self, key: str, held: Iterable[Requirement] | None = None) -> Counter[str]:
        """How many by the code of a choice; "" where it is blank or off the list."""
        return Counter(one.code(key) or "" for one in (self.standing if held is None else held))

    def by_department(self, held: Iterable[Requirement] | None = None) -> Counter[str]:
        chosen = self.standing if held is None else held
        return Counter(str(one.cells.get("department", "")) for one in chosen)

    def by_person(self) -> Counter[str]:
        """Open requirements by who sees to them."""
        fields = ("owner", "contact", "requester", "department")
        return Counter(
            next((str(one.cells[key]) for key in fields if one.cells.get(key)), "")
            for one in self.open
        )

    @cached_property
    def dues(self) -> list[Due]:
        return list(brute_force.deadlines(self.office, self.now))

    def in_state(self, state: str) -> list[Due]:
        return [due for due in self.dues if due.state == state]

    def late_requirements(self) -> set[int]:
        return {due.line for due in self.in_state("overdue")}

    def due_this_week(self) -> list[Due]:
        """From today to Sunday, without what recurs daily."""
        today = self.now.date()
        sunday = today + timedelta(days=6 - today.weekday())
        return [
            due
            for due in self.dues
            if due.state in ("on time", "due soon")
            and due.id not in RECURRING
            and today <= _day(due.due) <= sunday
        ]

    def new(self, until: datetime) -> list[Requirement]:
        """First seen within the week to `until`."""
        return [one for one in self.standing if one.statuses and _within(one.statuses[0][0], until)]

    def reached(self, statuses: tuple[str, ...], until: datetime) -> list[Requirement]:
        """Now in one of these, and last seen coming into them within the week."""
        return [
            one
            for one in self.standing
            if one.status in statuses and _within(_last_entry(one, statuses), until)
        ]

    def finished(self, until: datetime) -> list[Requirement]:
        went_live = self.reached(("live", "closed"), until)
        closed = self.reached(("closed",), until)
        return list({one.id: one for one in (*went_live, *closed)}.values())

    def moved(self, until: datetime) -> list[Requirement]:
        return [
            one
            for one in self.standing
            if any(status in STEPS and _within(at, until) for at, status in one.statuses[1:])
        ]

    def stuck(self) -> list[Requirement]:
        return [one for one in self.open if one.status == "blocked" or self._still(one)]

    def ages(self) -> Counter[tuple[int, int | None]]:
        """Open requirements by working days since they were submitted."""
        groups = ((0, 5), (6, 10), (11, 20), (21, 40), (41, None))
        found: Counter[tuple[int, int | None]] = Counter()
        for one in self.open:
            submitted = one.cells.get("submitted_on")
            if isinstance(submitted, date):
                age = max(between(_day(submitted), self.now.date()), 0)
                found[next((a, b) for a, b in groups if a <= age and (b is None or age <= b))] += 1
        return found

    def in_weeks(self, key: str, *statuses: str) -> Counter[date]:
        """Monday -> how many have a date of this week in a cell; of those in `statuses` only."""
        days = [
            _day(one.cells[key])
            for one in self.standing
            if isinstance(one.cells.get(key), date) and (not statuses or one.status in statuses)
        ]
        return Counter(day - timedelta(days=day.weekday()) for day in days)

    def _still(self, one: Requirement) -> bool:
        """Whether no sign of life is younger than some working days."""
        today = self.now.date()
        days = [_day(one.cells[key]) for key in SIGNS if isinstance(one.cells.get(key), date)]
        days += [_day(line) for line in self._progress(one)]
        if one.number and len(one.statuses) > 1:
            days.append(one.statuses[-1][0].date())
        known = [day for day in days if day <= today]
        if not known and one.number:
            known = [at.date() for at, _ in one.statuses[:1]]
        return bool(known) and between(max(known), today) >= STUCK_DAYS

    def _progress(self, one: Requirement) -> Iterator[date]:
        for line in self.office.lines["progress"]:
            if line.row is not None and one.number and line.cells.get("number") == one.number:
                written = line.cells.get("date")
                if isinstance(written, date):
                    yield written


def _within(at: datetime | None, until: datetime) -> bool:
    return at is not None and until - WEEK < at <= until


def _last_entry(one: Requirement, statuses: tuple[str, ...]) -> datetime | None:
    """When it was last seen to come into one of these from another."""
    entered = [
        at
        for (_, before), (at, after) in zip(one.statuses, one.statuses[1:], strict=False)
        if after in statuses and before not in statuses
    ]
    return entered[-1] if entered else None


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
