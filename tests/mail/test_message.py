from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlflow.mail import AddressesRefused, Attachment, Mailbox, build_message, message_id
from xlflow.mail.addresses import clean_line
from xlflow.mail.message import NoRecipients, ascii_name

MONDAY = datetime(2024, 3, 18, 9, 0, tzinfo=UTC)
SENDER = "需求管理 <xlflow@example.com>"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAIR = ["zhang@example.com", "li@example.com"]
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]


def built(**changes: Any) -> bytes:
    """The bytes of a weekly mail, with `changes`."""
    arguments: dict[str, Any] = {
        "sender": SENDER,
        "to": ["张经理 <zhang@example.com>"],
        "subject": "需求周报 2024-W12",
        "html": "<p>逾期 3 条</p>",
        "text": "逾期 3 条",
        "message_id": message_id("weekly/2024-W12", SENDER),
        "date": MONDAY,
    }
    return build_message(**(arguments | changes)).content


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(content: bytes, kind: str) -> str:
    body = read(content).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def people_in(content: bytes, header: str = "To") -> list[tuple[str, str]]:
    """Names and addresses, read without the parser that puts spaces between encoded words."""
    raw = str(message_from_bytes(content, policy=policy.compat32)[header])
    return [
        (str(make_header(decode_header(name))), address)
        for name, address in getaddresses([raw.replace("\n", "")])
    ]


def test_chinese_subject_names_and_bodies_read_as_written() -> None:
    content = built(cc=["李, 四 <li@example.com>"], subject="需求周报：" + "逾期与即将到期" * 20)
    message = read(content)
    assert message["Subject"] == "需求周报：" + "逾期与即将到期" * 20
    assert message["From"].addresses[0].display_name == "需求管理"
    assert message["To"].addresses[0].display_name == "张经理"
    assert message["Cc"].addresses[0].display_name == "李, 四"
    assert part(content, "plain") == "逾期 3 条\n"
    assert part(content, "html") == "<p>逾期 3 条</p>\n"


def test_every_line_suits_every_server() -> None:
    long = "<td style='color:red'>逾期</td>" * 500
    content = built(
        html=long,
        text="a" * 5000 + "\n.\n..b\nFrom c\nd\r\ne",
        subject="x" * 3000,
        attachments=[Attachment("a.bin", bytes(range(256)) * 40)],
    )
    assert content.isascii()
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line or b"\0" in line for line in lines)
    assert part(content, "html") == long + "\n"
    assert part(content, "plain") == "a" * 5000 + "\n.\n..b\nFrom c\nd\ne\n"
    assert read(content)["Subject"] == "x" * 3000


def test_a_header_line_ends_within_78_characters() -> None:
    content = built(
        subject="Requirements of week 12: three overdue, five due soon, two closed, one blocked",
        to=[f"{name} <zhang@example.com>" for name in ("张经理" * 20, "Wang Xiaoming " * 20)],
    )
    head = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, head)) <= 78
    assert read(content)["Subject"] == (
        "Requirements of week 12: three overdue, five due soon, two closed, one blocked"
    )


def test_many_recipients_with_long_chinese_names_stay_apart() -> None:
    people = [Mailbox(f"市场部, 第{i}组; 负责人 “张”" * 2, f"p{i}@example.com") for i in range(60)]
    content = built(to=people)
    assert people_in(content) == [(each.name, each.address) for each in people]
    assert len(read(content)["To"].addresses) == len(people)


