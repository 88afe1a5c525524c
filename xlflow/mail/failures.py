"""What a failure of the mail server means: correct the settings, give the mail up, or try again.

smtplib is not imported: its exceptions are OSErrors, told apart by what they carry (`smtp_code`,
`recipients`, `sender`), and where they carry nothing, by their names.
"""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from xlflow.errors import XlflowError
from xlflow.languages import Language, say
from xlflow.mail.addresses import clean_line
from xlflow.mail.connection import Connection
from xlflow.settings.passwords import Password

FailureOutcome = Literal["settings", "final", "again"]
FailureKind = Literal[
    "host-name",
    "user-name",
    "exposed",
    "no-password",
    "ca-file",
    "certificate",
    "no-tls",
    "no-starttls",
    "no-authentication",
    "authentication",
    "turned-away",
    "sender",
    "busy",
    "host-unknown",
    "unreachable",
    "silent",
    "timeout",
    "connection-lost",
    "too-large",
    "message-refused",
    "message-deferred",
    "recipient-refused",
    "recipient-deferred",
    "no-address",
]

_REPLY_CHARS = 300
_AUTHENTICATION_CODES = frozenset({530, 534, 535, 538})
_TOO_LARGE = 552


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the server did not take a mail, or a recipient of it.

    `outcome`: "settings" (no mail will go out before a person corrects them), "final" (this mail
    will never be taken) or "again" (it may be later). `code` is the SMTP code, None if there was
    no answer; `reply` is the server's own text or the system's, in one line, without secrets.
    """

    outcome: FailureOutcome
    kind: FailureKind
    host: str
    port: int
    user: str = ""
    seconds: float = 0
    code: int | None = None
    reply: str = ""

    def message(self, language: Language) -> str:
        """What happened, where, and what to do next."""
        text = say(
            language,
            f"mail.failure.{self.kind}",
            host=self.host,
            port=self.port,
            user=self.user,
            seconds=f"{self.seconds:g}",
        )
        said = f"{self.code or ''} {self.reply}".strip()
        return text + (say(language, "mail.answer", reply=said) if said else "")


class MailRefused(XlflowError):
    """Mail did not go out, for the reason in `failure`."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"mail.failure.{failure.kind}", failure=failure)

    def message(self, language: Language) -> str:
        """The failure's own text."""
        failure: Failure = self.facts["failure"]
        return failure.message(language)


@dataclass(frozen=True, slots=True)
class Judge:
    """Turns what went wrong on `connection` into failures, and keeps the password out of them."""

    connection: Connection
    password: Password | None

    def of_connecting(self, err: OSError) -> Failure:
        """Why there is no connection that is logged in."""
        code = _code(err)
        if code is not None:
            if 400 <= code < 500:
                return self._failure("again", "busy", err)
            if code in _AUTHENTICATION_CODES or type(err).__name__ == "SMTPAuthenticationError":
                return self._failure("settings", "authentication", err)
            return self._failure("settings", "turned-away", err)
        if isinstance(err, ssl.SSLCertVerificationError):
            return self._failure("settings", "certificate", err)
        if isinstance(err, ssl.SSLError) and not isinstance(err, ssl.SSLEOFError):
            return self._failure("settings", "no-tls", err)
        if isinstance(err, socket.gaierror):
            return self._failure("again", "host-unknown", err)
        if type(err).__name__ == "SMTPNotSupportedError":
            # Of the two things that we ask for, only one is called so in the exception's text.
            if "STARTTLS" in str(err):
                return self._failure("settings", "no-starttls")
            return self._failure("settings", "no-authentication")
        if type(err).__name__ == "SMTPException":
            return self._failure("settings", "no-authentication")
        return self._of_line(err, lost="unreachable", timeout="silent")

    def of_sending(self, err: OSError) -> Failure:
        """Why the whole mail was not taken."""
        code = _code(err)
        if code is None:
            return self._of_line(err, lost="connection-lost", timeout="timeout")
        if code in _AUTHENTICATION_CODES:
            return self._failure("settings", "authentication", err)
        if code == _TOO_LARGE:
            return self._failure("final", "too-large", err)
        if hasattr(err, "sender") and code >= 500:
            return self._failure("settings", "sender", err)
        if code >= 500:
            return self._failure("final", "message-refused", err)
        return self._failure("again", "message-deferred", err)

    def of_recipient(self, code: int, reply: bytes) -> Failure:
        """Why one recipient was not taken."""
        if code in _AUTHENTICATION_CODES:
            return self._failure("settings", "authentication", code=code, reply=reply)
        if code >= 500:
            return self._failure("final", "recipient-refused", code=code, reply=reply)
        return self._failure("again", "recipient-deferred", code=code, reply=reply)

    def of_settings(self) -> Failure | None:
        """What is wrong before anything is tried; None if nothing is."""
        connection = self.connection
        try:
            connection.host.encode("idna")
        except UnicodeError:
            return self._failure("settings", "host-name")
        if connection.user is None:
            return None
        if connection.security == "none":
            return self._failure("settings", "exposed")
        # smtplib sends both as ASCII, and its error would print the password with the user.
        if not connection.user.isascii():
            return self._failure("settings", "user-name")
        return self._failure("settings", "no-password") if self.password is None else None

    def of_ca_file(self, err: OSError) -> Failure:
        """Why the settings' certificate authority cannot be used."""
        reply = f"{self.connection.ca_file}: {_system_text(err)}"
        return self._failure("settings", "ca-file", reply=reply)

    def _of_line(self, err: OSError, *, lost: FailureKind, timeout: FailureKind) -> Failure:
        if isinstance(err, TimeoutError) or isinstance(err.__context__, TimeoutError):
            return self._failure("again", timeout)
        return self._failure("again", lost, err)

    def _failure(
        self,
        outcome: FailureOutcome,
        kind: FailureKind,
        err: OSError | None = None,
        *,
        code: int | None = None,
        reply: bytes | str = "",
    ) -> Failure:
        if err is not None:
            code = _code(err)
            reply = getattr(err, "smtp_error", b"") if code is not None else _system_text(err)
        return Failure(
            outcome=outcome,
            kind=kind,
            host=self.connection.host,
            port=self.connection.port,
            user=self.connection.user or "",
            seconds=self.connection.timeout_seconds,
            code=code,
            reply=self._cleaned(reply),
        )

    def _cleaned(self, reply: bytes | str) -> str:
        line = clean_line(_decoded(reply) if isinstance(reply, bytes) else reply)
        if self.password is not None:
            for secret in _spellings(self.connection.user or "", self.password.reveal()):
                line = line.replace(secret, "***")
        return line[:_REPLY_CHARS]


def _code(err: OSError) -> int | None:
    """The SMTP code of an answer; None if there was none, or nothing that looks like one."""
    code = getattr(err, "smtp_code", None)
    return code if isinstance(code, int) and code >= 400 else None


def _system_text(err: OSError) -> str:
    if isinstance(err, ssl.SSLCertVerificationError):
        return err.verify_message
    return err.strerror or str(err)


def _decoded(reply: bytes) -> str:
    """A server's answer; those in China may speak GBK."""
    try:
        return reply.decode("utf-8")
    except UnicodeDecodeError:
        return reply.decode("gb18030", "replace")


def _spellings(user: str, secret: str) -> Iterable[str]:
    """The password and the forms in which AUTH carries it, which some servers repeat."""
    for carried in (secret, f"\0{user}\0{secret}"):
        yield base64.b64encode(carried.encode("ascii", "replace")).decode("ascii")
    yield secret
