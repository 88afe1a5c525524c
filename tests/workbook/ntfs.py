"""NTFS and a few PCs in memory: share modes, pending deletes, the codes of Win32.

It stands in for Windows, which the tests do not run on. What it answers was compared with Wine and
with Microsoft Learn: "Creating and Opening Files", "DeleteFileW", "FILE_RENAME_INFO".
"""

from __future__ import annotations

import itertools
import ntpath
from collections.abc import Callable
from dataclasses import dataclass, field

from xlflow.workbook.share.windows import errors as code
from xlflow.workbook.share.windows.calls import (
    ATTRIBUTE_ARCHIVE,
    ATTRIBUTE_DIRECTORY,
    ATTRIBUTE_READONLY,
    DACL,
    DELETE,
    FILE_WRITE_DATA,
    GENERIC_READ,
    GENERIC_WRITE,
    OWNER,
    SHARE_DELETE,
    SHARE_READ,
    SHARE_WRITE,
    CallFailed,
    FileFacts,
)
from xlflow.workbook.share.windows.names import plain

WRITING = GENERIC_WRITE | FILE_WRITE_DATA
_SHARED_AS = ((GENERIC_READ, SHARE_READ), (WRITING, SHARE_WRITE), (DELETE, SHARE_DELETE))
_AUTO_INHERIT = 0x0500  # requested and done: only both together are kept
_PROTECTED = 0x1000


class Killed(BaseException):
    """The process has ended: nothing that it still wants to do happens."""


@dataclass(frozen=True, slots=True)
class Security:
    """A security descriptor, taken apart."""

    owner: bytes
    group: bytes
    dacl: bytes
    control: int = 0

    def packed(self) -> bytes:
        parts, offsets, start = (self.owner, self.group, self.dacl), [], 20
        for part in parts:
            offsets.append(start)
            start += len(part)
        owner, group, dacl = (offset.to_bytes(4, "little") for offset in offsets)
        control = (self.control | 0x8004).to_bytes(2, "little")
        return b"\1\0" + control + owner + group + bytes(4) + dacl + b"".join(parts)


def sid(*authorities: int) -> bytes:
    """The security identifier S-1-5-..."""
    tail = b"".join(number.to_bytes(4, "little") for number in authorities)
    return bytes([1, len(authorities), 0, 0, 0, 0, 0, 5]) + tail


def acl(entries: bytes) -> bytes:
    """An access control list; the entries are not looked into."""
    return b"\2\0" + (8 + len(entries)).to_bytes(2, "little") + bytes(4) + entries


LI, WANG, STAFF = sid(21, 1, 2, 3, 1001), sid(21, 1, 2, 3, 1002), sid(21, 1, 2, 3, 513)


@dataclass(slots=True, eq=False)
class File:
    """A file, or one of its streams."""

    data: bytearray = field(default_factory=bytearray)
    attributes: int = ATTRIBUTE_ARCHIVE
    created: int = 0
    written: int = 0
    security: Security = Security(LI, STAFF, acl(b"inherited"), 0x0400)
    denied: int = 0  # access that the ACL denies
    streams: dict[str, File] = field(default_factory=dict)
    opens: list[Open] = field(default_factory=list)
    vanishing: bool = False


@dataclass(slots=True, eq=False)
class Open:
    """A handle."""

    file: File
    access: int
    share: int
    pc: Pc


