"""Which records one call of `archive` is about: by their numbers, or by the day they were finished.

What is wrong with numbers that were named is told at once, before anything is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xlflow.errors import UsageError
from xlflow.jobs.archiving.selection import Finished, due, finished, first_day_kept
from xlflow.jobs.archiving.storing import Work
from xlflow.jobs.child_lines import number_text
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import read, take_snapshot
from xlflow.jobs.remembering import recollect
from xlflow.languages import Language, say
from xlflow.ledger import Ledger
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.workbook.share import no_step


@dataclass(frozen=True, slots=True)
class Wish:
    """These numbers, or all records that were finished before a day; by default as set."""

    numbers: tuple[str, ...] = ()
    closed_before: date | None = None


@dataclass(frozen=True)
class Choice:
    """The records to be archived.

    `already`: the number of each that was named and lies in an archive only -> its file.
    """

    chosen: tuple[Finished, ...]
    already: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotMovable:
    """A number that was named and cannot be moved; `reason` is a name under `archive.not`."""

    number: str
    reason: str
    status: str = ""

    def message(self, language: Language) -> str:
        """Why, and what to do."""
        return say(language, f"archive.not.{self.reason}", number=self.number, status=self.status)


class NotMovableError(UsageError):
    """Numbers that cannot be moved, all of them in `faults`; nothing was changed."""

    def __init__(self, faults: Sequence[NotMovable]) -> None:
        super().__init__("archive.not.unknown", faults=tuple(faults))

    def message(self, language: Language) -> str:
        """A line for each number."""
        return "\n".join(fault.message(language) for fault in self.faults)


@dataclass(frozen=True)
class Plan:
    """What `archive` would do with the register at `path`; `titles` are by number."""

    path: str
    choice: Choice
    titles: Mapping[str, str]


def plan(settings: Settings, ledger: Ledger, now: datetime, wish: Wish) -> Plan:
    """Which records would be archived; nothing is changed.

    Raises:
        NotMovableError: Numbers that cannot be archived, all of them.
        XlflowError: The register or an archive cannot be read.
    """
    with drive_of(settings) as drive:
        taken = take_snapshot(settings, now, drive)
        register = read(taken, settings)
        choice = choose(register, Work(settings, ledger, drive, now, no_step), wish)
    frame = register.requirements.frame
    titles = dict(zip(map(number_text, frame["number"]), map(str, frame["title"]), strict=True))
    return Plan(taken.path, choice, titles)


def choose(register: Register, work: Work, wish: Wish) -> Choice:
    """The records that are wanted and may go.

    Raises:
        NotMovableError: Numbers that were named and cannot be archived, all of them.
        XlflowError: A number is not in the register, and the archives cannot be read.
    """
    today = work.now.astimezone(work.settings.calendar.zone).date()
    memory = recollect(register, work.settings, work.ledger, work.now).memory
    records = {record.number: record for record in finished(register, today, memory.spells)}
    if wish.numbers:
        numbers = tuple(dict.fromkeys(number.strip() for number in wish.numbers))
        already = _already(register, work, numbers)
        if faults := tuple(_faults(register, numbers, {*records, *already})):
            raise NotMovableError(faults)
        chosen = tuple(records[number] for number in numbers if number in records)
        before = wish.closed_before
        return Choice(chosen if before is None else due(chosen, before, {}), already)
    if wish.closed_before:
        return Choice(due(records.values(), wish.closed_before, {}), {})
    before = first_day_kept(today, work.settings.archive.after_days)
    put_back = work.ledger.archived.taken_back(work.register_id)
    return Choice(due(records.values(), before, put_back), {})


def _already(register: Register, work: Work, numbers: Sequence[str]) -> dict[str, str]:
    """Those of the numbers that are in an archive and no longer in the register -> its file."""
    present = set(map(number_text, register.requirements.frame["number"]))
    gone = [number for number in numbers if number not in present]
    if not gone:
        return {}
    lying = {
        number: archive.name
        for archive in work.archives.all()
        for number in archive.contents.records
    }
    return {number: lying[number] for number in gone if number in lying}


def _faults(register: Register, numbers: Sequence[str], movable: set[str]) -> Iterator[NotMovable]:
    frame = register.requirements.frame
    statuses = dict(zip(map(number_text, frame["number"]), frame["status"], strict=True))
    for number in numbers:
        if number not in statuses and number not in movable:
            yield NotMovable(number, "unknown")
        elif number not in movable:
            status = statuses[number]
            shown = str(status).strip() if isinstance(status, str) else ""
            yield NotMovable(number, "open" if shown else "without-status", shown)
