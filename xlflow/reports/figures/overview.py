"""Every figure that the reports show, counted once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from xlflow.checks.finding import Finding
from xlflow.languages import Language, fold, say
from xlflow.record.register import Person, Register
from xlflow.record.schema import Schema
from xlflow.record.stages import FINISHED
from xlflow.timing.cells import Cells
from xlflow.timing.clocks import CLOCKS
from xlflow.timing.deadlines import Deadline
from xlflow.timing.next_steps import Guidance

Flags = NDArray[np.bool_]

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one status, department, priority or type.

    `name` is the choice's code, or the department; "" where it is blank or off the list.
    """

    name: str
    records: int
    open: int
    overdue: int  # records with a deadline that is overdue
    due_soon: int  # records with a deadline that is due soon


@dataclass(frozen=True, slots=True)
class Line:
    """A deadline with what a reader needs to know of its record."""

    deadline: Deadline
    title: str
    department: str
    next_step: str
    register: str = ""  # the id of the record's register


@dataclass(frozen=True, slots=True)
class Load:
    """What one person has to see to; `name` is masked as in the register, "" = nobody named."""

    name: str
    department: str  # from the people on the Lists sheet
    mail: str  # from there too
    open: int  # open records in the person's charge
    late_records: int  # of these, with a deadline that is overdue, whoever has to meet it
    overdue: int  # deadlines that the person has to meet
    days_late: int  # of the latest of them, in working days
    due_soon: int  # deadlines
    errors: int  # findings that the person should mend


@dataclass(frozen=True)
class Figures:
    """What is counted of one register, or of several together, at one moment.

    A record is open unless it is closed or cancelled. It is in the charge of its technical owner;
    where none is named, of the technical contact, then the requester, then the department.
    """

    now: datetime  # in the zone in which days begin and end
    schema: Schema
    statuses: tuple[Group, ...]
    departments: tuple[Group, ...]
    priorities: tuple[Group, ...]
    types: tuple[Group, ...]
    overdue: tuple[Line, ...]  # the latest first
    longest_overdue: tuple[Line, ...]  # of each record its latest one only
    due_soon: tuple[Line, ...]  # the next first
    # From today to Sunday, the next first; without the progress lines and looks that recur.
    due_this_week: tuple[Line, ...]
    people: tuple[Load, ...]
    severities: Mapping[str, int]
    faulty_records: int  # records with an error, in themselves or in their lines

    @property
    def today(self) -> date:
        """The day of the reports."""
        return self.now.date()

    @property
    def records(self) -> int:
        """All records."""
        return sum(group.records for group in self.statuses)

    @property
    def open(self) -> int:
        """Records that are neither closed nor cancelled."""
        return sum(group.open for group in self.statuses)

    @property
    def overdue_records(self) -> int:
        """Records with a deadline that is overdue."""
        return sum(group.overdue for group in self.statuses)

    @property
    def due_soon_records(self) -> int:
        """Records with a deadline that is due soon; some of them may have an overdue one too."""
        return sum(group.due_soon for group in self.statuses)

    def in_status(self, status: str) -> int:
        """Records in this status."""
        return sum(group.records for group in self.statuses if group.name == status)


@dataclass(frozen=True)
class Overview(Figures):
    """How one register stands at one moment."""

    register: Register
    findings: tuple[Finding, ...]
    guidance: Mapping[int, Guidance]  # by row
    name: str  # what tells the register from the company's others


