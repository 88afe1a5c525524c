"""Put records into the archives of their years, and prove that they lie there.

What an archive holds already is compared: the same is left alone; an older version that nobody has
edited since is brought up to date; one that somebody has edited is left for people to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xlflow.errors import XlflowError
from xlflow.jobs.archiving.archives import Archive, Archives
from xlflow.jobs.archiving.selection import Finished
from xlflow.jobs.changing import Change, change_workbook
from xlflow.jobs.inspection import limits_of
from xlflow.languages import Language
from xlflow.ledger import Archived, Ledger
from xlflow.record.register import Value
from xlflow.settings import Settings
from xlflow.workbook.contents.adding import Source, with_records
from xlflow.workbook.contents.reading import Contents
from xlflow.workbook.contents.records import Place, WholeRecord, differences, is_kin
from xlflow.workbook.share import Host, Placed, Snapshot, Step


@dataclass(frozen=True)
class Work:
    """One call of `archive` or `unarchive`, with the world that it works in."""

    settings: Settings
    ledger: Ledger
    drive: Host
    now: datetime
    step: Step

    @property
    def register_id(self) -> str:
        """The register's name in the ledger."""
        return self.settings.workbook.id

    @property
    def archives(self) -> Archives:
        """The archives beside the register."""
        return Archives(self.settings, self.drive, self.now)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that differs from its copy in the archive `file`, which somebody has edited.

    `places` tells where; () where the number stands there, or in several archives, more than once.
    """

    number: str
    file: str
    places: tuple[Place, ...] = ()


@dataclass
class Stored:
    """What lies in the archives now; what could not be put there, and why.

    `files`: number -> the archive's name. `written`: those that were not there, or not as they are.
    `held_up`: archives that are open, or cannot be written.
    """

    files: dict[str, str] = field(default_factory=dict)
    records: dict[str, WholeRecord] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    conflicts: list[Conflict] = field(default_factory=list)
    held_up: list[XlflowError] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)


def store(work: Work, register: Contents, chosen: Sequence[Finished], language: Language) -> Stored:
    """Bring the chosen records of the register into the archives, each into that of its year.

    One that is in an archive already stays in that, whatever its year.

    Raises:
        NoArchive, XlflowError: An archive cannot be read; nothing was written.
    """
    stored = Stored()
    today = work.now.astimezone(work.settings.calendar.zone).date()
    for target, numbers in _by_target(work.archives.all(), chosen, today.year, stored).items():
        records = [register.records[number] for number in numbers]
        try:
            name = target if isinstance(target, str) else None
            if name is None:
                name = work.archives.make(int(target), language, work.step)
            _store_in(name, work, register, records, stored)
        except XlflowError as err:
            stored.held_up.append(err)
    return stored


def _by_target(
    present: Iterable[Archive], chosen: Iterable[Finished], this_year: int, stored: Stored
) -> dict[str | int, list[str]]:
    """The archive that has the number, by name, else the year whose archive is to have it."""
    holders: dict[str, list[str]] = {}
    for archive in present:
        for number in archive.contents.records:
            times = 2 if number in archive.contents.doubled else 1
            holders.setdefault(number, []).extend([archive.name] * times)
    targets: dict[str | int, list[str]] = {}
    for record in chosen:
        names = holders.get(record.number, [])
        if len(names) > 1:
            files = ", ".join(dict.fromkeys(names))
            stored.conflicts.append(Conflict(record.number, files))
            continue
        target = names[0] if names else record.on.year if record.on else this_year
        targets.setdefault(target, []).append(record.number)
    return targets


def _store_in(
    name: str, work: Work, register: Contents, records: Sequence[WholeRecord], stored: Stored
) -> None:
    """Bring these records into one archive, read it back, and add to `stored` what lies there."""
    archives, known = work.archives, work.ledger.archived.contents(work.register_id)
    compared: list[_Compared] = []

    def decide(taken: Snapshot, intent: str) -> Change:
        found = _compare(archives.contents_of(taken), records, known, name)
        compared.append(found)
        work.ledger.archived.note(work.register_id, _unknown(work, found.same, name))
        if not found.to_write:
            return Change(taken.data, {})
        data = with_records(
            taken.data,
            taken.path,
            Source(register, found.to_write),
            schema=work.settings.schema,
            facts=_facts(work),
            adds_columns=True,
            limits=limits_of(work.settings),
        )
        work.ledger.archived.note(
            work.register_id, _moves(work, found.to_write, name), intent=intent
        )
        numbers = [record.number for record in found.to_write]
        return Change(data, {"archive": name, "archived": numbers})

    placed = change_workbook(
        archives.path(name),
        work.settings,
        work.ledger,
        work.drive,
        work.now,
        decide,
        by="archive",
        step=work.step,
    )
    stored.placed += [placed] if placed else []
    stored.conflicts += compared[-1].conflicts
    stored.written |= {record.number for record in compared[-1].to_write}
    lying = archives.read_now(name).records
    for record in (*compared[-1].same, *compared[-1].to_write):
        copy = lying.get(record.number)
        if copy and not differences(record, copy):
            stored.files[record.number] = name
            stored.records[record.number] = copy


@dataclass(frozen=True)
class _Compared:
    """The records of a call beside what an archive holds of them."""

    same: tuple[WholeRecord, ...]
    to_write: tuple[WholeRecord, ...]
    conflicts: tuple[Conflict, ...]


def _compare(
    held: Contents,
    records: Iterable[WholeRecord],
    known: Mapping[str, frozenset[str]],
    name: str,
) -> _Compared:
    """`known`: number -> every content that xlflow has written into an archive for it."""
    same, to_write, conflicts = [], [], []
    for record in records:
        copy = held.records.get(record.number)
        places = differences(record, copy) if copy else ()
        if copy is None:
            to_write.append(record)
        elif not places:
            same.append(record)
        elif is_older(copy, record, known):
            to_write.append(record)
        else:
            conflicts.append(Conflict(record.number, name, places))
    return _Compared(tuple(same), tuple(to_write), tuple(conflicts))


def is_older(copy: WholeRecord, record: WholeRecord, known: Mapping[str, frozenset[str]]) -> bool:
    """Whether an archive's copy is an earlier version of the register's record.

    It is as xlflow wrote it there, and of the same record, as far as one can tell.
    """
    return copy.content in known.get(record.number, ()) and is_kin(record, copy)


def _unknown(work: Work, records: Iterable[WholeRecord], name: str) -> list[Archived]:
    """Those that lie in an archive without the ledger knowing: of a ledger that was lost."""
    known = work.ledger.archived.of(work.register_id)
    return _moves(work, [record for record in records if record.number not in known], name)


def _moves(work: Work, records: Iterable[WholeRecord], name: str) -> list[Archived]:
    return [
        Archived(record.number, "archived", name, record.content, work.now) for record in records
    ]


def _facts(work: Work) -> dict[str, Value]:
    moment = work.now.astimezone(work.settings.calendar.zone)
    _, register = work.drive.split(work.drive.locate(work.settings.register_location))
    return {
        "archived_at": moment.replace(tzinfo=None, second=0, microsecond=0),
        "archived_from": register,
    }
