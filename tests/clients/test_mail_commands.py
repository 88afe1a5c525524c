"""What the commands say that send mails, with a real server at the other end."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from clients.smtp_server import SmtpServer
from jobs.digest_company import DigestCompany, draft

from xlflow.cli import main
from xlflow.errors import EXIT_CLEAN, EXIT_WORLD

DAY = ("--date", "2024-03-22")
MANAGERS = ["Boss <boss@example.com>", "zhang@example.com"]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer(security="none") as running:
        yield running


@pytest.fixture
def company(server: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DigestCompany:
    """Whose people sit in its folder."""
    company = DigestCompany(tmp_path / "company", server)
    file = tmp_path / "company" / "xlflow.toml"
    text = file.read_text(encoding="utf-8")
    weekly = f"[mail]\nweekly = {json.dumps(MANAGERS)}"
    file.write_text(text.replace("[mail]", weekly, 1), encoding="utf-8")
    company.has()
    company.begins(date(2024, 3, 19))
    company.has(draft("Synchronise orders", date(2024, 3, 20)))
    company.begins(date(2024, 3, 22))
    monkeypatch.chdir(tmp_path / "company")
    return company


@pytest.fixture
def xlflow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Any, str, str]]:
    monkeypatch.setenv("XLFLOW_LANG", "en")

    def call(*arguments: str) -> tuple[Any, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def test_a_sent_summary_is_told_and_a_second_one_is_not_sent(xlflow, company, server):
    code, out, _ = xlflow("mail", "weekly", *DAY)
    assert code == EXIT_CLEAN
    assert "Sent to 2 recipients: boss@example.com, zhang@example.com" in out
    assert len(server.mails) == 2
    code, out, _ = xlflow("mail", "weekly", *DAY)
    assert code == EXIT_CLEAN
    assert "already been sent to boss@example.com; it is not sent twice" in out
    assert len(server.mails) == 2


def test_a_dry_run_writes_the_mails_and_says_so(xlflow, company, server):
    code, out, _ = xlflow("mail", "weekly", "--dry-run", *DAY)
    assert code == EXIT_CLEAN
    assert out.count("Nothing was sent (dry run). The mail is in ") == 2
    paths = [Path(line.partition("The mail is in ")[2]) for line in out.splitlines()]
    assert [path.suffix for path in paths if path.is_file()] == [".eml", ".eml"]
    assert server.mails == []


def test_programs_are_told_what_became_of_each_mail(xlflow, company, server):
    _, out, _ = xlflow("mail", "weekly", "--json", "--dry-run", *DAY)
    held = json.loads(out)
    assert [mail["key"] for mail in held["mails"]] == [
        "weekly:main:2024-W12:boss@example.com",
        "weekly:main:2024-W12:zhang@example.com",
    ]
    assert [mail["sent"] for mail in held["mails"]] == [False, False]
    assert all(Path(path).is_file() for path in held["written"])
    _, out, _ = xlflow("mail", "weekly", "--json", *DAY)
    assert [mail["sent"] for mail in json.loads(out)["mails"]] == [True, True]
    _, out, _ = xlflow("mail", "weekly", "--json", *DAY)
    assert sorted(json.loads(out)["already"]) == ["boss@example.com", "zhang@example.com"]


def test_a_sent_digest_is_told(xlflow, company, server):
    code, out, err = xlflow("mail", "digest", *DAY)
    assert code == EXIT_CLEAN, err
    (mail,) = server.mails
    assert f"Sent to 1 recipient: {mail.recipients[0]}" in out


@pytest.mark.parametrize("command", ["weekly", "digest"])
def test_where_no_server_answers_it_is_told_once_and_nothing_is_lost(xlflow, company, command):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    file = company.settings.folder / "xlflow.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"(?m)^port = \d+", f"port = {port}", text), encoding="utf-8")
    code, _, err = xlflow("mail", command, *DAY)
    assert code == EXIT_WORLD
    assert err.count(str(port)) == 1
    assert "wait" in err
    code, out, _ = xlflow("mail", "outbox", "--json")
    mails = json.loads(out)["mails"]
    assert {mail["state"] for mail in mails} == {"waiting"}
