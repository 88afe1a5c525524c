"""Which records of the register are finished, since when, and so which may be archived.

A closed record is finished on the day that it names. A cancelled one counts from the run that
first saw it cancelled. Where the ledger does not know, since it was so when xlflow first saw it, it
counts from the last thing that happened to it: the newest day in its row and lines that is no plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from xlflow.jobs.child_lines import number_text
from xlflow.record.fields import Field
from xlflow.record.memory import Spell
from xlflow.record.register import Register, Table
from xlflow.record.stages import FINISHED

_PLANS = frozenset(
    {"expected_on", "due_on", "rectify_by"}
    | {f"{stage}_due" for stage in ("design", "development", "test", "golive")}
)


@dataclass(frozen=True, slots=True)
class Finished:
    """A record with nothing left to do; `on` is None where none of its cells holds a day."""

    number: str
    status: str
    on: date | None

    def year(self, today: date) -> int:
        """The year of the archive that it belongs into."""
        return (self.on or today).year


def finished(
    register: Register, today: date, spells: Mapping[str, Sequence[Spell]]
) -> Iterator[Finished]:
    """The closed and cancelled records with a number, in the order of the register.

    `spells`: number -> the statuses that the ledger knows it was in, oldest first.
    """
    statuses = register.schema.choices["status"]
    frame = register.requirements.frame
    rows = [
        (number, statuses.parse(status), row)
        for row, number, status in zip(
            frame.index.tolist(), map(number_text, frame["number"]), frame["status"], strict=True
        )
    ]
    wanted = {number for number, status, _ in rows if number and status in FINISHED}
    happened = _last_days(register, wanted, today)
    for number, status, row in rows:
        if number and status in FINISHED:
            closed_on = _day(frame.at[row, "closed_on"]) if status == "closed" else None
            seen_on = _entered_on(spells.get(number, ()), status)
            yield Finished(number, status, closed_on or seen_on or happened.get(number))


def due(
    records: Iterable[Finished], before: date, put_back: Mapping[str, datetime]
) -> tuple[Finished, ...]:
    """Those that were finished before a day; one that was taken back counts from then."""
    return tuple(
        record
        for record in records
        if record.on
        and max(record.on, _day_of_return(put_back.get(record.number), record.on)) < before
    )


def first_day_kept(today: date, after_days: int) -> date:
    """What was finished on this day or later stays in the register for the time being."""
    return today - timedelta(days=after_days) + timedelta(days=1)


def _entered_on(spells: Sequence[Spell], status: str) -> date | None:
    """When a record entered its status; None if it was in it when it was first seen."""
    if len(spells) > 1 and spells[-1].status == status:
        return spells[-1].entered_at.date()
    return None


def _day_of_return(moment: datetime | None, otherwise: date) -> date:
    return moment.date() if moment else otherwise


def _last_days(register: Register, numbers: set[str], today: date) -> dict[str, date]:
    """Number -> the newest day up to today in its row and its lines that is no plan."""
    newest: dict[str, date] = {}
    for table in register.tables:
        fields = register.schema.sheets[table.sheet]
        for number, day in _days(table, fields):
            if number in numbers and day <= today:
                newest[number] = max(day, newest.get(number, day))
    return newest


def _days(table: Table, fields: Sequence[Field]) -> Iterator[tuple[str, date]]:
    frame = table.frame
    numbers = [number_text(number) for number in frame["number"]]
    for field in fields:
        if field.is_date and field.key not in _PLANS:
            for number, value in zip(numbers, frame[field.key], strict=True):
                if day := _day(value):
                    yield number, day


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
