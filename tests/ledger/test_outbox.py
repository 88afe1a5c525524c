from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from workbook.children import all_at_once

from xlflow.ledger import Ledger
from xlflow.ledger.outbox import CLAIM

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


def test_a_sender_whose_claim_ended_does_not_send_what_another_has(
    full: Ledger, now: datetime
) -> None:
    (slow,) = full.outbox.claim(now)
    assert full.outbox.hold(slow, now + CLAIM * 2)
    later = now + CLAIM * 2
    (quick,) = full.outbox.claim(later)

    assert not full.outbox.hold(slow, later + CLAIM)
    assert full.outbox.hold(quick, later + CLAIM * 2)


def test_a_claimed_mail_that_was_let_go_is_for_the_next_sender(full: Ledger, now: datetime) -> None:
    (claimed,) = full.outbox.claim(now)
    full.outbox.release(claimed)

    (again,) = full.outbox.claim(now)
    full.outbox.release(replace(again, held_until=now))  # another's claim
    assert full.outbox.claim(now) == ()


def test_a_dead_mail_is_put_back_in_line_and_begins_anew(full: Ledger, now: datetime) -> None:
    full.outbox.dead(KEY, "550 no such user", now)
    later = now + timedelta(days=1)
    assert full.outbox.line_up(KEY, later)

    (mail,) = full.outbox.claim(later)
    assert (mail.state, mail.tries, mail.content) == ("pending", 0, CONTENT)
    assert mail.settled_at is None


def test_a_mail_at_work_is_neither_lined_up_nor_discarded(full: Ledger, now: datetime) -> None:
    full.outbox.claim(now)

    assert not full.outbox.line_up(KEY, now)
    assert not full.outbox.discard(KEY, now)
    assert full.outbox.line_up(KEY, now + CLAIM)  # its sender was killed


def test_a_discarded_mail_never_goes_out_and_its_key_stays(full: Ledger, now: datetime) -> None:
    assert full.outbox.discard(KEY, now)

    assert not full.outbox.discard(KEY, now)
    assert not full.outbox.line_up(KEY, now)
    assert not full.outbox.put(KEY, "<2@example.com>", TO, b"again", now)
    assert full.outbox.claim(now + timedelta(days=9)) == ()
    assert full.outbox.get(KEY).state == "discarded"
    assert full.outbox.counts() == {"discarded": 1}


def test_a_sent_mail_is_not_discarded(full: Ledger, now: datetime) -> None:
    full.outbox.sent(KEY, now)

    assert not full.outbox.discard(KEY, now)
    assert full.outbox.get(KEY).content == CONTENT


def test_old_mails_lose_their_text_and_keep_their_key(full: Ledger, now: datetime) -> None:
    full.outbox.put("waits", "<2@example.com>", TO, b"waits", now)
    full.outbox.sent(KEY, now)

    assert full.outbox.forget(now) == 0
    assert full.outbox.forget(now + timedelta(seconds=1)) == 1
    assert full.outbox.forget(now + timedelta(seconds=1)) == 0
    assert (full.outbox.get(KEY).state, full.outbox.get(KEY).content) == ("sent", b"")
    assert full.outbox.get("waits").content == b"waits"
    assert not full.outbox.put(KEY, "<2@example.com>", TO, b"again", now)


def test_a_listing_shows_the_states_that_were_asked_for_oldest_first(
    full: Ledger, now: datetime
) -> None:
    head = b"Subject: x\r\n\r\n"
    for number, state in enumerate(("dead", "sent", "discarded", "failed")):
        key, at = f"m:{state}", now - timedelta(minutes=number)
        full.outbox.put(key, f"<{number}@example.com>", TO, head + bytes(50_000), at)
    full.outbox.dead("m:dead", "", now)
    full.outbox.sent("m:sent", now)
    full.outbox.discard("m:discarded", now)
    full.outbox.again("m:failed", TO, now, "")

    listed = full.outbox.listing(["pending", "failed", "dead"])
    assert [mail.key for mail in listed] == ["m:failed", "m:dead", KEY]
    assert listed[0].content.startswith(head)
    assert len(listed[0].content) < 10_000
    assert [mail.state for mail in full.outbox.listing()] == [
        *("failed", "discarded", "sent", "dead", "pending")
    ]


def test_the_latest_of_its_kind_is_the_one_put_in_last(full: Ledger, now: datetime) -> None:
    for minutes, key in ((2, "alert:a_b:2"), (3, "alert:a_b:3"), (9, "alert:axb:9")):
        at = now + timedelta(minutes=minutes)
        full.outbox.put(key, f"<{key}@example.com>", TO, b"", at)

    assert full.outbox.latest("alert:a_b:").key == "alert:a_b:3"
    assert full.outbox.latest("alert:a") is not None
    assert full.outbox.latest("lead:") is None
    assert full.outbox.known_keys() == ("alert:a_b:2", "alert:a_b:3", "alert:axb:9", KEY)


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