@pytest.mark.parametrize("name", ["Wang, Ltd", 'The "Boss"', "back\\slash", "a@b", "J. Doe (x)"])
def test_a_name_with_marks_reads_as_written(name: str) -> None:
    (address,) = read(built(to=[Mailbox(name, "w@example.com")]))["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "w@example.com")


@pytest.mark.parametrize(
    "evil",
    [
        "hello\r\nBcc: evil@example.com",
        "hello\nBcc: evil@example.com",
        "hello\rBcc: evil@example.com",
        "hello\r\n\r\n<script>",
        "hello\u2028Bcc: evil@example.com",
        "hello\x85Bcc: evil@example.com",
        "hello =?utf-8?q?=0D=0ABcc=3A_evil=40example=2Ecom?=",
        "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
        "x" * 70 + "\r\nBcc: evil@example.com",
    ],
)
def test_nothing_in_subject_or_name_starts_another_header(evil: str) -> None:
    content = built(subject=evil, to=[Mailbox(evil, "zhang@example.com")])
    message = read(content)
    assert message.keys() == HEADERS
    assert message["Subject"] == clean_line(evil)
    assert [each.addr_spec for each in message["To"].addresses] == ["zhang@example.com"]


@settings(deadline=None)
@given(
    subject=st.text(max_size=200),
    name=st.text(max_size=80),
    body=st.text(max_size=300),
    file=st.text(max_size=80),
)
def test_any_text_leaves_the_mail_whole(subject: str, name: str, body: str, file: str) -> None:
    content = built(
        subject=subject,
        to=[Mailbox(name, PAIR[0]), PAIR[1]],
        text=body,
        attachments=[Attachment(file, b"\r\n.\r\nPK")],
    )
    message = read(content)
    assert content.isascii()
    assert message.keys() == HEADERS
    assert message["Subject"] == clean_line(subject)
    assert [each.addr_spec for each in message["To"].addresses] == PAIR
    assert people_in(content) == [(clean_line(name), PAIR[0]), ("", PAIR[1])]
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == b"\r\n.\r\nPK"


def test_recipients_are_bare_addresses_each_once() -> None:
    message = build_message(
        sender=SENDER,
        to=["张经理 <zhang@example.com>", "li@公司.cn"],
        cc=["zhang@example.com", "wang@example.com"],
        subject="a",
        html="b",
        text="c",
        message_id=message_id("k", SENDER),
        date=MONDAY,
    )
    assert message.recipients == ("zhang@example.com", "li@xn--55qx5d.cn", "wang@example.com")
    assert message.outgoing("k").recipients == message.recipients


def test_the_same_mail_is_built_twice_byte_for_byte() -> None:
    files = [Attachment("requirements-2024-W12.xlsx", b"PK\x03\x04")]
    assert built(attachments=files) == built(attachments=files)


def test_one_delivery_key_makes_one_message_id() -> None:
    assert message_id("weekly/2024-W12", SENDER) == message_id("weekly/2024-W12", SENDER)
    assert message_id("weekly/2024-W12", SENDER) != message_id("weekly/2024-W13", SENDER)
    assert message_id("周报", SENDER).endswith("@example.com>")
    assert read(built())["Message-ID"] == message_id("weekly/2024-W12", SENDER)


def test_out_of_office_answers_are_not_asked_for() -> None:
    message = read(built())
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Date"].datetime == MONDAY


def test_unsubscribing_is_offered_only_where_it_is_given() -> None:
    assert "List-Unsubscribe" not in read(built())
    offered = read(built(unsubscribe="mailto:xlflow@example.com?subject=unsubscribe"))
    assert offered["List-Unsubscribe"] == "<mailto:xlflow@example.com?subject=unsubscribe>"


@pytest.mark.parametrize(
    ("name", "ascii_only"),
    [
        ("requirements-2024-W12.xlsx", "requirements-2024-W12.xlsx"),
        ("需求周报-2024-W12.xlsx", "attachment-2024-W12.xlsx"),
        ("需求周报.xlsx", "attachment.xlsx"),
        ("W12 周报 终稿.xlsx", "W12.xlsx"),
        ("Übersicht März.pdf", "Ubersicht-Marz.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.xlsx", "a.xlsx"),
        ('a"\r\nBcc: x@y.z.xlsx', "a-Bcc-x-y.z.xlsx"),
        ("x" * 200 + ".xlsx", "x" * 48 + ".xlsx"),
        ("", "attachment"),
        ("..", "attachment"),
    ],
)
def test_attachment_names_are_made_ascii(name: str, ascii_only: str) -> None:
    assert ascii_name(name) == ascii_only
    (attachment,) = read(built(attachments=[Attachment(name, b"x")])).iter_attachments()
    assert attachment.get_filename() == ascii_only
    assert b"filename*" not in built(attachments=[Attachment(name, b"x")])


def test_attachments_have_their_type_and_a_name_of_their_own() -> None:
    content = built(
        attachments=[
            Attachment("需求.xlsx", b"PK"),
            Attachment("缺陷.xlsx", b"PK2"),
            Attachment("发现.csv", "编号\n".encode()),
            Attachment("notes", b"?"),
        ]
    )
    parts = list(read(content).iter_attachments())
    assert [(each.get_filename(), each.get_content_type()) for each in parts] == [
        ("attachment.xlsx", XLSX),
        ("attachment-2.xlsx", XLSX),
        ("attachment.csv", "text/csv"),
        ("notes", "application/octet-stream"),
    ]
    assert parts[2].get_content() == "编号\n"


def test_all_faulty_addresses_of_a_mail_are_told_at_once() -> None:
    with pytest.raises(AddressesRefused) as refused:
        built(sender="xlflow", to=["a@b.cn", "wang"], cc=["li@firm"])
    assert [fault.text for fault in refused.value.faults] == ["xlflow", "wang", "li@firm"]


def test_a_mail_for_nobody_is_refused() -> None:
    with pytest.raises(NoRecipients, match="no recipients"):
        built(to=[])


@pytest.mark.parametrize(
    "fault",
    [
        {"message_id": "no-brackets@example.com"},
        {"message_id": "<a@b>\r\nBcc: evil@example.com"},
        {"date": MONDAY.replace(tzinfo=None)},
        {"unsubscribe": "javascript:alert(1)"},
        {"unsubscribe": "https://example.com>\r\nBcc: evil@example.com"},
    ],
)
def test_what_only_a_program_can_get_wrong_is_refused(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Message-ID|zone|mailto"):
        built(**fault)
