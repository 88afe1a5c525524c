"""Sending from the outbox: kills at each step, claims that end, several recipients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from clients.mail_trial import TrialCompany, copies, load_all, send_job, unwatched
from clients.smtp_server import TAKEN, SmtpServer
from company import NOW
from workbook.children import KILLED, KilledAt, WarmParent

from xlflow.jobs.mailing.sending import Sent, send_waiting
from xlflow.ledger import Ledger
from xlflow.ledger.outbox import CLAIM
from xlflow.mail import next_try, reasons

TO = ("li@example.com", "wang@example.com")
Start = Callable[..., SmtpServer]


@pytest.fixture
def smtp() -> Iterator[Start]:
    """Starts servers that end with the test."""
    with ExitStack() as servers:
        yield lambda **how: servers.enter_context(SmtpServer(**{"security": "none", **how}))


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url) as opened:
        yield opened


def puts(ledger: Ledger, *keys: str, to: tuple[str, ...] = TO[:1]) -> None:
    for key in keys:
        ledger.outbox.put(key, f"<{key}@example.com>", to, f"Subject: {key}\r\n\r\n".encode(), NOW)


def subjects(server: SmtpServer) -> list[str]:
    return [str(mail.message["Subject"]) for mail in server.mails]


def test_a_sender_killed_at_any_step_loses_nothing_and_doubles_only_what_was_on_its_way(
    tmp_path: Path, smtp: Start
) -> None:
    server = smtp(security="starttls", users={"xlflow": "Tr0ub4dor&3"})
    url = f"sqlite:///{tmp_path}/ledger.db"
    company = TrialCompany(tmp_path / "company", url, people=3)
    port = server.connection().port
    doubled_at: list[int] = []
    with WarmParent(load_all, send_job, company.settings_file, port) as parent:
        for step in range(1, 100):
            (tmp_path / "ledger.db").unlink(missing_ok=True)
            server.mails.clear()
            with Ledger.open(url) as ledger:
                for made in company.posts():
                    made.put(ledger, NOW)
                code = parent.run(send_job, company.settings_file, port, NOW, KilledAt(step))
                later = NOW + CLAIM * 2
                assert parent.run(send_job, company.settings_file, port, later, unwatched) == 0
                assert ledger.outbox.counts() == {"sent": 3}
            came = copies(server.mails)
            assert set(came) == set(company.people)
            assert all(len(ids) == 1 for ids in came.values())
            extra = len(server.mails) - 3
            assert extra in (0, 1)
            if extra:
                doubled_at.append(step)
            if code == 0:
                break
            assert code == KILLED
    # The claim; then, a mail each: still ours, gone out. In the end nothing more is claimed.
    assert step == 1 + 3 * 2 + 1 + 1
    assert doubled_at == [3, 5, 7]  # the server had the mail, and the ledger did not know it yet


def test_what_another_sender_took_over_is_left_to_it(url: str, ledger: Ledger, smtp: Start) -> None:
    """The first sender is so slow that its claim on the third mail ends; it says so in time."""
    puts(ledger, "a", "b", "c")
    seconds = [0.0]
    other = smtp()
    took: list[Sent] = []

    def dawdles(recipients: tuple[str, ...]) -> str:
        seconds[0] += 600
        if seconds[0] == 1200:  # at the second mail
            with Ledger.open(url) as second:
                at = NOW + CLAIM + timedelta(minutes=1)
                took.extend(send_waiting(second, other.connection(), None, at))
        return TAKEN

    slow = smtp(replies=dawdles)
    sent = send_waiting(ledger, slow.connection(), None, NOW, watch=lambda: seconds[0])
    assert [each.key for each in sent] == ["a", "b"]
    assert [each.key for each in took] == ["c"]
    assert (subjects(slow), subjects(other)) == (["a", "b"], ["c"])
    assert ledger.outbox.counts() == {"sent": 3}


def test_a_sender_that_is_interrupted_lets_go_of_what_it_did_not_try(
    url: str, ledger: Ledger, smtp: Start
) -> None:
    puts(ledger, "a", "b", "c")
    server = smtp()
    interrupted: list[str] = []
    commits = iter(("the claim", "hold a", "a is sent", "hold b"))

    def interrupt(name: str) -> None:
        if next(commits, "") == "" and not interrupted:
            interrupted.append(name)
            raise KeyboardInterrupt

    with Ledger.open(url, step=interrupt) as first, suppress(KeyboardInterrupt):
        send_waiting(first, server.connection(), None, NOW)
    assert subjects(server) == ["a", "b"]
    with Ledger.open(url) as second:
        assert [each.key for each in send_waiting(second, server.connection(), None, NOW)] == ["c"]
        later = NOW + CLAIM * 2
        assert [each.key for each in send_waiting(second, server.connection(), None, later)] == [
            "b"
        ]


def test_recipients_go_their_own_ways_and_each_reason_is_kept(ledger: Ledger, smtp: Start) -> None:
    answers = {TO[0]: "550 no such user", TO[1]: "450 greylisted"}
    server = smtp(refuse=answers.get)
    puts(ledger, "both", to=(*TO, "zhang@example.com"))
    (first,) = send_waiting(ledger, server.connection(), None, NOW)
    assert first.accepted == ("zhang@example.com",)
    assert first.next_try_at is not None
    answers.pop(TO[1])
    (second,) = send_waiting(ledger, server.connection(), None, NOW + CLAIM)
    assert second.accepted == TO[1:]
    assert [mail.recipients for mail in server.mails] == [("zhang@example.com",), TO[1:]]
    held = ledger.outbox.get("both")
    assert held is not None
    assert held.state == "sent"
    assert [reason.address for reason in reasons(held.last_error)] == [TO[0]]


def test_a_mail_that_is_put_off_again_and_again_is_given_up_after_days(
    ledger: Ledger, smtp: Start
) -> None:
    server = smtp(replies=lambda recipients: "451 4.3.0 try again later")
    puts(ledger, "a")
    now, tries = NOW, 0
    while (held := ledger.outbox.get("a")) is not None and held.state != "dead":
        now = max(now, held.next_try_at)
        (sent,) = send_waiting(ledger, server.connection(), None, now)
        tries += 1
    assert sent.is_dead
    assert tries == 22
    assert timedelta(days=2.5) < now - NOW < timedelta(days=3.5)
    assert next_try(tries, now) is None


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"users": {"xlflow": "x"}, "security": "starttls"}, "authentication"),
        ({"refuse_sender": "550 5.7.1 not your address"}, "sender"),
    ],
)
def test_what_is_a_matter_of_settings_stops_all_and_counts_for_no_mail(
    ledger: Ledger, smtp: Start, how: dict[str, Any], kind: str
) -> None:
    server = smtp(**how)
    puts(ledger, *(f"m{number:03}" for number in range(120)))
    sent = send_waiting(ledger, server.connection(), None, NOW)
    assert len(sent) == 50  # one batch, over one connection
    assert {each.setback and each.setback.kind for each in sent} == {kind}
    assert server.connections == 1
    assert ledger.outbox.counts() == {"failed": 50, "pending": 70}
    assert {mail.tries for mail in ledger.outbox.listing()} == {0}


def test_a_server_that_is_away_for_a_week_kills_no_mail(ledger: Ledger, smtp: Start) -> None:
    server = smtp()
    away = server.connection(port=9)
    puts(ledger, "a", "b")
    for hours in range(0, 24 * 7, 6):
        sent = send_waiting(ledger, away, None, NOW + timedelta(hours=hours))
        assert {each.setback and each.setback.kind for each in sent} == {"unreachable"}
    assert ledger.outbox.counts() == {"failed": 2}
    send_waiting(ledger, server.connection(), None, NOW + timedelta(days=8))
    assert subjects(server) == ["a", "b"]
