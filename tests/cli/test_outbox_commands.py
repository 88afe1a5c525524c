from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from clients.smtp_server import SmtpServer, authority
from company import Company

from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.posting import post
from xlflow.languages import LANGUAGES
from xlflow.ledger import Ledger
from xlflow.ledger.outbox import CLAIM
from xlflow.mail import Attachment, Failure, Refusal, stored_reasons

SUBJECT = "您的待办：逾期 2 项"
REFUSED = Failure("final", "recipient-refused", "mail.example.com", 25, code=550, reply="no user")
PASSWORD = "Tr0ub4dor&3"


def key_of(name: str) -> str:
    return f"digest:2024-03-18:{name}@example.com"


class Office:
    """A company, its mail server, and what it has put into the outbox."""

    def __init__(self, company: Company, server: SmtpServer) -> None:
        self.company = company
        self.server = server

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with open_ledger(self.company.settings) as ledger:
            yield ledger

    def puts(self, *names: str) -> None:
        """A mail to each of these people waits, with a workbook attached."""
        now = datetime.now(UTC)
        with self.ledger() as ledger:
            for name in names:
                made = post(
                    self.company.settings,
                    key_of(name),
                    [f"{name}@example.com"],
                    subject=SUBJECT,
                    html="<p>订单</p>",
                    text="订单状态同步：请填写【技术接口人】\x1b[31m",
                    date=now,
                    attachments=[Attachment("status.xlsx", b"x")],
                )
                assert made.put(ledger, now)

    def loses(self, *names: str) -> None:
        """The mails to these people were refused for good."""
        self.puts(*names)
        with self.ledger() as ledger:
            for name in names:
                why = stored_reasons([Refusal(f"{name}@example.com", REFUSED)])
                ledger.outbox.dead(key_of(name), why, datetime.now(UTC))

    def states(self) -> dict[str, str]:
        with self.ledger() as ledger:
            return {mail.key: mail.state for mail in ledger.outbox.listing()}


