from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from workbook.children import all_at_once

from xlflow.ledger import Ledger

KEY = "weekly:2024-W12"
TO = ("lina@example.com", "wang@example.com")
CONTENT = b"Subject: =?utf-8?b?5ZGo5oql?=\r\n\r\nbody\r\n\x00\xff"
MOMENT = datetime(2024, 3, 15, 9, 30, tzinfo=UTC)


@pytest.fixture
def full(ledger: Ledger, now: datetime) -> Ledger:
    ledger.outbox.put(KEY, "<1@example.com>", TO, CONTENT, now)
    return ledger


def test_a_mail_comes_out_as_it_went_in(full: Ledger, now: datetime) -> None:
    (mail,) = full.outbox.claim(now)

    assert (mail.key, mail.message_id, mail.recipients) == (KEY, "<1@example.com>", TO)
    assert (mail.content, mail.state, mail.tries) == (CONTENT, "pending", 0)


def test_a_second_mail_of_the_same_key_is_not_taken(full: Ledger, now: datetime) -> None:
    assert not full.outbox.put(KEY, "<2@example.com>", TO, b"again", now)
    assert full.outbox.put("weekly:2024-W13", "<3@example.com>", TO, b"next", now)

    assert full.outbox.counts() == {"pending": 2}
    assert full.outbox.get(KEY).content == CONTENT


def test_a_claimed_mail_is_for_nobody_else_until_the_claim_ends(
    full: Ledger, now: datetime
) -> None:
    full.outbox.claim(now, claim_for=timedelta(minutes=15))

    assert full.outbox.claim(now + timedelta(minutes=14)) == ()
    assert [mail.key for mail in full.outbox.claim(now + timedelta(minutes=15))] == [KEY]


def test_mails_go_out_oldest_first_and_no_more_than_asked(full: Ledger, now: datetime) -> None:
    for minutes in (3, 1, 2):
        at = now - timedelta(minutes=minutes)
        full.outbox.put(f"digest:{minutes}", f"<d{minutes}@example.com>", TO, b"", at)

    assert [mail.key for mail in full.outbox.claim(now, limit=2)] == ["digest:3", "digest:2"]
    assert [mail.key for mail in full.outbox.claim(now)] == ["digest:1", KEY]


def test_a_sent_mail_never_goes_out_again(full: Ledger, now: datetime) -> None:
    full.outbox.claim(now)
    full.outbox.sent(KEY, now, note="wang@example.com was refused")
    full.outbox.again(KEY, TO, now, "an answer that came too late")
    full.outbox.dead(KEY, "an answer that came too late", now)

    mail = full.outbox.get(KEY)
    assert (mail.state, mail.settled_at, mail.tries) == ("sent", now, 1)
    assert mail.last_error == "wang@example.com was refused"
    assert full.outbox.claim(now + timedelta(days=9)) == ()


def test_a_failed_mail_is_tried_again_for_those_it_did_not_reach(
    full: Ledger, now: datetime
) -> None:
    later = now + timedelta(minutes=5)
    full.outbox.claim(now)
    full.outbox.again(KEY, TO[1:], later, "451 try again")

    assert full.outbox.claim(now + timedelta(minutes=4)) == ()
    (mail,) = full.outbox.claim(later)
    assert (mail.recipients, mail.state, mail.tries) == (TO[1:], "failed", 1)
    assert mail.last_error == "451 try again"


def test_a_failure_that_is_not_the_mails_fault_is_no_try(full: Ledger, now: datetime) -> None:
    full.outbox.claim(now)
    full.outbox.again(KEY, TO, now, "535 wrong password", counts=False)

    assert full.outbox.get(KEY).tries == 0


def test_a_dead_mail_stays_for_a_person_to_see(full: Ledger, now: datetime) -> None:
    full.outbox.claim(now)
    full.outbox.dead(KEY, "550 no such user", now)

    assert full.outbox.counts() == {"dead": 1}
    assert full.outbox.get(KEY).last_error == "550 no such user"
    assert full.outbox.claim(now + timedelta(days=9)) == ()


def test_there_is_no_mail_of_an_unknown_key(ledger: Ledger) -> None:
    assert ledger.outbox.get("unknown") is None


def send_all(url: str, worker: int, folder: Path) -> None:
    with Ledger.open(url) as ledger, (folder / f"{worker}.sent").open("w") as log:
        for mail in claims(ledger):
            log.write(f"{mail}\n")


def claims(ledger: Ledger) -> Iterator[str]:
    while batch := ledger.outbox.claim(MOMENT, limit=3):
        for mail in batch:
            yield mail.key
            ledger.outbox.sent(mail.key, MOMENT)


def test_senders_at_the_same_time_send_each_mail_once(
    url: str, ledger: Ledger, tmp_path: Path
) -> None:
    for number in range(60):
        ledger.outbox.put(f"m{number}", f"<{number}@example.com>", TO, b"", MOMENT)

    all_at_once(send_all, [(url, worker, tmp_path) for worker in range(4)])

    sent = [key for path in tmp_path.glob("*.sent") for key in path.read_text().split()]
    assert sorted(sent) == sorted(f"m{number}" for number in range(60))
    assert ledger.outbox.counts() == {"sent": 60}
