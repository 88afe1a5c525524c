"""The zip archive around a workbook's parts: read without trust, written without recompressing.

Source: PKWARE APPNOTE 6.3.3 (4.3.7 local header, 4.3.12 central directory, 4.5.3 zip64).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from xlflow.workbook import deflate, refusals

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")

_ENCRYPTED = 0x0001
_UTF8 = 0x0800
_DEFLATE_OPTIONS = 0x0006
_ZIP64_EXTRA = 0x0001

# What ZipFile raises on a directory that was tampered with.
_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OverflowError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may cost before it is refused.

    The defaults let a register of 100,000 records pass (15 MB, which inflate to 300 MB) and stop a
    zip bomb. Deflate shrinks a real sheet 5 to 40 times, and nothing more than 1,032 times.
    """

    file_bytes: int = 200 << 20
    parts: int = 10_000
    part_bytes: int = 1 << 30
    total_bytes: int = 2 << 30
    ratio: int = 250
    ratio_from_bytes: int = 32 << 20  # smaller parts may be as dense as they like


@dataclass(frozen=True, slots=True)
class Entry:
    """A zip entry: what the directory says of it, and its bytes as they are stored.

    `name` has slashes where the archive may have backslashes.
    """

    name: str
    raw: memoryview
    crc: int
    size: int  # inflated
    stored: bool
    info: zipfile.ZipInfo
    local_extra: bytes

    @property
    def is_folder(self) -> bool:
        """Some writers give folders an entry of their own."""
        return self.name.endswith("/")

    def inflated(self) -> bytes:
        """The part's bytes.

        Raises:
            deflate.DeflateError: Damaged, or not of the size or CRC that the directory tells.
        """
        data = bytes(self.raw) if self.stored else deflate.inflate(self.raw, self.size)
        if len(data) != self.size or deflate.crc32(data) != self.crc:
            raise deflate.DeflateError
        return data

    def chunks(self) -> Iterator[bytes]:
        """The part's bytes a piece at a time, checked as `inflated` does by the end of them."""
        pieces = (
            [bytes(self.raw)] if self.stored else deflate.inflate_in_chunks(self.raw, self.size)
        )
        crc = size = 0
        for piece in pieces:
            crc = deflate.crc32(piece, crc)
            size += len(piece)
            yield piece
        if crc != self.crc or size != self.size:
            raise deflate.DeflateError

    def holding(self, pieces: Iterable[bytes | memoryview]) -> Entry:
        """This entry with other content; name, date and attributes stay."""
        content = list(pieces)
        crc = size = 0
        for piece in content:
            crc = deflate.crc32(piece, crc)
            size += len(piece)
        raw = memoryview(deflate.deflate(content))
        return replace(self, raw=raw, crc=crc, size=size, stored=False)


def read_archive(data: bytes, file: str, limits: Limits) -> tuple[tuple[Entry, ...], bytes]:
    """The entries in the order of the directory, and the archive's comment.

    Bytes before the archive and between its entries are passed over.

    Raises:
        WorkbookRefused: Not a zip archive, damaged, or beyond the limits. Nothing was inflated yet.
    """
    if data.count(b"PK\x01\x02") > limits.parts:  # before ZipFile makes an object of each
        raise refusals.TooManyParts(file, limit=limits.parts)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos, comment, end = archive.infolist(), archive.comment, archive.start_dir
    except _UNREADABLE as err:
        if data.startswith(b"PK\x03\x04"):
            raise refusals.DamagedWorkbook(file) from err
        raise refusals.NotAWorkbook(file) from err
    entries = tuple(_entry(data, info, file) for info in infos)
    _check_no_overlap(entries, data, end, file)
    _check_sizes(entries, file, limits)
    return entries, comment


def write_archive(entries: Iterable[Entry], comment: bytes) -> bytes:
    """A zip archive of `entries`: their bytes as stored, each behind a plain local header.

    Sizes stand in the headers: no data descriptors, no zip64 (a workbook is far smaller than 4 GB).
    """
    pieces: list[bytes | memoryview] = []
    directory: list[bytes] = []
    offset = 0
    for entry in entries:
        header = _local_header(entry)
        directory.append(_central_header(entry, offset))
        pieces += (header, entry.raw)
        offset += len(header) + len(entry.raw)
    length = sum(map(len, directory))
    count = len(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, length, offset, len(comment))
    return b"".join((*pieces, *directory, end, comment))