def overview(
    register: Register,
    findings: Iterable[Finding],
    deadlines: Iterable[Deadline],
    guidance: Mapping[int, Guidance],
    now: datetime,
    zone: tzinfo,
    name: str = "",
) -> Overview:
    """Count everything once. `deadlines` are the register's at `now`; days are those of `zone`.

    `name`: the register's id in the settings. The one in the workbook may be that of another, from
    which people have copied it.
    """
    name = name or register.register_id
    now = now.astimezone(zone)
    cells = Cells(register.requirements)
    held = tuple(findings)
    lines = _lines(cells, deadlines, guidance, name)
    overdue = [line for line in lines if line.deadline.state == "overdue"]
    soon = [line for line in lines if line.deadline.state == "due soon"]
    overdue.sort(key=latest_first)
    counted = _Counts(cells, overdue, soon)
    return Overview(
        register=register,
        findings=held,
        guidance=guidance,
        name=name,
        now=now,
        schema=register.schema,
        statuses=counted.by_choice("status"),
        departments=counted.by_department(register.departments),
        priorities=counted.by_choice("priority"),
        types=counted.by_choice("type"),
        overdue=tuple(overdue),
        longest_overdue=_first_of_each_record(overdue),
        due_soon=tuple(sorted(soon, key=next_first)),
        due_this_week=tuple(sorted(_this_week(lines, now.date()), key=next_first)),
        people=_people(register, counted, overdue, soon, held),
        severities=dict.fromkeys(SEVERITIES, 0) | Counter(found.severity for found in held),
        faulty_records=len(_faulty_rows(cells, held)),
    )


def in_charge(cells: Cells) -> list[str]:
    """Who sees to each record of the register's sheet."""
    names = [cells.texts(key) for key in ("owner", "contact", "requester", "department")]
    return [next(filter(None, found), "") for found in zip(*names, strict=True)]


def shortened(groups: Sequence[Group], most: int, language: Language) -> list[Group]:
    """At most so many groups; those left over are added up in the last one."""
    if len(groups) <= most:
        return list(groups)
    shown, rest = groups[: most - 1], groups[most - 1 :]
    others = Group(
        name=say(language, "reports.others", count=len(rest)),
        records=sum(group.records for group in rest),
        open=sum(group.open for group in rest),
        overdue=sum(group.overdue for group in rest),
        due_soon=sum(group.due_soon for group in rest),
    )
    return [*shown, others]


def _faulty_rows(cells: Cells, findings: Iterable[Finding]) -> set[int]:
    """The records with an error of their own or in one of their lines on the other sheets."""
    row_of = dict(zip(cells.texts("number"), cells.rows, strict=True))
    rows: set[int | None] = set()
    for found in findings:
        if found.severity == "error":
            own = found.table == "register"
            row = found.row if own else row_of.get(found.number) if found.number else None
            rows.add(row)
    return {row for row in cells.rows if row in rows}


def _lines(
    cells: Cells, deadlines: Iterable[Deadline], guidance: Mapping[int, Guidance], register: str
) -> list[Line]:
    """The open deadlines with their records."""
    position = {row: n for n, row in enumerate(cells.rows)}
    titles, departments = cells.texts("title"), cells.texts("department")
    lines = []
    for deadline in deadlines:
        if deadline.is_open:
            at = position[deadline.row]
            step = guidance[deadline.row].next_step if deadline.row in guidance else ""
            lines.append(Line(deadline, titles[at], departments[at], step, register))
    return lines


def _this_week(lines: Iterable[Line], today: date) -> list[Line]:
    sunday = today + timedelta(days=6 - today.weekday())
    waiting = ("on time", "due soon")
    recurring = {clock.id for clock in CLOCKS if clock.repeats}
    return [
        line
        for line in lines
        if line.deadline.state in waiting
        and line.deadline.id not in recurring
        and today <= line.deadline.due_on <= sunday
    ]


def _first_of_each_record(lines: Iterable[Line]) -> tuple[Line, ...]:
    first: dict[int, Line] = {}
    for line in lines:
        first.setdefault(line.deadline.row, line)
    return tuple(first.values())


def latest_first(line: Line) -> tuple[int, date, int, str]:
    """The order of what is overdue."""
    deadline = line.deadline
    return (-deadline.days_late, deadline.due_on, deadline.row, deadline.id)


def next_first(line: Line) -> tuple[date, int, str]:
    """The order of what is due."""
    return (line.deadline.due_on, line.deadline.row, line.deadline.id)


