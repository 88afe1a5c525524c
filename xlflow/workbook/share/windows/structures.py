"""The structures that calls of Windows take and fill, as bytes.

In native byte order and alignment, which is what Windows has on each of its processors.

Source: Microsoft Learn, the pages named after the structures.
"""

from __future__ import annotations

import struct

from xlflow.workbook.share.windows.calls import FileFacts

# attributes; creation, access, write time; volume; size high, low; links; index high, low
_FILE_INFORMATION = struct.Struct("=I3Q6I")
# creation, access, write, change time (0: leave); attributes
_BASIC_INFO = struct.Struct("=4qI4x")
# replace if it exists; root folder; length of the name that follows, in bytes
_RENAME_INFO = struct.Struct("@IPI")
_STREAM_SIZE_BYTES = 8
_DATA_STREAM = ":$DATA"

FILE_INFORMATION_BYTES = _FILE_INFORMATION.size
STREAM_DATA_BYTES = _STREAM_SIZE_BYTES + 2 * (260 + 36)  # MAX_PATH + 36 characters


def file_facts(data: bytes) -> FileFacts:
    """A BY_HANDLE_FILE_INFORMATION."""
    fields = _FILE_INFORMATION.unpack(data)
    attributes, created, _, written, _, size_high, size_low, *_ = fields
    return FileFacts(attributes, created, written, size_high << 32 | size_low)


def basic_info(attributes: int, created: int) -> bytes:
    """A FILE_BASIC_INFO that leaves the other times as they are."""
    return _BASIC_INFO.pack(created, 0, 0, 0, attributes)


def rename_info(path: str) -> bytes:
    """A FILE_RENAME_INFO that does not replace."""
    name = path.encode("utf-16-le", "surrogatepass")
    return _RENAME_INFO.pack(0, 0, len(name)) + name + b"\0\0"


def stream_name(data: bytes) -> str | None:
    """The name in a WIN32_FIND_STREAM_DATA; None for the file's own content."""
    text = data[_STREAM_SIZE_BYTES:].decode("utf-16-le", "surrogatepass").partition("\0")[0]
    return text.removeprefix(":").removesuffix(_DATA_STREAM) or None
