"""A local or mounted path on a POSIX system.

POSIX has no deny modes. What stands in for them: `flock` as courtesy among programs that ask, and
on a local Linux file system a read lease, which the kernel grants only while nobody (a Samba
server for its clients included) has the file open for writing. A mounted share can tell neither,
so there only owner files and the content's hash protect.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.host import Held, Step
from xlflow.workbook.share.places import is_network_path
from xlflow.workbook.share.renaming import (
    UNSUPPORTED,
    flush_folder,
    link_and_unlink,
    renamed_exclusively,
)

assert sys.platform != "win32"  # noqa: S101  # nothing below is there; mypy knows by this

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PosixHost:
    """Files by path.

    `exclusive_rename`: use renameat2 where the system has it, else link and unlink.
    """

    exclusive_rename: bool = True

    def locate(self, path: str | os.PathLike[str]) -> str:
        """The absolute path, links resolved."""
        return os.path.realpath(path)

    def split(self, location: str) -> tuple[str, str]:
        """Folder and name."""
        path = Path(location)
        return str(path.parent), path.name

    def within(self, folder: str, name: str) -> str:
        """The path of `name` in a folder."""
        return str(Path(folder) / name)

    def names(self, folder: str) -> list[str]:
        """The names in a folder."""
        return [entry.name for entry in Path(folder).iterdir()]

    def make_folder(self, location: str) -> None:
        """Make a folder, with the rights that new folders have there."""
        Path(location).mkdir(exist_ok=True)

    def read(self, location: str) -> bytes:
        """The whole content; HeldElsewhere if somebody wrote to it meanwhile."""
        path = Path(location)
        if path.exists() and not path.is_file():  # a pipe would keep us waiting for ever
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), location)
        with path.open("rb") as file:
            return _read_steadily(file.fileno())

    def size(self, location: str) -> int:
        """How many bytes a file has."""
        return Path(location).stat().st_size

    def free_bytes(self, folder: str) -> int:
        """How much this account may still write into a folder."""
        return shutil.disk_usage(folder).free

    def modified_at(self, location: str) -> datetime:
        """When it was last written, in UTC."""
        return datetime.fromtimestamp(Path(location).stat().st_mtime, UTC)

    def has_writer(self, location: str) -> bool | None:
        """Asked of the kernel through a read lease; None on mounted shares and outside Linux."""
        if not hasattr(fcntl, "F_SETLEASE") or is_network_path(location):
            return None
        with Path(location).open("rb") as file:
            try:
                # a lease that is broken raises SIGIO, which would end the process: ask for another
                fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            except OSError as err:
                return True if err.errno == errno.EAGAIN else None
            return False

    def create(self, location: str, data: bytes, like: str, step: Step) -> tuple[str, ...]:
        """Write a new file with mode, owner, attributes, ACL of `like`; returns what was lost."""
        if not os.access(like, os.W_OK) and Path(like).exists():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), like)
        step("create temporary")
        descriptor = os.open(location, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            for start in range(0, len(data), _CHUNK_BYTES):
                step("write temporary")
                _write(descriptor, data[start : start + _CHUNK_BYTES])
            step("keep rights")
            lost = _keep_rights(descriptor, like)
            step("flush temporary")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        flush_folder(location, step)
        return lost

    @contextlib.contextmanager
    def hold(self, location: str) -> Iterator[Held]:
        """Hold the file that `location` names now; see the module for what that is worth."""
        descriptor = os.open(location, os.O_RDONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as err:
                raise HeldElsewhere(location) from err
            except OSError as err:
                if err.errno not in UNSUPPORTED:
                    raise
            if self.has_writer(location):
                raise HeldElsewhere(location)
            yield _PosixHeld(self, location, descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: str, target: str, step: Step) -> None:
        """Rename without replacing.

        Raises:
            FileExistsError, FileNotFoundError
            ShareUnfit: The file system can neither do this nor make links.
        """
        step("rename")
        if not (self.exclusive_rename and renamed_exclusively(source, target)):
            link_and_unlink(source, target, step)
        flush_folder(target, step)

    def remove(self, location: str, step: Step) -> None:
        """Remove a file; one that is gone already is fine."""
        step("remove")
        Path(location).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _PosixHeld:
    host: PosixHost
    location: str
    descriptor: int

    def read(self) -> bytes:
        return _read_steadily(self.descriptor)

    def rename(self, target: str, step: Step) -> None:
        # POSIX renames names, not handles: the protocol verifies afterwards what it got
        self.host.rename(self.location, target, step)


def _read_steadily(descriptor: int) -> bytes:
    before = os.fstat(descriptor)
    data = bytearray()
    while chunk := os.pread(descriptor, _CHUNK_BYTES, len(data)):
        data += chunk
    after = os.fstat(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (
        len(data) != after.st_size
    ):
        raise HeldElsewhere
    return bytes(data)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _keep_rights(descriptor: int, like: str) -> tuple[str, ...]:
    """Give the new file what the old one has; the names of what this account may not give."""
    old = Path(like).stat()
    new = os.fstat(descriptor)
    lost = []
    if old.st_gid != new.st_gid and not _allowed(os.fchown, descriptor, -1, old.st_gid):
        lost.append("group")
    if old.st_uid != new.st_uid and not _allowed(os.fchown, descriptor, old.st_uid, -1):
        lost.append("owner")
    # after the owner, since a change of owner clears bits of the mode
    if not _allowed(os.fchmod, descriptor, old.st_mode & 0o7777):
        lost.append("mode")
    if hasattr(os, "listxattr"):
        # the ACL is one of them: system.posix_acl_access
        with contextlib.suppress(OSError):
            lost += [
                name
                for name in os.listxattr(like)
                if not _allowed(os.setxattr, descriptor, name, os.getxattr(like, name))
            ]
    return tuple(lost)


def _allowed(change: Callable[..., None], *arguments: object) -> bool:
    try:
        change(*arguments)
    except OSError as err:
        if err.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return False
    return True
