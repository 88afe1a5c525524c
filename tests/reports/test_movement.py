"""What moved in a week, each figure against a count of the office's own diary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

import chinese_calendar
import pytest
from registers import register
from reports.histories import LINE, History, Look, code, lived
from samples import CALENDAR, SETTINGS

from xlflow.history.past import as_it_stood
from xlflow.ledger import Ledger
from xlflow.record.memory import Memory, Spell
from xlflow.reports.figures.movement import Movement, together
from xlflow.reports.figures.week import Week
from xlflow.timing.deadlines import deadlines

WEEK = timedelta(days=7)
RECURRING = ("progress", "business-check")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open("sqlite:///ledger.db", beside=tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module", params=range(6))
def history(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[History]:
    now = datetime(2026, 3, 18, 10, tzinfo=SETTINGS.calendar.zone)
    with Ledger.open("sqlite:///ledger.db", beside=tmp_path_factory.mktemp("office")) as ledger:
        yield lived(ledger, now, request.param, days=25 + 9 * (request.param % 2))


@pytest.fixture(scope="module")
def told(history: History) -> Movement:
    return history.movement()


class Diary:
    """A naive count over whole copies of the register."""

    def __init__(self, history: History) -> None:
        now = Look(history.now, history.rows, history.lines)
        self.looks = [*history.looks, now]
        self.rows = history.rows | history.away
        self.now = history.now
        self.away = set(history.away)

    def entered(self, number: str) -> list[tuple[datetime, str, str]]:
        """When a look first saw it in another status: from which, into which."""
        found = []
        for earlier, later in pairwise(self.looks):
            before, after = earlier.status.get(number), later.status.get(number)
            if before and after and before != after:
                found.append((later.at, before, after))
        return found

    def last_entry(
        self, number: str, among: tuple[str, ...], until: datetime | None = None
    ) -> datetime | None:
        into = [
            at
            for at, before, after in self.entered(number)
            if after in among and before not in among and at <= (until or self.now)
        ]
        return into[-1] if into else None

    def is_within(self, when: datetime | date | None, until: datetime) -> bool:
        if isinstance(when, datetime):
            return until - WEEK < when <= until
        return when is not None and (until - WEEK).date() < when <= until.date()

    def new(self, until: datetime) -> set[str]:
        found = set()
        for number, row in self.rows.items():
            first = next(look.at for look in self.looks if number in look.rows)
            when = row["submitted_on"] if first == self.looks[0].at else first
            if self.is_within(when, until):
                found.add(number)
        return found

    def reached(self, until: datetime, field: str, *among: str) -> set[str]:
        return {
            number
            for number, row in self.rows.items()
            if code(row) in among
            and self.is_within(self.last_entry(number, among) or row[field], until)
        }

    def live(self, until: datetime) -> set[str]:
        return self.reached(until, "live_on", "live", "closed")

    def closed(self, until: datetime) -> set[str]:
        return self.reached(until, "closed_on", "closed")

    def cancelled(self, until: datetime) -> set[str]:
        return {
            number
            for number, row in self.rows.items()
            if code(row) == "cancelled"
            and self.is_within(self.last_entry(number, ("cancelled",)), until)
        }

    def moved(self, until: datetime) -> set[str]:
        return {
            number
            for number in self.rows
            for at, _, after in self.entered(number)
            if after in LINE and self.is_within(at, until)
        }

    def look_at(self, moment: datetime) -> Look:
        """The newest look up to a moment."""
        return max((look for look in self.looks if look.at <= moment), key=lambda look: look.at)

    def changed(self, earlier: Look, later: Look) -> set[str]:
        def content(look: Look, number: str) -> Any:
            lines = [str(line) for line in look.lines if line["number"] == number]
            return look.rows[number], sorted(lines)

        both = earlier.rows.keys() & later.rows.keys()
        return {number for number in both if content(earlier, number) != content(later, number)}

    def memory(self, until: datetime) -> Memory:
        """Since when each record was known to be in what status by then."""
        spells: dict[str, tuple[Spell, ...]] = {}
        for number in self.rows:
            entries = [
                (look.at, look.status[number])
                for look in self.looks
                if number in look.rows and look.at <= until
            ]
            held: list[Spell] = []
            for at, status in entries:
                if not held or held[-1].status != status:
                    held[-1:] = [Spell(held[-1].status, held[-1].entered_at, at)] if held else []
                    held.append(Spell(status, at))
            spells[number] = tuple(held)
        return Memory(spells=spells)

    def stuck(self, look: Look, now: datetime) -> dict[str, date]:
        """The stuck records, and since when nothing moved."""
        found = {}
        for number, row in look.rows.items():
            if code(row) in ("closed", "cancelled"):
                continue
            keys = ("submitted_on", "confirmed_on", "live_on")
            days = [row[key] for key in keys if row[key]]
            days += [line["date"] for line in look.lines if line["number"] == number]
            days += [at.date() for at, _, _ in self.entered(number) if at <= now]
            since = max(day for day in days if day <= now.date())
            if code(row) == "blocked":
                found[number] = self.last_entry(number, ("blocked",), now).date()
            elif worked(since, now.date()) >= 5:
                found[number] = since
        return found

    def standing(self, look: Look, now: datetime) -> dict[str, int]:
        held = register(look.rows.values(), progress=look.lines)
        due = deadlines(held, SETTINGS, CALENDAR, now, self.memory(now))
        sunday = now.date() + timedelta(6 - now.weekday())
        return {
            "open": sum(code(row) not in ("closed", "cancelled") for row in look.rows.values()),
            "late": len({it.row for it in due if it.state == "overdue"}),
            "blocked": sum(code(row) == "blocked" for row in look.rows.values()),
            "stuck": len(self.stuck(look, now)),
            "due": sum(
                it.state in ("on time", "due soon")
                and it.id not in RECURRING
                and now.date() <= it.due_on <= sunday
                for it in due
            ),
        }


def worked(after: date, until: date) -> int:
    days = (after + timedelta(n) for n in range(1, (until - after).days + 1))
    return sum(chinese_calendar.is_workday(day) for day in days)


def figures(told: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(told, name) for name in names}


def numbers(cases: tuple[Any, ...]) -> Counter[str]:
    return Counter(case.number for case in cases)


def test_what_happened_this_week_equals_a_count_of_the_diary(history: History, told: Movement):
    diary, now = Diary(history), history.now
    live, closed = diary.live(now), diary.closed(now)
    expected = {
        "new": len(diary.new(now)),
        "live": len(live),
        "closed": len(closed),
        "finished": len(live | closed),
        "moved": len(diary.moved(now)),
        "cancelled": len(diary.cancelled(now)),
        "changed": len(diary.changed(diary.look_at(now - WEEK), diary.looks[-1])),
    }
    assert figures(told.this_week, *expected) == expected
    assert numbers(told.new) == Counter(diary.new(now))
    assert numbers(told.moved) == Counter(diary.moved(now))
    assert numbers(told.finished) == Counter(live | closed)
    assert numbers(told.cancelled) == Counter(diary.cancelled(now))


def test_what_happened_the_week_before_equals_a_count_of_the_diary(
    history: History, told: Movement
):
    diary, then = Diary(history), history.now - WEEK
    live, closed = diary.live(then), diary.closed(then)
    expected = {
        "new": len(diary.new(then)),
        "live": len(live),
        "closed": len(closed),
        "finished": len(live | closed),
        "moved": len(diary.moved(then)),
        "cancelled": len(diary.cancelled(then)),
        "changed": len(diary.changed(diary.look_at(then - WEEK), diary.look_at(then))),
    }
    assert figures(told.week_before, *expected) == expected


def test_how_it_stands_and_stood_equals_a_count_of_the_diary(history: History, told: Movement):
    diary, now = Diary(history), history.now
    today = diary.standing(diary.looks[-1], now)
    a_week_ago = diary.standing(diary.look_at(now - WEEK), now - WEEK)
    assert figures(told.this_week, *today) == today
    assert figures(told.week_before, *a_week_ago) == a_week_ago
    stuck = diary.stuck(diary.looks[-1], now)
    assert {case.number: case.on for case in told.stuck} == stuck
    assert {case.number: case.days for case in told.stuck} == {
        number: worked(since, now.date()) for number, since in stuck.items()
    }
    assert [case.days for case in told.stuck] == sorted(case.days for case in told.stuck)[::-1]


def test_the_flow_by_week_goes_by_the_dates_in_the_cells(history: History, told: Movement):
    rows = (history.rows | history.away).values()
    assert [flow.week for flow in told.weeks] == [
        Week.of(history.today - timedelta(weeks=n)) for n in range(11, -1, -1)
    ]
    for flow in told.weeks:
        days = {flow.week.first + timedelta(n) for n in range(7)}
        past = {day for day in days if day <= history.today}
        live = [row for row in rows if code(row) in ("live", "closed") and row["live_on"] in past]
        took = sorted(worked(row["submitted_on"], row["live_on"]) for row in live)
        assert flow.submitted == sum(row["submitted_on"] in past for row in rows)
        assert flow.live == len(live)
        assert flow.closed == sum(
            code(row) == "closed" and row["closed_on"] in past for row in rows
        )
        assert list(flow.cycle_days) == took
        assert flow.p85_days == (took[ceil(0.85 * len(took)) - 1] if took else None)
        assert flow.median_days == (took[(len(took) - 1) // 2] if took else None)


def test_open_records_fall_into_one_bucket_of_age_each(history: History, told: Movement):
    ages = [
        worked(row["submitted_on"], history.today)
        for row in history.rows.values()
        if code(row) not in ("closed", "cancelled")
    ]
    assert sum(group.records for group in told.ages) == told.this_week.open == len(ages)
    for group in told.ages:
        assert group.records == sum(
            group.least <= age and (group.most is None or age <= group.most) for age in ages
        )


def test_the_register_of_any_earlier_look_is_what_was_there(history: History):
    scope, ledger = SETTINGS.workbook.id, history.ledger
    entries = ledger.history.entries(scope)
    cells = ledger.history.cells(scope, [entry.id for entry in entries])
    noted, statuses = ledger.history.events(scope), ledger.history.statuses(scope)
    for look in history.looks:
        then = as_it_stood(history.register(), entries, cells, noted, statuses, look.at)
        frame = then.register.requirements.frame
        held = {row["number"]: row for row in frame.to_dict("records")}
        assert held.keys() == look.rows.keys()
        for number, row in look.rows.items():
            typed = {key: value for key, value in row.items() if value not in (None, "")}
            assert {key: held[number][key] for key in typed} == typed
        lines = then.register.progress.frame.to_dict("records")
        assert Counter((line["number"], line["date"]) for line in lines) == Counter(
            (line["number"], line["date"]) for line in look.lines
        )


def test_a_new_ledger_tells_what_cells_tell_and_nothing_it_did_not_see(
    ledger: Ledger, now: datetime
):
    history = History(ledger, now - timedelta(days=3), Random(1))
    history.opens(days_ago=1)
    history.opens("live", days_ago=20, live_on=now.date() - timedelta(4))
    history.opens("cancelled", days_ago=20)
    moving = history.opens("designing", days_ago=9, risk="None")
    history.is_seen()
    history.sets(moving, "developing")
    history.now = now
    told = history.movement()
    assert told.is_partial
    assert told.known_since == now - timedelta(days=3)
    assert figures(told.this_week, "new", "live", "moved", "cancelled", "changed") == {
        "new": 1,
        "live": 1,
        "moved": 1,
        "cancelled": 0,
        "changed": 1,
    }
    unknown = ("moved", "cancelled", "changed", "open", "late", "blocked", "stuck", "due")
    assert set(figures(told.week_before, *unknown).values()) == {None}


def test_without_a_ledger_only_the_cells_speak(ledger: Ledger, now: datetime):
    history = History(ledger, now, Random(1))
    history.opens(days_ago=1)
    history.opens(days_ago=9)
    told = history.movement()
    assert told.known_since is None
    assert figures(told.this_week, "new", "moved", "cancelled", "changed", "open") == {
        "new": 1,
        "moved": None,
        "cancelled": None,
        "changed": None,
        "open": 2,
    }
    assert told.week_before.new == 1


def test_what_is_typed_days_later_is_told_the_week_it_was_seen(ledger: Ledger, now: datetime):
    history = History(ledger, now - timedelta(days=8), Random(1))
    number = history.opens("testing", days_ago=20)
    history.is_seen()
    history.now = now - timedelta(days=1)
    history.sets(number, "live")
    history.rows[number]["live_on"] = now.date() - timedelta(10)
    history.is_seen()
    history.now = now
    told = history.movement()
    assert [(case.number, case.on) for case in told.finished] == [
        (number, told.now.date() - timedelta(1))
    ]
    assert told.week_before.live == 0


def test_registers_add_up(tmp_path: Path, now: datetime):
    told: list[Movement] = []
    for seed, days in ((3, 30), (4, 40)):
        with Ledger.open(f"sqlite:///{seed}.db", beside=tmp_path) as ledger:
            told.append(lived(ledger, now, seed, days).movement())
    one, other = told
    both = together(told)
    for name in ("new", "moved", "changed", "late", "stuck", "finished"):
        for week in ("this_week", "week_before"):
            parts = [getattr(getattr(it, week), name) for it in told]
            assert getattr(getattr(both, week), name) == sum(parts)
    assert numbers(both.stuck) == numbers(one.stuck) + numbers(other.stuck)
    assert [case.days for case in both.stuck] == sorted(case.days for case in both.stuck)[::-1]
    assert [flow.live for flow in both.weeks] == [
        a.live + b.live for a, b in zip(one.weeks, other.weeks, strict=True)
    ]
    assert (
        both.took(85)
        == sorted(days for it in told for flow in it.weeks for days in flow.cycle_days)[
            ceil(0.85 * sum(len(flow.cycle_days) for it in told for flow in it.weeks)) - 1
        ]
    )
    assert sum(group.records for group in both.ages) == both.this_week.open


def test_what_one_register_cannot_tell_all_together_cannot(tmp_path: Path, now: datetime):
    told = []
    for seed, days in ((3, 30), (4, 2)):
        with Ledger.open(f"sqlite:///{seed}.db", beside=tmp_path) as ledger:
            told.append(lived(ledger, now, seed, days).movement())
    both = together(told)
    assert both.week_before.late is None
    assert both.this_week.late == sum(it.this_week.late or 0 for it in told)
    assert both.is_partial
