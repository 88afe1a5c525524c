"""A path on Windows: a disk, a mapped drive, a share by its UNC name.

Windows has what the protocol wants: deny modes, which the server of a share enforces too, and a
rename by handle that does not replace. It cannot flush a folder, so after a power cut a rename may
not have happened, as a whole; `recovery` then settles it.

Source: Microsoft Learn, "CreateFileW", "Creating and Opening Files" (the table of share modes),
"FILE_RENAME_INFO".
"""

from __future__ import annotations

import contextlib
import errno
import ntpath
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from xlflow.workbook.share.errors import HeldElsewhere, ShareUnfit
from xlflow.workbook.share.host import Held, Step
from xlflow.workbook.share.windows.calls import (
    ATTRIBUTE_DIRECTORY,
    ATTRIBUTE_READONLY,
    DELETE,
    FILE_READ_ATTRIBUTES,
    FILE_WRITE_DATA,
    GENERIC_READ,
    GENERIC_WRITE,
    SHARE_ALL,
    SHARE_DELETE,
    SHARE_READ,
    CallFailed,
    FileFacts,
    WindowsCalls,
    opened,
)
from xlflow.workbook.share.windows.errors import UNSUPPORTED, translated
from xlflow.workbook.share.windows.names import extended, plain
from xlflow.workbook.share.windows.rights import keep_rights

