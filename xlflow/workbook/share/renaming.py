"""Give a file another name on a POSIX system, without replacing the file that has it already."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

from xlflow.workbook.share.errors import ShareUnfit
from xlflow.workbook.share.host import Step

# What file systems answer that cannot do what they were asked for.
UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF}

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1


def renamed_exclusively(source: str, target: str) -> bool:
    """Whether renameat2 did it; False if this system or file system has no such call.

    Raises:
        FileExistsError, FileNotFoundError
    """
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    names = os.fsencode(source), os.fsencode(target)
    if call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_NOREPLACE) == 0:
        return True
    code = ctypes.get_errno()
    if code in UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), source, None, target)


def link_and_unlink(source: str, target: str, step: Step) -> None:
    """The same in two steps; killed between them, the file has both names.

    Raises:
        FileExistsError, FileNotFoundError
        ShareUnfit: The file system makes no links.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        # NFS may repeat a call whose answer was lost
        if not Path(source).samefile(target):
            raise
    except OSError as err:
        if err.errno in UNSUPPORTED | {errno.EPERM}:
            raise ShareUnfit(source) from err
        raise
    step("unlink")
    Path(source).unlink()


def flush_folder(location: str, step: Step) -> None:
    """Let the names in the folder of `location` survive a power cut, where the drive can."""
    step("flush folder")
    descriptor = os.open(Path(location).parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as err:
        if err.errno not in UNSUPPORTED:  # mounted shares often cannot
            raise
    finally:
        os.close(descriptor)
