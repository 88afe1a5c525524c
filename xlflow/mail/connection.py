"""Where mails go out, and the one place where a connection through yagmail is made.

`yagmail.Client.send` is not used: it has no Message-ID of its own, retries into doubles and
guesses at contents. Its connection and login are, with everything that it would guess or ask for
given to it.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from xlflow.mail.addresses import mailboxes
from xlflow.settings.passwords import Password

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Connection:
    """The mail server and who we are there.

    `user` is None for a relay that asks for no login; bounces go to the address in `sender`;
    `timeout_seconds` limits each wait for an answer; `ca_file` adds a company's own certificate
    authority (PEM) to the system's.
    """

    host: str
    port: int
    security: Security
    user: str | None
    sender: str
    timeout_seconds: float = 30.0
    ca_file: Path | None = None

    @property
    def sender_address(self) -> str:
        """The bare address in `sender`.

        Raises:
            AddressesRefused: There is none.
        """
        return mailboxes([self.sender])[0].address


class Client(Protocol):
    """What we use of yagmail.Client; `smtp` is the connection of the standard library."""

    smtp: Any
    is_closed: bool | None

    def login(self) -> None:
        """Connect, secure the connection, log in."""

    def close(self) -> None:
        """Say goodbye and disconnect."""


def connect(
    connection: Connection, password: Password | None, context: ssl.SSLContext | None
) -> Client:
    """A client that is connected and logged in; keep it, for it closes when it is forgotten.

    Raises:
        OSError: Whatever stopped it: `xlflow.mail.failures` says what to make of it.
    """
    client = _client(connection, password, context)
    try:
        client.login()
    except BaseException:
        drop(client)
        raise
    return client


def drop(client: Client) -> None:
    """Disconnect without waiting for the server's goodbye."""
    client.is_closed = True
    if client.smtp is not None:
        client.smtp.close()


def tls_context(connection: Connection) -> ssl.SSLContext | None:
    """What verifies certificate and host name of the server; None where nothing is encrypted.

    Raises:
        OSError: The file is not there or holds no certificate (ssl.SSLError).
    """
    if connection.security == "none":
        return None
    context = ssl.create_default_context()
    if connection.ca_file is not None:
        context.load_verify_locations(cafile=connection.ca_file)
    return context


def _client(
    connection: Connection, password: Password | None, context: ssl.SSLContext | None
) -> Client:
    # Imported here: it takes a quarter of a second, and most commands send nothing.
    import yagmail

    options: dict[str, Any] = {"timeout": connection.timeout_seconds}
    if connection.security == "tls":
        options["context"] = context
    if (own_name := _own_name()) is not None:
        options["local_hostname"] = own_name
    # A dict, since a plain user name without @ would become one at gmail.com.
    user = connection.user or connection.sender_address
    client: Client = yagmail.Client(
        user={user: user},
        # Never None, which would prompt.
        password=password.reveal() if password is not None else "",
        host=connection.host,
        port=connection.port,
        smtp_ssl=connection.security == "tls",
        smtp_starttls={"context": context} if connection.security == "starttls" else False,
        smtp_skip_login=connection.user is None,
        soft_email_validation=False,
        **options,
    )
    # Its handler would write to stderr beside our own output.
    client.set_logging(log_level=None)  # type: ignore[attr-defined]
    return client


def _own_name() -> str | None:
    """What to say in EHLO where the computer's name is Chinese, which the protocol cannot carry."""
    return None if socket.getfqdn().isascii() else "[127.0.0.1]"
