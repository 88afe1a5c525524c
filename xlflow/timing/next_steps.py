"""What a person does next with a record: one sentence, and what the register's own columns show.

The texts depend on the day only, so that a second run on the same day changes nothing; where a
clock counts hours, they change when it runs out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from datetime import date, datetime
from types import MappingProxyType

import numpy as np

from xlflow.languages import Language, say
from xlflow.record.fields import Field
from xlflow.record.register import Register
from xlflow.record.schema import Schema
from xlflow.record.stages import FINISHED, MAIN_LINE
from xlflow.settings import Settings
from xlflow.timing.cells import Cells
from xlflow.timing.deadlines import Deadline
from xlflow.timing.flags import flag as flag
from xlflow.timing.flags import most_pressing
from xlflow.timing.flags import name as name

_NAMED_FIELDS = 3  # more would not fit into the column


@dataclass(frozen=True, slots=True)
class Faults:
    """What the checks found in one record that stops it: how many errors, and in which fields."""

    count: int
    fields: tuple[str, ...]  # keys of the register, the most important first


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the register shows about one record, in its own columns.

    `who` has to take the next step, in the cells of `fields` of the register, if it names any;
    `meets` is the deadline (its id) that it leads to, "" = none.
    """

    deadline: str
    next_step: str
    due_on: date | None
    who: str = attribute(default="", compare=False)
    fields: tuple[str, ...] = attribute(default=(), compare=False)
    meets: str = attribute(default="", compare=False)


NO_FAULTS: Mapping[int, Faults] = MappingProxyType({})
NOTHING_ARCHIVED: Mapping[str, str] = MappingProxyType({})

_WHO: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "submitted": ("contact", "requester"),
        "assessing": ("owner", "contact"),
        "designing": ("owner", "contact"),
        "developing": ("development_owner", "owner"),
        "testing": ("test_owner", "owner"),
        "live": ("requester",),
        "blocked": ("owner", "contact"),
    }
)
_OWN_DEADLINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "submitted": ("confirm",),
        "assessing": ("assess",),
        "designing": ("design",),
        "developing": ("development",),
        "testing": ("test", "golive"),
        "live": ("close",),
        "blocked": ("unblock",),
    }
)
_DUTIES = ("answer", "rectify", "monitor", "progress", "business-check")
"""Deadlines that ask for something of their own, whatever the status; the others ask to go on."""


def next_steps(
    register: Register,
    settings: Settings,
    found: Iterable[Deadline],
    now: datetime,
    faults: Mapping[int, Faults] = NO_FAULTS,
    archived: Mapping[str, str] = NOTHING_ARCHIVED,
) -> dict[int, Guidance]:
    """The guidance for every record by row, in the register's language.

    `found` are the register's deadlines at `now`; `faults` the errors of its records by row;
    `archived` tells the archive of those that lie in one, and are to be deleted here.
    """
    today = now.astimezone(settings.calendar.zone).date()
    open_by_row: dict[int, list[Deadline]] = {}
    for deadline in found:
        if deadline.is_open:
            open_by_row.setdefault(deadline.row, []).append(deadline)
    cells = Cells(register.requirements)
    with_lines = frozenset(Cells(register.progress).texts("number"))
    desk = _Desk(cells, with_lines, archived, register.language, today)
    return {
        row: desk.guidance(position, open_by_row.get(row, []), faults.get(row))
        for position, row in enumerate(cells.rows)
    }


def archived_text(number: str, file: str, language: Language) -> str:
    """What the register says of a record that lies in the archive `file` already."""
    return say(language, "archive.marked", number=number, file=file)


