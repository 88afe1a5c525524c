from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from registers import clean, register
from samples import CALENDAR, SETTINGS, ZONE, sample, sample_view, view_of

from xlflow.checks.checking import check
from xlflow.record.choices import CHOICES
from xlflow.record.register import Person, Register
from xlflow.reports.figures.overview import Group, Overview, overview
from xlflow.timing.deadlines import Deadline, deadlines

SAMPLES = [(60, "zh-Hans"), (143, "en"), (37, "zh-Hant")]


@pytest.fixture(params=SAMPLES, ids=str)
def held(request, now) -> Register:
    return sample(*request.param, now)


@pytest.fixture
def view(request, held, now) -> Overview:
    return sample_view(*request.node.callspec.params["held"], now)


def rows(held: Register) -> list[dict]:
    """The records as plain dictionaries, with the codes of their choices."""
    frame = held.requirements.frame
    return [
        {"row": int(row)}
        | {key: frame.at[row, key] for key in frame.columns}
        | {
            f"{key}_code": CHOICES[key].parse(frame.at[row, key])
            for key in ("status", "priority", "type")
        }
        for row in frame.index
    ]


def standing(held: Register, now: datetime, state: str) -> list[Deadline]:
    return [it for it in deadlines(held, SETTINGS, CALENDAR, now) if it.state == state]


def counted(held: Register, now: datetime, name_of) -> dict[str, tuple[int, int, int, int]]:
    """Name -> records, open ones, with something overdue, with something due soon; one by one."""
    late = {it.row for it in standing(held, now, "overdue")}
    soon = {it.row for it in standing(held, now, "due soon")}
    figures: dict[str, list[int]] = {}
    for row in rows(held):
        mine = figures.setdefault(name_of(row), [0, 0, 0, 0])
        mine[0] += 1
        mine[1] += row["status_code"] not in ("closed", "cancelled")
        mine[2] += row["row"] in late
        mine[3] += row["row"] in soon
    return {name: tuple(mine) for name, mine in figures.items()}


def shown(groups: tuple[Group, ...]) -> dict[str, tuple[int, int, int, int]]:
    return {it.name: (it.records, it.open, it.overdue, it.due_soon) for it in groups if it.records}


@pytest.mark.parametrize(
    ("key", "groups"), [("status", "statuses"), ("priority", "priorities"), ("type", "types")]
)
def test_groups_by_choice_equal_a_count_one_by_one(held, view, now, key, groups):
    expected = counted(held, now, lambda row: row[f"{key}_code"] or "")
    assert shown(getattr(view, groups)) == expected


def test_every_choice_has_its_group_in_the_order_of_the_dropdown(view):
    for key, groups in (("status", view.statuses), ("type", view.types)):
        names = [group.name for group in groups]
        codes = list(CHOICES[key].codes)
        assert names[: len(codes)] == codes
        assert names[len(codes) :] in ([], [""])


def test_departments_equal_a_count_one_by_one(held, view, now):
    assert shown(view.departments) == counted(held, now, lambda row: row["department"] or "")


def test_headlines_equal_a_count_one_by_one(held, view, now):
    records = rows(held)
    late, soon = (standing(held, now, state) for state in ("overdue", "due soon"))
    assert view.records == len(records)
    assert view.open == sum(r["status_code"] not in ("closed", "cancelled") for r in records)
    assert view.overdue_records == len({it.row for it in late})
    assert view.due_soon_records == len({it.row for it in soon})
    assert view.in_status("blocked") == sum(r["status_code"] == "blocked" for r in records)
    assert view.in_status("") == sum(r["status_code"] is None for r in records)
    assert Counter(line.deadline for line in view.overdue) == Counter(late)
    assert Counter(line.deadline for line in view.due_soon) == Counter(soon)


def test_the_week_runs_from_today_to_sunday_without_what_recurs_daily(held, view, now):
    expected = Counter()
    for it in deadlines(held, SETTINGS, CALENDAR, now):
        is_waiting = it.state in ("on time", "due soon")
        if is_waiting and it.id not in ("progress", "business-check"):
            expected[it] += date(2026, 3, 18) <= it.due_on <= date(2026, 3, 22)
    assert Counter(line.deadline for line in view.due_this_week) == +expected
    assert expected.total() > 0


