"""Digests: who is told what, once, over days that pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from clients.smtp_server import SmtpServer
from jobs.digest_company import DigestCompany, assessed, at, draft

from xlflow.record.register import Person

FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2024, 3, day) for day in (1, 4, 5, 6))
THURSDAY, NEXT_MONDAY = date(2024, 3, 7), date(2024, 3, 11)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer(security="none") as running:
        yield running


@pytest.fixture
def company(server: SmtpServer, tmp_path: Path) -> DigestCompany:
    return DigestCompany(tmp_path / "company", server)


def test_who_has_to_act_is_told_before_it_is_late_and_once_it_is(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    due = "Confirmation 2024-03-04"
    assert [one.told for one in company.day(MONDAY)] == [[("Due soon", "One", due)]]
    (late,) = company.day(TUESDAY)
    assert late.address == "manager@example.com"
    assert late.subject == "Requirements, 2024-03-05: 1 overdue"
    assert late.told == [("Overdue", "One", due)]
    assert company.day(WEDNESDAY) == []


def test_the_mail_names_the_cell_and_what_to_type_there(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    (got,) = company.day(TUESDAY)
    cell = company.register().requirements.cell(4, "contact")
    assert "-> fill in 【Technical contact】 now; it was due 2024-03-04" in got.text
    assert f"{cell} 【Technical contact】" in got.text
    assert cell in got.html


def test_what_stays_late_is_told_to_the_lead_once(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    company.day(MONDAY)
    company.day(TUESDAY)
    company.day(WEDNESDAY)
    (got,) = company.day(THURSDAY)
    assert got.address == "director@example.com"
    assert got.told == [("Late with your people", "One", "Confirmation 2024-03-04")]
    assert "for * Manager" in got.text
    assert company.day(NEXT_MONDAY) == []


def test_a_lead_gets_one_mail_with_all_people_and_what_is_his_own(company: DigestCompany):
    company.has(
        draft("One", FRIDAY),
        draft("Two", FRIDAY),
        draft("Three", WEDNESDAY, requester="* Director"),
    )
    company.begins(FRIDAY)
    company.day(MONDAY)
    company.day(TUESDAY)
    (got,) = company.day(THURSDAY)
    assert [section for section, *_ in got.told] == [
        "Due soon",
        "Late with your people",
        "Late with your people",
    ]


def test_a_due_date_that_was_moved_counts_anew(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    company.day(TUESDAY)
    company.type_into(f"{company.register().requirements.columns['submitted_on']}4", MONDAY)
    (got,) = company.day(WEDNESDAY)
    assert got.told == [("Overdue", "One", "Confirmation 2024-03-05")]


def test_what_was_overdue_on_the_first_day_is_told_to_nobody(company: DigestCompany):
    company.has(*(draft(f"Old {n}", date(2023, 5, 5)) for n in range(40)), draft("New", FRIDAY))
    company.begins(FRIDAY)
    (got,) = company.day(MONDAY)
    assert [record for _, record, _ in got.told] == ["New"]
    assert "40 from before 2024-03-01 are not listed." in got.text


def test_from_an_earlier_day_on_old_matters_are_told_the_latest_first(server, tmp_path):
    reminders = {"enforce_from": "2023-01-01", "cap": 3}
    company = DigestCompany(tmp_path / "company", server, reminders=reminders)
    company.people = [Person("* Manager", "Marketing", "manager@example.com")]
    company.has(*(draft(f"Old {n}", date(2024, 1, n)) for n in (8, 3, 4, 5, 2)))
    company.begins(FRIDAY)
    mails = [company.day(day) for day in (FRIDAY, MONDAY, TUESDAY)]
    told = [[record for _, record, _ in got.told] for (got,) in mails[:2]]
    assert told == [["Old 2", "Old 3", "Old 4"], ["Old 5", "Old 8"]]
    assert "2 more are new; they follow in the next mail." in mails[0][0].text
    assert "Told before and still open: 3 overdue, up to" in mails[1][0].text
    assert mails[2] == []


def test_what_the_checks_send_back_is_told_once_and_again_when_typed_anew(company: DigestCompany):
    company.people = [Person("* Manager", "Marketing", "manager@example.com")]
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    company.day(TUESDAY)
    cell = f"{company.register().requirements.columns['expected_on']}4"
    company.type_into(cell, "next week")
    (got,) = company.day(WEDNESDAY)
    assert got.told == [("Sent back by the checks", "One", f"Register!{cell}")]
    assert company.day(THURSDAY) == []
    company.type_into(cell, "in May")
    assert len(company.day(date(2024, 3, 8))) == 1
    company.type_into(cell, "next week")
    assert len(company.day(NEXT_MONDAY)) == 1


def test_nobody_gets_two_mails_on_one_day(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    assert len(company.day(TUESDAY)) == 1
    cell = f"{company.register().requirements.columns['expected_on']}4"
    company.type_into(cell, "next week")
    company.runs()
    assert company.day(TUESDAY, hour=15) == []
    (got,) = company.day(WEDNESDAY)
    assert got.told == [("Sent back by the checks", "One", f"Register!{cell}")]


def test_a_name_of_two_people_is_written_to_neither(company: DigestCompany):
    company.people = [
        Person("Zhang *", "IT", "zhang.wei@example.com", "Li *"),
        Person("Zhang *", "IT", "zhang.min@example.com", "Li *"),
        Person("Li *", "IT", "li@example.com"),
    ]
    company.has(assessed("One", FRIDAY))
    company.begins(FRIDAY)
    company.runs()
    outcome = company.sends(at(NEXT_MONDAY))
    assert company.server.mails == []
    assert {one.unreachable.reason for one in outcome.digests.lost} == {"ambiguous"}


def test_a_requester_is_told_apart_by_the_department_of_the_record(company: DigestCompany):
    company.people = [
        Person("* Manager", "Finance", "finance@example.com"),
        Person("* Manager", "Marketing", "marketing@example.com"),
    ]
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    (got,) = company.day(TUESDAY)
    assert got.address == "marketing@example.com"


def test_a_namesake_of_another_department_is_not_written_to(company: DigestCompany):
    company.people = [Person("* Manager", "Finance", "finance@example.com")]
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    assert company.day(TUESDAY) == []