Make = Callable[..., Office]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes an office whose mail server does what it is told to."""
    started: list[SmtpServer] = []

    def new(**how: Any) -> Office:
        server = SmtpServer(users={"xlflow": PASSWORD}, **how)
        started.append(server)
        held = server.__enter__().connection()
        mail = {
            "send": True,
            "host": held.host,
            "port": held.port,
            "user": "xlflow",
            "sender": held.sender,
            "ca_file": authority().file,
        }
        company = Company(tmp_path / "company", mail=mail)
        monkeypatch.chdir(company.settings.folder)
        monkeypatch.setenv("XLFLOW_MAIL_PASSWORD", PASSWORD)
        return Office(company, server)

    yield new
    for server in started:
        server.__exit__()


def test_an_empty_outbox_is_told_as_one(make: Make, xlflow) -> None:
    make()
    assert xlflow("mail", "outbox") == (
        0,
        "Outbox: 0 dead letters, 0 waiting, 0 sent, 0 given up\n",
        "",
    )
    assert xlflow("mail", "send") == (0, "Nothing waits in the outbox.\n", "")


def test_the_outbox_lists_what_waits_and_dead_letters_with_the_reason(make: Make, xlflow) -> None:
    office = make()
    office.loses("li", "wang")
    office.puts("zhang")
    code, out, err = xlflow("mail", "outbox")
    assert (code, err) == (0, "")
    assert "Outbox: 2 dead letters, 1 waiting, 0 sent, 0 given up" in out
    assert out.count("mail.example.com refused the recipient for good.") == 1
    assert f"xlflow mail resend {key_of('li')} (or --dead for all)" in out
    for name in ("li", "wang", "zhang"):
        assert f"    {key_of(name)}\n      {SUBJECT}" in out
    assert "due now" in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_is_told_in_the_language_of_the_reader(
    make: Make, xlflow, language: str
) -> None:
    make().loses("li")
    out = xlflow("mail", "outbox", "--lang", language)[1]
    wanted = {"en": "refused the recipient", "zh-Hans": "拒收该收件人", "zh-Hant": "拒收該收件者"}
    assert wanted[language] in out
    assert "550 no user" in out


def test_reasons_that_an_older_version_kept_as_text_are_told_as_they_are(
    make: Make, xlflow
) -> None:
    office = make()
    office.puts("li")
    with office.ledger() as ledger:
        ledger.outbox.dead(key_of("li"), "li@example.com: 拒收 (550)", datetime.now(UTC))
    assert "  拒收 (550)\n" in xlflow("mail", "outbox")[1]


def test_long_lists_are_cut_unless_all_is_asked_for(make: Make, xlflow) -> None:
    make().puts(*(f"p{number:02}" for number in range(30)))
    assert "and 10 more; --all shows them." in xlflow("mail", "outbox")[1]
    assert xlflow("mail", "outbox", "--all")[1].count("digest:") == 30


def test_only_mails_in_the_states_that_were_asked_for_are_listed(make: Make, xlflow) -> None:
    office = make()
    office.loses("li")
    office.puts("zhang")
    xlflow("mail", "send")
    told = json.loads(xlflow("mail", "outbox", "--state", "sent", "--json")[1])
    assert told["counts"] == {"dead": 1, "waiting": 0, "sent": 1, "discarded": 0}
    assert [mail["key"] for mail in told["mails"]] == [key_of("zhang")]
    out = xlflow("mail", "outbox", "--state", "sent", "--state", "dead")[1]
    assert key_of("li") in out
    assert key_of("zhang") in out
    assert xlflow("mail", "outbox", "--state", "lost")[0] == 2


def test_the_outbox_speaks_json(make: Make, xlflow) -> None:
    make().loses("li")
    (mail,) = json.loads(xlflow("mail", "outbox", "--json")[1])["mails"]
    assert mail["state"] == "dead"
    assert mail["subject"] == SUBJECT
    assert mail["recipients"] == ["li@example.com"]
    assert mail["tries"] == 1
    (reason,) = mail["reasons"]
    assert (reason["kind"], reason["outcome"], reason["code"]) == (
        *("recipient-refused", "final"),
        550,
    )
    assert "Correct the address" in reason["message"]


def test_a_mail_is_shown_with_head_text_and_attachments_and_harms_no_terminal(
    make: Make, xlflow
) -> None:
    make().loses("li")
    code, out, err = xlflow("mail", "show", key_of("li"))
    assert (code, err) == (0, "")
    assert f"Subject: {SUBJECT}\n" in out
    assert "To: li@example.com\n" in out
    assert "Attached: status.xlsx\n" in out
    assert "请填写【技术接口人】" in out
    assert "dead letter" in out
    assert "\x1b" not in out


def test_a_mail_is_saved_byte_for_byte(make: Make, xlflow, tmp_path: Path) -> None:
    office = make()
    office.puts("li")
    out = xlflow("mail", "show", key_of("li"), "--save", tmp_path / "eml")[1]
    (file,) = (tmp_path / "eml").iterdir()
    assert str(file) in out
    with office.ledger() as ledger:
        mail = ledger.outbox.get(key_of("li"))
    assert mail is not None
    assert file.read_bytes() == mail.content
    assert message_from_bytes(mail.content, policy=policy.default)["Subject"] == SUBJECT


@pytest.mark.parametrize("command", ["show", "resend", "discard"])
def test_an_unknown_key_is_told_with_what_may_be_meant(make: Make, xlflow, command: str) -> None:
    office = make()
    office.loses("li")
    code, out, err = xlflow("mail", command, "digest:2024-03-18:lee@example.com")
    assert (code, out) == (2, "")
    assert f"did you mean {key_of('li')}?" in err
    assert office.states() == {key_of("li"): "dead"}


def test_all_unknown_keys_are_told_at_once_and_nothing_is_changed(make: Make, xlflow) -> None:
    office = make()
    office.loses("li")
    code, _, err = xlflow("mail", "resend", key_of("li"), key_of("lee"), "???")
    assert code == 2
    assert key_of("lee") in err
    assert "- ???: `xlflow mail outbox --all` lists the keys." in err
    assert office.states() == {key_of("li"): "dead"}


def test_dead_letters_go_out_when_their_cause_is_gone(make: Make, xlflow) -> None:
    unknown = {"li@example.com": "550 5.1.1 no such user"}
    office = make(refuse=unknown.get)
    office.puts("li", "zhang")
    code, out, err = xlflow("mail", "send")
    assert code == 3
    assert "Sent to 1 recipient: zhang@example.com" in out
    assert "Not delivered to li@example.com" in err
    assert "xlflow mail outbox" in err
    unknown.clear()
    assert xlflow("mail", "resend", "--dead") == (
        0,
        f"Back in line: {key_of('li')}\nNow: xlflow mail send\n",
        "",
    )
    assert xlflow("mail", "send")[0] == 0
    assert office.states() == {key_of("li"): "sent", key_of("zhang"): "sent"}
    assert [mail.recipients for mail in office.server.mails] == [
        ("zhang@example.com",),
        ("li@example.com",),
    ]


def test_a_dry_run_changes_nothing(make: Make, xlflow) -> None:
    office = make()
    office.loses("li")
    office.puts("zhang")
    before = office.states()
    assert xlflow("mail", "resend", "--dead", "--dry-run")[1] == (
        f"Would be put back in line: {key_of('li')}\n"
    )
    assert (
        xlflow("mail", "discard", "--dead", "--dry-run")[1]
        == f"Would be given up: {key_of('li')}\n"
    )
    out = xlflow("mail", "send", "--dry-run")[1]
    assert f"Would be sent: {key_of('zhang')}" in out
    assert "1 mail is due now, 0 later." in out
    assert office.states() == before
    assert office.server.mails == []


def test_a_sent_mail_is_sent_once_more_only_if_it_is_asked_for(make: Make, xlflow) -> None:
    office = make()
    office.puts("li")
    xlflow("mail", "send")
    code, _, err = xlflow("mail", "resend", key_of("li"))
    assert code == 2
    assert "add --again" in err
    assert xlflow("mail", "resend", key_of("li"), "--again")[0] == 0
    assert xlflow("mail", "send")[0] == 0
    first, second = office.server.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_a_mail_that_waits_for_later_goes_out_before_its_time_if_it_is_asked_for(
    make: Make, xlflow
) -> None:
    office = make(replies=["451 4.3.0 try later"])
    office.puts("li")
    assert xlflow("mail", "send")[0] == 3
    code, out, _ = xlflow("mail", "send")
    assert code == 0
    assert "1 mail waits; the next is due at" in out
    assert xlflow("mail", "resend", "--waiting")[0] == 0
    assert "Sent to 1 recipient" in xlflow("mail", "send")[1]


def test_a_mail_at_work_is_left_alone(make: Make, xlflow) -> None:
    office = make()
    office.puts("li")
    with office.ledger() as ledger:
        ledger.outbox.claim(datetime.now(UTC))
    assert "being sent right now" in xlflow("mail", "outbox")[1]
    for command in ("resend", "discard"):
        code, _, err = xlflow("mail", command, key_of("li"))
        assert code == 3
        assert "being sent right now" in err
    with office.ledger() as ledger:
        assert ledger.outbox.claim(datetime.now(UTC)) == ()
        assert len(ledger.outbox.claim(datetime.now(UTC) + CLAIM)) == 1


def test_a_discarded_mail_never_goes_out(make: Make, xlflow) -> None:
    office = make()
    office.loses("li")
    office.puts("zhang")
    assert xlflow("mail", "discard", key_of("zhang"), "--dead") == (
        0,
        f"Given up: {key_of('zhang')}\nGiven up: {key_of('li')}\n",
        "",
    )
    assert xlflow("mail", "send") == (0, "Nothing waits in the outbox.\n", "")
    code, _, err = xlflow("mail", "resend", key_of("li"))
    assert code == 2
    assert "its text is no longer kept" in err
    code, _, err = xlflow("mail", "show", key_of("li"))
    assert code == 3
    assert "keep_days" in err
    assert "2 given up" in xlflow("mail", "outbox", "--all")[1]
    assert office.server.mails == []


def test_where_nothing_is_due_nobody_asks_for_a_password(
    make: Make, xlflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make()
    monkeypatch.delenv("XLFLOW_MAIL_PASSWORD")
    assert xlflow("mail", "send") == (0, "Nothing waits in the outbox.\n", "")
    office.puts("li")
    code, _, err = xlflow("mail", "send")
    assert code != 0
    assert "keyring" in err  # where it was looked for last
    assert office.states() == {key_of("li"): "pending"}


@pytest.mark.parametrize("command", ["resend", "discard"])
def test_a_command_that_names_no_mail_is_told_how(make: Make, xlflow, command: str) -> None:
    make()
    code, _, err = xlflow("mail", command)
    assert code == 2
    assert "--dead" in err
    assert xlflow("mail", command, "--dead") == (0, "There are no such mails.\n", "")


def test_showing_no_mail_is_told_how(make: Make, xlflow) -> None:
    make()
    code, _, err = xlflow("mail", "show")
    assert code == 2
    assert "Which mail? Name its key" in err


def test_more_mails_than_a_login_takes_go_out_in_one_go(make: Make, xlflow) -> None:
    office = make()
    office.puts(*(f"p{number:03}" for number in range(120)))
    code, out, err = xlflow("mail", "send")
    assert (code, err) == (0, "")
    assert "Sent to 120 recipients: p000@example.com" in out
    assert len(office.server.mails) == 120
    assert len(office.server.logins) == 3


def test_a_wrong_password_is_told_once_and_no_mail_is_lost(
    make: Make, xlflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make()
    office.puts(*(f"p{number:03}" for number in range(60)))
    monkeypatch.setenv("XLFLOW_MAIL_PASSWORD", "not-the-password")
    code, out, err = xlflow("mail", "send")
    assert code == 3
    assert err.count("refused the login") == 1
    assert "60 mails wait" in out
    assert "not-the-password" not in out + err + xlflow("mail", "outbox", "--json")[1]
    assert office.server.connections == 1
    monkeypatch.setenv("XLFLOW_MAIL_PASSWORD", PASSWORD)
    assert xlflow("mail", "send")[0] == 0
    assert len(office.server.mails) == 60


def test_one_broken_mail_stops_no_other(make: Make, xlflow) -> None:
    office = make()
    office.puts("a", "z")
    with office.ledger() as ledger:
        earlier = datetime.now(UTC) - timedelta(days=1)
        for number, people in enumerate(([], ["nobody"], ["x@example.com", "y@"])):
            ledger.outbox.put(f"broken:{number}", f"<{number}@x>", people, b"Subject: x", earlier)
    code, out, err = xlflow("mail", "send")
    assert code == 3
    assert "Sent to 2 recipients" in out
    assert "This is no mail address" in err
    assert office.states() == {
        **{f"broken:{number}": "dead" for number in range(3)},
        key_of("a"): "sent",
        key_of("z"): "sent",
    }


def test_sending_speaks_json(make: Make, xlflow) -> None:
    make(refuse={"li@example.com": "550 no"}).puts("li", "zhang")
    code, out, _ = xlflow("mail", "send", "--json")
    told = json.loads(out)
    assert code == 3
    assert (told["sent"], told["waiting"], told["stopped_by"]) == (1, 0, None)
    assert told["mails"][0]["refused"].keys() == {"li@example.com"}
    assert told["mails"][1]["accepted"] == ["zhang@example.com"]
