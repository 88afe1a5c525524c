"""Workbooks whose zip archive is damaged, hostile or odd.

Source: PKWARE APPNOTE 6.3.3 (4.3.7 local header, 4.3.12 central directory, 4.3.16 its end record).
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace

from workbook.bad_workbooks import Case, appended, readable, refused, register, unwritable
from workbook.odd_registers import REGISTER_PART

from xlflow.workbook import refusals
from xlflow.workbook.archive import Entry, Limits, read_archive, write_archive

THEME = "xl/theme/theme1.xml"
_CENTRAL_BYTES = 46
_END_BYTES = 22
_MEGABYTE = 1 << 20
Damaged, NotOne = refusals.DamagedWorkbook, refusals.NotAWorkbook


def cut(part: float) -> bytes:
    """The first part of the file: an upload that broke off."""
    data = register()
    return data[: max(4, int(len(data) * part))]


def without_end(count: int) -> bytes:
    """The file without its last bytes."""
    return register()[:-count]


def directory_entry(data: bytes, name: str) -> int:
    """The offset of a part's entry in the central directory."""
    return data.rindex(name.encode()) - _CENTRAL_BYTES


def overwritten(data: bytes, offset: int, content: bytes) -> bytes:
    return data[:offset] + content + data[offset + len(content) :]


def field(name: str, offset: int, code: str, change: Callable[[int], int]) -> bytes:
    """The register with another number in the directory's entry for a part."""
    data = register()
    place = directory_entry(data, name) + offset
    (value,) = struct.unpack_from(code, data, place)
    return overwritten(data, place, struct.pack(code, change(value)))


def end_field(offset: int, code: str, value: int) -> bytes:
    """The register with another number in the end record."""
    data = register()
    return overwritten(data, len(data) - _END_BYTES + offset, struct.pack(code, value))


def wrong_crc(name: str) -> bytes:
    return field(name, 16, "<L", lambda crc: crc ^ 1)


def flipped(name: str) -> bytes:
    """The register with a bit flipped amid a part's compressed bytes."""
    data = register()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
    middle = info.header_offset + 30 + len(name) + info.compress_size // 2
    return overwritten(data, middle, bytes([data[middle] ^ 0x10]))


def entries() -> list[Entry]:
    return list(read_archive(register(), "r.xlsx", Limits())[0])


def with_entry(name: str, content: bytes, times: int = 1, attributes: int = 0) -> bytes:
    """The register with another entry, or several that differ in the last letter only."""
    held = entries()
    made = held[0].holding([content])
    for n in range(times):
        suffix = f"{n}" if times > 1 else ""
        info = zipfile.ZipInfo(name + suffix)
        info.external_attr = attributes
        info.flag_bits = 0 if name.isascii() else 0x800  # UTF-8
        held.append(replace(made, name=info.orig_filename, info=info, local_extra=b""))
    return write_archive(held, b"")


def named(name: str, content: bytes = b"x") -> bytes:
    """The register with a part of any name, however bad, in both headers."""
    placeholder = "y" * len(name.encode())
    data = with_entry(placeholder, content)
    return data.replace(placeholder.encode(), name.encode())


def overlapping() -> bytes:
    """Two entries in the directory, one set of bytes: a bomb that no ratio betrays."""
    data = register()
    (offset,) = struct.unpack_from("<L", data, directory_entry(data, THEME) + 42)
    place = directory_entry(data, "docProps/app.xml") + 42
    return overwritten(data, place, struct.pack("<L", offset))


def bomb_that_lies() -> bytes:
    """16 MB of zeros that both headers call 1,000 bytes."""
    data = with_entry("xl/media/image1.png", bytes(16 * _MEGABYTE))
    size = struct.pack("<L", 16 * _MEGABYTE)
    return data.replace(size, struct.pack("<L", 1000))


def rezipped(method: int = zipfile.ZIP_DEFLATED, *, zip64: bool = False) -> bytes:
    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(register())) as old,
        zipfile.ZipFile(saved, "w", method) as new,
    ):
        for name in old.namelist():
            with new.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) as part:
                part.write(old.read(name))
    return saved.getvalue()


def compressed_by(method: int) -> bytes:
    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(register())) as old,
        zipfile.ZipFile(saved, "w", method) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return saved.getvalue()


