"""A simulated company as xlflow sees it: one look a working day, and its courses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from forecast.worlds import STAGES, Item

from xlflow.forecast.courses import Course, Facts, course_of
from xlflow.record.memory import Spell

FIRST_DAY = date(2020, 1, 6)  # a Monday


def day_of(number: int) -> date:
    """The working day of a number, in plain weeks."""
    weeks, days = divmod(number, 5)
    return FIRST_DAY + timedelta(days=7 * weeks + days)


def number_of(day: date) -> int:
    """The number of the last working day up to a day."""
    weeks, days = divmod((day - FIRST_DAY).days, 7)
    return 5 * weeks + min(days, 4)


def looks(item: Item, today: int) -> list[tuple[int, str]]:
    """The statuses in which a look at the end of each day saw a requirement."""
    seen: list[tuple[int, str]] = []
    for day, status in sorted(dict(item.until(today)).items()):
        if not seen or seen[-1][1] != status:
            seen.append((day, status))
    return seen


def course(item: Item, today: int) -> Course:
    """The course of a requirement that somebody has seen by today."""
    seen = looks(item, today)
    at = [datetime.combine(day_of(day), datetime.min.time(), UTC) for day, _ in seen]
    spells = [
        Spell(status, entered, left)
        for (_, status), entered, left in zip(seen, at, [*at[1:], None], strict=True)
    ]
    return course_of(facts(item, today), spells, today, number_of, datetime.date)


def facts(item: Item, today: int) -> Facts:
    """What its record says."""
    seen = looks(item, today)
    return Facts(
        register="main",
        number=f"2020-{item.number:03d}",
        title=f"Requirement {item.number}",
        status=seen[-1][1],
        complexity=item.complexity,
        priority=item.priority,
        is_urgent=False,
        estimate=None,
        days={"submitted_on": day_of(seen[0][0])},
        owners=tuple(item.people[stage] for stage in STAGES),
    )


def courses(items: Iterable[Item], today: int) -> list[Course]:
    """The courses of all requirements that were submitted by today."""
    return [course(item, today) for item in items if item.until(today)]
