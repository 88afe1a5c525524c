"""What every mail of a program owes its readers and the servers on its way, whatever its kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

ONCE = (
    *("From", "To", "Subject", "Date", "Message-ID"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version"),
)
# Nothing is run, and nothing is loaded from elsewhere when the mail is opened.
_LOADED = re.compile(
    r"<(?:script|link|iframe|object|embed|form|input)\b|\ssrc\s*=|@import|url\(|\son\w+\s*=", re.I
)
_UNFILLED = re.compile(r"\{\{|\}\}|\{%|\{\w+\}|\bNone\b|\bUndefined\b")
_LONGEST_LINE = 998
_LONGEST_SUBJECT = 150


def faults_of(content: bytes) -> list[str]:
    """What is wrong with the bytes of a mail; nothing if all is well."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return [*_bytes(content), *_head(message), *_bodies(message), *_attachments(message)]


def _bytes(content: bytes) -> Iterator[str]:
    if not content.isascii():
        yield "not ASCII: a server without 8BITMIME spoils it"
    lines = content.split(b"\r\n")
    if max(map(len, lines)) > _LONGEST_LINE:
        yield "a line is too long for SMTP"
    if any(b"\n" in line or b"\r" in line for line in lines):
        yield "a line ends otherwise than with CR LF"


def _head(message: EmailMessage) -> Iterator[str]:
    for name in ONCE:
        if len(message.get_all(name, [])) != 1:
            yield f"{name} stands there {len(message.get_all(name, []))} times"
            return
    if message["Auto-Submitted"] != "auto-generated":
        yield "Auto-Submitted does not say that a program wrote it"
    if parsedate_to_datetime(message["Date"]).tzinfo is None:
        yield "the date has no zone"
    (sender,) = message["From"].addresses
    if not re.fullmatch(rf"<[\w.-]+@{re.escape(sender.domain)}>", message["Message-ID"]):
        yield "the Message-ID is none of the sender's domain"
    subject = str(message["Subject"])
    if not subject or any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in subject):
        yield f"the subject is no line: {subject!r}"
    if len(subject) > _LONGEST_SUBJECT:
        yield "the subject is too long to be read in a list"
    unsubscribe = message["List-Unsubscribe"]
    if unsubscribe is not None and not re.fullmatch(
        r"<(mailto:[^>\s]+@|https://)[^>]+>", unsubscribe
    ):
        yield f"nobody can unsubscribe at {unsubscribe}"


def _bodies(message: EmailMessage) -> Iterator[str]:
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        if body is None or not body.get_content().strip():
            yield f"no {kind} text"
            continue
        text = body.get_content()
        if body["Content-Transfer-Encoding"] not in ("7bit", "quoted-printable", "base64"):
            yield f"the {kind} text is not encoded for every server"
        if found := _UNFILLED.search(
            text if kind == "plain" else re.sub(r"<style.*?</style>", "", text, flags=re.S)
        ):
            yield f"the {kind} text was not filled in: {found[0]}"
    html = message.get_body(("html",))
    if html is not None:
        text = html.get_content()
        if found := _LOADED.search(text):
            yield f"the html runs or loads something: {found[0]}"
        if not re.search(r'<html[^>]* lang="(en|zh-Hans|zh-Hant)"', text):
            yield "the html does not say its language"


def _attachments(message: EmailMessage) -> Iterator[str]:
    for part in message.iter_attachments():
        name = part.get_filename() or ""
        if not re.fullmatch(r"[\w.-]{1,60}\.\w{1,8}", name, re.ASCII):
            yield f"a client may mangle the name of the attachment {name!r}"
        if part.get_content_type() == "application/octet-stream":
            yield f"no program is named for {name}"
