"""A connection to one share of a server: log in, ask, be told in terms that the protocol knows.

Every message is signed, and encrypted where the server can.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from smbprotocol.connection import Connection
from smbprotocol.exceptions import SMBAuthenticationError, SMBException, SMBResponseException
from smbprotocol.session import Session
from smbprotocol.tree import TreeConnect

from xlflow.workbook.share.smb.address import SmbAddress
from xlflow.workbook.share.smb.errors import (
    ACCESS_DENIED,
    BAD_NETWORK_NAME,
    PATH_NOT_COVERED,
    LogonRefused,
    OtherShare,
    ServerUnreachable,
    ShareIsDfs,
    ShareRefused,
    ShareUnknown,
    is_lost,
    refusal,
)

_T = TypeVar("_T")

# It logs what it raises too, and without a handler that would be printed.
logging.getLogger("smbprotocol").addHandler(logging.NullHandler())


class SmbConnection:
    """A share, with the account that uses it; `alive` until it is lost or closed."""

    def __init__(
        self, address: SmbAddress, user: str | None, password: str | None, timeout_seconds: float
    ) -> None:
        """Connect, log in, and open the share that `address` names.

        Raises:
            ServerUnreachable, LogonRefused, ShareUnknown, ShareRefused, ShareIsDfs
        """
        self.address = address
        self.alive = True
        self._connection = _Connection(address, timeout_seconds)
        try:
            self.tree = _tree(self._connection, address, user, password)
        except BaseException:
            self.abandon()
            raise

    @property
    def max_read_bytes(self) -> int:
        """How much the server gives at once."""
        return int(self._connection.max_read_size)

    @property
    def max_write_bytes(self) -> int:
        """How much the server takes at once."""
        return int(self._connection.max_write_size)

    def at(self, location: str) -> SmbAddress:
        """The address of a location on this share.

        Raises:
            OtherShare
        """
        address = SmbAddress.parse(location)
        if not address.is_on(self.address):
            raise OtherShare(location, self.address.root)
        return address

    def ask(self, location: str, call: Callable[..., _T], *arguments: Any) -> _T:
        """The result of a call about `location`; `refusal` tells what else it may come to.

        Raises:
            ConnectionError: The server did not answer, or not so that it can be trusted.
        """
        try:
            return call(*arguments)
        except SMBResponseException as err:
            if err.status == PATH_NOT_COVERED:
                raise ShareIsDfs(self.address.server, self.address.share) from err
            if not is_lost(err.status):
                raise refusal(err.status, reason(err), location) from err
            lost: Exception = err
        except (SMBException, OSError) as err:
            lost = err
        self.abandon()
        raise ConnectionError(errno.ECONNRESET, reason(lost), location) from lost

    def answer(self, request: Any) -> bytes:
        """The data of the server's answer to a request about an open file."""
        session_id = self.tree.session.session_id
        sent = self._connection.send(request, session_id, self.tree.tree_connect_id)
        return bytes(self._connection.receive(sent)["data"].get_value())

    def abandon(self) -> None:
        """End it at once; the server then closes all that is open on it."""
        self.alive = False
        if self._connection.transport:
            with contextlib.suppress(SMBException, OSError):
                self._connection.disconnect(close=False)

    def close(self) -> None:
        """Log off and end it."""
        if self.alive:
            with contextlib.suppress(SMBException, OSError):
                self._connection.disconnect(close=True)
        self.abandon()


class _Connection(Connection):  # type: ignore[misc]
    """A connection on which no answer is waited for longer than `timeout_seconds`."""

    def __init__(self, address: SmbAddress, timeout_seconds: float) -> None:
        # an id of its own: to the server each connection is another computer, and none is let
        # into what another holds
        super().__init__(uuid.uuid4(), address.server, address.port, require_signing=True)
        self.timeout_seconds = timeout_seconds

    def send(self, *arguments: Any, **options: Any) -> Any:
        with _understood():
            return super().send(*arguments, **options)

    def receive(self, request: Any, **options: Any) -> Any:
        options["timeout"] = options.get("timeout") or self.timeout_seconds
        with _understood():
            return super().receive(request, resolve_symlinks=False, **options)


@contextlib.contextmanager
def _understood() -> Iterator[None]:
    """Tell an answer that is none by one exception, whatever the library stumbled over in it."""
    try:
        yield
    except (SMBException, OSError):
        raise
    except Exception as err:
        raise SMBException(f"an answer that is none of SMB: {err}") from err


def reason(error: BaseException) -> str:
    """The system's own word for what went wrong."""
    if isinstance(error, SMBResponseException):
        return str(error.header["status"])
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)


def _tree(
    connection: _Connection, address: SmbAddress, user: str | None, password: str | None
) -> Any:
    """The share, opened on a connection that is still to be made."""
    server, share = address.server, address.share
    try:
        connection.connect(timeout=connection.timeout_seconds)
        session = Session(
            connection, user, password, require_encryption=bool(connection.supports_encryption)
        )
        _log_in(session, server, user)
        tree = TreeConnect(session, address.root)
        _enter(tree, address, user)
    except ValueError as err:  # how the library says that nobody listens
        why = reason(err.__cause__ or err)
        raise ServerUnreachable(server, address.port, str(address), why) from err
    except (SMBException, OSError) as err:
        raise ServerUnreachable(server, address.port, str(address), reason(err)) from err
    if tree.is_dfs_share:
        raise ShareIsDfs(server, share)
    return tree


def _log_in(session: Any, server: str, user: str | None) -> None:
    try:
        session.connect()
    except (SMBAuthenticationError, SMBResponseException) as err:
        raise LogonRefused(server, user, reason(err)) from err
    except SMBException as err:
        if session.session_id is None:  # a guest, which some servers make of every stranger
            raise LogonRefused(server, user, reason(err)) from err
        raise


def _enter(tree: Any, address: SmbAddress, user: str | None) -> None:
    try:
        tree.connect()
    except SMBResponseException as err:
        if err.status == BAD_NETWORK_NAME:
            raise ShareUnknown(address.server, address.share) from err
        if err.status == ACCESS_DENIED:
            raise ShareRefused(address.server, address.share, user) from err
        raise
