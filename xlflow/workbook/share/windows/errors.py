"""What a code of Windows means to the commit protocol.

Source: Microsoft Learn, "System Error Codes"; the names are those of winerror.h.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.windows.calls import CallFailed

ERROR_INVALID_FUNCTION = 1
ERROR_FILE_NOT_FOUND = 2
ERROR_PATH_NOT_FOUND = 3  # also a drive letter that this session has not mapped
ERROR_ACCESS_DENIED = 5
ERROR_WRITE_PROTECT = 19
ERROR_SHARING_VIOLATION = 32
ERROR_LOCK_VIOLATION = 33
ERROR_HANDLE_EOF = 38
ERROR_HANDLE_DISK_FULL = 39
ERROR_NOT_SUPPORTED = 50
ERROR_FILE_EXISTS = 80
ERROR_INVALID_PARAMETER = 87
ERROR_DISK_FULL = 112
ERROR_INVALID_LEVEL = 124
ERROR_ALREADY_EXISTS = 183
ERROR_DELETE_PENDING = 303
ERROR_USER_MAPPED_FILE = 1224
ERROR_DISK_QUOTA_EXCEEDED = 1295

MISSING = {ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND}

UNSUPPORTED = {
    ERROR_INVALID_FUNCTION,
    ERROR_NOT_SUPPORTED,
    ERROR_INVALID_PARAMETER,
    ERROR_INVALID_LEVEL,
}
"""What drives answer that cannot do what they were asked for."""

# A file that is being deleted is one that somebody is saving: it is busy, not forbidden.
_BUSY = {
    ERROR_SHARING_VIOLATION,
    ERROR_LOCK_VIOLATION,
    ERROR_DELETE_PENDING,
    ERROR_USER_MAPPED_FILE,
}
_ERRNO = {
    ERROR_FILE_NOT_FOUND: errno.ENOENT,
    ERROR_PATH_NOT_FOUND: errno.ENOENT,
    ERROR_ACCESS_DENIED: errno.EACCES,
    ERROR_WRITE_PROTECT: errno.EROFS,
    ERROR_FILE_EXISTS: errno.EEXIST,
    ERROR_ALREADY_EXISTS: errno.EEXIST,
    ERROR_HANDLE_DISK_FULL: errno.ENOSPC,
    ERROR_DISK_FULL: errno.ENOSPC,
    ERROR_DISK_QUOTA_EXCEEDED: errno.EDQUOT,
}


@contextlib.contextmanager
def translated(location: str) -> Iterator[None]:
    """Turn a failed call on `location` into what a `Host` raises.

    Raises:
        HeldElsewhere: Somebody has the file open in a way that excludes what was asked for.
        OSError: FileNotFoundError, FileExistsError, PermissionError, ...; EIO for all that the
            protocol does not tell apart, such as ERROR_BAD_NETPATH and ERROR_NETNAME_DELETED.
    """
    try:
        yield
    except CallFailed as err:
        if err.code in _BUSY:
            raise HeldElsewhere(location) from err
        raise OSError(_ERRNO.get(err.code, errno.EIO), err.text, location) from err
