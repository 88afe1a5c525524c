"""A person who works on a workbook over SMB, with a client that is none of ours (smbclient).

Each process is a computer of its own to the server.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, BinaryIO

import smbclient
from clients.samba_server import LI, PASSWORD, Place
from smbprotocol.exceptions import SMBOSError, SMBResponseException
from smbprotocol.file_info import FileRenameInformation
from smbprotocol.header import NtStatus
from smbprotocol.open import FilePipePrinterAccessMask, SMB2SetInfoRequest

BUSY = {NtStatus.STATUS_SHARING_VIOLATION, NtStatus.STATUS_DELETE_PENDING}
GONE = {NtStatus.STATUS_OBJECT_NAME_NOT_FOUND}
TAKEN = {NtStatus.STATUS_OBJECT_NAME_COLLISION}


class Person:
    """`user`, who works in the folder `place`; a context, which logs off."""

    def __init__(self, place: Place, user: str = LI) -> None:
        self._place = place
        self._connection: dict[str, Any] = {
            "username": user,
            "password": PASSWORD,
            "port": place.port,
            "connection_cache": {},
        }

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        smbclient.reset_connection_cache(
            fail_on_error=False, connection_cache=self._connection["connection_cache"]
        )

    def opens(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Have it open as Excel does: to read and write, while others may only read."""
        return self._open(name, "r+b", "r")

    def opens_to_rewrite(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Have it open as a program that writes into the file itself, and lets all others in."""
        return self._open(name, "r+b", "rwd")

    def keeps(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Have it open, and let nobody else in."""
        return self._open(name, "r+b", "")

    def looks_at(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Have it open to read, while others may do what they like."""
        return self._open(name, "rb", "rwd")

    def writes(self, name: str, data: bytes) -> None:
        """Make or overwrite a file."""
        with self._open(name, "wb", "r") as file:
            file.write(data)

    def removes(self, name: str) -> None:
        smbclient.remove(self._place.unc(name), **self._connection)

    def renames(self, old: str, new: str) -> None:
        """Rename, without replacing."""
        self._rename(old, new, replace=False)

    def replaces(self, old: str, new: str) -> None:
        """Rename over what has the name, without opening that, as Windows does."""
        self._rename(old, new, replace=True)

    def saves_as_libreoffice(self, name: str, data: bytes) -> None:
        """Another file, renamed over the old one."""
        self.writes("saved.tmp", data)
        self.replaces("saved.tmp", name)

    def saves_as_excel(self, name: str, data: bytes) -> None:
        """Another file; the old one is deleted, so for a moment there is none; then renamed."""
        self.writes("A1B2C3D4", data)
        try:
            self.removes(name)
        except SMBOSError as err:
            if err.ntstatus not in GONE:
                raise
        self.renames("A1B2C3D4", name)

    def _open(self, name: str, mode: str, sharing: str, **how: Any) -> AbstractContextManager[Any]:
        opened: AbstractContextManager[Any] = smbclient.open_file(
            self._place.unc(name),
            mode=mode,
            share_access=sharing,
            buffering=0,
            **how,
            **self._connection,
        )
        return opened

    def _rename(self, old: str, new: str, *, replace: bool) -> None:
        rename = FileRenameInformation()
        rename["replace_if_exists"] = replace
        rename["file_name"] = rf"{self._place.name}\{new}"
        request = SMB2SetInfoRequest()
        request["info_type"] = rename.INFO_TYPE
        request["file_info_class"] = rename.INFO_CLASS
        request["buffer"] = rename.pack()
        access = FilePipePrinterAccessMask.DELETE
        with self._open(old, "rb", "rwd", desired_access=access) as file:
            tree = file.fd.tree_connect
            request["file_id"] = file.fd.file_id
            sent = file.fd.connection.send(request, tree.session.session_id, tree.tree_connect_id)
            try:
                file.fd.connection.receive(sent)
            except SMBResponseException as err:
                raise SMBOSError(err.status, new) from err
