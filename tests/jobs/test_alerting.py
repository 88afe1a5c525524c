from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from company import NOW, Company

from xlflow.errors import UsageError
from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.alerting import (
    Trouble,
    alert_of_dead_letters,
    alert_of_failure,
    alert_of_recovery,
)
from xlflow.languages import LANGUAGES, Language
from xlflow.ledger import Ledger
from xlflow.mail import Failure, Refusal, stored_reasons
from xlflow.settings import Settings

ADMINISTRATOR = "周管理员 <zhou@example.com>"
MAIL = {
    "send": True,
    "sender": "xlflow <xlflow@example.com>",
    "administrator": [ADMINISTRATOR],
    "administrator_language": "en",
}
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def settings_of(folder: Path, **changes: Any) -> Settings:
    return Company(folder / "company", mail=MAIL | changes).settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with open_ledger(settings) as opened:
        yield opened


def trouble(**changes: Any) -> Trouble:
    """The run over the register "it" fails for the third time."""
    facts: dict[str, Any] = {
        "subject": "run/it",
        "name": "schedule.job.validate",
        "reason": UsageError("jobs.no-sender", path="/srv/xlflow.toml"),
        "since": NOW - HOUR,
        "times": 3,
        "register": "it",
        "log": Path("/var/log/xlflow.log"),
    }
    return Trouble(**(facts | changes))


