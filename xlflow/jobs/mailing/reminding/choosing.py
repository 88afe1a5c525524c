"""Who is told which matters today: what is new to each person, the most pressing first.

Nobody is told twice of the same matter at the same level. What a mail has no room for was not told,
and comes first the next time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from xlflow.jobs.mailing.reminding.directory import Directory, Reached, Unreachable, Whom
from xlflow.jobs.mailing.reminding.matters import Matter
from xlflow.ledger import Topic
from xlflow.mail import mailboxes
from xlflow.settings.reminders import LEAD, RESPONSIBLE, LevelSettings, ReminderSettings

Role = Literal["own", "people", "nobody"]
"""Why somebody is told: to act; because it stays late with others; because nobody else can be."""

_RANK: Mapping[str, int] = {"overdue": 0, "due soon": 1, "sent back": 2}
_ROLES: Mapping[Role, int] = {"own": 0, "people": 1, "nobody": 2}


@dataclass(frozen=True, slots=True)
class Line:
    """A matter as one person is told of it, and the topics that are news by it.

    `unreachable`: whom it could not be told, in the role "nobody".
    """

    matter: Matter
    role: Role
    topics: frozenset[Topic]
    unreachable: Unreachable | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """What one person is told today.

    `lines` are new to this person, in the order of reading; `waiting` more are new, for which there
    is no room. `known` were told before and are still open; `old` were so before reminders began.
    """

    address: str
    name: str
    lines: tuple[Line, ...]
    waiting: int
    known: tuple[Line, ...]
    old: int

    @property
    def topics(self) -> frozenset[Topic]:
        """What the person knows after this mail."""
        return frozenset(topic for line in self.lines for topic in line.topics)


@dataclass(frozen=True, slots=True)
class Lost:
    """A matter that somebody should be told who cannot be written to."""

    matter: Matter
    unreachable: Unreachable


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody who cannot be written to, and what waits.

    `records`: number ("" = none) and row of each record or line that it is about.
    """

    unreachable: Unreachable
    count: int
    records: tuple[tuple[str, int], ...]


def silence(lost: Iterable[Lost]) -> tuple[Silence, ...]:
    """What reaches nobody, by who cannot be written to; most first."""
    by: dict[Unreachable, list[Matter]] = defaultdict(list)
    for one in lost:
        by[one.unreachable].append(one.matter)
    found = (Silence(whom, len(held), _records(held)) for whom, held in by.items())
    return tuple(sorted(found, key=lambda one: (-one.count, one.unreachable.name)))


def _records(matters: Iterable[Matter]) -> tuple[tuple[str, int], ...]:
    named = {(it.source.number or "", it.source.row) for it in matters}
    return tuple(sorted(one for one in named if one != ("", 0)))


@dataclass(frozen=True)
class Chosen:
    """What everybody is told, by address, and what reaches nobody."""

    portions: tuple[Portion, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """The matters of one register, its people, and who is told what reaches nobody."""

    matters: Sequence[Matter]
    directory: Directory
    responsible: Sequence[str]


def choose(
    registers: Iterable[Register], settings: ReminderSettings, told: AbstractSet[Topic]
) -> Chosen:
    """What is new to whom, over all registers of a company.

    What reaches nobody is told to those who are in charge of its register.

    Raises:
        AddressesRefused: Addresses of the settings are none.
    """
    lines: dict[str, list[Line]] = defaultdict(list)
    names: dict[str, Reached] = {}
    lost: list[Lost] = []
    for register in registers:
        responsible = _boxes(register.responsible)
        for matter in register.matters:
            for telling in _tellings(matter, register.directory, settings.levels):
                for one in telling.whom:
                    if isinstance(one, Reached):
                        names.setdefault(one.key, one)
                        lines[one.key].append(_line(one, matter, telling))
                    elif not matter.is_old:
                        lost.append(Lost(matter, one))
                        for reached in responsible:
                            names.setdefault(reached.key, reached)
                            lines[reached.key].append(_line(reached, matter, telling, one))
    portions = (
        _portion(names[key], _merged(lines[key]), settings.cap, told) for key in sorted(lines)
    )
    each = {(_topic(one.matter), one.unreachable): one for one in lost}
    return Chosen(tuple(portions), tuple(each.values()))


def _topic(matter: Matter) -> tuple[object, ...]:
    """What tells a matter from all others; a finding's values have no hash."""
    return (matter.register, matter.entry, matter.about, matter.version)


@dataclass(frozen=True, slots=True)
class _Telling:
    """A level that a matter has reached, and whom to tell."""

    level: str
    role: Role
    whom: Whom


def _tellings(
    matter: Matter, directory: Directory, levels: Sequence[LevelSettings]
) -> Iterator[_Telling]:
    if matter.kind != "overdue":
        level = "soon" if matter.kind == "due soon" else "sent-back"
        yield _Telling(level, "own", directory.responsible(matter.charge))
        return
    for held in levels:
        if matter.days_late < held.days_late:
            continue
        level = f"late-{held.days_late}"
        for to in held.to:
            if to == RESPONSIBLE:
                yield _Telling(level, "own", directory.responsible(matter.charge))
            elif to == LEAD:
                yield _Telling(level, "people", directory.leads(matter.charge))
            else:
                yield _Telling(level, "people", _boxes([to]))


def _line(
    who: Reached, matter: Matter, telling: _Telling, unreachable: Unreachable | None = None
) -> Line:
    level, role = telling.level, telling.role
    if unreachable is not None:
        role = "nobody"
        level = f"nobody:{unreachable.reason}:{unreachable.name or unreachable.department}"
    topic = Topic(who.key, matter.register, matter.entry, matter.about, matter.version, level)
    return Line(matter, role, frozenset([topic]), unreachable)


def _boxes(addresses: Sequence[str]) -> tuple[Reached, ...]:
    return tuple(Reached(box.name, box.address) for box in mailboxes(addresses))


def _merged(lines: Iterable[Line]) -> list[Line]:
    """Each matter once, in the role that asks most of the person; apart, whom it cannot reach."""
    merged: dict[tuple[object, ...], Line] = {}
    for line in lines:
        key = (_topic(line.matter), line.unreachable)
        before = merged.get(key)
        if before is None:
            merged[key] = line
            continue
        first = min(before, line, key=lambda one: _ROLES[one.role])
        merged[key] = replace(first, topics=before.topics | line.topics)
    return list(merged.values())


def _portion(who: Reached, lines: Iterable[Line], cap: int, told: AbstractSet[Topic]) -> Portion:
    current = [line for line in lines if not line.matter.is_old]
    old = sum(line.matter.is_old and line.role == "own" for line in lines)
    new = [replace(line, topics=line.topics - told) for line in current if line.topics - told]
    new.sort(key=_most_pressing)
    apart = [line for line in new if line.role == "nobody"]  # told by name, and few words each
    listed = [line for line in new if line.role != "nobody"]
    return Portion(
        address=who.address,
        name=who.name,
        lines=(*listed[:cap], *apart),
        waiting=len(listed[cap:]),
        known=tuple(line for line in current if line.topics <= told),
        old=old,
    )


def _most_pressing(line: Line) -> tuple[object, ...]:
    of = line.matter
    due_on = of.due_on or date.max
    return (_ROLES[line.role], _RANK[of.kind], -of.days_late, due_on)