_CHUNK_BYTES = 1 << 20
_PAUSE_SECONDS = 0.05
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class WindowsHost:
    """Files by path.

    `patience_seconds`: how long a virus scanner or an indexer may keep a file that was just
    written, before it counts as held by somebody.
    """

    calls: WindowsCalls
    patience_seconds: float = 1.0
    _held: set[str] = field(default_factory=set, repr=False, compare=False)

    def locate(self, path: str | os.PathLike[str]) -> str:
        """The absolute path; links, junctions and mapped drives resolved."""
        return plain(self.calls.resolve(os.fspath(path)))

    def split(self, location: str) -> tuple[str, str]:
        """Folder and name."""
        return ntpath.split(location)

    def within(self, folder: str, name: str) -> str:
        """The path of `name` in a folder."""
        return ntpath.join(folder, name)

    def names(self, folder: str) -> list[str]:
        """The names in a folder."""
        with translated(folder):
            return self.calls.names(extended(folder))

    def make_folder(self, location: str) -> None:
        """Make a folder, with the rights that its own folder hands down."""
        try:
            with translated(location):
                self.calls.make_folder(extended(location))
        except FileExistsError:
            if not self._attributes(location) & ATTRIBUTE_DIRECTORY:
                raise

    def read(self, location: str) -> bytes:
        """The whole content, while nobody may write; HeldElsewhere if somebody wrote meanwhile.

        Excel, which keeps the workbook open for writing, excludes such a reader. So then it is read
        twice, and has to be the same both times.
        """
        if self._attributes(location) & ATTRIBUTE_DIRECTORY:  # to open one is "access denied"
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), location)
        with (
            contextlib.suppress(HeldElsewhere),
            self._opened(location, GENERIC_READ, SHARE_READ | SHARE_DELETE) as handle,
        ):
            return self.calls.read(handle)
        with self._opened(location, GENERIC_READ, SHARE_ALL) as handle:
            first, second = self.calls.read(handle), self.calls.read(handle)
        if first != second:
            raise HeldElsewhere(location)
        return first

    def size(self, location: str) -> int:
        """How many bytes a file has."""
        return self._facts(location).size

    def free_bytes(self, folder: str) -> int:
        """How much this account may still write into a folder."""
        return shutil.disk_usage(folder).free

    def modified_at(self, location: str) -> datetime:
        """When it was last written, in UTC."""
        return _EPOCH + timedelta(microseconds=self._facts(location).written // 10)

    def has_writer(self, location: str) -> bool | None:
        """Asked by opening it so that nobody may write; what this host itself holds, nobody has."""
        if location in self._held:
            return False
        try:
            with self._opened(location, GENERIC_READ, SHARE_READ | SHARE_DELETE):
                return False
        except HeldElsewhere:
            return True
        except PermissionError:
            return None

    def create(self, location: str, data: bytes, like: str, step: Step) -> tuple[str, ...]:
        """Write a new file with attributes, streams, ACL, owner of `like`; returns what was lost.

        Raises:
            FileExistsError, FileNotFoundError
            PermissionError: `like` is write-protected, or this account may not write to it.
        """
        self._refuse_write_protected(like)
        step("create temporary")
        with self._opened(location, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, new=True) as handle:
            for start in range(0, len(data), _CHUNK_BYTES):
                step("write temporary")
                self.calls.write(handle, data[start : start + _CHUNK_BYTES])
            step("keep rights")
            lost = keep_rights(self.calls, extended(location), handle, extended(like))
            step("flush temporary")
            self.calls.flush(handle)
        return lost

    @contextlib.contextmanager
    def hold(self, location: str) -> Iterator[Held]:
        """Hold a file so that nobody else can open it.

        Raises:
            HeldElsewhere: Someone has it open, if only to read.
        """
        with contextlib.ExitStack() as stack:
            handle = self._persistently(
                lambda: stack.enter_context(self._opened(location, GENERIC_READ | DELETE, 0))
            )
            stack.callback(self._held.discard, location)
            self._held.add(location)
            yield _WindowsHeld(self.calls, location, handle)

    def rename(self, source: str, target: str, step: Step) -> None:
        """Rename without replacing.

        Raises:
            FileExistsError, FileNotFoundError
            HeldElsewhere: Someone has the file open and lets nobody rename it.
            ShareUnfit: The drive cannot do this.
        """
        step("rename")

        def rename() -> None:
            with self._opened(source, DELETE, SHARE_ALL) as handle:
                _rename(self.calls, handle, source, target)

        self._persistently(rename)

    def remove(self, location: str, step: Step) -> None:
        """Remove a file; one that is gone already is fine."""
        step("remove")

        def remove() -> None:
            with contextlib.suppress(FileNotFoundError), translated(location):
                self.calls.remove(extended(location))

        self._persistently(remove)

    @contextlib.contextmanager
    def _opened(
        self, location: str, access: int, share: int, *, new: bool = False
    ) -> Iterator[int]:
        """A handle; what goes wrong with it, too, is told as `Host` says."""
        with (
            translated(location),
            opened(self.calls, extended(location), access, share, new=new) as handle,
        ):
            yield handle

    def _facts(self, location: str) -> FileFacts:
        with self._opened(location, FILE_READ_ATTRIBUTES, SHARE_ALL) as handle:
            return self.calls.facts(handle)

    def _attributes(self, location: str) -> int:
        with translated(location):
            return self.calls.attributes(extended(location))

    def _refuse_write_protected(self, location: str) -> None:
        """Excel does not save to such a workbook either."""
        if self._attributes(location) & ATTRIBUTE_READONLY:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), location)
        # the rights are looked at before the share modes: who is held off by these, has them
        with (
            contextlib.suppress(HeldElsewhere),
            self._opened(location, FILE_WRITE_DATA, SHARE_ALL),
        ):
            pass

    def _persistently(self, action: Callable[[], _T]) -> _T:
        """Try again while somebody holds the file, until the patience ends."""
        give_up_at = time.monotonic() + self.patience_seconds
        while True:
            try:
                return action()
            except HeldElsewhere:
                if time.monotonic() >= give_up_at:
                    raise
            time.sleep(_PAUSE_SECONDS)


def is_remote(calls: WindowsCalls, path: str) -> bool:
    """Whether `path` (it need not exist) lies on a drive of another machine."""
    location = plain(calls.resolve(path))
    drive, _ = ntpath.splitdrive(location)
    return drive.startswith("\\\\") or calls.is_remote_drive(drive + "\\")


@dataclass(frozen=True, slots=True)
class _WindowsHeld:
    calls: WindowsCalls
    location: str
    handle: int

    def read(self) -> bytes:
        with translated(self.location):
            return self.calls.read(self.handle)

    def rename(self, target: str, step: Step) -> None:
        step("rename")
        with translated(self.location):
            _rename(self.calls, self.handle, self.location, target)


def _rename(calls: WindowsCalls, handle: int, location: str, target: str) -> None:
    try:
        calls.rename(handle, extended(target))
    except CallFailed as err:
        if err.code in UNSUPPORTED:
            raise ShareUnfit(location) from err
        raise
