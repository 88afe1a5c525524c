"""The weekly mail to managers: what is overdue, what is due this week, what to do.

Its HTML and its plain text are made from the same `Letter`, so that they tell the same facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from xlflow.languages import Language, say
from xlflow.record.schema import Schema
from xlflow.reports.naming import (
    deadline_name,
    file_name,
    group_name,
    person_name,
    record_name,
)
from xlflow.reports.overview import Group, Line, Overview, shortened
from xlflow.reports.texts import one_line, shown_due
from xlflow.reports.week import Week
from xlflow.timing.next_steps import flag

MOST_LINES = 15
_MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """The mail's subject, its two bodies, and the name of the status workbook that goes along."""

    subject: str
    html: str
    text: str
    attachment: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure."""

    name: str
    figure: int
    note: str
    alarm: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A group of open records: its figures, and how long its bar is in percent of the longest."""

    name: str
    open: int
    overdue: int
    open_percent: int  # of the bar's whole room, the overdue part left out
    overdue_percent: int

    @property
    def rest_percent(self) -> int:
        """What stays empty."""
        return 100 - self.open_percent - self.overdue_percent


@dataclass(frozen=True, slots=True)
class Item:
    """A deadline as the mail lists it, every text on one line."""

    record: str
    title: str
    deadline: str
    due: str
    stands: str
    who: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A list of deadlines; `more` tells how many are left out, "" = none."""

    heading: str
    items: Sequence[Item]
    more: str
    kindly: str  # said where there are none


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the mail says."""

    subject: str
    preview: str  # shown beside the subject in a list of mails
    heading: str
    subtitle: str
    tiles: Sequence[Tile]
    tasks: Sequence[str]
    overdue: Chapter
    due: Chapter
    statuses: Sequence[Bar]
    departments: Sequence[Bar]
    attached: str
    questions: str  # "" = nobody is named who might be asked
    footer: str


def weekly_summary(
    view: Overview,
    language: Language,
    week: Week | None = None,
    register: str = "",
    responsible: Sequence[str] = (),
) -> WeeklySummary:
    """The weekly mail; `week` is the one that holds the overview's day unless given.

    `register`: what tells the register from the company's others, if there are any.
    `responsible`: whom the readers may ask, with their mail addresses.
    """
    week = week or Week.of(view.today)
    attachment = week.attachment(register)
    people = one_line(say(language, "weekly.between").join(responsible), 300)
    questions = say(language, "weekly.questions", people=people) if responsible else ""
    letter = _letter(view, language, week, attachment, questions)
    subject = letter.subject
    if register:
        subject = say(language, "weekly.of-several", register=register, subject=subject)
    facts: dict[str, Any] = {"letter": letter, "language": language, "t": _texts(language)}
    return WeeklySummary(
        subject=subject,
        html=_templates().get_template("weekly.html").render(facts),
        text=_templates().get_template("weekly.txt").render(facts),
        attachment=attachment,
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("xlflow.reports"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _texts(language: Language) -> Any:
    def text(name: str, /, **values: object) -> str:
        return say(language, f"weekly.{name}", **values)

    return text


def _letter(
    view: Overview, language: Language, week: Week, attachment: str, questions: str
) -> Letter:
    text, schema = _texts(language), view.register.schema
    dates = {"week": week.number, "year": week.year, "first": week.first, "last": week.last}
    return Letter(
        subject=text("subject", **dates, overdue=view.overdue_records, due=len(view.due_this_week)),
        preview=text("preview", open=view.open, overdue=view.overdue_records),
        heading=text("heading", **dates),
        subtitle=text("subtitle", **dates, file=file_name(view.register), now=shown_due(view.now)),
        tiles=_tiles(view, language),
        tasks=_tasks(view, language),
        overdue=_chapter("overdue", view.longest_overdue, view, language),
        due=_chapter("due", view.due_this_week, view, language),
        statuses=_bars(
            "status", [group for group in view.statuses if group.open], schema, language
        ),
        departments=_bars("department", [g for g in view.departments if g.open], schema, language),
        attached=text("attached", name=attachment),
        questions=questions,
        footer=text("footer", now=shown_due(view.now)),
    )


def _tiles(view: Overview, language: Language) -> list[Tile]:
    def tile(name: str, figure: int, *, alarm: bool = False, **facts: int) -> Tile:
        note = say(language, f"weekly.note.{name}", **facts)
        return Tile(say(language, f"weekly.tile.{name}"), figure, note, alarm and figure > 0)

    return [
        tile("open", view.open, records=view.records),
        tile("overdue", view.overdue_records, alarm=True, count=len(view.overdue)),
        tile("due", len(view.due_this_week)),
        tile("blocked", view.in_status("blocked")),
    ]


def _tasks(view: Overview, language: Language) -> list[str]:
    """What the readers should see to, the most pressing first."""
    counts = {
        "overdue": view.overdue_records,
        "blocked": view.in_status("blocked"),
        "errors": view.severities["error"],
        "unclear": view.in_status(""),
        "due": len(view.due_this_week),
    }
    facts = {"records": view.faulty_records}
    tasks = [
        say(language, f"weekly.task.{name}", count=count, **facts)
        for name, count in counts.items()
        if count
    ]
    return tasks or [say(language, "weekly.task.none")]


def _chapter(name: str, lines: Sequence[Line], view: Overview, language: Language) -> Chapter:
    left = len(lines) - MOST_LINES
    return Chapter(
        heading=say(language, f"weekly.chapter.{name}"),
        items=[_item(line, view, language) for line in lines[:MOST_LINES]],
        more=say(language, f"weekly.more.{name}", count=left) if left > 0 else "",
        kindly=say(language, f"weekly.kindly.{name}"),
    )


def _item(line: Line, view: Overview, language: Language) -> Item:
    deadline = line.deadline
    return Item(
        record=one_line(record_name(deadline.number, deadline.row, language)),
        title=one_line(line.title) or say(language, "weekly.untitled"),
        deadline=deadline_name(deadline, language),
        due=shown_due(deadline.due),
        stands=flag(deadline, view.today, language),
        who=one_line(person_name(deadline.responsible, language)),
        next_step=one_line(line.next_step, 300),
    )


def _bars(kind: str, groups: Sequence[Group], schema: Schema, language: Language) -> list[Bar]:
    """A bar a group, as long as its number of open records."""
    shown = shortened(groups, _MOST_BARS, language)
    longest = max((group.open for group in shown), default=1)
    bars = []
    for group in shown:
        whole = max(round(group.open * 100 / longest), 2)
        late = max(round(group.overdue * 100 / longest), 1) if group.overdue else 0
        bars.append(
            Bar(
                name=one_line(group_name(kind, group.name, schema, language), 40),
                open=group.open,
                overdue=group.overdue,
                open_percent=whole - min(late, whole),
                overdue_percent=min(late, whole),
            )
        )
    return bars
