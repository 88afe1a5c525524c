"""A record's page on the board: all that it holds, what is wrong with it, what happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from xlflow.checks.finding import Finding
from xlflow.history.timeline import Happening
from xlflow.languages import Language, say
from xlflow.record.fields import Field
from xlflow.record.register import Table
from xlflow.reports.board.register import BoardRegister
from xlflow.reports.naming import deadline_name
from xlflow.reports.past import PastWords
from xlflow.reports.texts import one_line, plain_text, shown_due
from xlflow.timing.flags import flag

LINE_SHEETS = ("progress", "issues", "changes")
_TOLD_OTHERWISE = ("number", "title", "status", "check")  # in the heading, or by the findings
_GUIDANCE = "guidance"  # by deadlines, next step and findings
_CHANGE_CHARS = 200


@dataclass(frozen=True)
class Details:
    """Writes the pages of the records of one register."""

    register: BoardRegister
    language: Language

    def all(self) -> Iterator[dict[str, Any]]:
        """A page a record, in the order of the register."""
        for at, row in enumerate(self.register.cells.rows):
            yield self._of(at, row)

    def _of(self, at: int, row: int) -> dict[str, Any]:
        number = self.register.cells.texts("number")[at]
        told = {
            "cell": self.register.view.register.requirements.cell(row, "number"),
            "fields": self._fields(at),
            "deadlines": self._deadlines(row),
            "findings": self._findings.get(row, []),
            "lines": {
                sheet: self._lines[sheet][number]
                for sheet in LINE_SHEETS
                if number and number in self._lines[sheet]
            },
            "spells": self._spells(number),
            "moments": self._moments(number),
            "earlier": self.register.earlier.get(number, 0),
        }
        return {name: held for name, held in told.items() if held}

    def _fields(self, at: int) -> dict[str, str]:
        """What the record holds, by field."""
        return {field.key: text for field, column in self._columns if (text := column[at])}

    @cached_property
    def _columns(self) -> list[tuple[Field, list[str]]]:
        table = self.register.view.register.requirements
        return [
            (field, self._texts(table, field)) for field in table.schema.register if is_told(field)
        ]

    def _texts(self, table: Table, field: Field) -> list[str]:
        """A column as people read it."""
        choices = table.schema.choices[field.choices] if field.choices else None
        texts = []
        for value in table.frame[field.key].tolist():
            code = choices.parse(value) if choices else None
            texts.append(choices.label(code, self.language) if choices and code else shown(value))
        return texts

    @cached_property
    def _lines(self) -> Mapping[str, Mapping[str, list[dict[str, str]]]]:
        """The lines of each child sheet by the number of their record, the newest last."""
        register = self.register.view.register
        return {table.sheet: self._by_number(table) for table in register.tables[1:]}

    def _by_number(self, table: Table) -> Mapping[str, list[dict[str, str]]]:
        fields = [field for field in table.schema.sheets[table.sheet] if is_told(field)]
        columns = [self._texts(table, field) for field in fields]
        keys = [field.key for field in fields]
        found: dict[str, list[dict[str, str]]] = defaultdict(list)
        numbers = map(shown, table.frame["number"].tolist())
        for number, *values in zip(numbers, *columns, strict=True):
            held = {key: value for key, value in zip(keys, values, strict=True) if value}
            if held:
                found[number].append(held)
        return found

    def _deadlines(self, row: int) -> list[dict[str, str]]:
        found = self.register.deadlines_by_row.get(row, [])
        return [
            {
                "name": deadline_name(it, self.language),
                "who": one_line(it.responsible),
                "due": shown_due(it.due),
                "state": it.state,
                "flag": flag(it, self.register.view.today, self.language),
                "cell": it.cell,
            }
            for it in sorted(found, key=lambda it: (it.state != "overdue", it.due_on))
        ]

    @cached_property
    def _findings(self) -> Mapping[int, list[dict[str, str]]]:
        """What is wrong in each record and its lines, by row, errors first."""
        found: dict[int, list[dict[str, str]]] = defaultdict(list)
        for one in sorted(self.register.view.findings, key=_gravest_first):
            row = one.row if one.table == "register" else self.register.row_of.get(one.number or "")
            if row is not None:
                found[row].append(
                    {
                        "severity": one.severity,
                        "cell": one.cell,
                        "field": one.label(self.language),
                        "message": plain_text(one.message(self.language)),
                        "who": one_line(one.owner or ""),
                    }
                )
        return found

    def _spells(self, number: str) -> list[list[str]]:
        """The statuses that the record went through: code, since, until."""
        return [
            [
                spell.status,
                self._words.time(spell.entered_at),
                self._words.time(spell.left_at) if spell.left_at else "",
            ]
            for spell in self.register.memory.spells.get(number, ())
        ]

    def _moments(self, number: str) -> list[dict[str, Any]]:
        """What runs saw to have happened, the newest first."""
        return [
            {
                "at": one_line(self._words.moment(moment)),
                "told": list(self._told(moment.happenings)),
            }
            for moment in reversed(self.register.moments.get(number, ()))
        ]

    def _told(self, happenings: Sequence[Happening]) -> Iterator[str]:
        for happening in happenings:
            event = happening.event
            if happening.sheet == "register" and event.kind == "appeared":
                yield say(self.language, "board.appeared")
            elif happening.sheet == "register" and event.kind == "changed":
                yield self._change(event.field, event.before, event.after)
            else:
                lines = self._words.happening(happening)
                yield from (one_line(line, 2 * _CHANGE_CHARS) for line in lines)

    def _change(self, key: str, before: Any, after: Any) -> str:
        old, new = (one_line(self._words.value(value), _CHANGE_CHARS) for value in (before, after))
        label = self._words.label(key)
        return say(self.language, "history.change", field=label, old=old, new=new)

    @cached_property
    def _words(self) -> PastWords:
        register = self.register.view.register
        return PastWords(self.language, register.schema, self.register.zone)


def is_told(field: Field) -> bool:
    """Whether the page tells the field as such."""
    return field.key not in _TOLD_OTHERWISE and field.module != _GUIDANCE


def shown(value: Any) -> str:
    """A cell's value as people read it; "" where it is blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return shown_due(value)
    return plain_text(str(value)).strip()


def _gravest_first(found: Finding) -> int:
    return ("error", "warning", "info").index(found.severity)