class Ntfs:
    """A drive; paths are compared without regard to case."""

    def __init__(self, *folders: str) -> None:
        self.folders = {_folded(folder) for folder in folders}
        self.files: dict[str, tuple[str, File]] = {}  # folded path -> path as spelled
        self.moment = 133_500_000_000_000_000
        self.handles = itertools.count(4, 4)

    def find(self, path: str) -> File:
        folder, name = ntpath.split(plain(path))
        if not self.is_folder(folder):
            raise failed(code.ERROR_PATH_NOT_FOUND)
        name, _, stream = name.partition(":")
        _, file = self.files.get(_folded(ntpath.join(folder, name)), ("", None))
        if stream and file:
            file = file.streams.get(stream)
        if file is None:
            raise failed(code.ERROR_FILE_NOT_FOUND)
        return file

    def add(self, path: str, file: File) -> None:
        base, colon, stream = plain(path).rpartition(":")
        if colon and "\\" not in stream:
            self.find(base).streams[stream] = file
        else:
            self.files[_folded(path)] = (plain(path), file)

    def forget(self, file: File) -> None:
        self.files = {key: entry for key, entry in self.files.items() if entry[1] is not file}

    def content(self, path: str) -> bytes:
        return bytes(self.find(path).data)

    def names(self, folder: str) -> list[str]:
        paths = (ntpath.split(path) for path, _ in self.files.values())
        return [name for above, name in paths if _folded(above) == _folded(folder)]

    def is_folder(self, path: str) -> bool:
        return _folded(path) in self.folders


