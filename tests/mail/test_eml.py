from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from xlflow.files import FileNotWritten
from xlflow.mail import Message, build_message, message_id, write_eml


def mail(key: str = "weekly/2024-W12", to: str = "张经理 <zhang@example.com>") -> Message:
    sender = "xlflow@example.com"
    return build_message(
        sender=sender,
        to=[to],
        subject="需求周报",
        html="<p>你好</p>",
        text="你好",
        message_id=message_id(key, sender),
        date=datetime(2024, 3, 18, 9, 0, tzinfo=UTC),
    )


def test_the_file_holds_the_mail_and_a_rerun_replaces_it(tmp_path: Path) -> None:
    folder = tmp_path / "邮件" / "outbox"
    path = write_eml(mail(), folder)
    assert path == write_eml(mail(), folder)
    assert list(folder.iterdir()) == [path]
    assert path.read_bytes() == mail().content
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"] == "需求周报"


def test_the_name_says_when_and_to_whom_in_ascii(tmp_path: Path) -> None:
    path = write_eml(mail(to="zhang.san/x@example.com"), tmp_path)
    assert path.name.startswith("2024-03-18-zhang.san-x-")
    assert path.suffix == ".eml"


def test_two_mails_to_one_person_are_two_files(tmp_path: Path) -> None:
    assert write_eml(mail("weekly/2024-W12"), tmp_path) != write_eml(mail("digest"), tmp_path)


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    path = write_eml(mail(), tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(FileNotWritten, match=path.name):
        write_eml(mail(), tmp_path)
    assert list(tmp_path.iterdir()) == [path]
