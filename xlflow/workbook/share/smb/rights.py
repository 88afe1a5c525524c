"""Attributes and security descriptor: the new workbook gets those of the old one.

But never "hidden": to Samba a name with a dot in front is hidden, and stays so under its next name
unless that is taken back.
"""

from __future__ import annotations

import contextlib
import errno
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from smbprotocol.file_info import FileAttributes, FileBasicInformation, InfoType
from smbprotocol.open import InfoAdditionalInformation

from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.smb.share import Access, SmbShare

_KEPT = (
    FileAttributes.FILE_ATTRIBUTE_SYSTEM
    | FileAttributes.FILE_ATTRIBUTE_ARCHIVE
    | FileAttributes.FILE_ATTRIBUTE_NOT_CONTENT_INDEXED
)
_BASICS = InfoType.SMB2_0_INFO_FILE, FileBasicInformation.INFO_CLASS
_SECURITY = InfoType.SMB2_0_INFO_SECURITY, 0

# A descriptor: revision, padding, control, then where owner, group, SACL and DACL stand in it.
# Source: MS-DTYP 2.4.6.
_HEADER = struct.Struct("<BBHIIII")
_OWNER, _GROUP, _DACL = 3, 4, 6
# That a list was inherited is kept only if it is asked for while it is set.
_AUTO_INHERIT_REQUESTED = 0x0100
_AUTO_INHERITED = 0x0400

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the descriptor: its place in the header, its flag, the right to change it."""

    name: str
    place: int
    flag: int
    access: int


_ACL = _Part("acl", _DACL, InfoAdditionalInformation.DACL_SECURITY_INFORMATION, Access.WRITE_DAC)
_PARTS = (
    _ACL,  # first: who has given a file away may not be allowed to change it any more
    _Part(
        "group", _GROUP, InfoAdditionalInformation.GROUP_SECURITY_INFORMATION, Access.WRITE_OWNER
    ),
    _Part(
        "owner", _OWNER, InfoAdditionalInformation.OWNER_SECURTIY_INFORMATION, Access.WRITE_OWNER
    ),
)
_ALL_PARTS = sum(part.flag for part in _PARTS)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a file is, when it was made (a FILETIME), and who may do what with it.

    `descriptor`: its security descriptor; None if this account may not see it.
    """

    attributes: int
    made_at: int
    descriptor: bytes | None

    @property
    def is_write_protected(self) -> bool:
        """Whether it has the attribute "read-only"."""
        return bool(self.attributes & FileAttributes.FILE_ATTRIBUTE_READONLY)


def rights_of(share: SmbShare, location: str) -> Rights:
    """The rights of a file.

    Raises:
        FileNotFoundError
    """
    attributes, made_at = _basics(share, location)
    return Rights(attributes, made_at, _descriptor(share, location))


def give_rights(share: SmbShare, location: str, rights: Rights) -> tuple[str, ...]:
    """Give a file these rights; returns the names of those that it could not be given."""
    lost = _different(rights.descriptor, _descriptor(share, location))
    if rights.descriptor:
        lost = _set(share, location, lost, rights.descriptor)
        if lost == [_ACL]:  # where a file system mixes the owner's rights into it
            lost = _set(share, location, lost, rights.descriptor)
    names = [part.name for part in lost]
    if rights.attributes & FileAttributes.FILE_ATTRIBUTE_HIDDEN:
        names.append("hidden")
    if not _set_basics(share, location, rights.attributes & _KEPT, rights.made_at):
        names.append("attributes")
    return tuple(names)


def show(share: SmbShare, location: str) -> None:
    """Let a file be seen that had a hidden name before, if this can be done."""

    def change() -> None:
        attributes, _ = _basics(share, location)
        if attributes & FileAttributes.FILE_ATTRIBUTE_HIDDEN:
            _set_basics(share, location, attributes & ~FileAttributes.FILE_ATTRIBUTE_HIDDEN)

    with contextlib.suppress(HeldElsewhere):
        _tried(change)


def _basics(share: SmbShare, location: str) -> tuple[int, int]:
    basics = FileBasicInformation()
    with share.asking(location) as file:
        basics.unpack(file.query_info(*_BASICS))
    return basics["file_attributes"].get_value(), basics["creation_time"].get_value()


def _set_basics(share: SmbShare, location: str, attributes: int, made_at: int = 0) -> bool:
    """Set attributes and times, where 0 leaves a time as it is; whether this could be done."""
    basics = FileBasicInformation()
    basics["creation_time"] = made_at
    basics["file_attributes"] = attributes or FileAttributes.FILE_ATTRIBUTE_NORMAL

    def change() -> bool:
        with share.asking(location, Access.FILE_WRITE_ATTRIBUTES) as file:
            file.set_info(*_BASICS, basics.pack())
        return True

    return _tried(change) or False


def _descriptor(share: SmbShare, location: str) -> bytes | None:
    def query() -> bytes:
        with share.asking(location, Access.READ_CONTROL) as file:
            return file.query_info(*_SECURITY, _ALL_PARTS)

    return _tried(query)


def _set(share: SmbShare, location: str, parts: list[_Part], descriptor: bytes) -> list[_Part]:
    """Set these parts; returns those that still differ."""
    for part in parts:
        _set_part(share, location, part, descriptor)
    return _different(descriptor, _descriptor(share, location)) if parts else []


def _set_part(share: SmbShare, location: str, part: _Part, descriptor: bytes) -> None:
    """Set a part if this can be done; the server takes it out of the whole descriptor."""
    revision, padding, control, *places = _HEADER.unpack_from(descriptor)
    if control & _AUTO_INHERITED:
        control |= _AUTO_INHERIT_REQUESTED
    header = _HEADER.pack(revision, padding, control, *places)

    def change() -> None:
        with share.asking(location, part.access) as file:
            file.set_info(*_SECURITY, header + descriptor[_HEADER.size :], part.flag)

    _tried(change)


def _different(wanted: bytes | None, found: bytes | None) -> list[_Part]:
    """The parts in which two descriptors differ; all, if one is not known."""
    if wanted is None or found is None:
        return list(_PARTS)
    return [part for part in _PARTS if _entries(part, wanted) != _entries(part, found)]


def _entries(part: _Part, descriptor: bytes) -> list[bytes] | None:
    """An account (SID), or the entries of a list of rights (ACL), each once; None if there is none.

    Samba names an account twice where it lists the bits of a mode beside an ACL.
    Source: MS-DTYP 2.4.2.2, 2.4.4.1, 2.4.5.
    """
    start = _HEADER.unpack_from(descriptor)[part.place]
    if not start:
        return None
    if part is not _ACL:
        return [descriptor[start : start + 8 + 4 * descriptor[start + 1]]]
    entries = []
    place = start + 8
    for _ in range(int.from_bytes(descriptor[start + 4 : start + 6], "little")):
        size_bytes = int.from_bytes(descriptor[place + 2 : place + 4], "little")
        entries.append(descriptor[place : place + size_bytes])
        place += size_bytes
    return list(dict.fromkeys(entries))


def _tried(action: Callable[[], _T]) -> _T | None:
    """Its result; None where the server says no, since some keep no rights, or let nobody change.

    Raises:
        OSError: The connection is lost, or the disk is full.
    """
    try:
        return action()
    except OSError as err:
        if isinstance(err, ConnectionError) or err.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return None
