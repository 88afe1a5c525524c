"""The few calls of Windows that the host needs, as an interface: `kernel32` makes them.

Paths are absolute and in the extended form (`names.extended`); a handle is a number.
Each call raises `CallFailed` with the code that Windows gave; what that means, the host decides.

Source: Microsoft Learn, Win32 API, the pages named after the functions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

# Access rights (Microsoft Learn, "Generic Access Rights", "File Access Rights Constants")
GENERIC_READ = 0x80000000
GENERIC_WRITE = 0x40000000
DELETE = 0x00010000  # renaming needs it, too
FILE_WRITE_DATA = 0x00000002
FILE_READ_ATTRIBUTES = 0x00000080  # asks for nothing that a share mode could refuse

# What others may do at the same time (CreateFileW, dwShareMode)
SHARE_READ = 1
SHARE_WRITE = 2
SHARE_DELETE = 4
SHARE_ALL = SHARE_READ | SHARE_WRITE | SHARE_DELETE

# Microsoft Learn, "File Attribute Constants"
ATTRIBUTE_READONLY = 0x1
ATTRIBUTE_HIDDEN = 0x2
ATTRIBUTE_SYSTEM = 0x4
ATTRIBUTE_DIRECTORY = 0x10
ATTRIBUTE_ARCHIVE = 0x20
ATTRIBUTE_COMPRESSED = 0x800
ATTRIBUTE_NOT_CONTENT_INDEXED = 0x2000
ATTRIBUTE_ENCRYPTED = 0x4000

# Parts of a security descriptor (Microsoft Learn, "SECURITY_INFORMATION")
OWNER = 1
GROUP = 2
DACL = 4


class CallFailed(Exception):
    """A call of Windows failed.

    `code`: as GetLastError gives it ("System Error Codes"). `text`: Windows' own words for it.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What GetFileInformationByHandle tells; moments in units of 100 ns since 1601, UTC."""

    attributes: int
    created: int
    written: int
    size: int


class WindowsCalls(Protocol):
    """Windows, as far as the host needs it."""

    def resolve(self, path: str) -> str:
        """The one absolute path that `path` means, links, junctions, mapped drives resolved.

        Never fails: what Windows cannot resolve is only made absolute.
        """

    def names(self, folder: str) -> list[str]:
        """The names in a folder, hidden ones too (FindFirstFileW)."""

    def attributes(self, path: str) -> int:
        """GetFileAttributesW."""

    def open(self, path: str, access: int, share: int, *, new: bool = False) -> int:
        """CreateFileW; `new`: CREATE_NEW, otherwise OPEN_EXISTING."""

    def close(self, handle: int) -> None:
        """CloseHandle."""

    def read(self, handle: int) -> bytes:
        """The whole content, from the start (SetFilePointerEx, ReadFile)."""

    def write(self, handle: int, data: bytes) -> None:
        """WriteFile, where the last call ended."""

    def flush(self, handle: int) -> None:
        """FlushFileBuffers."""

    def facts(self, handle: int) -> FileFacts:
        """GetFileInformationByHandle."""

    def set_facts(self, handle: int, *, attributes: int, created: int) -> None:
        """SetFileInformationByHandle(FileBasicInfo)."""

    def rename(self, handle: int, path: str) -> None:
        """SetFileInformationByHandle(FileRenameInfo), without replacing."""

    def make_folder(self, path: str) -> None:
        """CreateDirectoryW."""

    def remove(self, path: str) -> None:
        """DeleteFileW."""

    def streams(self, path: str) -> list[str]:
        """The named streams of a file: "Zone.Identifier" (FindFirstStreamW)."""

    def security(self, path: str) -> bytes:
        """Owner, group and DACL as a self-relative security descriptor (GetFileSecurityW)."""

    def set_security(self, path: str, part: int, descriptor: bytes) -> None:
        """Set one part of a file's security as it stands in `descriptor` (SetFileSecurityW)."""

    def is_remote_drive(self, root: str) -> bool:
        r"""Whether `root` ("Z:\\") is mapped to a share (GetDriveTypeW)."""


@contextlib.contextmanager
def opened(
    calls: WindowsCalls, path: str, access: int, share: int, *, new: bool = False
) -> Iterator[int]:
    """A handle, closed in the end."""
    handle = calls.open(path, access, share, new=new)
    try:
        yield handle
    finally:
        calls.close(handle)
