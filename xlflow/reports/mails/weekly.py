"""The weekly mail to managers: what moved, what is late, what needs a decision, what is done.

Its HTML and its plain text are made from the same `Letter`, so that they tell the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from xlflow.languages import Language, say
from xlflow.record.schema import Schema
from xlflow.reports.figures.movement import Movement
from xlflow.reports.figures.overview import Group, shortened
from xlflow.reports.figures.totals import Totals
from xlflow.reports.figures.week import Week
from xlflow.reports.links import mail_link
from xlflow.reports.mails.bodies import bodies, texts
from xlflow.reports.mails.letter import Bar, BarChart, Letter
from xlflow.reports.mails.week_by_week import remarks, tables, tiles
from xlflow.reports.mails.weekly_lists import chapters
from xlflow.reports.naming import file_name, group_name
from xlflow.reports.texts import one_line, shown_due

_MOST_BARS = 8
_NOBODY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """The mail's subject, its two bodies, and the name of the status workbook that goes along."""

    subject: str
    html: str
    text: str
    attachment: str


def weekly_summary(
    view: Totals,
    movement: Movement,
    language: Language,
    *,
    part: str = "",
    responsible: Mapping[str, Sequence[str]] = _NOBODY,
    left_out: Mapping[str, str] = _NOBODY,
    board: str = "",
) -> WeeklySummary:
    """The weekly mail on these registers, about the week that holds the overview's day.

    `movement` is that of the same registers at the same moment. `part`: the ids of the registers,
    where they are not all that the company has. `responsible`: by register, whom the readers may
    ask, with their mail addresses. `left_out`: the registers that could not be read, and why.
    `board`: how people open it.
    """
    week = Week.of(view.today)
    attachment = week.attachment(part)
    letter = _letter(view, movement, language, week, attachment, responsible, left_out)
    if board:
        letter = replace(letter, board=board, board_link=mail_link(board))
    subject = letter.subject
    if part:
        subject = say(language, "weekly.of-several", register=part, subject=subject)
    html, text = bodies("weekly", letter, language)
    return WeeklySummary(subject=subject, html=html, text=text, attachment=attachment)


def _letter(
    view: Totals,
    movement: Movement,
    language: Language,
    week: Week,
    attachment: str,
    responsible: Mapping[str, Sequence[str]],
    left_out: Mapping[str, str],
) -> Letter:
    text = texts("weekly", language)
    dates = {"week": week.number, "year": week.year, "first": week.first, "last": week.last}
    late, finished = view.overdue_records, movement.this_week.finished
    return Letter(
        subject=text(
            "subject", **dates, overdue=late, due=len(view.due_this_week), finished=finished
        ),
        preview=text("preview", open=view.open, overdue=late, finished=finished),
        heading=text("heading", **dates),
        subtitle=text("subtitle", **dates, file=_files(view, language), now=shown_due(view.now)),
        missing=[
            text("missing", register=register, reason=one_line(reason, 300))
            for register, reason in left_out.items()
        ],
        tiles=tiles(view, movement, language),
        tasks=_tasks(view, language),
        chapters=chapters(view, movement, language),
        tables=tables(movement, language),
        remarks=remarks(movement, language),
        charts=[
            BarChart(text(f"chapter.{kind}"), _bars(kind, groups, view.schema, language))
            for kind, groups in (("status", view.statuses), ("department", view.departments))
            if any(group.open for group in groups)
        ],
        attached=text("attached", name=attachment),
        questions=_questions(view, responsible, language),
        footer=text("footer", now=shown_due(view.now)),
    )


def _files(view: Totals, language: Language) -> str:
    """The register's file; of several, their number and ids."""
    if not view.are_several:
        return file_name(view.views[0].register)
    ids = say(language, "weekly.between").join(one.name for one in view.views)
    return say(language, "weekly.registers", count=len(view.views), ids=ids)


def _questions(
    view: Totals, responsible: Mapping[str, Sequence[str]], language: Language
) -> list[str]:
    """Whom the readers may ask, a line a register."""
    told = []
    for one in view.views:
        if people := responsible.get(one.name, ()):
            named = one_line(say(language, "weekly.between").join(people), 300)
            name = "questions-of" if view.are_several else "questions"
            told.append(say(language, f"weekly.{name}", register=one.name, people=named))
    return told


def _tasks(view: Totals, language: Language) -> list[str]:
    """What the readers should see to, the most pressing first."""
    counts = {
        "overdue": view.overdue_records,
        "blocked": view.in_status("blocked"),
        "errors": view.severities["error"],
        "unclear": view.in_status(""),
        "due": len(view.due_this_week),
    }
    sheet = say(language, "reports.page.findings")
    facts = {"records": view.faulty_records, "sheet": sheet}
    tasks = [
        say(language, f"weekly.task.{name}", count=count, **facts)
        for name, count in counts.items()
        if count
    ]
    return tasks or [say(language, "weekly.task.none")]


def _bars(kind: str, groups: Sequence[Group], schema: Schema, language: Language) -> list[Bar]:
    """A bar a group, as long as its number of open records."""
    shown = shortened([group for group in groups if group.open], _MOST_BARS, language)
    longest = max(group.open for group in shown)
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
