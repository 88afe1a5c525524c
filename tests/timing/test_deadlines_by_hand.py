"""The deadlines of generated records, against a plain loop that reads like the process."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from registers import clean, register

from xlflow.record.choices import CHOICES, STATUSES
from xlflow.settings import default_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.deadlines import deadlines

TODAY = date(2024, 10, 10)  # between the National Day week and its make-up Saturday
LINE = ("submitted", "assessing", "designing", "developing", "testing", "live", "closed")
SCHEDULE = {
    "design": "designing",
    "development": "developing",
    "test": "testing",
    "golive": "testing",
}
Row = dict[str, Any]
Answer = tuple[date, str, int]


def _plus(start: date, days: int) -> date:
    while days or not chinese_calendar.is_workday(start):
        start += timedelta(1)
        if days and chinese_calendar.is_workday(start):
            days -= 1
            if not days:
                return start
    return start


def _worked(after: date, until: date) -> int:
    return sum(
        chinese_calendar.is_workday(after + timedelta(n))
        for n in range(1, (until - after).days + 1)
    )


def _late(due: date, until: date | None) -> int:
    return max(1, _worked(due, until)) if until and until > due else 0


def _by_hand(row: Row, lines: list[Row]) -> dict[str, Answer]:
    status, result = CHOICES["status"].parse(row["status"]), CHOICES["result"].parse(row["result"])
    if status is None or status == "cancelled":
        return {}
    place = LINE.index(status) if status in LINE else -1
    urgent = CHOICES["type"].parse(row["type"]) == "urgent"
    gone_live = place >= LINE.index("live")
    found: dict[str, Answer] = {}

    def clock(
        id_: str,
        due: date | None,
        met: bool,
        met_on: date | None = None,
        *,
        soon_days: int = 1,
        opens: date = date.max,
    ) -> None:
        if due is None or (status == "closed" and not met):
            return
        if met:
            found[id_] = (due, "met", _late(due, met_on))
        elif status == "blocked":
            found[id_] = (due, "paused", 0)
        elif due < TODAY:
            found[id_] = (due, "overdue", _late(due, TODAY))
        else:
            soon = _worked(TODAY, due) <= soon_days or opens <= TODAY
            found[id_] = (due, "due soon" if soon else "on time", 0)

    submitted, confirmed, assessed = row["submitted_on"], row["confirmed_on"], row["assessed_on"]
    if submitted and (confirmed or not gone_live):
        clock("confirm", _plus(submitted, 0 if urgent else 1), bool(confirmed), confirmed)
    if confirmed and (assessed or not gone_live):
        clock("assess", _plus(confirmed, 0 if urgent else 2), bool(assessed), assessed)
    live_on = row["live_on"]
    for id_, during in SCHEDULE.items():
        met = place > LINE.index(during) or (id_ == "test" and result == "pass")
        clock(id_, row[f"{id_}_due"], met, live_on if id_ == "golive" and met else None)
    if status in ("developing", "testing", "blocked"):
        dates = [line["date"] for line in lines if line["number"] == row["number"]]
        clock("progress", _plus(max(dates), 1) if dates else None, False, soon_days=0)
        checked = row["checked_on"]
        clock("business-check", _plus(checked, 2) if checked else None, False, soon_days=0)
    clock("rectify", row["rectify_by"], result == "pass")
    if live_on:
        clock("monitor", live_on + timedelta(1), bool(row["monitoring"]))
        closed = status == "closed"
        clock("close", _plus(live_on, 5), closed, row["closed_on"], opens=_plus(live_on, 3))
    clock("expected", row["expected_on"], gone_live, live_on if gone_live else None)
    return found


def _generated(dice: random.Random, number: str) -> Row:
    row = clean(dice.choice(STATUSES))
    for key, value in row.items():
        if isinstance(value, date):
            nearby = TODAY + timedelta(dice.randint(-25, 10))
            row[key] = dice.choice([None, nearby, nearby, nearby])
    row |= {
        "number": number,
        "rectify_by": dice.choice([None, TODAY + timedelta(dice.randint(-9, 9))]),
    }
    row["result"] = dice.choice([None, "Pass", "Fail"])
    row["monitoring"] = dice.choice([None, "nothing found"])
    row["type"] = dice.choice(["New feature", "Urgent"])
    return row


@pytest.mark.parametrize("seed", range(4))
def test_every_deadline_is_what_a_plain_loop_finds(seed: int) -> None:
    dice = random.Random(seed)
    rows = [_generated(dice, f"2024-{n:03}") for n in range(1, 201)]
    lines = [
        {"number": dice.choice(rows)["number"], "date": TODAY - timedelta(dice.randint(0, 20))}
        for _ in range(200)
    ]
    now = datetime(2024, 10, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    held = register(rows, progress=lines)
    found: dict[str, dict[str, Answer]] = {row["number"]: {} for row in rows}
    for it in deadlines(held, default_settings(), WorkingCalendar.of("CN"), now):
        assert it.id not in found[it.number]
        found[it.number][it.id] = (it.due_on, it.state, it.days_late)
    assert found == {row["number"]: _by_hand(row, lines) for row in rows}
