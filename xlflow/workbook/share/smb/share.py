"""The files of a share, opened by access and deny mode.

No oplock and no lease is asked for: what is read is what the server has.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from smbprotocol.create_contexts import SMB2CreateQueryMaximalAccessRequest
from smbprotocol.open import (
    CreateDisposition,
    CreateOptions,
    DirectoryAccessMask,
    FilePipePrinterAccessMask,
    ImpersonationLevel,
    Open,
    ShareAccess,
)

from xlflow.workbook.share.smb.connection import SmbConnection
from xlflow.workbook.share.smb.file import SmbFile

Access = FilePipePrinterAccessMask

_SHARE_NOTHING = 0
_SHARE_READING = ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_DELETE
_SHARE_ALL = _SHARE_READING | ShareAccess.FILE_SHARE_WRITE

_READ = Access.FILE_READ_DATA | Access.FILE_READ_ATTRIBUTES


class SmbShare:
    """The ways in which the commit opens files; each lasts as long as its context.

    Each raises HeldElsewhere where somebody has the file open and one denies what the other wants,
    and FileNotFoundError, PermissionError, IsADirectoryError.
    """

    def __init__(self, connection: SmbConnection) -> None:
        self.connection = connection

    def asking(
        self, location: str, access: int = Access.FILE_READ_ATTRIBUTES
    ) -> AbstractContextManager[SmbFile]:
        """Open a file for anything but its content: it disturbs nobody, and nobody it."""
        return self._opened(location, access)

    def reading(
        self, location: str, *, with_writers: bool = False
    ) -> AbstractContextManager[SmbFile]:
        """Open a file for reading, while nobody may write to it unless `with_writers`."""
        return self._opened(location, _READ, _SHARE_ALL if with_writers else _SHARE_READING)

    def creating(self, location: str) -> AbstractContextManager[SmbFile]:
        """Make a new file and open it for writing. Raises FileExistsError."""
        access = Access.FILE_WRITE_DATA
        return self._opened(location, access, disposition=CreateDisposition.FILE_CREATE)

    def making(self, folder: str) -> AbstractContextManager[SmbFile]:
        """Open a folder, which is made if it is not there. NotADirectoryError: it is a file."""
        access = DirectoryAccessMask.FILE_READ_ATTRIBUTES
        options = CreateOptions.FILE_DIRECTORY_FILE
        disposition = CreateDisposition.FILE_OPEN_IF
        return self._opened(folder, access, disposition=disposition, options=options)

    def holding(self, location: str) -> AbstractContextManager[SmbFile]:
        """Open a file for reading and renaming, and keep all others off."""
        return self._opened(location, _READ | Access.DELETE, _SHARE_NOTHING)

    def moving(self, location: str) -> AbstractContextManager[SmbFile]:
        """Open a file for renaming."""
        return self._opened(location, Access.DELETE)

    def removing(self, location: str) -> AbstractContextManager[SmbFile]:
        """Open a file that is gone when it is closed."""
        options = CreateOptions.FILE_NON_DIRECTORY_FILE | CreateOptions.FILE_DELETE_ON_CLOSE
        return self._opened(location, Access.DELETE, options=options)

    def listing(self, folder: str) -> AbstractContextManager[SmbFile]:
        """Open a folder for its names."""
        access = DirectoryAccessMask.FILE_LIST_DIRECTORY
        options = CreateOptions.FILE_DIRECTORY_FILE
        return self._opened(folder, access, options=options)

    def flushing(self, folder: str) -> AbstractContextManager[SmbFile]:
        """Open a folder for its flush."""
        access = DirectoryAccessMask.FILE_ADD_FILE
        options = CreateOptions.FILE_DIRECTORY_FILE
        return self._opened(folder, access, options=options)

    def may_write(self, location: str) -> bool:
        """Whether this account has the right to write to a file; asked without opening it so."""
        question = SMB2CreateQueryMaximalAccessRequest()
        with self._opened(location, Access.FILE_READ_ATTRIBUTES, contexts=[question]) as file:
            granted = [answer["maximal_access"].get_value() for answer in file.answers]
        return all(access & Access.FILE_WRITE_DATA for access in granted)

    @contextlib.contextmanager
    def _opened(
        self,
        location: str,
        access: int,
        sharing: int = _SHARE_ALL,
        *,
        disposition: int = CreateDisposition.FILE_OPEN,
        options: int = CreateOptions.FILE_NON_DIRECTORY_FILE,
        contexts: Sequence[Any] = (),
    ) -> Iterator[SmbFile]:
        """Open by CREATE. Source: MS-SMB2 2.2.13."""
        handle = Open(self.connection.tree, self.connection.at(location).within_share)
        answers = self.connection.ask(
            location,
            handle.create,
            ImpersonationLevel.Impersonation,
            access | Access.SYNCHRONIZE,
            0,
            sharing,
            disposition,
            options,
            list(contexts),
        )
        file = SmbFile(self.connection, location, handle, tuple(answers or ()))
        try:
            yield file
        finally:
            file.close()
