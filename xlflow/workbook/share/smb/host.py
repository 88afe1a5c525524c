"""A share on a server, reached in user space (SMB 2 and 3): `smb://server/share/name.xlsx`.

Here the protocol has what it asks for. Deny modes hold against everybody, Excel included; a file
is renamed by its handle, so it is the one that was held; and the server closes what a killed run
had open. smbprotocol, an extra, is imported when a share is connected and not before.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.host import Held, Step
from xlflow.workbook.share.smb.address import SmbAddress
from xlflow.workbook.share.smb.errors import SmbExtraMissing
from xlflow.workbook.share.snapshot import PATIENCE_SECONDS, patiently

if TYPE_CHECKING:
    from xlflow.workbook.share.smb.file import SmbFile
    from xlflow.workbook.share.smb.share import SmbShare

TIMEOUT_SECONDS = 30.0

_PIECE_BYTES = 1 << 20


class SmbHost:
    """Files on one share by their addresses; a context, which closes the connection.

    A connection that is lost is made again by the next call, never within one: only the protocol
    knows what may be done twice.
    """

    def __init__(
        self, address: SmbAddress, user: str | None, password: str | None, timeout_seconds: float
    ) -> None:
        self._address = address
        self._account = user, password
        self._timeout_seconds = timeout_seconds
        self._connected: SmbShare | None = None
        self._held: set[SmbAddress] = set()

    @classmethod
    def connect(
        cls,
        location: str,
        user: str | None,
        password: str | None,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> Self:
        r"""Connect to the share that `location` lies on.

        `user` may be ``DOMAIN\name`` or ``name@domain``; None uses this computer's own ticket
        (Kerberos). No answer is waited for longer than `timeout_seconds`.

        Raises:
            AddressWrong, SmbExtraMissing
            ServerUnreachable, LogonRefused, ShareUnknown, ShareRefused, ShareIsDfs
        """
        host = cls(SmbAddress.of_file(location), user, password, timeout_seconds)
        host._share()
        return host

    def close(self) -> None:
        """Log off and end the connection."""
        if self._connected:
            self._connected.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def locate(self, path: str | os.PathLike[str]) -> str:
        """The address, readable; links are the server's own affair."""
        return str(SmbAddress.of_file(os.fspath(path)))

    def split(self, location: str) -> tuple[str, str]:
        """Folder and name."""
        address = SmbAddress.of_file(location)
        return str(address.folder), address.path[-1]

    def within(self, folder: str, name: str) -> str:
        """The address of `name` in a folder."""
        return str(SmbAddress.parse(folder).within(name))

    def names(self, folder: str) -> list[str]:
        """The names in a folder."""
        with self._share().listing(folder) as opened:
            return opened.names()

    def make_folder(self, location: str) -> None:
        """Make a folder, with the rights that its own folder hands down."""
        with self._share().making(location):
            pass

    def read(self, location: str) -> bytes:
        """The whole content, while nobody may write to it; else only if it stands still.

        Excel has a workbook open for writing, but saves under another name. So what it has open
        can be read, and only a program that writes into the file itself is waited for.
        """
        share = self._share()
        with contextlib.suppress(HeldElsewhere), share.reading(location) as file:
            return file.read()
        with share.reading(location, with_writers=True) as file:
            data = file.read()
            if file.read() != data:
                raise HeldElsewhere(location)
        return data

    def size(self, location: str) -> int:
        """How many bytes a file has."""
        with self._share().asking(location) as file:
            return file.size_bytes

    def free_bytes(self, folder: str) -> int:
        """How much this account may still write into a folder, its quota counted."""
        with self._share().listing(folder) as opened:
            return opened.free_bytes

    def modified_at(self, location: str) -> datetime:
        """When it was last written, by the server's clock."""
        with self._share().asking(location) as file:
            return file.modified_at

    def has_writer(self, location: str) -> bool | None:
        """Told by the server: whether it cannot be opened so that nobody else may write to it."""
        share = self._share()
        if share.connection.at(location) in self._held:
            return False
        try:
            with share.reading(location):
                return False
        except HeldElsewhere:
            return True
        except PermissionError:
            return None

    def create(self, location: str, data: bytes, like: str, step: Step) -> tuple[str, ...]:
        """Write a new file with the attributes and the security descriptor of `like`.

        Raises:
            FileExistsError
            FileNotFoundError: There is no `like`.
            PermissionError: The account may not write there, or `like` is write-protected.
        """
        from xlflow.workbook.share.smb.rights import give_rights, rights_of

        share = self._share()
        rights = rights_of(share, like)
        if rights.is_write_protected or not share.may_write(like):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), like)
        step("create temporary")
        with share.creating(location) as file:
            for start in range(0, len(data), _PIECE_BYTES):
                step("write temporary")
                file.write(data[start : start + _PIECE_BYTES], start)
            step("keep rights")
            lost = give_rights(share, location, rights)
            step("flush temporary")
            file.flush()
        self._flush_folder(location, step)
        return lost

    @contextlib.contextmanager
    def hold(self, location: str) -> Iterator[Held]:
        """Hold a file so that nobody else can open, rename or remove it.

        Raises:
            HeldElsewhere: Someone has it open, if only for reading.
        """
        share = self._share()
        address = share.connection.at(location)
        with share.holding(location) as file:
            self._held.add(address)
            try:
                yield _SmbHeld(file)
            finally:
                self._held.remove(address)

    def rename(self, source: str, target: str, step: Step) -> None:
        """Rename without replacing; who has it open for a moment (a virus scanner) is waited for.

        Raises:
            FileExistsError, FileNotFoundError
            HeldElsewhere: Someone had it open all the time.
        """
        from xlflow.workbook.share.smb.rights import show

        share = self._share()

        def rename() -> None:
            with share.moving(source) as file:
                file.rename(target)

        step("rename")
        _when_free(rename)
        show(share, target)
        self._flush_folder(target, step)

    def remove(self, location: str, step: Step) -> None:
        """Remove a file; one that is gone already is fine.

        Raises:
            HeldElsewhere: Someone had it open all the time.
        """
        share = self._share()

        def remove() -> None:
            with contextlib.suppress(FileNotFoundError), share.removing(location):
                pass

        step("remove")
        _when_free(remove)

    def _share(self) -> SmbShare:
        """The share, connected."""
        if not (self._connected and self._connected.connection.alive):
            try:
                from xlflow.workbook.share.smb.connection import SmbConnection
                from xlflow.workbook.share.smb.share import SmbShare
            except ModuleNotFoundError as err:
                raise SmbExtraMissing from err
            connection = SmbConnection(self._address, *self._account, self._timeout_seconds)
            self._connected = SmbShare(connection)
        return self._connected

    def _flush_folder(self, location: str, step: Step) -> None:
        """Let the names beside `location` survive a power cut, where the server can."""
        step("flush folder")
        folder, _ = self.split(location)
        try:
            with self._share().flushing(folder) as opened:
                opened.flush()
        except ConnectionError:
            raise
        except (HeldElsewhere, OSError):  # many servers flush no folders
            pass


@dataclass(frozen=True, slots=True)
class _SmbHeld:
    file: SmbFile

    def read(self) -> bytes:
        return self.file.read()

    def rename(self, target: str, step: Step) -> None:
        step("rename")
        self.file.rename(target)  # flushed with the name that the new file gets


def _when_free(action: Callable[[], None]) -> None:
    patiently(action, PATIENCE_SECONDS, waiting_for=(HeldElsewhere,))
