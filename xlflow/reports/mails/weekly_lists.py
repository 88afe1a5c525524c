"""The lists of the weekly mail: decisions, good news, what is late, due or stuck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from xlflow.languages import Language, say
from xlflow.reports.figures.movement import Movement
from xlflow.reports.figures.overview import Line
from xlflow.reports.figures.totals import Totals
from xlflow.reports.figures.week_figures import Case
from xlflow.reports.mails.decisions import Decision, decisions_of
from xlflow.reports.mails.letter import Block, Chapter, Item
from xlflow.reports.naming import deadline_name, group_name, person_name, record_name
from xlflow.reports.texts import one_line, shown_due
from xlflow.timing.next_steps import flag

# A manager reads it in a minute; the rest stands in the workbook.
MOST_DECISIONS = 6
MOST_FINISHED = 8
MOST_OVERDUE = 10
MOST_DUE = 8
MOST_STUCK = 6
LEAST_OF_A_REGISTER = 4

SHEETS: Mapping[str, str] = MappingProxyType(
    {
        "decisions": "stuck",
        "finished": "this-week",
        "overdue": "overdue",
        "due": "due-soon",
        "stuck": "stuck",
    }
)
"""The sheet of the status workbook that has all of a list."""

_T = TypeVar("_T")


def chapters(view: Totals, movement: Movement, language: Language) -> list[Chapter]:
    """The lists, the most pressing first; good news come right after what needs a decision."""
    lists = _Lists(view, language)
    decisions = decisions_of(view.views, movement)
    still = [case for case in movement.stuck if case.status != "blocked"]
    return [
        lists.chapter("decisions", decisions, lists.decision, MOST_DECISIONS),
        lists.chapter("finished", movement.finished[::-1], lists.finished, MOST_FINISHED),
        lists.by_register("overdue", view.longest_overdue, lists.late, MOST_OVERDUE),
        lists.chapter("due", view.due_this_week, lists.due, MOST_DUE),
        lists.chapter("stuck", still, lists.stuck, MOST_STUCK),
    ]


class _Lists:
    """How records are told, in one language."""

    def __init__(self, view: Totals, language: Language) -> None:
        self.view = view
        self.language = language
        self._words = (view.schema, language)

    def say(self, name: str, /, **values: object) -> str:
        return say(self.language, f"weekly.{name}", **values)

    def chapter(
        self, name: str, found: Sequence[_T], told: Callable[[_T], Item], most: int
    ) -> Chapter:
        """All of it, at most so many."""
        return self._chapter(name, [self._block(name, "", found, told, most)])

    def by_register(
        self, name: str, found: Sequence[Line], told: Callable[[Line], Item], most: int
    ) -> Chapter:
        """A block a register, where there are several."""
        if not self.view.are_several:
            return self.chapter(name, found, told, most)
        most = max(most // len(self.view.views), LEAST_OF_A_REGISTER)
        held = [
            (one.name, [it for it in found if it.register == one.name]) for one in self.view.views
        ]
        return self._chapter(
            name, [self._block(name, register, its, told, most) for register, its in held]
        )

    def _chapter(self, name: str, blocks: Iterable[Block]) -> Chapter:
        return Chapter(
            heading=self.say(f"chapter.{name}"),
            blocks=[block for block in blocks if block.items],
            kindly=self.say(f"kindly.{name}"),
            is_alarm=name == "overdue",
        )

    def _block(
        self,
        name: str,
        register: str,
        found: Sequence[_T],
        told: Callable[[_T], Item],
        most: int,
    ) -> Block:
        left = len(found) - most
        sheet = say(self.language, f"reports.page.{SHEETS[name]}")
        more = self.say(f"more.{name}", count=left, sheet=sheet) if left > 0 else ""
        return Block(register, [told(one) for one in found[:most]], more)

    def record(self, register: str, number: str, row: int | None) -> str:
        """A record's number; with its register where there are several and none is named above."""
        name = one_line(record_name(number, row or 0, self.language))
        return self.say("of", register=register, record=name) if self.view.are_several else name

    def title(self, text: str) -> str:
        return one_line(text) or self.say("untitled")

    def who(self, name: str) -> str:
        return one_line(person_name(name, self.language))

    def late(self, line: Line) -> Item:
        """A deadline that was missed, under the heading of its register."""
        record = record_name(line.deadline.number, line.deadline.row, self.language)
        return self._deadline(line, one_line(record), line.next_step)

    def due(self, line: Line) -> Item:
        """A deadline of this week."""
        record = self.record(line.register, line.deadline.number, line.deadline.row)
        return self._deadline(line, record, "")

    def _deadline(self, line: Line, record: str, next_step: str) -> Item:
        deadline = line.deadline
        step = one_line(next_step, 300)
        return Item(
            record=record,
            title=self.title(line.title),
            facts=self.say(
                "item",
                deadline=deadline_name(deadline, self.language),
                due=shown_due(deadline.due),
                who=self.who(deadline.responsible),
            ),
            stands=flag(deadline, self.view.today, self.language),
            next_step=self.say("next", step=step) if step else "",
        )

    def stuck(self, case: Case) -> Item:
        """A record in which nothing moves."""
        status = group_name("status", case.status, *self._words)
        return Item(
            record=self.record(case.register, case.number, case.row),
            title=self.title(case.title),
            facts=self.say("stuck", status=status, on=case.on, who=self.who(case.who)),
            stands=self.say("still", days=case.days),
        )

    def finished(self, case: Case) -> Item:
        """A record that went live, or was closed."""
        status = group_name("status", case.status, *self._words)
        department = group_name("department", one_line(case.department, 60), *self._words)
        known = {"on": case.on, "department": department, "days": case.days}
        facts = "finished" if case.days is not None else "finished-undated"
        return Item(
            record=self.record(case.register, case.number, case.row),
            title=self.title(case.title),
            facts=self.say(facts, **known),
            stands=status,
        )

    def decision(self, one: Decision) -> Item:
        """A record that waits for a decision, and which one."""
        what = one_line(one.what, 200) or self.say("unsaid")
        sides = self.say("and").join(self.say(f"side.{side}") for side in one.sides)
        facts = {
            "on": one.on or self.say("unknown"),
            "other": one.other,
            "what": what,
            "who": self.who(one.who),
            "change": one.change_number,
            "sides": sides,
        }
        is_undated = one.kind == "blocked" and one.on is None
        told = "blocked-undated" if is_undated else one.kind
        return Item(
            record=self.record(one.register, one.number, one.row),
            title=self.title(one.title),
            facts=one_line(self.say(f"decision.{told}", **facts), 400),
            stands=self.say("still", days=one.days) if one.days else "",
            next_step=self.say("next", step=self.say(f"decide.{one.kind}", **facts)),
        )
