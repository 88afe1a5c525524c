from __future__ import annotations

import pytest

from xlflow.languages import LANGUAGES
from xlflow.mail import AddressesRefused, Mailbox, mailboxes


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("zhang@example.com", "", "zhang@example.com"),
        ("  zhang@example.com\n", "", "zhang@example.com"),
        ("张经理 <zhang.san+req@mail.example.com>", "张经理", "zhang.san+req@mail.example.com"),
        ('"Wang, Ltd" <w@example.com>', "Wang, Ltd", "w@example.com"),
        ("root@localhost", "", "root@localhost"),
        ("li@公司.cn", "", "li@xn--55qx5d.cn"),
    ],
)
def test_a_mailbox_is_read_as_people_type_it(typed: str, name: str, address: str) -> None:
    assert mailboxes([typed]) == (Mailbox(name, address),)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "blank"),
        ("张经理 <>", "blank"),
        ("zhang.example.com", "no-at"),
        ("a@example.com; b@example.com", "several"),
        ("a@example.com,", "several"),
        ("zhang＠example.com", "full-width"),
        ("zhang@example。com", "full-width"),
        ("zhang san@example.com", "name"),
        ("张三@example.com", "name"),
        (".zhang@example.com", "name"),
        ("@example.com", "name"),
        ("zhang@", "domain"),
        ("zhang@example", "domain"),
        ("zhang@example..com", "domain"),
        ("zhang@-example.com", "domain"),
        ("zhang@exa mple.com", "domain"),
        ("zhang@[10.0.0.1]", "domain"),
        ("z" * 65 + "@example.com", "length"),
        ("z@" + "a.b" * 84 + ".com", "length"),
        ("zhang@example.com\r\nBcc: evil@example.com", "several"),
        ("zhang@example.com\nRCPT", "several"),
        ("zhang@example.com\u2028RCPT", "domain"),
        ("zhang@example.com\0", "domain"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(AddressesRefused) as refused:
        mailboxes([typed])
    assert [fault.reason for fault in refused.value.faults] == [reason]


def test_all_faulty_addresses_are_told_at_once_and_by_name() -> None:
    with pytest.raises(AddressesRefused) as refused:
        mailboxes(["wang", "li@example.com", Mailbox("赵", "zhao@firm"), "x\r\nBcc: y"])
    for language in LANGUAGES:
        told = refused.value.message(language).split("\n")
        assert len(told) == 4
        assert "wang" in told[1]
        assert "赵 <zhao@firm>" in told[2]
        assert "x Bcc: y" in told[3]
        assert "li@example.com" not in refused.value.message(language)


def test_a_name_with_a_line_break_becomes_one_line() -> None:
    (box,) = mailboxes(["张\r\nBcc: evil@example.com\u2028三 <zhang@example.com>"])
    assert box == Mailbox("张 Bcc: evil@example.com 三", "zhang@example.com")
