from __future__ import annotations

import base64
import io
import logging
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from clients.smtp_server import DROP, DROP_AFTER, HOST, SmtpServer, authority, new_authority

from xlflow.languages import LANGUAGES
from xlflow.mail import (
    AddressesRefused,
    Attachment,
    Connection,
    Failure,
    MailRefused,
    Message,
    Outgoing,
    Result,
    build_message,
    deliver,
    message_id,
    probe,
)
from xlflow.settings.passwords import Password

USER, SECRET = "xlflow@example.com", "Tr0ub4dor&3"
PASSWORD = Password(SECRET)
LOGIN = {USER: SECRET}
SENDER = "需求管理 <xlflow@example.com>"
SUBJECT = "需求周报 2024-W12：逾期 3 条"
HTML = "<p>逾期：<b>订单状态同步</b></p>\n.<br>" + "<td>很长的一行</td>" * 300
TEXT = "逾期：订单状态同步\n.\n..两个点\nFrom 这里"

Start = Callable[..., SmtpServer]


@pytest.fixture
def smtp() -> Iterator[Start]:
    """Starts servers that end with the test."""
    with ExitStack() as servers:
        yield lambda **how: servers.enter_context(SmtpServer(**how))


@pytest.fixture
def xlsx() -> bytes:
    """A small status workbook."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("逾期").write("A1", "2024-015 订单状态同步")
    return file.getvalue()


def mail(number: int = 1, *to: str, **changes: Any) -> Message:
    """The mail of one delivery key, to zhang unless told otherwise."""
    arguments: dict[str, Any] = {
        "sender": SENDER,
        "to": to or ["张经理 <zhang@example.com>"],
        "subject": SUBJECT,
        "html": HTML,
        "text": TEXT,
        "message_id": message_id(f"weekly/{number}", SENDER),
        "date": datetime(2024, 3, 18, 9, 0, tzinfo=UTC),
    }
    return build_message(**(arguments | changes))


def outgoing(number: int = 1, *to: str) -> Outgoing:
    return mail(number, *to).outgoing(f"weekly/{number}")


def only_failure(results: list[Result]) -> Failure:
    (result,) = results
    (failure,) = {refusal.failure for refusal in result.refused}
    return failure


def kinds(results: list[Result]) -> list[str]:
    """Each mail's outcome, and what its first refusal was called."""
    return [
        f"{each.outcome} {each.refused[0].failure.kind}" if each.refused else each.outcome
        for each in results
    ]


@pytest.mark.parametrize(
    ("security", "users"), [("starttls", LOGIN), ("tls", LOGIN), ("none", None)]
)
def test_a_mail_arrives_byte_for_byte(
    smtp: Start, security: str, users: dict[str, str] | None
) -> None:
    server = smtp(security=security, users=users)
    user, password = (USER, PASSWORD) if users else (None, None)
    results = deliver([outgoing()], server.connection(user), password)
    assert results == [Result("weekly/1", ("zhang@example.com",))]
    assert results[0].outcome == "sent"
    (received,) = server.mails
    assert received.content == mail().content
    assert received.sender == "xlflow@example.com"
    assert received.recipients == ("zhang@example.com",)
    assert received.user == user
    assert received.was_encrypted == (security != "none")