def _entry(data: bytes, info: zipfile.ZipInfo, file: str) -> Entry:
    # `filename` is cut at a NUL; old .NET programs write backslashes, which calamine reads so, too
    name = info.orig_filename.replace("\\", "/")
    if _is_unsafe(name):
        raise refusals.UnsafePartName(file, part=name)
    if info.flag_bits & _ENCRYPTED or info.compress_type not in (
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    ):
        raise refusals.UnsupportedCompression(file, part=name)
    try:
        local = _LOCAL.unpack_from(data, info.header_offset)
    except struct.error as err:
        raise refusals.DamagedWorkbook(file, name) from err
    names = info.header_offset + _LOCAL.size
    extra = names + local[-2]
    start = extra + local[-1]
    whole = info.header_offset >= 0 and start + info.compress_size <= len(data)
    if local[0] != b"PK\x03\x04" or data[names:extra] != _name_bytes(info) or not whole:
        raise refusals.DamagedWorkbook(file, name)
    return Entry(
        name=name,
        raw=memoryview(data)[start : start + info.compress_size],
        crc=info.CRC,
        size=info.file_size,
        stored=info.compress_type == zipfile.ZIP_STORED,
        info=info,
        local_extra=data[extra:start],
    )


def _is_unsafe(name: str) -> bool:
    steps = name.removesuffix("/").split("/")
    return (
        "\0" in name
        or any(step in ("", ".", "..") for step in steps)
        or re.match(r"[A-Za-z]:", name) is not None
    )


def _check_no_overlap(entries: tuple[Entry, ...], data: bytes, end: int, file: str) -> None:
    """Entries that share bytes are the other way to make a small file inflate without end."""
    taken = 0
    for entry in sorted(entries, key=lambda entry: entry.info.header_offset):
        if entry.info.header_offset < taken:
            raise refusals.DamagedWorkbook(file, entry.name)
        header = _LOCAL.size + len(_name_bytes(entry.info)) + len(entry.local_extra)
        taken = entry.info.header_offset + header + len(entry.raw)
    if taken > end or end > len(data):
        raise refusals.DamagedWorkbook(file)


def _check_sizes(entries: tuple[Entry, ...], file: str, limits: Limits) -> None:
    """By what the directory tells; `deflate.inflate` never goes beyond that."""
    total = 0
    for entry in entries:
        total += entry.size
        dense = entry.size > limits.ratio_from_bytes and entry.size > limits.ratio * len(entry.raw)
        if dense or entry.size > limits.part_bytes or total > limits.total_bytes:
            raise refusals.ExpandsTooFar(file, part=entry.name)


def _name_bytes(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _dos_time(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def _common(entry: Entry) -> tuple[int, ...]:
    """The fields that both headers hold: from the flags to the inflated size."""
    flags = entry.info.flag_bits & (_UTF8 | _DEFLATE_OPTIONS)
    method = zipfile.ZIP_STORED if entry.stored else zipfile.ZIP_DEFLATED
    return flags, method, *_dos_time(entry.info), entry.crc, len(entry.raw), entry.size


def _local_header(entry: Entry) -> bytes:
    name, extra = _name_bytes(entry.info), _without_zip64(entry.local_extra)
    return (
        _LOCAL.pack(b"PK\x03\x04", zipfile.DEFAULT_VERSION, *_common(entry), len(name), len(extra))
        + name
        + extra
    )


def _central_header(entry: Entry, offset: int) -> bytes:
    info = entry.info
    name, extra = _name_bytes(info), _without_zip64(info.extra)
    return (
        _CENTRAL.pack(
            b"PK\x01\x02",
            info.create_version,
            info.create_system,
            zipfile.DEFAULT_VERSION,
            0,
            *_common(entry),
            len(name),
            len(extra),
            len(info.comment),
            0,
            info.internal_attr,
            info.external_attr,
            offset,
        )
        + name
        + extra
        + info.comment
    )


def _without_zip64(extra: bytes) -> bytes:
    """Extra fields but the one with 64-bit sizes, which the headers now hold themselves."""
    kept, position = [], 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        if kind != _ZIP64_EXTRA:
            kept.append(extra[position : position + 4 + length])
        position += 4 + length
    return b"".join(kept) + extra[position:]
