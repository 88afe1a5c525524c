"""Who gets which weekly summary, under which key, and what goes along."""

from __future__ import annotations

import email
import io
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from company import NOW, new
from python_calamine import CalamineWorkbook
from several import Several

from xlflow.errors import UsageError
from xlflow.jobs.mailing.weekly import Weekly, prepare_weekly
from xlflow.settings import Settings, load_company

MAIL = """[mail]
sender = "xlflow <xlflow@example.com>"
weekly = ["Boss <Boss@example.com>", "boss@example.com"]
"""


@pytest.fixture
def company(tmp_path: Path) -> Several:
    company = Several(tmp_path / "company", MAIL)
    for register, title in zip(company.registers, ("Laptops", "Leave", "Lorries"), strict=True):
        register.has(new(title))
    return company


def registers(company: Several) -> tuple[Settings, ...]:
    return load_company(company.settings_file).registers


def keys(weekly: Weekly) -> list[str]:
    return [mail.key for mail in weekly.mails]


def attached(weekly: Weekly, n: int) -> CalamineWorkbook:
    mail = email.message_from_bytes(weekly.mails[n].message.content, policy=policy.default)
    (workbook,) = mail.iter_attachments()
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook.get_content()))


def test_an_address_gets_one_mail_a_week_however_it_is_spelled(company: Several):
    weekly = prepare_weekly(registers(company), NOW)
    assert keys(weekly) == [
        "weekly:*:2024-W12:boss@example.com",
        "weekly:*:2024-W12:li.na@example.com",
    ]
    assert weekly.unread == ()
    assert keys(prepare_weekly(registers(company), NOW + timedelta(days=2))) == keys(weekly)
    assert keys(prepare_weekly(registers(company), NOW + timedelta(days=3))) == [
        "weekly:*:2024-W13:boss@example.com",
        "weekly:*:2024-W13:li.na@example.com",
    ]


def test_a_summary_on_some_registers_is_another_mail(company: Several):
    it, hr, ops = registers(company)
    assert keys(prepare_weekly([it, ops], NOW)) == ["weekly:it+ops:2024-W12:boss@example.com"]
    assert keys(prepare_weekly([hr], NOW)) == [
        "weekly:hr:2024-W12:boss@example.com",
        "weekly:hr:2024-W12:li.na@example.com",
    ]


def test_once_more_on_purpose_has_another_key(company: Several):
    (it, *_) = registers(company)
    assert keys(prepare_weekly([it], NOW, again=True)) == [
        "weekly:it:2024-W12:boss@example.com:20240322T090000"
    ]


def test_the_workbook_tells_of_the_registers_that_the_mail_tells_of(company: Several):
    weekly = prepare_weekly(registers(company), NOW)
    of_managers = attached(weekly, 0).get_sheet_by_name("All records").to_python()
    of_li_na = attached(weekly, 1).get_sheet_by_name("All records").to_python()
    titles = {"Laptops", "Leave", "Lorries"}
    assert {cell for row in of_managers for cell in row} & titles == titles
    assert {cell for row in of_li_na for cell in row} & titles == {"Leave"}


def test_others_may_get_it_instead(company: Several):
    weekly = prepare_weekly(registers(company), NOW, to=["eve@example.com"])
    assert [mail.message.recipients for mail in weekly.mails] == [("eve@example.com",)]


def test_nobody_to_tell_and_no_sender_are_told_before_anything_is_read(tmp_path: Path):
    company = Several(tmp_path / "company", '[mail]\nsender = "xlflow@example.com"\n')
    it, _, ops = registers(company)  # there are no workbooks
    with pytest.raises(UsageError, match="weekly"):
        prepare_weekly([it, ops], NOW)
    mute = Several(tmp_path / "mute", '[mail]\nweekly = ["boss@example.com"]\n')
    with pytest.raises(UsageError, match="sender"):
        prepare_weekly(registers(mute), NOW)
