"""A mail as bytes: built once, the same for the same input, safe for every server on the way."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import PurePosixPath

from xlflow.errors import XlflowError
from xlflow.mail import headers
from xlflow.mail.addresses import Mailbox, clean_line, mailboxes
from xlflow.mail.delivery import Outgoing

# Servers without 8BITMIME are still about, and a stored mail must suit whichever it meets.
_POLICY = policy.SMTP.clone(cte_type="7bit")

_OPENXML = "vnd.openxmlformats-officedocument"
_TYPES = {
    ".xlsx": ("application", f"{_OPENXML}.spreadsheetml.sheet"),
    ".xlsm": ("application", "vnd.ms-excel.sheet.macroEnabled.12"),
    ".docx": ("application", f"{_OPENXML}.wordprocessingml.document"),
    ".pdf": ("application", "pdf"),
    ".json": ("application", "json"),
    ".csv": ("text", "csv"),
    ".html": ("text", "html"),
    ".txt": ("text", "plain"),
    ".png": ("image", "png"),
}
# A longer name would be split into the numbered pieces of RFC 2231, which some clients mangle.
_NAME_CHARS = 48
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_URI = re.compile(r"(?:mailto:|https://)[!-;=?-~]+")


class NoRecipients(XlflowError):
    """The mail is for nobody."""

    def __init__(self) -> None:
        super().__init__("mail.no-recipients")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along; its type follows from the suffix of `name`."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A finished mail: what is stored, sent, and sent again if need be."""

    message_id: str
    date: datetime
    subject: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)

    def outgoing(self, key: str) -> Outgoing:
        """The mail as delivery takes it, under the delivery key of the outbox."""
        return Outgoing(key=key, recipients=self.recipients, content=self.content)


def build_message(
    *,
    sender: str | Mailbox,
    to: Sequence[str | Mailbox],
    subject: str,
    html: str,
    text: str,
    message_id: str,
    date: datetime,
    cc: Sequence[str | Mailbox] = (),
    attachments: Sequence[Attachment] = (),
    unsubscribe: str | None = None,
) -> Message:
    """A mail with a plain and an HTML body; the same arguments give the same bytes.

    `date` knows its zone; `unsubscribe` is a mailto: or https: address.

    Raises:
        AddressesRefused: Names every faulty address in `sender`, `to` and `cc`.
        NoRecipients: `to` is empty.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    if date.tzinfo is None:
        raise ValueError("the date of a mail needs its zone")
    if not to:
        raise NoRecipients
    from_box, *others = mailboxes([sender, *to, *cc])
    to_boxes, cc_boxes = others[: len(to)], others[len(to) :]

    mail = EmailMessage(policy=_POLICY)
    mail["From"] = headers.addresses("From", [from_box])
    mail["To"] = headers.addresses("To", to_boxes)
    if cc_boxes:
        mail["Cc"] = headers.addresses("Cc", cc_boxes)
    mail["Subject"] = headers.text("Subject", subject)
    mail["Date"] = headers.plain("Date", format_datetime(date))
    mail["Message-ID"] = headers.plain("Message-ID", message_id)
    mail["Auto-Submitted"] = headers.plain("Auto-Submitted", "auto-generated")
    # Exchange answers with "out of office" all the same unless told so.
    # Source: MS-OXCMAIL, 2.2.3.2.14
    mail["X-Auto-Response-Suppress"] = headers.plain("X-Auto-Response-Suppress", "OOF, AutoReply")
    if unsubscribe is not None:
        if not _URI.fullmatch(unsubscribe):
            raise ValueError(f"neither a mailto: nor an https: address: {unsubscribe!r}")
        mail["List-Unsubscribe"] = headers.plain("List-Unsubscribe", f"<{unsubscribe}>")

    mail.set_content(_encodable(text))
    mail.add_alternative(_encodable(html), subtype="html")
    _attach(mail, attachments)
    _name_boundaries(mail, message_id)
    return Message(
        message_id=message_id,
        date=date,
        subject=clean_line(subject),
        recipients=tuple(dict.fromkeys(box.address for box in others)),
        content=mail.as_bytes(),
    )


def message_id(key: str, sender: str | Mailbox) -> str:
    """The Message-ID for a delivery key: one key, one id, so that receivers drop a double.

    Raises:
        AddressesRefused: `sender` is no address.
    """
    (box,) = mailboxes([sender])
    return f"<{hashlib.sha256(key.encode('utf-8')).hexdigest()[:32]}@{box.domain}>"


def ascii_name(name: str) -> str:
    """A file name that every mail client leaves alone: ``需求周报-2024-W12.xlsx`` becomes
    ``attachment-2024-W12.xlsx``, ``Übersicht März.pdf`` becomes ``Ubersicht-Marz.pdf``.
    """
    path = PurePosixPath(unicodedata.normalize("NFKD", name).replace("\\", "/"))
    suffix = path.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", path.suffix) else ""
    stem = path.name.removesuffix(suffix)
    letters = "".join(char for char in stem if not unicodedata.combining(char))
    kept = re.sub(r"[^A-Za-z0-9._]+", "-", letters).strip("-.")
    if not letters[:1].isascii() or not kept:
        kept = f"attachment-{kept}".strip("-")
    return kept[:_NAME_CHARS].rstrip("-.") + suffix


def _attach(mail: EmailMessage, attachments: Sequence[Attachment]) -> None:
    taken: set[str] = set()
    for attachment in attachments:
        name = _free_name(ascii_name(attachment.name), taken)
        taken.add(name.lower())
        kind, subtype = _TYPES.get(
            PurePosixPath(name).suffix.lower(), ("application", "octet-stream")
        )
        # Some clients look at the name of the type only.
        params = {"name": name} | ({"charset": "utf-8"} if kind == "text" else {})
        mail.add_attachment(
            attachment.content, maintype=kind, subtype=subtype, filename=name, params=params
        )


def _free_name(name: str, taken: set[str]) -> str:
    path, number, free = PurePosixPath(name), 1, name
    while free.lower() in taken:
        number += 1
        free = f"{path.stem}-{number}{path.suffix}"
    return free


def _name_boundaries(mail: EmailMessage, message_id: str) -> None:
    """Boundaries that a rerun makes again; "=_" cannot occur in quoted-printable or base64."""
    seed = hashlib.sha256(message_id.encode("ascii")).hexdigest()[:24]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")


def _encodable(body: str) -> str:
    """`body` with lone surrogates (cut emoji from a cell) replaced."""
    return body.encode("utf-8", "replace").decode("utf-8")