class Pc:
    """`WindowsCalls` of one process.

    `before`: told the name of each call before it is made; it may raise, or let others act.
    """

    def __init__(self, drive: Ntfs, before: Callable[[str], None] = lambda _: None) -> None:
        self.drive = drive
        self.before = before
        self.handles: dict[int, Open] = {}
        self.failing: dict[str, int] = {}  # call -> the code that it fails with
        self.forbidden: set[int] = set()  # parts of security that this account may not set
        self.remote_drives: set[str] = set()
        self.dead = False

    def die(self) -> None:
        """End the process: Windows closes its handles."""
        for handle in list(self.handles):
            self._let_go(handle)
        self.dead = True
        raise Killed

    def resolve(self, path: str) -> str:
        self._begin("resolve")
        return ntpath.normpath(path)

    def names(self, folder: str) -> list[str]:
        self._begin("names")
        if not self.drive.is_folder(folder):
            raise failed(code.ERROR_PATH_NOT_FOUND)
        return self.drive.names(folder)

    def attributes(self, path: str) -> int:
        self._begin("attributes")
        if self.drive.is_folder(path):
            return ATTRIBUTE_DIRECTORY
        return self.drive.find(path).attributes

    def open(self, path: str, access: int, share: int, *, new: bool = False) -> int:
        self._begin("open")
        if self.drive.is_folder(path):
            raise failed(code.ERROR_ACCESS_DENIED)
        try:
            file = self.drive.find(path)
        except CallFailed as err:
            if not new or err.code != code.ERROR_FILE_NOT_FOUND:
                raise
            file = File(created=self.drive.moment)
            self.drive.add(path, file)
        else:
            self._refuse(file, access, share, new=new)
        handle = next(self.drive.handles)
        self.handles[handle] = Open(file, access, share, self)
        file.opens.append(self.handles[handle])
        return handle

    def close(self, handle: int) -> None:
        self._begin("close")
        self._let_go(handle)

    def read(self, handle: int) -> bytes:
        return bytes(self._opened("read", handle, GENERIC_READ).data)

    def write(self, handle: int, data: bytes) -> None:
        file = self._opened("write", handle, WRITING)
        file.data += data
        self.drive.moment += 10_000
        file.written = self.drive.moment

    def flush(self, handle: int) -> None:
        self._opened("flush", handle, WRITING)

    def facts(self, handle: int) -> FileFacts:
        file = self._opened("facts", handle)
        return FileFacts(file.attributes, file.created, file.written, len(file.data))

    def set_facts(self, handle: int, *, attributes: int, created: int) -> None:
        file = self._opened("set_facts", handle, WRITING)
        file.attributes, file.created = attributes, created

    def rename(self, handle: int, path: str) -> None:
        file = self._opened("rename", handle, DELETE)
        try:
            if self.drive.find(path) is not file:
                raise failed(code.ERROR_ALREADY_EXISTS)
        except CallFailed as err:
            if err.code != code.ERROR_FILE_NOT_FOUND:
                raise
        self.drive.forget(file)
        self.drive.add(path, file)

    def make_folder(self, path: str) -> None:
        self._begin("make_folder")
        if self.drive.is_folder(path) or _folded(path) in self.drive.files:
            raise failed(code.ERROR_ALREADY_EXISTS)
        if not self.drive.is_folder(ntpath.dirname(plain(path))):
            raise failed(code.ERROR_PATH_NOT_FOUND)
        self.drive.folders.add(_folded(path))

    def remove(self, path: str) -> None:
        self._begin("remove")
        file = self.drive.find(path)
        self._refuse(file, DELETE, SHARE_READ | SHARE_WRITE | SHARE_DELETE, new=False)
        if file.attributes & ATTRIBUTE_READONLY:
            raise failed(code.ERROR_ACCESS_DENIED)
        file.vanishing = True
        self._vanish(file)

    def streams(self, path: str) -> list[str]:
        self._begin("streams")
        return list(self.drive.find(path).streams)

    def security(self, path: str) -> bytes:
        self._begin("security")
        return self.drive.find(path).security.packed()

    def set_security(self, path: str, part: int, descriptor: bytes) -> None:
        self._begin("set_security")
        file = self.drive.find(path)
        if part in self.forbidden:
            raise failed(code.ERROR_ACCESS_DENIED)
        new, old = unpacked(descriptor), file.security
        if part == DACL:
            inherited = new.control & _AUTO_INHERIT == _AUTO_INHERIT
            control = new.control & _PROTECTED | (0x0400 if inherited else 0)
            file.security = Security(old.owner, old.group, new.dacl, control)
        elif part == OWNER:
            file.security = Security(new.owner, old.group, old.dacl, old.control)
        else:
            file.security = Security(old.owner, new.group, old.dacl, old.control)

    def is_remote_drive(self, root: str) -> bool:
        self._begin("is_remote_drive")
        return root in self.remote_drives

    def _begin(self, call: str) -> None:
        if self.dead:
            raise Killed
        self.before(call)
        if call in self.failing:
            raise failed(self.failing[call])

    def _opened(self, call: str, handle: int, access: int = 0) -> File:
        self._begin(call)
        found = self.handles[handle]
        assert not access or found.access & access, f"{call} without the right to"
        return found.file

    def _refuse(self, file: File, access: int, share: int, *, new: bool) -> None:
        """In the order of NTFS: the name, the rights, the share modes."""
        if file.vanishing:
            raise failed(code.ERROR_DELETE_PENDING)
        if new:
            raise failed(code.ERROR_FILE_EXISTS)
        if access & file.denied or (file.attributes & ATTRIBUTE_READONLY and access & WRITING):
            raise failed(code.ERROR_ACCESS_DENIED)
        for other in file.opens:
            for kind, shared in _SHARED_AS:
                if (access & kind and not other.share & shared and _takes_part(other.access)) or (
                    other.access & kind and not share & shared and _takes_part(access)
                ):
                    raise failed(code.ERROR_SHARING_VIOLATION)

    def _let_go(self, handle: int) -> None:
        found = self.handles.pop(handle)
        found.file.opens.remove(found)
        self._vanish(found.file)

    def _vanish(self, file: File) -> None:
        if file.vanishing and not file.opens:
            self.drive.forget(file)


def failed(number: int) -> CallFailed:
    return CallFailed(number, f"Windows' words for error {number}")


def unpacked(descriptor: bytes) -> Security:
    control = int.from_bytes(descriptor[2:4], "little")
    owner, group, _, dacl = (
        int.from_bytes(descriptor[at : at + 4], "little") for at in (4, 8, 12, 16)
    )
    return Security(descriptor[owner:group], descriptor[group:dacl], descriptor[dacl:], control)


def _folded(path: str) -> str:
    """Spellings that Windows takes for one path."""
    return plain(path).rstrip("\\").casefold()


def _takes_part(access: int) -> bool:
    """Who only looks at attributes or rights is not asked for a share mode."""
    return bool(access & (GENERIC_READ | WRITING | DELETE))
