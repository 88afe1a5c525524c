"""What the host makes of Windows' answers, call by call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from workbook.ntfs import LI, WANG, File, Ntfs, Pc, Security, acl
from workbook.test_owner_files import excel_owner_file

from xlflow.workbook import share
from xlflow.workbook.share import (
    Placed,
    is_network_path,
    no_step,
    owner_files,
    prepare,
    prune_asides,
    put_in_place,
    snapshot,
    sync_folder,
)
from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.windows import errors as code
from xlflow.workbook.share.windows.calls import (
    ATTRIBUTE_ARCHIVE,
    ATTRIBUTE_COMPRESSED,
    ATTRIBUTE_ENCRYPTED,
    ATTRIBUTE_HIDDEN,
    ATTRIBUTE_NOT_CONTENT_INDEXED,
    ATTRIBUTE_READONLY,
    DACL,
    DELETE,
    FILE_WRITE_DATA,
    GENERIC_READ,
    GENERIC_WRITE,
    GROUP,
    OWNER,
    SHARE_ALL,
    SHARE_READ,
    SHARE_WRITE,
    CallFailed,
    FileFacts,
)
from xlflow.workbook.share.windows.host import WindowsHost, is_remote
from xlflow.workbook.share.windows.names import extended, plain
from xlflow.workbook.share.windows.structures import (
    basic_info,
    file_facts,
    rename_info,
    stream_name,
)

OLD, NEW = b"the old workbook", b"the new workbook"
FOLDER = r"\\nas\team"
WORKBOOK = FOLDER + r"\需求登记.xlsx"
READ_WRITE = GENERIC_READ | GENERIC_WRITE


@pytest.fixture
def drive() -> Ntfs:
    drive = Ntfs(FOLDER)
    drive.add(WORKBOOK, File(bytearray(OLD)))
    return drive


@pytest.fixture
def pc(drive: Ntfs) -> Pc:
    """The one that xlflow runs on."""
    return Pc(drive)


@pytest.fixture
def other(drive: Ntfs) -> Pc:
    """Another program, on this PC or another."""
    return Pc(drive)


@pytest.fixture
def host(pc: Pc) -> WindowsHost:
    return WindowsHost(pc, patience_seconds=0)


def commit(host: WindowsHost, now: datetime) -> Placed:
    intent = prepare(snapshot(WORKBOOK, now, host=host, patience_seconds=0), NEW, host=host)
    return put_in_place(intent, NEW, now, host=host)


# --- share modes


def test_a_workbook_that_excel_has_open_can_be_read_but_not_held(
    host: WindowsHost, other: Pc
) -> None:
    other.open(WORKBOOK, READ_WRITE, SHARE_READ)

    assert host.read(WORKBOOK) == OLD
    assert host.has_writer(WORKBOOK)
    with pytest.raises(HeldElsewhere), host.hold(WORKBOOK):
        pass


def test_nobody_may_write_while_the_workbook_is_read(
    drive: Ntfs, pc: Pc, host: WindowsHost, other: Pc
) -> None:
    refused = []

    def try_to_write(call: str) -> None:
        if call == "read":
            with pytest.raises(CallFailed):
                other.open(WORKBOOK, READ_WRITE, SHARE_ALL)
            refused.append(call)

    pc.before = try_to_write

    assert host.read(WORKBOOK) == OLD
    assert refused == ["read"]


def test_a_workbook_that_is_being_written_is_held_elsewhere(
    pc: Pc, host: WindowsHost, other: Pc
) -> None:
    writer = other.open(WORKBOOK, READ_WRITE, SHARE_ALL)
    pc.before = lambda call: other.write(writer, b"more") if call == "read" else None

    with pytest.raises(HeldElsewhere):
        host.read(WORKBOOK)


def test_while_the_workbook_is_held_nobody_can_open_it_and_its_holder_is_no_writer(
    drive: Ntfs, host: WindowsHost, other: Pc
) -> None:
    with host.hold(WORKBOOK) as held:
        assert held.read() == OLD
        assert host.has_writer(WORKBOOK) is False
        with pytest.raises(CallFailed):
            other.open(WORKBOOK, GENERIC_READ, SHARE_ALL)
        held.rename(FOLDER + r"\aside.bak", no_step)
    assert drive.names(FOLDER) == ["aside.bak"]
    other.open(FOLDER + r"\aside.bak", READ_WRITE, 0)


def test_after_the_hold_whoever_writes_is_a_writer_again(host: WindowsHost, other: Pc) -> None:
    with host.hold(WORKBOOK):
        pass
    other.open(WORKBOOK, READ_WRITE, SHARE_READ)

    assert host.has_writer(WORKBOOK)


def test_an_indexer_that_reads_for_a_moment_delays_the_hold(drive: Ntfs, pc: Pc, other: Pc) -> None:
    handles = [other.open(WORKBOOK, GENERIC_READ, SHARE_ALL)]
    attempts = []

    def third_time(call: str) -> None:
        attempts.append(call)
        if attempts.count("open") == 3 and handles:
            other.close(handles.pop())

    pc.before = third_time
    with WindowsHost(pc, patience_seconds=5).hold(WORKBOOK) as held:
        assert held.read() == OLD


@pytest.mark.parametrize("forbidden", ["rename", "remove"])
def test_a_virus_scanner_that_keeps_a_new_file_delays_its_rename_and_removal(
    drive: Ntfs, pc: Pc, other: Pc, forbidden: str
) -> None:
    handles = [other.open(WORKBOOK, GENERIC_READ, SHARE_READ | SHARE_WRITE)]
    attempts = []

    def second_time(call: str) -> None:
        attempts.append(call)
        if attempts.count(attempts[0]) == 2 and handles:
            other.close(handles.pop())

    pc.before = second_time
    host = WindowsHost(pc, patience_seconds=5)
    if forbidden == "rename":
        host.rename(WORKBOOK, FOLDER + r"\new.xlsx", no_step)
        assert drive.names(FOLDER) == ["new.xlsx"]
    else:
        host.remove(WORKBOOK, no_step)
        assert drive.names(FOLDER) == []


def test_a_file_that_is_being_deleted_is_busy_and_then_missing(
    host: WindowsHost, other: Pc
) -> None:
    reader = other.open(WORKBOOK, GENERIC_READ, SHARE_ALL)
    other.remove(WORKBOOK)

    with pytest.raises(HeldElsewhere):
        host.read(WORKBOOK)
    other.close(reader)
    with pytest.raises(FileNotFoundError):
        host.read(WORKBOOK)


def test_a_folder_is_made_once_and_no_file_is_taken_for_it(host: WindowsHost) -> None:
    folder = host.within(FOLDER, "archive")
    for _ in range(2):
        host.make_folder(folder)
        assert host.names(folder) == []
    with pytest.raises(FileExistsError):
        host.make_folder(WORKBOOK)
    with pytest.raises(FileNotFoundError):
        host.make_folder(host.within(host.within(FOLDER, "absent"), "archive"))


def test_removing_what_is_gone_is_fine(host: WindowsHost) -> None:
    host.remove(FOLDER + r"\gone.xlsx", no_step)


def test_an_aside_copy_that_somebody_looks_at_is_pruned_another_time(
    drive: Ntfs, host: WindowsHost, other: Pc, now: datetime
) -> None:
    placed = commit(host, now)
    reader = other.open(placed.aside, GENERIC_READ, SHARE_READ)
    later = now + timedelta(days=31)

    assert prune_asides(FOLDER, 30, later, host=host) == ()
    other.close(reader)
    assert prune_asides(FOLDER, 30, later, host=host) == (placed.aside,)


# --- owner files


@pytest.fixture
def owner(drive: Ntfs) -> File:
    """The owner file of Excel, in other case, as a server may list it."""
    file = File(bytearray(excel_owner_file("李娜")), written=drive.moment)
    drive.add(FOLDER + r"\~$需求登记.XLSX", file)
    return file


def filetime(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def test_who_has_the_workbook_open_in_excel_is_named(
    host: WindowsHost, other: Pc, owner: File, now: datetime
) -> None:
    owner.written = filetime(now - timedelta(hours=2))
    other.open(FOLDER + r"\~$需求登记.xlsx", READ_WRITE, SHARE_READ)
    other.open(WORKBOOK, READ_WRITE, SHARE_READ)

    (sign,) = owner_files(host, WORKBOOK, now)

    assert (sign.person, sign.since, sign.stale) == ("李娜", now - timedelta(hours=2), False)
    with pytest.raises(share.WorkbookOpen, match="李娜"):
        commit(host, now)


def test_an_owner_file_that_lets_nobody_read_it_is_a_sign_all_the_same(
    host: WindowsHost, other: Pc, owner: File, now: datetime
) -> None:
    owner.written = filetime(now - timedelta(hours=2))
    other.open(FOLDER + r"\~$需求登记.xlsx", READ_WRITE, 0)

    (sign,) = owner_files(host, WORKBOOK, now)

    assert (sign.person, sign.stale) == ("Excel", False)


def test_an_owner_file_that_a_crash_left_does_not_stop_the_commit(
    drive: Ntfs, host: WindowsHost, owner: File, now: datetime
) -> None:
    owner.written = filetime(now - timedelta(hours=2))

    commit(host, now)

    assert drive.content(WORKBOOK) == NEW


def test_whether_a_file_without_the_right_to_read_has_a_writer_is_unknown(
    drive: Ntfs, host: WindowsHost
) -> None:
    drive.find(WORKBOOK).denied = GENERIC_READ

    assert host.has_writer(WORKBOOK) is None


# --- rights


def test_attributes_creation_streams_and_acl_stay(
    drive: Ntfs, host: WindowsHost, now: datetime
) -> None:
    old = drive.find(WORKBOOK)
    old.attributes = ATTRIBUTE_HIDDEN | ATTRIBUTE_NOT_CONTENT_INDEXED
    old.created = 120_000_000_000_000_000
    old.streams["Zone.Identifier"] = File(bytearray(b"[ZoneTransfer]\r\nZoneId=3"))
    old.security = Security(WANG, LI, acl(b"who may do what"), 0x1400)

    placed = commit(host, now)

    new = drive.find(WORKBOOK)
    assert placed.lost == ()
    assert new is not old
    # new content is to be archived again
    assert new.attributes == old.attributes | ATTRIBUTE_ARCHIVE
    assert new.created == old.created
    assert new.streams["Zone.Identifier"].data == b"[ZoneTransfer]\r\nZoneId=3"
    assert new.security == old.security


def test_rights_that_the_account_may_not_give_are_told(
    drive: Ntfs, pc: Pc, host: WindowsHost, now: datetime
) -> None:
    old = drive.find(WORKBOOK)
    old.attributes |= ATTRIBUTE_ENCRYPTED | ATTRIBUTE_COMPRESSED
    old.security = Security(WANG, LI, acl(b"who may do what"))
    old.streams["notes"] = File(bytearray(b"of a Mac"), denied=GENERIC_READ)
    pc.forbidden = {OWNER, GROUP, DACL}

    placed = commit(host, now)

    assert set(placed.lost) == {"notes", "compression", "encryption", "acl", "group", "owner"}
    assert drive.content(WORKBOOK) == NEW


def test_what_the_new_file_inherits_by_itself_need_not_be_given(
    pc: Pc, host: WindowsHost, now: datetime
) -> None:
    """As on a share whose accounts may change files, but not their rights."""
    pc.forbidden = {OWNER, GROUP, DACL}

    assert commit(host, now).lost == ()


def test_an_acl_that_inherits_no_more_stays_so(
    drive: Ntfs, host: WindowsHost, now: datetime
) -> None:
    old = drive.find(WORKBOOK)
    old.security = replace(old.security, control=0x1400)

    assert commit(host, now).lost == ()
    assert drive.find(WORKBOOK).security == old.security


def test_a_drive_without_rights_and_streams_loses_none(
    pc: Pc, host: WindowsHost, now: datetime
) -> None:
    pc.failing = {
        "security": code.ERROR_NOT_SUPPORTED,
        "streams": code.ERROR_INVALID_PARAMETER,
    }

    assert commit(host, now).lost == ()


def test_rights_that_cannot_be_read_are_told(pc: Pc, host: WindowsHost, now: datetime) -> None:
    pc.failing = dict.fromkeys(("security", "streams", "set_facts"), code.ERROR_ACCESS_DENIED)

    assert commit(host, now).lost == ("streams", "attributes", "acl")


@pytest.mark.parametrize("call", ["streams", "security"])
def test_a_person_who_saves_while_rights_are_copied_keeps_the_edit(
    drive: Ntfs, pc: Pc, host: WindowsHost, now: datetime, call: str
) -> None:
    """The old file is gone for a moment, and then a new one has its name."""
    intent = prepare(snapshot(WORKBOOK, now, host=host), NEW, host=host)
    old = drive.find(WORKBOOK)

    def saving(this: str) -> None:
        if this == call:
            drive.forget(old)
        elif this == "attributes" and WORKBOOK not in [path for path, _ in drive.files.values()]:
            drive.add(WORKBOOK, File(bytearray(b"theirs")))

    pc.before = saving
    with pytest.raises(share.WorkbookChanged):
        put_in_place(intent, NEW, now, host=host)

    assert drive.content(WORKBOOK) == b"theirs"
    assert drive.names(FOLDER) == [r"需求登记.xlsx"]


# --- refusals


def test_a_write_protected_workbook_is_left_alone(
    drive: Ntfs, host: WindowsHost, now: datetime
) -> None:
    drive.find(WORKBOOK).attributes |= ATTRIBUTE_READONLY

    with pytest.raises(share.ShareReadOnly):
        commit(host, now)
    assert drive.names(FOLDER) == [r"需求登记.xlsx"]


@pytest.mark.parametrize("access", [FILE_WRITE_DATA, DELETE], ids=["write", "delete"])
def test_a_workbook_that_the_account_may_only_read_is_left_alone(
    drive: Ntfs, host: WindowsHost, now: datetime, access: int
) -> None:
    drive.find(WORKBOOK).denied = access

    with pytest.raises(share.ShareReadOnly):
        commit(host, now)
    assert drive.content(WORKBOOK) == OLD
    assert drive.names(FOLDER) == [r"需求登记.xlsx"]


def test_a_workbook_without_the_right_to_read_is_named(
    drive: Ntfs, host: WindowsHost, now: datetime
) -> None:
    drive.find(WORKBOOK).denied = GENERIC_READ

    with pytest.raises(share.WorkbookUnreadable):
        commit(host, now)


def test_a_folder_is_no_workbook(drive: Ntfs, host: WindowsHost, now: datetime) -> None:
    with pytest.raises(share.NoWorkbookFile):
        snapshot(FOLDER, now, host=host)


def test_a_workbook_on_a_drive_that_is_not_mapped_is_missing(
    host: WindowsHost, now: datetime
) -> None:
    with pytest.raises(share.WorkbookMissing):
        snapshot(r"Z:\登记.xlsx", now, host=host, patience_seconds=0)


@pytest.mark.parametrize(
    ("call", "number", "error"),
    [
        ("write", code.ERROR_DISK_FULL, share.DiskFull),
        ("write", code.ERROR_HANDLE_DISK_FULL, share.DiskFull),
        ("write", code.ERROR_DISK_QUOTA_EXCEEDED, share.DiskFull),
        ("flush", 1117, share.ShareUnreachable),  # ERROR_IO_DEVICE
        ("rename", code.ERROR_WRITE_PROTECT, share.ShareReadOnly),
        ("rename", code.ERROR_ACCESS_DENIED, share.ShareReadOnly),
        ("rename", code.ERROR_NOT_SUPPORTED, share.ShareUnfit),
        ("rename", code.ERROR_SHARING_VIOLATION, share.WorkbookOpen),
        ("read", code.ERROR_LOCK_VIOLATION, share.WorkbookOpen),
        ("read", 59, share.ShareUnreachable),  # ERROR_UNEXP_NET_ERR
        ("names", 53, share.ShareUnreachable),  # ERROR_BAD_NETPATH
        ("open", 64, share.ShareUnreachable),  # ERROR_NETNAME_DELETED
    ],
)
def test_what_windows_answers_becomes_what_a_person_reads(
    drive: Ntfs,
    pc: Pc,
    host: WindowsHost,
    now: datetime,
    call: str,
    number: int,
    error: type[share.ShareError],
) -> None:
    intent = prepare(snapshot(WORKBOOK, now, host=host), NEW, host=host)
    pc.failing = {call: number}

    with pytest.raises(error) as refusal:
        put_in_place(intent, NEW, now, host=host)

    if isinstance(refusal.value, share.ShareUnreachable):
        assert f"error {number}" in refusal.value.message("en")
    assert drive.content(WORKBOOK) == OLD


# --- names and places


@pytest.mark.parametrize(
    ("path", "long"),
    [
        (r"C:\work\登记.xlsx", r"\\?\C:\work\登记.xlsx"),
        (r"\\nas\team\登记.xlsx", r"\\?\UNC\nas\team\登记.xlsx"),
    ],
)
def test_each_path_has_a_form_without_the_limit_of_260_characters(path: str, long: str) -> None:
    assert extended(path) == extended(long) == long
    assert plain(long) == plain(path) == path


@pytest.mark.parametrize(
    ("location", "folder", "name"),
    [
        (r"C:\登记.xlsx", "C:\\", "登记.xlsx"),
        (r"Z:\team\登记.xlsx", r"Z:\team", "登记.xlsx"),
        (r"\\nas\team\登记.xlsx", "\\\\nas\\team\\", "登记.xlsx"),
        (r"\\nas\team\a b\登记.xlsx", r"\\nas\team\a b", "登记.xlsx"),
    ],
)
def test_a_location_is_taken_apart_and_put_together(
    host: WindowsHost, location: str, folder: str, name: str
) -> None:
    assert host.split(location) == (folder, name)
    assert host.within(folder, name) == location


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"Z:\xlflow\ledger.sqlite3", True),
        (r"\\nas\team\ledger.sqlite3", True),
        (r"\\?\UNC\nas\team\ledger.sqlite3", True),
        (r"C:\xlflow\ledger.sqlite3", False),
        (r"\\?\C:\xlflow\ledger.sqlite3", False),
    ],
)
def test_a_mapped_drive_and_a_share_are_network_paths(pc: Pc, path: str, expected: bool) -> None:
    pc.remote_drives = {"Z:\\"}

    assert is_remote(pc, path) is expected
    if not path.startswith("Z:"):
        assert is_network_path(path) is expected


ONEDRIVE = {"OneDriveCommercial": r"D:\Cloud\Contoso", "OneDrive": ""}


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (r"C:\Users\li\ONEDRIVE - Contoso\登记.xlsx", "ONEDRIVE - Contoso"),
        (r"c:\users\li\onedrive\登记.xlsx", "onedrive"),
        (r"d:\cloud\CONTOSO\team\登记.xlsx", "Contoso"),
        (r"D:\Cloud\登记.xlsx", None),
        (r"\\nas\team\OneDrive migration\登记.xlsx", None),
    ],
)
def test_a_folder_of_onedrive_is_recognised_in_any_case_and_by_the_environment(
    path: str, folder: str | None
) -> None:
    assert sync_folder(path, ONEDRIVE) == folder


# --- structures


def test_structures_are_laid_out_as_windows_has_them() -> None:
    # x64: BOOLEAN at 0, HANDLE at 8, length at 16, name at 20
    assert rename_info(r"\\?\C:\登") == (
        bytes(16) + (16).to_bytes(4, "little") + "\\\\?\\C:\\登\0".encode("utf-16-le")
    )
    assert basic_info(0x22, 1 << 56) == (1 << 56).to_bytes(8, "little") + bytes(24) + (
        b"\x22" + bytes(7)
    )
    information = b"".join(
        number.to_bytes(size, "little")
        for number, size in ((0x20, 4), (7, 8), (8, 8), (9, 8), (1, 4), (2, 4), (3, 4))
    ) + bytes(12)
    assert file_facts(information) == FileFacts(0x20, created=7, written=9, size=(2 << 32) + 3)


@pytest.mark.parametrize(
    ("text", "name"), [("::$DATA", None), (":Zone.Identifier:$DATA", "Zone.Identifier")]
)
def test_a_stream_is_listed_by_its_name(text: str, name: str | None) -> None:
    found = bytes(8) + (text + "\0").encode("utf-16-le")

    assert stream_name(found.ljust(600, b"\xee")) == name
