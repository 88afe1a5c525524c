"""The figures of several registers, against a count over all their records at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from registers import clean, register
from samples import as_register, sample_view, sample_views, view_of

from xlflow.record.register import Person
from xlflow.reports.figures.totals import Totals, totals

COMPANY = (("it", 60), ("hr", 35), ("ops", 7))


@pytest.fixture
def company(now: datetime) -> Totals:
    return totals(sample_views(COMPANY, now))


def test_the_totals_of_one_register_are_its_figures(language, now):
    view = sample_view(60, language, now)
    one = totals([view])
    assert not one.are_several
    for name in ("statuses", "departments", "overdue", "due_soon", "people", "severities"):
        assert getattr(one, name) == getattr(view, name)


def test_groups_are_added_up_by_name(company: Totals):
    assert company.records == sum(count for _, count in COMPANY)
    for name in ("statuses", "departments", "priorities", "types"):
        groups = getattr(company, name)
        assert len({group.name for group in groups}) == len(groups)
        for group in groups:
            parts = [one for it in company.views for one in getattr(it, name)]
            for figure in ("records", "open", "overdue", "due_soon"):
                found = sum(getattr(it, figure) for it in parts if it.name == group.name)
                assert getattr(group, figure) == found


def test_lists_are_merged_in_their_order_and_tell_the_register(company: Totals):
    late = [line.deadline.days_late for line in company.overdue]
    assert late == sorted(late, reverse=True)
    for view in company.views:
        own = [line for line in company.overdue if line.register == view.name]
        assert own == list(view.overdue)
        assert own
    due = [line.deadline.due_on for line in company.due_soon]
    assert due == sorted(due)
    assert len(due) == sum(len(view.due_soon) for view in company.views)


def late_for(name: str, id_: str, now: datetime, *people: Person):
    row = clean(number="2026-001", status="assessing", owner=name, contact=name, submitted_on="")
    held = register([row], people=people)
    return view_of(as_register(id_, held), now)


def test_a_person_of_two_registers_is_known_by_name_and_address(now):
    chen = Person("Chen *", "IT", "chen@example.com")
    other = replace(chen, mail="CHEN@example.com", department="HR")
    namesake = replace(chen, mail="chen.two@example.com")
    for second, count in ((other, 1), (namesake, 2)):
        views = [late_for("Chen *", "it", now, chen), late_for("Chen *", "hr", now, second)]
        held = [load for load in totals(views).people if load.name == "Chen *"]
        assert len(held) == count
        assert sum(load.open for load in held) == 2
