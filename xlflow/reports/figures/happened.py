"""What happened within a week, and how a register stood at a moment: counts behind the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from xlflow.record.memory import Memory
from xlflow.record.register import Register
from xlflow.reports.figures.lives import Life, Moment, Span, lives_of
from xlflow.reports.figures.overview import Overview
from xlflow.reports.figures.week_figures import Case, WeekFigures, longest_first
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.situation import Situation
from xlflow.timing.stillness import still_days, still_since, stuck


@dataclass(frozen=True, slots=True)
class Levels:
    """How a register stood at a moment."""

    open: int
    late: int
    blocked: int
    stuck: int
    due: int

    @classmethod
    def of(cls, view: Overview, still: Sequence[Case]) -> Levels:
        """As the overview counts it; `still`: the records that are stuck."""
        blocked = view.in_status("blocked")
        return cls(view.open, view.overdue_records, blocked, len(still), len(view.due_this_week))


@dataclass(frozen=True, slots=True)
class Happened:
    """The lives in which something happened within a span, and when it did."""

    new: list[tuple[Life, Moment]]
    live: list[tuple[Life, Moment]]
    closed: list[tuple[Life, Moment]]
    finished: list[tuple[Life, Moment]]
    moved: list[tuple[Life, Moment]]
    cancelled: list[tuple[Life, Moment]]

    @classmethod
    def within(cls, span: Span, lives: Iterable[Life], known_since: datetime | None) -> Happened:
        """What happened within a span; `known_since`: when a run first looked."""
        happened = cls([], [], [], [], [], [])
        for life in lives:
            ends = [
                (name, when)
                for name, when in (("live", life.went_live), ("closed", life.ended))
                if when is not None and span.holds(when)
            ]
            for name, when in ends:
                getattr(happened, name).append((life, when))
            if ends:
                happened.finished.append((life, ends[-1][1]))
            arrived, cancelled = life.arrived(known_since), life.cancelled
            if arrived is not None and span.holds(arrived):
                happened.new.append((life, arrived))
            if moves := life.moves(span):
                happened.moved.append((life, moves[-1].entered_at))
            if cancelled is not None and span.holds(cancelled):
                happened.cancelled.append((life, cancelled))
        return happened

    def figures(self, levels: Levels | None, changed: int | None, *, is_known: bool) -> WeekFigures:
        """`is_known`: whether runs looked in this span, from its beginning on or from the first."""
        return WeekFigures(
            new=len(self.new),
            live=len(self.live),
            closed=len(self.closed),
            finished=len(self.finished),
            moved=len(self.moved) if is_known else None,
            cancelled=len(self.cancelled) if is_known else None,
            changed=changed,
            open=levels.open if levels else None,
            late=levels.late if levels else None,
            blocked=levels.blocked if levels else None,
            stuck=levels.stuck if levels else None,
            due=levels.due if levels else None,
        )


def stuck_cases(
    register: Register,
    memory: Memory,
    now: datetime,
    settings: Settings,
    calendar: WorkingCalendar,
) -> tuple[Case, ...]:
    """The open records that are blocked or have not moved for long, the longest first."""
    situation = Situation(register, settings, calendar, now, memory)
    still = still_since(situation)
    chosen = stuck(situation, still_days(situation, still), settings.reports.stuck_days)
    since = np.where(situation.status == "blocked", situation.blocked_since, still)
    days = still_days(situation, since)
    lives = list(lives_of(register.requirements, memory.spells, memory.misnumbered))
    reasons = situation.records.texts("blocked_reason")
    found = [
        Case(
            register=settings.workbook.id,
            row=life.row,
            number=life.number,
            title=life.title,
            department=life.department,
            status=life.status,
            who=life.who,
            on=day,
            days=count if day else None,
            reason=reason if life.status == "blocked" else "",
        )
        for life, is_stuck, day, count, reason in zip(
            lives, chosen.tolist(), since.tolist(), days.tolist(), reasons, strict=True
        )
        if is_stuck
    ]
    return tuple(sorted(found, key=longest_first))
