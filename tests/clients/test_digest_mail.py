"""Digests: who is told what, once, over days that pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from clients.smtp_server import SmtpServer
from jobs.digest_company import (
    PEOPLE,
    DigestCompany,
    assessed,
    at,
    draft,
    mail_settings,
    read,
    sends,
    toml_of,
)
from several import Several

from xlflow.errors import UsageError
from xlflow.record.register import Person
from xlflow.settings.reminders import ReminderSettings

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
    assert "-> Fill in 【Technical contact】 now; it was due 2024-03-04" in got.text
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
    assert "-> * Manager: Fill in 【Technical contact】 now; it was due 2024-03-04" in got.text
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


def test_two_registers_make_one_mail(server: SmtpServer, tmp_path: Path):
    several = Several(tmp_path / "company", more=toml_of(mail_settings(server)))
    registers = (several.it, several.hr)
    several.it.has(draft("Of IT", FRIDAY), people=PEOPLE)
    several.hr.has(draft("Of HR", FRIDAY), draft("Another of HR", FRIDAY), people=PEOPLE)
    for register in registers:
        register.runs(at(FRIDAY, 8))
    sends([register.settings for register in registers], at(TUESDAY))
    (mail,) = server.mails
    got = read(mail)
    assert got.subject == "Requirements, 2024-03-05: 3 overdue"
    assert [record for _, record, _ in got.told] == ["Of IT", "Of HR", "Another of HR"]
    assert got.text.index("[it.xlsx]") < got.text.index("Of IT") < got.text.index("[hr.xlsx]")
    assert "Ask Li Na <li.na@example.com>." in got.text
    sends([register.settings for register in registers], at(WEDNESDAY))
    assert len(server.mails) == 1


def test_a_register_that_cannot_be_read_does_not_stop_the_others(server, tmp_path):
    several = Several(tmp_path / "company", more=toml_of(mail_settings(server)))
    several.it.has(draft("Of IT", FRIDAY), people=PEOPLE)
    several.it.runs(at(FRIDAY, 8))
    registers = [several.it.settings, several.hr.settings]
    outcome = sends(registers, at(TUESDAY))
    assert list(outcome.digests.failed) == ["hr"]
    assert [read(mail).address for mail in server.mails] == ["manager@example.com"]


def test_what_reaches_nobody_is_told_to_who_is_responsible_for_the_register(server, tmp_path):
    register = {"path": "drive/register.xlsx", "responsible": ["Li Na <li.na@example.com>"]}
    company = DigestCompany(tmp_path / "company", server, register=register)
    company.people = [Person("* Manager", "Marketing", "")]
    company.has(draft("One", FRIDAY), draft("Two", FRIDAY))
    company.begins(FRIDAY)
    (got,) = company.day(MONDAY)
    assert got.address == "li.na@example.com"
    assert got.subject == "Requirements, 2024-03-04: 2 reach nobody"
    told = "- * Manager: the Lists sheet has no mail address; 2 matters wait: 2024-001, 2024-002"
    assert told in got.text
    assert [one.address for one in company.day(TUESDAY)] == []
    company.people = [Person("* Manager", "Marketing", "manager@example.com")]
    rows = company.register().requirements.frame.to_dict("records")
    company.has(*({key: row[key] for key in row if row[key] is not None} for row in rows))
    assert [one.address for one in company.day(WEDNESDAY)] == ["manager@example.com"]


def test_where_nobody_is_responsible_the_administrator_hears_what_reaches_nobody(server, tmp_path):
    mail = {**mail_settings(server), "administrator": ["admin@example.com"]}
    company = DigestCompany(tmp_path / "company", server, mail=mail)
    company.people = []
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    (got,) = company.day(MONDAY)
    assert got.address == "admin@example.com"
    assert "* Manager: the name is not among the people on the Lists sheet" in got.text


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("lead", {"director@example.com"}),
        ("people", {"director@example.com", "manager@example.com"}),
        ("nobody", set()),
    ],
)
def test_what_waits_for_a_department_goes_where_the_settings_say(server, tmp_path, how, told):
    company = DigestCompany(tmp_path / "company", server, reminders={"departments": how})
    company.has({**draft("One", FRIDAY), "requester": None})
    company.begins(FRIDAY)
    got = company.day(MONDAY)
    assert {
        one.address for one in got if ("Due soon", "One") in {it[:2] for it in one.told}
    } == told
    outcome = company.sends(at(TUESDAY))
    assert {one.unreachable.reason for one in outcome.digests.lost} == (
        {"department"} if how == "nobody" else set()
    )


def test_who_was_told_is_remembered_however_people_sort(company: DigestCompany):
    company.people = [Person("* Manager", "Marketing", "manager@example.com")]
    one, two = draft("One", FRIDAY, expected_on="soon"), draft("Two", FRIDAY)
    company.has(one)
    company.begins(FRIDAY)  # it gets no number before the date is mended
    (got,) = company.day(TUESDAY)
    assert [record for _, record, _ in got.told] == ["One"]
    company.has(two, {**one, "expected_on": date(2030, 1, 1)})
    (got,) = company.day(WEDNESDAY)
    assert [record for _, record, _ in got.told] == ["Two"]
    assert set(company.column("number")) == {"2024-001", "2024-002"}


def test_what_no_run_has_seen_waits(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    rows = [draft("One", FRIDAY), draft("Two", FRIDAY)]
    company.has({**rows[0], "number": "2024-001"}, rows[1])
    outcome = company.sends(at(TUESDAY))
    assert outcome.digests.unseen == {"main": 1}
    (got,) = [read(mail) for mail in company.server.mails]
    assert [record for _, record, _ in got.told] == ["One"]
    company.server.mails.clear()
    (got,) = company.day(WEDNESDAY)
    assert [record for _, record, _ in got.told] == ["Two"]


def test_each_level_is_told_once_to_each(server, tmp_path):
    levels = [
        {"days_late": 0, "to": ["responsible"]},
        {"days_late": 2, "to": ["lead"]},
        {"days_late": 4, "to": ["lead", "boss@example.com"]},
    ]
    company = DigestCompany(tmp_path / "company", server)
    settings = company.settings.model_copy(
        update={"reminders": ReminderSettings.model_validate({"levels": levels})}
    )
    company.settings = settings
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    days = [date(2024, 3, day) for day in (4, 5, 6, 7, 8, 11, 12, 13)]
    told = {day.day: [got.address.partition("@")[0] for got in company.day(day)] for day in days}
    assert {day: names for day, names in told.items() if names} == {
        4: ["manager"],
        5: ["manager"],
        6: ["director"],
        8: ["boss", "director"],
    }


def test_a_blocked_record_is_not_escalated_for_what_stands_still(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    company.day(TUESDAY)
    columns = company.register().requirements.columns
    company.type_into(f"{columns['status']}4", "Blocked")
    company.type_into(f"{columns['blocked_reason']}4", "No budget")
    got = [one for day in (6, 7, 8, 11, 12, 13) for one in company.day(date(2024, 3, day))]
    told = {(section, what) for one in got for section, _, what in one.told}
    assert not any(what.startswith("Confirmation") for _, what in told)
    assert any(what.startswith("Unblocking") for _, what in told)


def test_whatever_people_typed_stays_a_text(company: DigestCompany):
    company.has(draft("<img src=x onerror=alert(1)>", FRIDAY))
    company.begins(FRIDAY)
    (got,) = company.day(MONDAY)
    assert "&lt;img src=x onerror=alert(1)&gt;" in got.html
    assert "<img" not in got.html


def test_without_sending_the_mails_are_files_and_nobody_counts_as_told(company: DigestCompany):
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    outcome = company.sends(at(TUESDAY), send=False)
    assert [path.suffix for path in outcome.written] == [".eml"]
    assert company.server.mails == []
    assert len(company.day(TUESDAY)) == 1


def test_a_mail_that_the_server_puts_off_is_told_once(tmp_path: Path):
    with SmtpServer(security="none", replies=["451 4.3.0 Try again later"]) as server:
        company = DigestCompany(tmp_path / "company", server)
        company.has(draft("One", FRIDAY))
        company.begins(FRIDAY)
        assert company.day(TUESDAY) == []
        (got,) = company.day(WEDNESDAY)
        assert got.subject == "Requirements, 2024-03-05: 1 overdue"


def test_only_those_who_are_named_get_a_mail(company: DigestCompany):
    company.has(draft("One", FRIDAY), assessed("Two", FRIDAY))
    company.begins(FRIDAY)
    company.sends(at(TUESDAY), to=["* manager"])
    assert [read(mail).address for mail in company.server.mails] == ["manager@example.com"]
    with pytest.raises(UsageError) as refused:
        company.sends(at(TUESDAY), to=["Nobody *", "zhang@example.com", "no@example.com"])
    assert "Nobody *, no@example.com" in refused.value.message("en")


def test_what_the_checks_send_back_to_nobody_is_told_too(company: DigestCompany):
    company.people = []
    company.has(draft("One", FRIDAY))
    company.begins(FRIDAY)
    company.has(draft("One", FRIDAY, expected_on="next week"))
    company.runs(at(MONDAY))
    lost = company.sends(at(TUESDAY)).digests.lost
    assert {(one.matter.kind, one.unreachable.reason) for one in lost} == {
        ("overdue", "unknown"),
        ("sent back", "unknown"),
    }
