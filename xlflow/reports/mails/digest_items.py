"""A deadline or a finding as a digest tells it: which cell, and what to type there.

In the language of the register, so that the words are those of its columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xlflow.checks.finding import Finding
from xlflow.languages import Language, say
from xlflow.record.register import Register
from xlflow.reports.links import mail_link
from xlflow.reports.naming import deadline_name, record_name
from xlflow.reports.texts import one_line, shown_due
from xlflow.timing.cells import Cells
from xlflow.timing.deadlines import Deadline
from xlflow.timing.next_steps import Guidance, flag

_OF_THE_STEP = ("confirm", "assess", "design", "development", "test", "golive", "close", "unblock")
"""Deadlines that the record's own next step leads to."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, every text on one line.

    `link` leads to the cell `place`, "" = nowhere. `who`: masked, who has to act.
    """

    record: str
    title: str
    what: str
    due: str  # "" = no day
    stands: str  # "" = nothing to say
    action: str
    place: str
    label: str
    link: str
    who: str


class Items:
    """Makes the items of one register; `address` is how people reach its file."""

    def __init__(
        self, register: Register, guidance: Mapping[int, Guidance], today: date, address: str
    ) -> None:
        self._register = register
        self._guidance = guidance
        self._today = today
        self._address = address
        self._language: Language = register.language
        cells = Cells(register.requirements)
        self._titles = dict(zip(cells.rows, cells.texts("title"), strict=True))
        numbers = cells.texts("number")
        self._rows = dict(zip(reversed(numbers), reversed(cells.rows), strict=True))
        lines = register.progress
        self._free_row = max(lines.frame.index.tolist(), default=lines.first_row - 1) + 1

    def of_deadline(self, deadline: Deadline, who: str) -> Item:
        """A deadline that is late or near."""
        sheet = "issues" if deadline.id == "answer" else "register"
        label = self._register.schema.label(deadline.field, self._language, sheet)
        place = cell = deadline.cell
        if deadline.id == "progress":  # xlflow fills that column from the lines of the sheet
            place, label = self._register.progress.title, ""
            cell = self._register.progress.cell(self._free_row, "number")
        action = self._demand(deadline, label)
        if step := self._step(deadline):
            guidance = self._guidance[deadline.row]
            action, field = step, guidance.fields[0]
            label = self._register.schema.label(field, self._language)
            place = cell = self._register.requirements.cell(deadline.row, field)
        return Item(
            record=one_line(record_name(deadline.number, deadline.row, self._language)),
            title=self._title(deadline.row),
            what=deadline_name(deadline, self._language),
            due=shown_due(deadline.due),
            stands=flag(deadline, self._today, self._language),
            action=_sentence(action),
            place=place,
            label=label,
            link=mail_link(self._address, cell),
            who=one_line(who),
        )

    def of_finding(self, finding: Finding, who: str) -> Item:
        """Something that the checks sent back."""
        row = finding.row if finding.table == "register" else self._rows.get(finding.number or "")
        number = finding.number or ""
        return Item(
            record=one_line(record_name(number, row or 0, self._language)) if row or number else "",
            title=self._title(row) if row else "",
            what="",
            due="",
            stands="",
            action=_sentence(finding.message(self._language)),
            place=finding.cell,
            label=finding.label(self._language),
            link=mail_link(self._address, finding.cell),
            who=one_line(who),
        )

    def _title(self, row: int | None) -> str:
        title = self._titles.get(row or 0, "")
        return one_line(title, 60) or say(self._language, "digest.untitled")

    def _step(self, deadline: Deadline) -> str:
        """The record's next step, where it is this person's and leads to this deadline."""
        guidance = self._guidance.get(deadline.row)
        if guidance is None or deadline.id not in _OF_THE_STEP or not guidance.fields:
            return ""
        if guidance.who != deadline.responsible or guidance.meets != deadline.id:
            return ""
        whose = say(self._language, "deadlines.next.plain", who=guidance.who, what="")
        return guidance.next_step.removeprefix(whose)

    def _demand(self, deadline: Deadline, label: str) -> str:
        """What to type so that the deadline is met."""
        schema, language = self._register.schema, self._language
        if deadline.id in ("answer", "rectify", "monitor", "business-check", "unblock", "progress"):
            status = schema.label("status", language)
            facts = {
                "field": label,
                "cell": deadline.cell,
                "status": status,
                "sheet": self._register.progress.title,
            }
            return say(language, f"deadlines.next.do.{deadline.id}", **facts)
        statuses = schema.choices["status"]
        return say(
            language,
            f"digest.do.{deadline.id}",
            field=label,
            feasible=schema.label("feasible", language),
            developing=statuses.label("developing", language),
            testing=statuses.label("testing", language),
            live=statuses.label("live", language),
            closed=statuses.label("closed", language),
        )


def _sentence(text: str) -> str:
    """`text` on one line, beginning as a sentence does."""
    line = one_line(text, 300)
    return line[:1].upper() + line[1:]
