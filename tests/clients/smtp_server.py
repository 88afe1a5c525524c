"""A real SMTP server on loopback, secured as asked, which refuses, drops and dawdles on demand.

    with SmtpServer(security="starttls", users={"xlflow": "secret"}) as server:
        deliver([...], server.connection(user="xlflow"), Password("secret"))
        assert server.mails[0].recipients == ("zhang@example.com",)

The certificates come from an authority made for the test run (`authority`); `server.connection`
trusts it. What the server answers to the mails is given as `replies`, used up one a mail: a text
("421 ..."), `DROP` (hang up without taking it), `DROP_AFTER` (take it, then hang up without saying
so), a number of seconds to dawdle and then take it, or `Late` (take it, then dawdle with the
answer); then everything is taken. In place of lists, functions may say what each recipient, and
each mail, is answered.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, Literal

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from xlflow.mail import Connection, Security

HOST = "127.0.0.1"
DROP: Literal["drop"] = "drop"
DROP_AFTER: Literal["drop after"] = "drop after"
TAKEN = "250 2.0.0 Taken"


@dataclass(frozen=True, slots=True)
class Late:
    """The mail is taken, and its sender waits so long for the answer."""

    seconds: float


Reply = str | float | Late


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    was_encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        """The mail as a client reads it."""
        message = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority that only its own `file` (PEM) makes trusted."""

    issuer: trustme.CA
    file: Path

    def server_context(self, *names: str, is_expired: bool = False) -> ssl.SSLContext:
        """TLS for a server called `names`."""
        ends = datetime(2020, 1, 1, tzinfo=UTC) if is_expired else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.issuer.issue_cert(*names, not_after=ends).configure_cert(context)
        return context


@cache
def authority() -> Authority:
    """The authority of this test run."""
    return new_authority(Path(tempfile.mkdtemp(prefix="xlflow-authority-")))


def new_authority(folder: Path) -> Authority:
    """Another authority, whose certificate stands in `folder`."""
    issuer, file = trustme.CA(), folder / "authority.pem"
    issuer.cert_pem.write_to_path(file)
    return Authority(issuer, file)


class SmtpServer:
    """The server; a context manager. `mails` holds what it took, `logins` every try to log in."""

    def __init__(
        self,
        *,
        security: Security = "starttls",
        users: Mapping[str, str] | None = None,
        refuse: Mapping[str, str] | Callable[[str], str | None] | None = None,
        refuse_sender: str | None = None,
        replies: Sequence[Reply] | Callable[[tuple[str, ...]], Reply] = (),
        tls: ssl.SSLContext | None = None,
        size_limit: int = 33_554_432,
    ) -> None:
        self.mails: list[ReceivedMail] = []
        self.logins: list[tuple[str, bool]] = []
        self.connections = 0
        self._security: Security = security
        self._users = users
        self._refuse = refuse if callable(refuse) else dict(refuse or {}).get
        self._refuse_sender = refuse_sender
        self._replies = replies if callable(replies) else _in_turn(replies)
        context = None if security == "none" else tls or authority().server_context(HOST)
        self._controller = _Controller(
            self,
            hostname=HOST,
            port=0,
            ssl_context=context if security == "tls" else None,
            tls_context=context if security == "starttls" else None,
            # aiosmtpd takes implicit TLS for none, and warns: `handle_MAIL` asks for the login.
            auth_require_tls=security == "starttls",
            authenticator=self._authenticate,
            auth_exclude_mechanism=None if users else ["PLAIN", "LOGIN"],
            data_size_limit=size_limit,
        )

    def __enter__(self) -> SmtpServer:
        self._controller.start()
        self.connections = 0  # the controller's own knock on the door
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()

    def connection(self, user: str | None = None, **changes: Any) -> Connection:
        """How to reach the server, trusting the authority of the test run."""
        connection = Connection(
            host=HOST,
            port=self._controller.port,
            security=self._security,
            user=user,
            sender="需求管理 <xlflow@example.com>",
            timeout_seconds=5,
            ca_file=authority().file,
        )
        return replace(connection, **changes)

    # The names of the hooks are aiosmtpd's.

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.connections += session.ssl is not None or self._security != "starttls"
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._users and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self._refuse_sender:
            return self._refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self._refuse(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        reply = self._replies(tuple(envelope.rcpt_tos))
        if isinstance(reply, Late):
            self.mails.append(self._received(session, envelope))
            await asyncio.sleep(reply.seconds)
            return TAKEN
        if isinstance(reply, int | float):
            await asyncio.sleep(reply)
            reply = TAKEN
        if reply in (TAKEN, DROP_AFTER):
            self.mails.append(self._received(session, envelope))
        if reply in (DROP, DROP_AFTER):
            assert server.transport is not None
            server.transport.abort()
            raise ConnectionResetError
        return reply

    def _received(self, session: Session, envelope: Envelope) -> ReceivedMail:
        assert envelope.mail_from is not None
        assert isinstance(envelope.original_content, bytes)
        return ReceivedMail(
            sender=envelope.mail_from,
            recipients=tuple(envelope.rcpt_tos),
            content=envelope.original_content,
            was_encrypted=self._security == "tls" or session.ssl is not None,
            user=session.auth_data if session.authenticated else None,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        user, secret = data.login.decode(), data.password.decode()
        success = (self._users or {}).get(user) == secret
        self.logins.append((user, success))
        if success:
            return AuthResult(success=True, auth_data=user)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Wrong password")


def _in_turn(replies: Sequence[Reply]) -> Callable[[tuple[str, ...]], Reply]:
    left = list(replies)
    return lambda _recipients: left.pop(0) if left else TAKEN


class _Controller(Controller):
    """A controller on a port that the system chose."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