class _Pipe(io.BytesIO):
    """A stream that cannot go back, so that sizes come behind the bytes."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


def with_data_descriptors() -> bytes:
    saved = _Pipe()
    with (
        zipfile.ZipFile(io.BytesIO(register())) as old,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return saved.getvalue()


def with_comment(comment: bytes) -> bytes:
    return write_archive(entries(), comment)


def with_extra(extra: bytes) -> bytes:
    """The register with these extra fields behind the name of its main sheet, in both headers."""
    held = entries()
    for n, entry in enumerate(held):
        if entry.name == REGISTER_PART:
            info = zipfile.ZipInfo(entry.name)
            info.extra = extra
            held[n] = replace(entry, info=info, local_extra=extra)
    return write_archive(held, b"")


def zip_of(parts: dict[str, bytes]) -> bytes:
    return appended(write_archive([], b""), parts)


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(range(256)) * 20

ARCHIVES: dict[str, Case] = {
    # what is no zip archive at all
    "an empty file": refused(lambda: b"", NotOne),
    "a single byte": refused(lambda: b"P", NotOne),
    "zeros": refused(lambda: bytes(4096), NotOne),
    "comma-separated values": refused(lambda: "编号,标题\n2024-001,x\n".encode(), NotOne),
    "a page of HTML": refused(lambda: b"<html><table><tr><td>1</td></tr></table></html>", NotOne),
    "a picture": refused(lambda: JPEG, NotOne),
    "a gzip file": refused(lambda: gzip.compress(register()), NotOne),
    "a zip archive of nothing": refused(lambda: write_archive([], b""), NotOne),
    "a zip archive with a workbook in it": refused(lambda: zip_of({"r.xlsx": register()}), NotOne),
    # cut short
    "only the first four bytes": refused(lambda: cut(0), Damaged),
    "a tenth": refused(lambda: cut(0.1), Damaged),
    "half": refused(lambda: cut(0.5), Damaged),
    "all but the directory's end": refused(lambda: without_end(22), Damaged),
    "cut within the directory": refused(lambda: without_end(400), Damaged),
    "all but the last byte": refused(lambda: without_end(1), Damaged),
    "all but the first byte": refused(lambda: register()[1:], Damaged),
    "without its middle": refused(lambda: cut(0.4) + register()[-9000:], Damaged),
    "only the directory": refused(lambda: register()[register().index(b"PK\x01\x02") :], Damaged),
    # bytes that changed
    "a wrong CRC of the sheet": refused(lambda: wrong_crc(REGISTER_PART), Damaged),
    "a wrong CRC of the shared texts": refused(lambda: wrong_crc("xl/sharedStrings.xml"), Damaged),
    "a wrong CRC of the theme": unwritable(lambda: wrong_crc(THEME), Damaged),
    "a flipped bit in the sheet": refused(lambda: flipped(REGISTER_PART), Damaged),
    "a flipped bit in the workbook": refused(lambda: flipped("xl/workbook.xml"), Damaged),
    "a flipped bit in the shared texts": refused(lambda: flipped("xl/sharedStrings.xml"), Damaged),
    "a flipped bit in the styles": refused(lambda: flipped("xl/styles.xml"), Damaged),
    "a flipped bit in the theme": unwritable(lambda: flipped(THEME), Damaged),
    "a flipped bit in the properties": refused(lambda: flipped("docProps/custom.xml"), Damaged),
    # headers that lie
    "a size too small": refused(lambda: field(REGISTER_PART, 24, "<L", lambda n: n - 1), Damaged),
    "a size too large": refused(lambda: field(REGISTER_PART, 24, "<L", lambda n: n + 1), Damaged),
    "a size of 4 GB": refused(
        lambda: field(REGISTER_PART, 24, "<L", lambda _: 0xFFFFFFFE), refusals.ExpandsTooFar
    ),
    "a packed size of 4 GB": refused(
        lambda: field(REGISTER_PART, 20, "<L", lambda _: 0xFFFFFFFE), Damaged
    ),
    "a header beyond the file": refused(
        lambda: field(REGISTER_PART, 42, "<L", lambda _: 0x7FFFFFFF), Damaged
    ),
    "a header that is another part's": refused(
        lambda: field(REGISTER_PART, 42, "<L", lambda _: 0), Damaged
    ),
    "another name in the local header": refused(
        lambda: register().replace(REGISTER_PART.encode(), b"xl/worksheets/sheet9.xml", 1), Damaged
    ),
    "a sheet said to be stored": refused(
        lambda: field(REGISTER_PART, 10, "<H", lambda _: 0), Damaged
    ),
    "parts that share their bytes": refused(overlapping, Damaged),
    "a directory that counts too many": readable(lambda: end_field(10, "<H", 65_000)),
    "a directory beyond the file": refused(lambda: end_field(16, "<L", 0x7FFFFFFF), Damaged),
    "a directory of 4 GB": refused(lambda: end_field(12, "<L", 0xFFFFFFF0), Damaged),
    "one disk of nine": readable(lambda: end_field(4, "<H", 9)),
    "an extra field longer than there is room": readable(
        lambda: with_extra(struct.pack("<HH", 1, 60_000))
    ),
    # bombs
    "a part that unpacks a thousandfold": refused(
        lambda: with_entry("xl/media/image1.png", bytes(64 * _MEGABYTE)), refusals.ExpandsTooFar
    ),
    "seventy parts below the limit, too much together": refused(
        lambda: with_entry("xl/media/image", bytes(31 * _MEGABYTE), times=70),
        refusals.ExpandsTooFar,
    ),
    "a bomb that lies about its size": unwritable(bomb_that_lies, Damaged),
    "ten thousand parts": refused(
        lambda: with_entry("xl/media/image", b"x", times=10_000), refusals.TooManyParts
    ),
    # names
    "a name that leads upwards": refused(lambda: named("xl/../../x"), refusals.UnsafePartName),
    "a name that begins upwards": refused(lambda: named("../x"), refusals.UnsafePartName),
    "an absolute name": refused(lambda: named("/etc/cron.d/x"), refusals.UnsafePartName),
    "a drive's name": refused(lambda: named("C:/x"), refusals.UnsafePartName),
    "backslashes that lead upwards": refused(
        lambda: named("xl\\..\\..\\x"), refusals.UnsafePartName
    ),
    "a backslash": readable(lambda: named("xl\\x")),
    "a share's name": refused(lambda: named("\\\\server\\x"), refusals.UnsafePartName),
    "a NUL in a name": refused(lambda: named("xl/x\0.xml"), refusals.UnsafePartName),
    "a name in half a character": refused(
        lambda: with_entry("xl/yé", b"").replace("yé".encode(), b"y\xc3\x28"), Damaged
    ),
    "a part twice": refused(lambda: named(REGISTER_PART), refusals.DoubledPart),
    "a part twice, in capitals": refused(
        lambda: named(REGISTER_PART.upper()), refusals.DoubledPart
    ),
    "the workbook twice": refused(lambda: named("xl/Workbook.xml"), refusals.DoubledPart),
    # what other packers write
    "a part under a password": refused(
        lambda: field(REGISTER_PART, 8, "<H", lambda flags: flags | 1),
        refusals.UnsupportedCompression,
    ),
    "packed by LZMA": refused(
        lambda: compressed_by(zipfile.ZIP_LZMA), refusals.UnsupportedCompression
    ),
    "packed by bzip2": refused(
        lambda: compressed_by(zipfile.ZIP_BZIP2), refusals.UnsupportedCompression
    ),
    "an unknown compression": refused(
        lambda: field(REGISTER_PART, 10, "<H", lambda _: 99), refusals.UnsupportedCompression
    ),
    "not packed at all": readable(lambda: rezipped(zipfile.ZIP_STORED)),
    "64-bit headers": readable(lambda: rezipped(zip64=True)),
    "sizes behind the bytes": readable(with_data_descriptors),
    "bytes before the archive": readable(lambda: b"#!/bin/sh\nexit\n" + register()),
    "a comment": readable(lambda: with_comment(b"made by hand")),
    "a comment that looks like an archive's end": refused(
        lambda: with_comment(b"PK\x05\x06" + bytes(18)), NotOne
    ),
    "a symbolic link": readable(
        lambda: with_entry("xl/media/x", b"/etc/passwd", attributes=0o120777 << 16)
    ),
    "a folder's entry": readable(lambda: with_entry("xl/media/", b"")),
    "an unknown extra field": readable(lambda: with_extra(struct.pack("<HHL", 0xCAFE, 4, 7))),
}