def mails(ledger: Ledger) -> list[EmailMessage]:
    """The alerts of the outbox, as they are read."""
    found = []
    for key in ledger.outbox.known_keys():
        if key.startswith("alert:"):
            delivery = ledger.outbox.get(key)
            assert delivery is not None
            message = message_from_bytes(delivery.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
    return found


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def dies(ledger: Ledger, key: str, address: str = "li@example.com", at: Any = NOW) -> None:
    """A mail is given up, since the server knows nobody of that address."""
    content = b"Subject: =?utf-8?b?5b6F5Yqe?= <1>\r\n\r\nbody"
    ledger.outbox.put(key, f"<{key}@example.com>", [address], content, at)
    why = Failure("final", "recipient-refused", "mail.example.com", 25, code=550, reply="no user")
    ledger.outbox.dead(key, stored_reasons([Refusal(address, why)]), at)


def test_a_failing_job_is_told_with_what_since_when_how_often_and_where_the_log_is(
    settings: Settings, ledger: Ledger
) -> None:
    assert alert_of_failure(settings, ledger, trouble(next_try_at=NOW + HOUR), NOW)
    (mail,) = mails(ledger)
    assert mail["To"] == ADMINISTRATOR
    for body in (text_of(mail), text_of(mail, "html")):
        assert "2024-03-22 08:00" in body  # since when
        assert "2024-03-22 10:00" in body  # the next try
        assert "/var/log/xlflow.log" in body
        assert "The sender is not set. Add to /srv/xlflow.toml:" in body
        assert "xlflow doctor" in body
        assert "it" in body
    assert "register it" in mail["Subject"]
    assert "Failures so far: 3" in text_of(mail)


def test_a_failing_job_mails_once_a_day(settings: Settings, ledger: Ledger) -> None:
    told = [alert_of_failure(settings, ledger, trouble(), NOW + HOUR * n) for n in range(36)]
    assert told == [True, *[False] * 14, True, *[False] * 20]  # from 9:00; midnight is 15 hours on
    assert len(mails(ledger)) == 2


def test_jobs_that_fail_on_the_same_day_are_told_each(settings: Settings, ledger: Ledger) -> None:
    for subject in ("run/it", "run/itsm", "weekly"):
        assert alert_of_failure(settings, ledger, trouble(subject=subject), NOW)
    assert alert_of_recovery(settings, ledger, "run/it", "schedule.job.validate", NOW + HOUR, "it")
    assert not alert_of_recovery(settings, ledger, "run", "schedule.job.validate", NOW + HOUR)


def test_a_job_that_works_again_is_told_once(settings: Settings, ledger: Ledger) -> None:
    assert not alert_of_recovery(settings, ledger, "run/it", "schedule.job.validate", NOW)
    alert_of_failure(settings, ledger, trouble(), NOW)
    later = NOW + 3 * DAY
    assert alert_of_recovery(settings, ledger, "run/it", "schedule.job.validate", later, "it")
    assert not alert_of_recovery(
        settings, ledger, "run/it", "schedule.job.validate", later + HOUR, "it"
    )
    well = mails(ledger)[-1]
    assert "works again" in well["Subject"]
    assert "Reported: 2024-03-22 09:00" in text_of(well)
    assert alert_of_failure(settings, ledger, trouble(), later + DAY)


def test_dead_letters_are_told_once_with_the_reason(settings: Settings, ledger: Ledger) -> None:
    assert not alert_of_dead_letters(settings, ledger, NOW)
    dies(ledger, "digest:1")
    assert alert_of_dead_letters(settings, ledger, NOW + HOUR)
    assert not alert_of_dead_letters(settings, ledger, NOW + 2 * DAY)
    (mail,) = mails(ledger)
    assert mail["Subject"] == "xlflow: 1 mail could not be delivered"
    assert "待办 <1>, to li@example.com" in text_of(mail)
    assert "待办 &lt;1&gt;, to li@example.com" in text_of(mail, "html")
    assert "refused the recipient for good" in text_of(mail)
    dies(ledger, "digest:2", at=NOW + 3 * DAY)
    assert alert_of_dead_letters(settings, ledger, NOW + 3 * DAY + HOUR)


def test_dead_letters_are_told_along_with_a_failing_job(settings: Settings, ledger: Ledger) -> None:
    for number in range(12):
        dies(ledger, f"digest:{number:02}", f"p{number}@example.com")
    alert_of_failure(settings, ledger, trouble(), NOW)
    text = text_of(mails(ledger)[0])
    assert text.count("to p") == 10
    assert "and 2 more." in text
    assert "xlflow mail resend --dead" in text


def test_a_dead_alert_makes_no_further_alert(settings: Settings, ledger: Ledger) -> None:
    alert_of_failure(settings, ledger, trouble(), NOW)
    (key,) = ledger.outbox.known_keys()
    ledger.outbox.dead(key, "", NOW + HOUR)
    assert not alert_of_dead_letters(settings, ledger, NOW + 2 * HOUR)
    alert_of_failure(settings, ledger, trouble(), NOW + DAY)
    assert "could not be delivered" not in text_of(mails(ledger)[-1])


@pytest.mark.parametrize("changes", [{"administrator": []}, {"send": False}, {"sender": None}])
def test_where_nobody_can_be_mailed_nothing_is_put_by(tmp_path: Path, changes: dict[str, Any]):
    settings = settings_of(tmp_path, **changes)
    with open_ledger(settings) as ledger:
        dies(ledger, "digest:1")
        assert not alert_of_failure(settings, ledger, trouble(), NOW)
        assert not alert_of_dead_letters(settings, ledger, NOW)
        assert mails(ledger) == []


def test_each_administrator_gets_a_mail_of_the_own(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, administrator=["zhou@example.com", "wu@example.com"])
    with open_ledger(settings) as ledger:
        assert alert_of_failure(settings, ledger, trouble(), NOW)
        assert [mail["To"] for mail in mails(ledger)] == ["wu@example.com", "zhou@example.com"]


def test_an_error_of_the_program_is_told_as_one(settings: Settings, ledger: Ledger) -> None:
    error = ZeroDivisionError("division by <zero>")
    alert_of_failure(settings, ledger, trouble(reason=error), NOW)
    (mail,) = mails(ledger)
    assert "A fault of the program (ZeroDivisionError: division by <zero>)" in text_of(mail)
    assert "division by &lt;zero&gt;" in text_of(mail, "html")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_administrator_is_told_in_the_own_language(tmp_path: Path, language: Language) -> None:
    settings = settings_of(tmp_path, administrator_language=language)
    with open_ledger(settings) as ledger:
        dies(ledger, "digest:1")
        alert_of_failure(settings, ledger, trouble(), NOW)
        text = text_of(mails(ledger)[0])
    wanted = {"en": "What to do next", "zh-Hans": "接下来怎么做", "zh-Hant": "接下來怎麼做"}
    assert wanted[language] in text
    refused = {"en": "refused the recipient", "zh-Hans": "拒收该收件人", "zh-Hant": "拒收該收件者"}
    assert refused[language] in text


def test_mails_given_up_for_the_same_reason_are_told_together(
    settings: Settings, ledger: Ledger
) -> None:
    for number in range(5):
        dies(ledger, f"digest:{number}", f"p{number}@example.com")
    alert_of_dead_letters(settings, ledger, NOW)
    (mail,) = mails(ledger)
    assert text_of(mail).count("refused the recipient for good") == 1
    assert text_of(mail).count(", to p") == 5
    assert "`" not in text_of(mail, "html")
    assert ">xlflow mail discard --dead</span>" in text_of(mail, "html")
