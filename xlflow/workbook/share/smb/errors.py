"""What a server may answer: texts for people in `smb.toml`, signs for the protocol.

A status becomes the `OSError` that the protocol knows from other drives, or `HeldElsewhere`.
Source: MS-ERREF 2.3.1.
"""

from __future__ import annotations

import errno
import os

from xlflow.errors import UsageError
from xlflow.workbook.share.errors import HeldElsewhere, ShareError, ShareUnreachable

NO_MORE_FILES = 0x80000006
END_OF_FILE = 0xC0000011
ACCESS_DENIED = 0xC0000022
BAD_NETWORK_NAME = 0xC00000CC
PATH_NOT_COVERED = 0xC0000257

_HELD = {
    0xC0000043,  # SHARING_VIOLATION
    0xC0000054,  # FILE_LOCK_CONFLICT
    0xC0000055,  # LOCK_NOT_GRANTED
    0xC0000056,  # DELETE_PENDING: gone when the last one closes it
}
_LOST = {
    0xC00000C9,  # NETWORK_NAME_DELETED
    0xC0000128,  # FILE_CLOSED
    0xC0000203,  # USER_SESSION_DELETED
    0xC000020C,  # CONNECTION_DISCONNECTED
    0xC000035C,  # NETWORK_SESSION_EXPIRED
}
_ERRNO = {
    0xC000000F: errno.ENOENT,  # NO_SUCH_FILE
    0xC0000033: errno.ENOENT,  # OBJECT_NAME_INVALID
    0xC0000034: errno.ENOENT,  # OBJECT_NAME_NOT_FOUND
    0xC0000039: errno.ENOENT,  # OBJECT_PATH_INVALID
    0xC000003A: errno.ENOENT,  # OBJECT_PATH_NOT_FOUND
    0xC000003B: errno.ENOENT,  # OBJECT_PATH_SYNTAX_BAD
    0xC0000225: errno.ENOENT,  # NOT_FOUND
    0xC0000035: errno.EEXIST,  # OBJECT_NAME_COLLISION
    ACCESS_DENIED: errno.EACCES,
    0xC00000CA: errno.EACCES,  # NETWORK_ACCESS_DENIED
    0xC0000121: errno.EACCES,  # CANNOT_DELETE: it is write-protected
    0xC000005A: errno.EPERM,  # INVALID_OWNER
    0xC0000061: errno.EPERM,  # PRIVILEGE_NOT_HELD
    0xC00000A2: errno.EROFS,  # MEDIA_WRITE_PROTECTED
    0xC00000BA: errno.EISDIR,  # FILE_IS_A_DIRECTORY
    0xC0000103: errno.ENOTDIR,  # NOT_A_DIRECTORY
    0xC000007F: errno.ENOSPC,  # DISK_FULL
    0xC0000044: errno.EDQUOT,  # QUOTA_EXCEEDED
    0xC0000003: errno.ENOTSUP,  # INVALID_INFO_CLASS
    0xC000000D: errno.ENOTSUP,  # INVALID_PARAMETER
    0xC0000010: errno.ENOTSUP,  # INVALID_DEVICE_REQUEST
    0xC00000BB: errno.ENOTSUP,  # NOT_SUPPORTED
}


def is_lost(status: int) -> bool:
    """Whether the server has forgotten this connection."""
    return status in _LOST


def refusal(status: int, reason: str, location: str) -> Exception:
    """What to raise when the server refuses something at `location`; `reason`: its own word."""
    if status in _HELD:
        return HeldElsewhere(location)
    code = _ERRNO.get(status)
    if code is None:
        return OSError(errno.EIO, reason, location)
    return OSError(code, os.strerror(code), location)


class SmbExtraMissing(UsageError):
    """smbprotocol is not installed."""

    def __init__(self) -> None:
        super().__init__("smb.extra-missing")


class ServerUnreachable(ShareUnreachable):
    """No server answers there, or not as one should; `reason` is the system's own word."""

    def __init__(self, server: str, port: int, path: str, reason: str) -> None:
        ShareError.__init__(
            self, "smb.server-unreachable", server=server, port=port, path=path, reason=reason
        )


class LogonRefused(ShareError):
    """The server does not take the account with this password; `user` is None where none is set."""

    def __init__(self, server: str, user: str | None, reason: str) -> None:
        key = "smb.logon-refused" if user else "smb.logon-without-user"
        super().__init__(key, server=server, user=user, reason=reason)


class ShareUnknown(ShareError):
    """The server has no share of that name."""

    def __init__(self, server: str, share: str) -> None:
        super().__init__("smb.share-unknown", server=server, share=share)


class ShareRefused(ShareError):
    """The account is known, but may not use the share."""

    def __init__(self, server: str, share: str, user: str | None) -> None:
        super().__init__("smb.share-refused", server=server, share=share, user=user or "?")


class ShareIsDfs(ShareError):
    """The share only leads to others (DFS)."""

    def __init__(self, server: str, share: str) -> None:
        super().__init__("smb.share-is-dfs", server=server, share=share)


class OtherShare(ShareError):
    """A commit was left open on another share than the one that the settings name now."""

    def __init__(self, path: str, share: str) -> None:
        super().__init__("smb.other-share", path=path, share=share)