def test_chinese_subject_and_bodies_are_read_as_written(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    deliver([outgoing()], server.connection(USER), PASSWORD)
    message = server.mails[0].message
    assert message["Subject"] == SUBJECT
    assert message["From"].addresses[0].display_name == "需求管理"
    assert message["To"].addresses[0].display_name == "张经理"
    for kind, written in (("plain", TEXT), ("html", HTML)):
        body = message.get_body((kind,))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == written + "\n"


def test_the_attached_workbook_opens(smtp: Start, xlsx: bytes) -> None:
    server = smtp(users=LOGIN)
    weekly = mail(attachments=[Attachment("requirements-2024-W12.xlsx", xlsx)])
    deliver([weekly.outgoing("weekly/1")], server.connection(USER), PASSWORD)
    (attached,) = server.mails[0].message.iter_attachments()
    assert attached.get_filename() == "requirements-2024-W12.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(attached.get_content()))
    assert book["逾期"]["A1"].value == "2024-015 订单状态同步"


def test_a_batch_takes_one_login(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    results = deliver([outgoing(n) for n in range(20)], server.connection(USER), PASSWORD)
    assert kinds(results) == ["sent"] * 20
    assert server.logins == [(USER, True)]
    assert server.connections == 1
    assert [each.content for each in server.mails] == [mail(n).content for n in range(20)]


def test_each_result_is_told_before_the_next_mail_goes_out(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    told: list[tuple[str, int]] = []
    deliver(
        [outgoing(n) for n in range(3)],
        server.connection(USER),
        PASSWORD,
        on_result=lambda result: told.append((result.key, len(server.mails))),
    )
    assert told == [("weekly/0", 1), ("weekly/1", 2), ("weekly/2", 3)]


def test_a_ledger_that_fails_ends_the_batch(smtp: Start) -> None:
    server = smtp(users=LOGIN)

    def fail(result: Result) -> None:
        raise RuntimeError(result.key)

    with pytest.raises(RuntimeError, match="weekly/0"):
        deliver([outgoing(n) for n in range(3)], server.connection(USER), PASSWORD, fail)
    assert len(server.mails) == 1


def test_an_empty_batch_connects_to_nobody(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    assert deliver([], server.connection(USER), PASSWORD) == []
    assert server.connections == 0


def test_a_probe_logs_in_and_sends_nothing(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    assert probe(server.connection(USER), PASSWORD) is None
    assert server.logins == [(USER, True)]
    assert server.mails == []


# Settings


def test_a_wrong_password_is_a_matter_of_settings(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    results = deliver([outgoing(1), outgoing(2)], server.connection(USER), Password("wrong"))
    assert kinds(results) == ["settings authentication"] * 2
    assert results[0].refused[0].failure.code == 535
    assert not any(result.was_tried for result in results)
    assert {success for _, success in server.logins} == {False}
    assert server.connections == 1
    assert server.mails == []
    refused = probe(server.connection(USER), Password("wrong"))
    assert refused == results[0].refused[0].failure


def test_a_server_that_wants_a_login_is_a_matter_of_settings(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    results = deliver([outgoing(1), outgoing(2)], server.connection(None), None)
    assert kinds(results) == ["settings authentication"] * 2
    assert [result.was_tried for result in results] == [True, False]


def test_a_server_without_login_is_told(smtp: Start) -> None:
    server = smtp(users=None)
    failure = probe(server.connection(USER), PASSWORD)
    assert failure is not None
    assert (failure.outcome, failure.kind) == ("settings", "no-authentication")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_untrusted_certificate_gets_neither_password_nor_mail(
    smtp: Start, tmp_path: Path, security: str
) -> None:
    server = smtp(security=security, users=LOGIN)
    stranger = new_authority(tmp_path).file
    for ca_file in (None, stranger):
        failure = only_failure(
            deliver([outgoing()], server.connection(USER, ca_file=ca_file), PASSWORD)
        )
        assert (failure.outcome, failure.kind) == ("settings", "certificate")
        assert "certificate" in failure.reply
    assert server.logins == []
    assert server.mails == []


@pytest.mark.parametrize(
    ("names", "is_expired", "reply"),
    [(["mail.example.com"], False, "IP address mismatch"), ([HOST], True, "expired")],
)
def test_a_certificate_of_another_host_or_time_is_refused(
    smtp: Start, names: list[str], is_expired: bool, reply: str
) -> None:
    context = authority().server_context(*names, is_expired=is_expired)
    server = smtp(users=LOGIN, tls=context)
    failure = probe(server.connection(USER), PASSWORD)
    assert failure is not None
    assert (failure.outcome, failure.kind) == ("settings", "certificate")
    assert reply in failure.reply
    assert server.logins == []


def test_a_server_without_starttls_gets_neither_password_nor_mail(smtp: Start) -> None:
    server = smtp(security="none", users=LOGIN)
    results = deliver([outgoing()], server.connection(USER, security="starttls"), PASSWORD)
    assert kinds(results) == ["settings no-starttls"]
    assert server.logins == []
    assert server.mails == []


def test_tls_to_a_port_that_speaks_none_is_a_matter_of_settings(smtp: Start) -> None:
    server = smtp(security="starttls", users=LOGIN)
    results = deliver([outgoing()], server.connection(USER, security="tls"), PASSWORD)
    assert kinds(results) == ["settings no-tls"]


def test_starttls_to_a_port_that_waits_for_tls_times_out_with_advice(smtp: Start) -> None:
    server = smtp(security="tls", users=LOGIN)
    connection = server.connection(USER, security="starttls", timeout_seconds=0.5)
    failure = only_failure(deliver([outgoing()], connection, PASSWORD))
    assert (failure.outcome, failure.kind) == ("again", "silent")
    assert "0.5 seconds" in failure.message("en")
    assert '465 with "tls"' in failure.message("en")


def test_a_password_never_travels_unencrypted(smtp: Start) -> None:
    server = smtp(security="none", users=LOGIN)
    results = deliver([outgoing()], server.connection(USER), PASSWORD)
    assert kinds(results) == ["settings exposed"]
    assert server.connections == 0


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_file_that_does_not_do_is_named(
    smtp: Start, tmp_path: Path, content: str | None
) -> None:
    server, file = smtp(users=LOGIN), tmp_path / "公司.pem"
    if content is not None:
        file.write_text(content)
    failure = probe(server.connection(USER, ca_file=file), PASSWORD)
    assert failure is not None
    assert (failure.outcome, failure.kind) == ("settings", "ca-file")
    assert str(file) in failure.message("zh-Hans")


@pytest.mark.parametrize(
    ("change", "password", "kind"),
    [
        ({"user": "张三"}, PASSWORD, "user-name"),
        ({"user": USER}, None, "no-password"),
        ({"host": "mail..example.com"}, PASSWORD, "host-name"),
        ({"host": "邮" * 70}, PASSWORD, "host-name"),
    ],
)
def test_settings_that_cannot_work_are_told_before_anything_is_tried(
    smtp: Start, change: dict[str, Any], password: Password | None, kind: str
) -> None:
    server = smtp(users=LOGIN)
    failure = probe(server.connection(**({"user": USER} | change)), password)
    assert failure is not None
    assert (failure.outcome, failure.kind) == ("settings", kind)
    assert server.connections == 0


def test_a_sender_that_is_refused_stops_the_batch(smtp: Start) -> None:
    server = smtp(users=LOGIN, refuse_sender="553 5.7.1 Sender is not the account")
    results = deliver([outgoing(n) for n in range(3)], server.connection(USER), PASSWORD)
    assert kinds(results) == ["settings sender"] * 3
    assert [result.was_tried for result in results] == [True, False, False]
    assert server.connections == 1


def test_a_sender_that_is_no_address_is_refused(smtp: Start) -> None:
    connection = smtp(users=LOGIN).connection(USER, sender="xlflow")
    with pytest.raises(AddressesRefused, match="xlflow: there is no @"):
        deliver([outgoing()], connection, PASSWORD)


# Final


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others(smtp: Start) -> None:
    server = smtp(users=LOGIN, refuse={"gone@example.com": "550 5.1.1 No such user"})
    (result,) = deliver(
        [outgoing(1, "a@example.com", "gone@example.com", "b@example.com")],
        server.connection(USER),
        PASSWORD,
    )
    assert result.outcome == "partly"
    assert result.accepted == ("a@example.com", "b@example.com")
    assert result.left == ()
    (refusal,) = result.refused
    assert refusal.address == "gone@example.com"
    assert refusal.failure.code == 550
    assert refusal.failure.reply == "5.1.1 No such user"
    assert server.mails[0].recipients == ("a@example.com", "b@example.com")


def test_a_mail_that_all_recipients_refuse_is_final(smtp: Start) -> None:
    server = smtp(users=LOGIN, refuse={"gone@example.com": "550 5.1.1 No such user"})
    results = deliver(
        [outgoing(1, "gone@example.com"), outgoing(2)], server.connection(USER), PASSWORD
    )
    assert kinds(results) == ["final recipient-refused", "sent"]
    assert server.connections == 1


def test_a_mail_that_is_refused_is_final(smtp: Start) -> None:
    server = smtp(users=LOGIN, replies=["554 5.7.1 Looks like spam"])
    results = deliver([outgoing(1), outgoing(2)], server.connection(USER), PASSWORD)
    assert kinds(results) == ["final message-refused", "sent"]
    assert results[0].left == ()
    assert server.logins == [(USER, True)]


def test_a_mail_over_the_size_limit_is_final(smtp: Start) -> None:
    server = smtp(users=LOGIN, size_limit=20_000)
    large = mail(1, attachments=[Attachment("a.xlsx", bytes(30_000))]).outgoing("large")
    results = deliver([large, outgoing(2)], server.connection(USER), PASSWORD)
    assert kinds(results) == ["final too-large", "sent"]


# Again


def test_a_recipient_that_is_deferred_is_the_only_one_left(smtp: Start) -> None:
    server = smtp(users=LOGIN, refuse={"grey@example.com": "451 4.7.1 Come back later"})
    first = outgoing(1, "a@example.com", "grey@example.com")
    (result,) = deliver([first], server.connection(USER), PASSWORD)
    assert kinds([result]) == ["again recipient-deferred"]
    assert result.accepted == ("a@example.com",)
    assert result.left == ("grey@example.com",)

    later = smtp(users=LOGIN)
    again = replace(first, recipients=result.left)
    assert kinds(deliver([again], later.connection(USER), PASSWORD)) == ["sent"]
    assert later.mails[0].recipients == ("grey@example.com",)
    assert later.mails[0].content == server.mails[0].content


def test_a_server_that_hangs_up_on_a_recipient_gets_the_mail_later(smtp: Start) -> None:
    server = smtp(
        users=LOGIN,
        refuse={"gone@example.com": "550 No such user", "b@example.com": "421 4.3.2 Closing"},
    )
    mails = [
        outgoing(1, "gone@example.com", "a@example.com", "b@example.com", "c@example.com"),
        outgoing(2),
    ]
    results = deliver(mails, server.connection(USER), PASSWORD)
    assert [result.outcome for result in results] == ["again", "sent"]
    assert results[0].accepted == ()
    assert results[0].left == ("a@example.com", "b@example.com", "c@example.com")
    assert server.connections == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("421 4.3.2 Shutting down", "message-deferred"),
        ("452 4.3.1 Disk full", "message-deferred"),
        (DROP, "connection-lost"),
        (DROP_AFTER, "connection-lost"),
        (1.5, "timeout"),
    ],
)
def test_a_broken_delivery_is_tried_again_and_the_others_go_on(
    smtp: Start, reply: str | float, kind: str
) -> None:
    server = smtp(users=LOGIN, replies=["250 OK", reply])
    connection = server.connection(USER, timeout_seconds=0.5)
    results = deliver([outgoing(n) for n in range(4)], connection, PASSWORD)
    assert kinds(results) == ["sent", f"again {kind}", "sent", "sent"]
    assert results[1].left == ("zhang@example.com",)


def test_a_double_after_a_broken_delivery_has_the_same_message_id(smtp: Start) -> None:
    server = smtp(users=LOGIN, replies=[DROP_AFTER])
    send = partial(deliver, [outgoing()], server.connection(USER), PASSWORD)
    assert [kinds(send()), kinds(send())] == [["again connection-lost"], ["sent"]]
    first, second = server.mails
    assert first.content == second.content
    assert first.message["Message-ID"] == message_id("weekly/1", SENDER)


def test_two_broken_connections_in_a_row_end_the_batch(smtp: Start) -> None:
    server = smtp(users=LOGIN, replies=[DROP] * 10)
    results = deliver([outgoing(n) for n in range(5)], server.connection(USER), PASSWORD)
    assert kinds(results) == ["again connection-lost"] * 5
    assert [result.was_tried for result in results] == [True, True, False, False, False]
    assert server.connections == 2


def test_broken_connections_with_mails_sent_between_do_not_end_the_batch(smtp: Start) -> None:
    server = smtp(users=LOGIN, replies=[DROP, "250 OK", DROP, "250 OK", DROP])
    results = deliver([outgoing(n) for n in range(6)], server.connection(USER), PASSWORD)
    assert [result.outcome for result in results] == ["again", "sent"] * 3
    assert all(result.was_tried for result in results)


def test_a_server_that_is_down_gets_the_mail_later() -> None:
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        connection = Connection(HOST, unused.getsockname()[1], "starttls", USER, SENDER)
        (result,) = deliver([outgoing()], connection, PASSWORD)
    assert kinds([result]) == ["again unreachable"]
    assert not result.was_tried


def test_a_host_that_nobody_knows_is_tried_again_and_named() -> None:
    connection = Connection("mail.invalid", 587, "starttls", USER, SENDER)
    failure = probe(connection, PASSWORD)
    assert failure is not None
    assert (failure.outcome, failure.kind) == ("again", "host-unknown")
    assert "mail.invalid" in failure.message("zh-Hant")


@pytest.mark.parametrize(
    ("greeting", "outcome", "kind"),
    [
        (b"421 4.7.0 Too many connections\r\n", "again", "busy"),
        (b"554 5.7.1 Your address is on a list\r\n", "settings", "turned-away"),
        (b"", "again", "unreachable"),
    ],
)
def test_a_greeting_that_is_none_is_told(greeting: bytes, outcome: str, kind: str) -> None:
    failure = greeted_with(greeting)
    assert (failure.outcome, failure.kind) == (outcome, kind)


def greeted_with(greeting: bytes) -> Failure:
    """What a probe says of a server that says `greeting` and hangs up."""
    with socket.create_server((HOST, 0)) as server, ThreadPoolExecutor(1) as thread:
        connection = Connection(HOST, server.getsockname()[1], "starttls", USER, SENDER, 5)
        probing = thread.submit(probe, connection, PASSWORD)
        client, _ = server.accept()
        with client:
            client.sendall(greeting)
        failure = probing.result(timeout=30)
    assert failure is not None
    return failure


# What is told, and what is not


def test_every_failure_is_told_in_three_languages_with_the_servers_answer(smtp: Start) -> None:
    server = smtp(users=LOGIN)
    failure = probe(server.connection(USER), Password("wrong"))
    assert failure is not None
    for language in LANGUAGES:
        told = MailRefused(failure).message(language)
        assert HOST in told
        assert USER in told
        assert "535 5.7.8 Wrong password" in told
    assert MailRefused(failure).exit_code == 3


def test_the_password_is_in_no_result_text_log_or_output(
    smtp: Start, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    plain = base64.b64encode(f"\0{USER}\0{SECRET}".encode()).decode()
    alone = base64.b64encode(SECRET.encode()).decode()
    telltale = f"550 Refused for {SECRET} {plain} {alone}"
    server = smtp(users={USER: "another"}, refuse={"zhang@example.com": telltale})
    right = smtp(users=LOGIN, refuse={"zhang@example.com": telltale})
    told: list[object] = [PASSWORD]
    for connection in (server.connection(USER), right.connection(USER)):
        results = deliver([outgoing()], connection, PASSWORD)
        failure = only_failure(results)
        told += [connection, results, *(failure.message(language) for language in LANGUAGES)]
        told += traceback.format_exception(MailRefused(failure))
    assert "Refused for *** *** ***" in str(told)
    # "mail.log" is the server's own logger: it tells each answer that it gives.
    told += [each.getMessage() for each in caplog.records if each.name != "mail.log"]
    told += capfd.readouterr()
    for secret in (SECRET, plain, alone):
        assert secret not in str(told)
    assert "yagmail" not in str(told)


def test_an_answer_in_gbk_is_read() -> None:
    assert greeted_with("554 5.7.1 用户不存在\r\n".encode("gbk")).reply == "5.7.1 用户不存在"


def test_a_computer_with_a_chinese_name_can_send(
    smtp: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = smtp(users=LOGIN)
    monkeypatch.setattr(socket, "getfqdn", lambda name="": "研发部-电脑.local")
    assert kinds(deliver([outgoing()], server.connection(USER), PASSWORD)) == ["sent"]


def test_an_outgoing_mail_for_nobody_or_a_faulty_address_is_not_made() -> None:
    with pytest.raises(ValueError, match="for nobody"):
        Outgoing("k", (), b"")
    for faulty in ("a@b.cn\r\nRCPT TO:<evil@example.com>", "张三 <a@b.cn>", "a@firm"):
        with pytest.raises(AddressesRefused):
            Outgoing("k", ("li@example.com", faulty), b"")
    for other_form in ("a@b.cn\r\n", "a@公司.cn"):
        with pytest.raises(ValueError, match="bare"):
            Outgoing("k", (other_form,), b"")


def test_the_room_is_entered_without_loading_what_sends() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, xlflow.mail; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert "xlflow.mail.delivery" in loaded
    assert not {"yagmail", "smtplib", "keyring"} & set(loaded)
