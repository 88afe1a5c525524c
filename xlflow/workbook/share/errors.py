"""What can go wrong on the shared drive: one class a situation, with its text in `share.toml`."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from xlflow.errors import XlflowError

_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ShareError(XlflowError):
    """The shared drive, or somebody on it, stands in the way."""


class WorkbookOpen(ShareError):
    """Somebody has the workbook open; `by` and `since` are None where no owner file tells."""

    def __init__(self, path: str, by: str | None = None, since: datetime | None = None) -> None:
        key = "share.workbook-open" if by and since else "share.workbook-open-somewhere"
        super().__init__(key, path=path, by=by, since=since)


class WorkbookChanged(ShareError):
    """Somebody saved the workbook after it was read; nothing of ours is in it."""

    def __init__(self, path: str) -> None:
        super().__init__("share.workbook-changed", path=path)


class WorkbookKeptTwice(ShareError):
    """Two people saved at the same moment; the other version lies at `kept`."""

    def __init__(self, path: str, kept: str) -> None:
        super().__init__("share.workbook-kept-twice", path=path, kept=kept)


class WorkbookMissing(ShareError):
    """There is no workbook of that name."""

    def __init__(self, path: str) -> None:
        super().__init__("share.workbook-missing", path=path)


class WorkbookUnreadable(ShareError):
    """The account that runs xlflow may not read the workbook."""

    def __init__(self, path: str) -> None:
        super().__init__("share.workbook-unreadable", path=path)


class ShareReadOnly(ShareError):
    """The account that runs xlflow may read the workbook but not replace it."""

    def __init__(self, path: str) -> None:
        super().__init__("share.read-only", path=path)


class DiskFull(ShareError):
    """The drive has no room for the new workbook."""

    def __init__(self, path: str) -> None:
        super().__init__("share.disk-full", path=path)


class ShareUnreachable(ShareError):
    """The drive did not answer as a drive should; `reason` is the system's own word."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__("share.unreachable", path=path, reason=reason)


class ShareUnfit(ShareError):
    """The drive can not rename without replacing, so no commit on it is safe."""

    def __init__(self, path: str) -> None:
        super().__init__("share.unfit", path=path)


class SyncFolder(ShareError):
    """The workbook lies in a folder that a sync client copies to and fro behind our back."""

    def __init__(self, path: str, folder: str) -> None:
        super().__init__("share.sync-folder", path=path, folder=folder)


class NoWorkbookFile(ShareError):
    """A folder, or something else that is no file, has the name of the workbook."""

    def __init__(self, path: str) -> None:
        super().__init__("share.no-file", path=path)


class HeldElsewhere(Exception):
    """The host found the file in use: a sign to the protocol, which makes it WorkbookOpen."""


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn what the system says about `path` and its folder into the error that a person reads.

    Raises:
        WorkbookOpen, ShareReadOnly, DiskFull, WorkbookMissing, NoWorkbookFile, ShareUnreachable
    """
    try:
        yield
    except HeldElsewhere as err:
        raise WorkbookOpen(path) from err
    except FileNotFoundError as err:
        raise WorkbookMissing(path) from err
    except IsADirectoryError as err:
        raise NoWorkbookFile(path) from err
    except OSError as err:
        if err.errno in _READ_ONLY:
            raise ShareReadOnly(path) from err
        if err.errno in _FULL:
            raise DiskFull(path) from err
        raise ShareUnreachable(path, err.strerror or str(err)) from err
