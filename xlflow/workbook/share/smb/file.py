"""An open file or folder of a share: its bytes, its name, and what the server knows about it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from smbprotocol.exceptions import SMBResponseException
from smbprotocol.file_info import (
    FileFsFullSizeInformation,
    FileInformationClass,
    FileRenameInformation,
    InfoType,
)
from smbprotocol.open import SMB2QueryInfoRequest, SMB2QueryInfoResponse, SMB2SetInfoRequest

from xlflow.workbook.share.smb.connection import SmbConnection
from xlflow.workbook.share.smb.errors import END_OF_FILE, NO_MORE_FILES

_PIECE_BYTES = 1 << 20
_ANSWER_BYTES = 1 << 16  # no list of rights can be longer

_T = TypeVar("_T")


class SmbFile:
    """An open file or folder.

    Raises what `errors.refusal` makes of the server's answers.
    """

    def __init__(
        self, connection: SmbConnection, location: str, handle: Any, answers: tuple[Any, ...]
    ) -> None:
        self.answers = answers  # to what was asked while it was opened
        self._connection = connection
        self._location = location
        self._handle = handle

    @property
    def size_bytes(self) -> int:
        """Its size when it was opened."""
        return int(self._handle.end_of_file)

    @property
    def modified_at(self) -> datetime:
        """When it had last been written when it was opened, in UTC."""
        moment: datetime = self._handle.last_write_time
        return moment

    @property
    def free_bytes(self) -> int:
        """How much this account may still write to its drive. Source: MS-FSCC 2.5.4."""
        information = FileFsFullSizeInformation()
        kind = InfoType.SMB2_0_INFO_FILESYSTEM
        information.unpack(self.query_info(kind, information.INFO_CLASS))
        factors = ("caller_available_units", "sectors_per_unit", "bytes_per_sector")
        return math.prod(int(information[name].get_value()) for name in factors)

    def read(self) -> bytes:
        """The whole content."""
        length = min(_PIECE_BYTES, self._connection.max_read_bytes)
        data = bytearray()
        while piece := self._ask(self._piece, len(data), length):
            data += piece
        return bytes(data)

    def write(self, data: bytes, offset: int) -> None:
        """Write `data` from `offset` on."""
        length = min(_PIECE_BYTES, self._connection.max_write_bytes)
        done = 0
        while done < len(data):
            done += self._ask(self._handle.write, data[done : done + length], offset + done)

    def flush(self) -> None:
        """Have the server put it on its disk."""
        self._ask(self._handle.flush)

    def rename(self, target: str) -> None:
        """Rename what is open, without replacing anything."""
        rename = FileRenameInformation()
        rename["replace_if_exists"] = False
        rename["file_name"] = self._connection.at(target).within_share
        self.set_info(InfoType.SMB2_0_INFO_FILE, rename.INFO_CLASS, rename.pack())

    def names(self) -> list[str]:
        """The names in an open folder."""
        found: list[str] = []
        while names := self._ask(self._some_names):
            found += names
        return [name for name in found if name not in (".", "..")]

    def query_info(self, kind: int, information: int, part: int = 0) -> bytes:
        """What the server knows about it. Source: MS-SMB2 2.2.37."""
        request = SMB2QueryInfoRequest()
        request["info_type"] = kind
        request["file_info_class"] = information
        request["additional_information"] = part
        request["output_buffer_length"] = _ANSWER_BYTES
        request["file_id"] = self._handle.file_id
        answer = SMB2QueryInfoResponse()
        answer.unpack(self._ask(self._connection.answer, request))
        return bytes(answer["buffer"].get_value())

    def set_info(self, kind: int, information: int, data: bytes, part: int = 0) -> None:
        """Change what the server knows about it. Source: MS-SMB2 2.2.39."""
        request = SMB2SetInfoRequest()
        request["info_type"] = kind
        request["file_info_class"] = information
        request["additional_information"] = part
        request["file_id"] = self._handle.file_id
        request["buffer"] = data
        self._ask(self._connection.answer, request)

    def close(self) -> None:
        """Close it; on a lost connection the server has done so."""
        if self._connection.alive:
            with contextlib.suppress(OSError):
                self._ask(self._handle.close)

    def _ask(self, call: Callable[..., _T], *arguments: Any) -> _T:
        return self._connection.ask(self._location, call, *arguments)

    def _piece(self, offset: int, length: int) -> bytes:
        try:
            return bytes(self._handle.read(offset, length))
        except SMBResponseException as err:
            if err.status == END_OF_FILE:
                return b""
            raise

    def _some_names(self) -> list[str]:
        kind = FileInformationClass.FILE_NAMES_INFORMATION
        try:
            entries = self._handle.query_directory("*", kind)
        except SMBResponseException as err:
            if err.status == NO_MORE_FILES:
                return []
            raise
        return [entry["file_name"].get_value().decode("utf-16-le") for entry in entries]
