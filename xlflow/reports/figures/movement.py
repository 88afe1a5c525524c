"""What moved in a register in a week, beside the week before: figures that managers read.

"This week" are the seven days up to the moment of the report, "the week before" the seven days
before those; so a summary that goes out every Monday morning tells of everything once. What
happened counts when a run saw it, since a workbook is often filled in days later; what no run saw
happen, because it was so at the first look of all, counts on the day that its cell tells. What only
a ledger can tell is None where it reaches back too little: nothing is said that nobody saw.

The flow by week (`Movement.weeks`) goes by the dates in the cells alone, in weeks from Monday to
Sunday, so that there are twelve of them from the first day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add

from xlflow.history.past import Past, changed_between
from xlflow.record.memory import Memory
from xlflow.record.register import Register
from xlflow.reports.figures.flow import (
    AgeGroup,
    WeekFlow,
    added_ages,
    added_weeks,
    ages_of,
    cycle_days,
    nearest_rank,
    weeks_of,
)
from xlflow.reports.figures.happened import Happened, Levels, stuck_cases
from xlflow.reports.figures.lives import LIVE, Life, Moment, Span, lives_of
from xlflow.reports.figures.overview import Overview, overview
from xlflow.reports.figures.week_figures import Case, WeekFigures, longest_first, newest_last
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.deadlines import deadlines


@dataclass(frozen=True)
class Movement:
    """What moved in one register, or in several (`together`)."""

    now: datetime  # in the zone in which days begin and end
    this_week: WeekFigures
    week_before: WeekFigures
    known_since: datetime | None  # when a run first looked, in all registers; None: not yet
    new: tuple[Case, ...]  # the newest last, as the other lists but one
    moved: tuple[Case, ...]
    finished: tuple[Case, ...]
    cancelled: tuple[Case, ...]
    stuck: tuple[Case, ...]  # the longest first
    weeks: tuple[WeekFlow, ...]  # the oldest first; the last one may not be over
    ages: tuple[AgeGroup, ...]

    @property
    def is_partial(self) -> bool:
        """Whether runs have looked for less than this whole week."""
        return self.known_since is None or self.known_since > Span.week_to(self.now).after

    def took(self, percent: int) -> int | None:
        """So many in a hundred that went live in these weeks took at most these working days."""
        return nearest_rank(
            sorted(days for week in self.weeks for days in week.cycle_days), percent
        )


def movement(
    view: Overview, memory: Memory, past: Past, settings: Settings, calendar: WorkingCalendar
) -> Movement:
    """The movement of the register of `view` at its moment; `memory` is that of the moment."""
    span, known = Span.week_to(view.now), past.known_since
    lives = _all_lives(view.register, memory, past)
    present = [life for life in lives if life.row is not None]
    still = stuck_cases(view.register, memory, view.now, settings, calendar)
    changed = (
        len(changed_between(past.start.register, view.register, memory.misnumbered))
        if past.start
        else None
    )
    happened = Happened.within(span, lives, known)

    def cases(found: Iterable[tuple[Life, Moment]]) -> tuple[Case, ...]:
        zone = settings.calendar.zone
        dated = [
            (when.astimezone(zone).date() if isinstance(when, datetime) else when, life)
            for life, when in found
        ]
        made = [_case(life, on, settings, calendar) for on, life in dated]
        return tuple(sorted(made, key=newest_last))

    return Movement(
        now=view.now,
        this_week=happened.figures(Levels.of(view, still), changed, is_known=known is not None),
        week_before=_week_before(lives, past, span.before, settings, calendar),
        known_since=known,
        new=cases(happened.new),
        moved=cases(happened.moved),
        finished=cases(happened.finished),
        cancelled=cases(happened.cancelled),
        stuck=still,
        weeks=weeks_of(lives, calendar, view.today),
        ages=ages_of(present, calendar, view.today),
    )


def together(movements: Sequence[Movement]) -> Movement:
    """The movement of several registers of a company, as one; all at the same moment.

    What one of them cannot tell, all together cannot.
    """
    looks = [one.known_since for one in movements]
    known = [look for look in looks if look is not None]
    return Movement(
        now=movements[0].now,
        this_week=reduce(add, (one.this_week for one in movements)),
        week_before=reduce(add, (one.week_before for one in movements)),
        known_since=max(known) if len(known) == len(looks) else None,
        new=_merged((one.new for one in movements), newest_last),
        moved=_merged((one.moved for one in movements), newest_last),
        finished=_merged((one.finished for one in movements), newest_last),
        cancelled=_merged((one.cancelled for one in movements), newest_last),
        stuck=_merged((one.stuck for one in movements), longest_first),
        weeks=added_weeks([one.weeks for one in movements]),
        ages=added_ages([one.ages for one in movements]),
    )


def _all_lives(register: Register, memory: Memory, past: Past) -> list[Life]:
    """The lives of the records in the register, and of those that went from it to an archive."""
    lives = list(lives_of(register.requirements, memory.spells, memory.misnumbered))
    if past.archived is not None:
        here = {life.number for life in lives}
        away = lives_of(past.archived, past.archived_spells, {}, archived=True)
        lives += [life for life in away if life.number not in here]
    return lives


def _week_before(
    lives: Sequence[Life], past: Past, span: Span, settings: Settings, calendar: WorkingCalendar
) -> WeekFigures:
    """The figures of the week before. How it stood at its end is counted as it is for today."""
    then, known = past.start, past.known_since
    levels, changed = None, None
    if then is not None and then.at == span.until:
        found = deadlines(then.register, settings, calendar, then.at, then.memory, open_only=True)
        view = overview(then.register, (), found, {}, then.at, settings.calendar.zone)
        still = stuck_cases(then.register, then.memory, then.at, settings, calendar)
        levels = Levels.of(view, still)
        if past.before is not None:
            changed = len(changed_between(past.before.register, then.register))
    happened = Happened.within(span, lives, known)
    is_known = known is not None and known <= span.after
    return happened.figures(levels, changed, is_known=is_known)


def _case(life: Life, on: date, settings: Settings, calendar: WorkingCalendar) -> Case:
    return Case(
        register=settings.workbook.id,
        row=life.row,
        number=life.number,
        title=life.title,
        department=life.department,
        status=life.status,
        who=life.who,
        on=on,
        days=cycle_days(life, calendar) if life.status in LIVE else None,
    )


def _merged(
    lists: Iterable[Sequence[Case]], order: Callable[[Case], tuple[object, ...]]
) -> tuple[Case, ...]:
    return tuple(sorted((case for cases in lists for case in cases), key=order))