def test_people_equal_a_count_one_by_one(held, view, now):
    late, soon = (standing(held, now, state) for state in ("overdue", "due soon"))
    findings = check(held, SETTINGS, now, calendar=CALENDAR)
    in_charge = Counter()
    for row in rows(held):
        if row["status_code"] not in ("closed", "cancelled"):
            names = (row["owner"], row["contact"], row["requester"], row["department"])
            in_charge[next((name for name in names if name), "")] += 1
    for load in view.people:
        mine = [it for it in late if it.responsible == load.name]
        assert load.open == in_charge[load.name]
        assert load.overdue == len(mine)
        assert load.days_late == max((it.days_late for it in mine), default=0)
        assert load.due_soon == sum(it.responsible == load.name for it in soon)
        assert load.errors == sum(
            found.severity == "error" and (found.owner or "") == load.name for found in findings
        )
    assert sum(load.open for load in view.people) == view.open
    assert sum(load.overdue for load in view.people) == len(late)
    assert sum(load.due_soon for load in view.people) == len(soon)
    assert sum(load.errors for load in view.people) == view.severities["error"]


def test_severities_equal_a_count_one_by_one(held, view, now):
    findings = check(held, SETTINGS, now, calendar=CALENDAR)
    for severity in ("error", "warning", "info"):
        assert view.severities[severity] == sum(it.severity == severity for it in findings)
    numbers = {row["number"] for row in rows(held) if row["number"]}
    faulty = {
        it.number or it.row
        for it in findings
        if it.severity == "error" and (it.table == "register" or it.number in numbers)
    }
    assert view.faulty_records == len(faulty)


def test_lists_are_in_the_order_of_urgency(view):
    days = [line.deadline.days_late for line in view.overdue]
    assert days == sorted(days, reverse=True)
    for lines in (view.due_soon, view.due_this_week):
        due = [line.deadline.due_on for line in lines]
        assert due == sorted(due)
    pressed = [(load.overdue, load.days_late) for load in view.people]
    assert pressed == sorted(pressed, reverse=True)


def test_the_longest_overdue_name_each_record_once(view):
    first: dict[int, Deadline] = {}
    for line in view.overdue:
        first.setdefault(line.deadline.row, line.deadline)
    assert [line.deadline for line in view.longest_overdue] == list(first.values())
    assert len(view.longest_overdue) == view.overdue_records


def test_a_department_spelled_otherwise_counts_as_the_listed_one(now):
    held = register(
        [
            clean(number="2026-001", department="市場部", title="a"),
            clean(number="2026-002", department="市场部", title="b"),
            clean(number="2026-003", department=None, title="c"),
        ],
        departments=("市场部",),
    )
    assert [(it.name, it.records) for it in view_of(held, now).departments] == [
        ("市场部", 2),
        ("", 1),
    ]


def test_the_day_is_that_of_the_zone(now):
    held = register([clean()])
    late = datetime(2026, 3, 18, 17, 30, tzinfo=ZONE) + timedelta(hours=8)
    seen = overview(held, [], [], {}, late, ZONE)
    assert seen.today == date(2026, 3, 19)


def test_a_person_named_in_the_lists_has_a_department(now):
    held = register(
        [clean("developing", number="2026-001", owner="Z. *", development_owner="Z. *")],
        people=(Person("Z. *", department="Support"),),
    )
    loads = {load.name: load for load in view_of(held, now).people}
    assert loads["Z. *"].department == "Support"
    assert loads["Z. *"].open == 1


def test_an_empty_register_has_no_figures(now):
    seen = view_of(replace(register([])), now)
    assert (seen.records, seen.open, seen.overdue_records, seen.faulty_records) == (0, 0, 0, 0)
    assert seen.overdue == seen.due_soon == seen.people == seen.departments == ()