def busiest_department(group: Group) -> tuple[object, ...]:
    """The order of departments: most open records first, a blank one last."""
    return (not group.name, -group.open, -group.overdue, -group.records, group.name)


class _Counts:
    """Counts over the records; the arrays have one element a record."""

    def __init__(self, cells: Cells, overdue: Iterable[Line], soon: Iterable[Line]) -> None:
        self.cells = cells
        self.is_open = ~np.isin(cells.codes("status").astype(str), FINISHED)
        self.is_overdue = self._has(overdue)
        self.is_soon = self._has(soon)

    def _has(self, lines: Iterable[Line]) -> Flags:
        rows = {line.deadline.row for line in lines}
        return np.array([row in rows for row in self.cells.rows], bool)

    def by_choice(self, key: str) -> tuple[Group, ...]:
        """In the order of the dropdown; what is on no list comes last."""
        groups = self._groups(self.cells.codes(key).tolist())
        empty = {
            name: Group(name, 0, 0, 0, 0) for name in self.cells.table.schema.choices_of(key).codes
        }
        return tuple((empty | groups).values())

    def by_department(self, listed: Sequence[str]) -> tuple[Group, ...]:
        """Most open records first; a blank one last. Other spellings count as the listed one."""
        known = {fold(name): name for name in reversed(listed)}
        typed = self.cells.texts("department")
        for name in dict.fromkeys(typed):
            known.setdefault(fold(name), name)
        spelling = {name: known[fold(name)] for name in dict.fromkeys(typed)}
        groups = self._groups([spelling[name] for name in typed]).values()
        return tuple(sorted(groups, key=busiest_department))

    def by_person(self, flags: Flags) -> Counter[str]:
        """How many of the flagged records each person is in charge of."""
        return Counter(
            name for name, flagged in zip(in_charge(self.cells), flags, strict=True) if flagged
        )

    def _groups(self, names: Sequence[str]) -> dict[str, Group]:
        known: dict[str, int] = {}
        ids = np.array([known.setdefault(name, len(known)) for name in names], np.int64)

        def count(chosen: NDArray[np.int64]) -> list[int]:
            counted: list[int] = np.bincount(chosen, minlength=len(known)).tolist()
            return counted

        columns = (ids, ids[self.is_open], ids[self.is_overdue], ids[self.is_soon])
        figures = zip(known, *map(count, columns), strict=True)
        return {name: Group(name, *counted) for name, *counted in figures}


def _people(
    register: Register,
    counted: _Counts,
    overdue: Iterable[Line],
    soon: Iterable[Line],
    findings: Iterable[Finding],
) -> tuple[Load, ...]:
    """Most overdue first; people with nothing to see to are left out."""
    open_of = counted.by_person(counted.is_open)
    late_records = counted.by_person(counted.is_open & counted.is_overdue)
    late: dict[str, list[int]] = defaultdict(list)
    for line in overdue:
        late[line.deadline.responsible].append(line.deadline.days_late)
    soon_of = Counter(line.deadline.responsible for line in soon)
    errors = Counter(found.owner or "" for found in findings if found.severity == "error")
    listed = {person.name: person for person in reversed(register.people)}
    nobody = Person("")
    loads = [
        Load(
            name=name,
            department=listed.get(name, nobody).department,
            mail=listed.get(name, nobody).mail,
            open=open_of[name],
            late_records=late_records[name],
            overdue=len(late.get(name, ())),
            days_late=max(late.get(name, ()), default=0),
            due_soon=soon_of[name],
            errors=errors[name],
        )
        for name in {*open_of, *late, *soon_of, *errors}
    ]
    return tuple(sorted(loads, key=busiest_first))


def busiest_first(load: Load) -> tuple[object, ...]:
    """The order of people: most overdue first."""
    return (-load.overdue, -load.days_late, -load.due_soon, -load.open, -load.errors, load.name)