@dataclass(frozen=True, slots=True)
class _Step:
    """A sentence, who it asks, the fields of the register that it names, and what it leads to."""

    text: str
    who: str = ""
    fields: tuple[str, ...] = ()
    meets: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Writes the texts of one register on one day."""

    cells: Cells
    with_lines: frozenset[str]  # the numbers that have Progress lines
    archived: Mapping[str, str]
    language: Language
    today: date

    @property
    def _schema(self) -> Schema:
        return self.cells.table.schema

    def guidance(self, at: int, standing: list[Deadline], faults: Faults | None) -> Guidance:
        """The guidance for the record at a position; `standing` are its open deadlines."""
        number = self.cells.texts("number")[at]
        if number in self.archived and self._code(at, "status") in FINISHED:
            return Guidance("", archived_text(number, self.archived[number], self.language), None)
        step = self._step(at, standing, faults)
        told = (step.text, None, step.who, step.fields, step.meets)
        pressing = most_pressing(standing)
        if pressing is None:
            return Guidance("", *told)
        shown = pressing
        if pressing.state == "on time":
            shown = next((it for it in standing if it.days_at_risk), pressing)
        due_on = None if pressing.state == "paused" else pressing.due_on
        return replace(Guidance(flag(shown, self.today, self.language), *told), due_on=due_on)

    def _step(self, at: int, standing: list[Deadline], faults: Faults | None) -> _Step:
        status = self._code(at, "status")
        by_id = {deadline.id: deadline for deadline in standing}
        own = next((by_id[id_] for id_ in _OWN_DEADLINES.get(status, ()) if id_ in by_id), None)
        if faults and faults.count:
            labels = self._labels(faults.fields)
            key = "do.correct" if labels else "do.correct-all"
            what = self._say(key, count=faults.count, fields=labels)
            return self._sentence(self._who(at, status), what, own, faults.fields)
        if status == "blocked":
            what = self._say("do.unblock", status=self._label("status"))
            return self._sentence(self._who(at, status), what, own, ("status",))
        if duty := self._duty(status, standing):
            fields = () if duty.id in ("answer", "progress") else (duty.field,)
            return self._sentence(duty.responsible, self._what(duty), duty, fields)
        if status == "":
            what = self._fill(("status",))
            return self._sentence(self._who(at, status), what, None, ("status",))
        return self._onward(at, status, own) if status in _OWN_DEADLINES else _Step("")

    def _duty(self, status: str, standing: list[Deadline]) -> Deadline | None:
        """The deadline that asks for something of its own now, before the record goes on."""
        duties = [it for it in standing if it.id in _DUTIES]
        if status == "live":  # closure waits for it
            return most_pressing([it for it in duties if it.id == "monitor"] or duties)
        return most_pressing([it for it in duties if it.state in ("overdue", "due soon")])

    def _what(self, duty: Deadline) -> str:
        if duty.id == "answer":
            field = self._schema.label("answered_at", self.language, "issues")
            return self._say("do.answer", field=field, cell=duty.cell)
        if duty.id == "progress":
            return self._write_progress()
        return self._say(f"do.{duty.id}", field=self._label(duty.field))

    def _onward(self, at: int, status: str, own: Deadline | None) -> _Step:
        """What the record still needs to enter its next status, else to enter it."""
        following = MAIN_LINE[MAIN_LINE.index(status) + 1]
        missing = self._missing(at, status, following)
        fields = missing
        if status == "testing" and self._code(at, "result") == "fail":
            what, fields = self._say("do.rectify", field=self._label("result")), ("result",)
        elif missing:
            what = self._fill(missing)
        elif status == "developing" and self.cells.texts("number")[at] not in self.with_lines:
            return self._sentence(self._who(at, status), self._write_progress(), None)
        else:
            to = self._schema.choices["status"].label(following, self.language)
            what, fields = self._say("do.set", status=self._label("status"), to=to), ("status",)
        who = self._who(at, status, missing)
        if own and own.opens_on and own.opens_on > self.today:
            text = self._say("from", who=who, what=what, day=own.opens_on)
            return _Step(text, who, fields, own.id)
        return self._sentence(who, what, own, fields)

    def _missing(self, at: int, status: str, following: str) -> tuple[str, ...]:
        """The blank fields that the next status needs, the first to be filled alone."""
        held = self.cells.table.columns
        wanted = [
            field.key
            for field in self._schema.register
            if field.required_from == following and field.key in held and self._asks(field, at)
        ]
        if status == "assessing" and self._code(at, "feasible") == "no":
            wanted += ["infeasible_reason", "alternative"]
        if status == "designing" and self._code(at, "type") == "fix":
            wanted += ["root_cause", "verification"]
        missing = tuple(key for key in wanted if not self.cells.texts(key)[at])
        # Who shall do the rest is named first: the technical contact, the owner.
        first = next((key for key in missing if key in ("contact", "owner")), None)
        return (first,) if first else missing

    def _asks(self, field: Field, at: int) -> bool:
        """Whether the field is asked of a record that was submitted on its day."""
        if field.asked_since is None:
            return True
        submitted = self.cells.days("submitted_on")[at]
        return bool(np.isnat(submitted) or submitted >= np.datetime64(field.asked_since, "D"))

    def _sentence(
        self, who: str, what: str, deadline: Deadline | None, fields: tuple[str, ...] = ()
    ) -> _Step:
        if deadline is None or deadline.state == "paused":
            return _Step(self._say("plain", who=who, what=what), who, fields)
        due = deadline.due
        when = f"{due:%Y-%m-%d %H:%M}" if isinstance(due, datetime) else due.isoformat()
        key = "late" if deadline.state == "overdue" else "by"
        return _Step(self._say(key, who=who, what=what, due=when), who, fields, deadline.id)

    def _who(self, position: int, status: str, missing: Sequence[str] = ()) -> str:
        """Who acts in a status. Where nobody is named yet, the requester has to see to it."""
        fields = _WHO.get(status, ("requester",))
        for key in (*fields, "requester", "department"):
            if key not in missing and (who := self.cells.texts(key)[position]):
                return who
        return self._say("nobody")

    def _write_progress(self) -> str:
        return self._say("do.progress", sheet=say(self.language, "record.sheet.progress"))

    def _fill(self, keys: Sequence[str]) -> str:
        return self._say("do.fill", fields=self._labels(keys))

    def _label(self, key: str) -> str:
        return self._schema.label(key, self.language)

    def _labels(self, keys: Sequence[str]) -> str:
        shown = [f"【{self._label(key)}】" for key in keys[:_NAMED_FIELDS]]
        listed = self._say("between").join(shown)
        more = len(keys) - len(shown)
        return self._say("and-more", fields=listed, count=more) if more > 0 else listed

    def _code(self, position: int, key: str) -> str:
        value: str = self.cells.codes(key)[position]
        return value

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, f"deadlines.next.{key}", **values)
