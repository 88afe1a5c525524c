"""Give a new file on Windows what people gave the old one: attributes, streams, ACL, owner.

Not kept: the read-only attribute (such a workbook is not replaced at all), compression, and
encryption, since a file that xlflow's account encrypts nobody else could open.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlflow.workbook.share.windows.calls import (
    ATTRIBUTE_ARCHIVE,
    ATTRIBUTE_COMPRESSED,
    ATTRIBUTE_ENCRYPTED,
    ATTRIBUTE_HIDDEN,
    ATTRIBUTE_NOT_CONTENT_INDEXED,
    ATTRIBUTE_SYSTEM,
    DACL,
    FILE_READ_ATTRIBUTES,
    GENERIC_READ,
    GENERIC_WRITE,
    GROUP,
    OWNER,
    SHARE_ALL,
    CallFailed,
    WindowsCalls,
    opened,
)
from xlflow.workbook.share.windows.errors import (
    ERROR_DISK_FULL,
    ERROR_DISK_QUOTA_EXCEEDED,
    ERROR_HANDLE_DISK_FULL,
    MISSING,
    UNSUPPORTED,
)

_KEPT = ATTRIBUTE_HIDDEN | ATTRIBUTE_SYSTEM | ATTRIBUTE_NOT_CONTENT_INDEXED
_NOT_GIVEN = {ATTRIBUTE_COMPRESSED: "compression", ATTRIBUTE_ENCRYPTED: "encryption"}
_FULL = {ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED}

# Bits of a security descriptor's control word (Microsoft Learn, "SECURITY_DESCRIPTOR_CONTROL")
_AUTO_INHERIT_REQUESTED = 0x0100
_AUTO_INHERITED = 0x0400
_CONTROL = slice(2, 4)
_PROTECTED = 0x1000
_OFFSET = {OWNER: slice(4, 8), GROUP: slice(8, 12), DACL: slice(16, 20)}
_PARTS = ((DACL, "acl"), (GROUP, "group"), (OWNER, "owner"))


def keep_rights(calls: WindowsCalls, new: str, handle: int, old: str) -> tuple[str, ...]:
    """Give the new file, open for writing as `handle`, what the old one has.

    Returns what could not be given: "attributes", "acl", "group", "owner", "compression",
    "encryption", names of streams. A drive that has no such things loses none.

    Raises:
        CallFailed: There is no room for the streams, or no old file.
    """
    # Streams first: the ACL may be one that does not let this account write them.
    return (
        *_keep_streams(calls, new, old),
        *_keep_attributes(calls, handle, old),
        *_keep_security(calls, new, old),
    )


def _keep_streams(calls: WindowsCalls, new: str, old: str) -> Iterator[str]:
    """Copy the named streams.

    Above all Zone.Identifier: without it, Excel would run the macros of a workbook from the
    Internet that it has blocked so far.
    """
    try:
        names = calls.streams(old)
    except CallFailed as err:
        if err.code in MISSING:
            raise
        if err.code not in UNSUPPORTED:  # FAT has none
            yield "streams"
        return
    for name in names:
        try:
            with opened(calls, f"{old}:{name}", GENERIC_READ, SHARE_ALL) as source:
                data = calls.read(source)
            with opened(calls, f"{new}:{name}", GENERIC_WRITE, SHARE_ALL, new=True) as target:
                calls.write(target, data)
        except CallFailed as err:
            if err.code in _FULL:
                raise
            yield name


def _keep_attributes(calls: WindowsCalls, handle: int, old: str) -> Iterator[str]:
    with opened(calls, old, FILE_READ_ATTRIBUTES, SHARE_ALL) as old_handle:
        before = calls.facts(old_handle)
    try:
        # what backups go by: new content is to be archived, whatever the old one's bit says
        attributes = before.attributes & _KEPT | ATTRIBUTE_ARCHIVE
        calls.set_facts(handle, attributes=attributes, created=before.created)
    except CallFailed:
        yield "attributes"
    missing = before.attributes & ~calls.facts(handle).attributes
    yield from (name for bit, name in _NOT_GIVEN.items() if missing & bit)


def _keep_security(calls: WindowsCalls, new: str, old: str) -> Iterator[str]:
    """Copy the ACL as it is, inherited entries included, then the group and the owner.

    The owner comes last, since only an owner may do the rest for sure.
    """
    try:
        wanted, present = calls.security(old), calls.security(new)
    except CallFailed as err:
        if err.code in MISSING:
            raise
        if err.code not in UNSUPPORTED:
            yield "acl"
        return
    for part, name in _PARTS:
        # most often the new file has inherited the same, and on many shares may be given nothing
        if part_of(wanted, part) == part_of(present, part):
            continue
        try:
            calls.set_security(new, part, inheriting(wanted))
        except CallFailed:
            yield name


def part_of(descriptor: bytes, part: int) -> bytes:
    """One part of a self-relative descriptor: a SID, or an ACL with its mark of protection.

    Source: Microsoft Learn, "[MS-DTYP] 2.4.6 SECURITY_DESCRIPTOR", "2.4.2.2 SID--Packet
    Representation", "2.4.5 ACL".
    """
    start = int.from_bytes(descriptor[_OFFSET[part]], "little")
    if part != DACL:
        length = 8 + 4 * descriptor[start + 1]
        return descriptor[start : start + length] if start else b""
    length = int.from_bytes(descriptor[start + 2 : start + 4], "little")
    protected = int.from_bytes(descriptor[_CONTROL], "little") & _PROTECTED
    acl = descriptor[start : start + length] if start else b""
    return acl + protected.to_bytes(2, "little")


def inheriting(descriptor: bytes) -> bytes:
    """The descriptor, asking that a DACL which inherits from its folder goes on doing so.

    Without the request, Windows drops the mark that the entries were inherited automatically.
    """
    control = int.from_bytes(descriptor[_CONTROL], "little")
    if control & _AUTO_INHERITED:
        control |= _AUTO_INHERIT_REQUESTED
    return descriptor[:2] + control.to_bytes(2, "little") + descriptor[4:]
