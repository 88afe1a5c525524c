from __future__ import annotations

import os
import socket
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clients.libreoffice import Office
from workbook.children import Step, with_room_for, without_rights
from workbook.test_owner_files import excel_owner_file

from xlflow.errors import EXIT_WORLD
from xlflow.languages import LANGUAGES, Language
from xlflow.workbook import share
from xlflow.workbook.share import Intent, prepare, put_in_place, recover, snapshot
from xlflow.workbook.share.posix import PosixHost

OLD, NEW, THEIRS = b"the old workbook", b"the new workbook", b"what a person saved"


@pytest.fixture(params=[True, False], ids=["renameat2", "link-unlink"])
def host(request: pytest.FixtureRequest) -> PosixHost:
    return PosixHost(exclusive_rename=request.param)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def intent(workbook: Path, now: datetime) -> Intent:
    return prepare(snapshot(workbook, now), NEW)


def at(name: str, action: Callable[[], object], time: int = 1) -> Step:
    """A step that lets `action` happen when the step called `name` comes for the `time`th time."""
    seen = 0

    def step(this: str) -> None:
        nonlocal seen
        seen += this == name
        if this == name and seen == time:
            action()

    return step


def save_by_rename(workbook: Path, data: bytes) -> None:
    saved = workbook.with_name("A1B2C3D4.tmp")
    saved.write_bytes(data)
    saved.replace(workbook)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- snapshot


def test_a_snapshot_holds_the_bytes_and_who_has_the_workbook_open(
    workbook: Path, now: datetime
) -> None:
    workbook.with_name("~$register.xlsx").write_bytes(excel_owner_file("Li Na"))
    os.utime(workbook.with_name("~$register.xlsx"), (now.timestamp(), now.timestamp()))

    taken = snapshot(workbook, now)

    assert (taken.data, taken.taken_at) == (OLD, now)
    assert taken.opened_by is not None
    assert taken.opened_by.person == "Li Na"


def test_a_link_to_the_workbook_is_followed(workbook: Path, now: datetime) -> None:
    link = workbook.with_name("link.xlsx")
    link.symlink_to(workbook)

    intent = prepare(snapshot(link, now), NEW)
    put_in_place(intent, NEW, now)

    assert link.is_symlink()
    assert workbook.read_bytes() == NEW


def test_a_snapshot_waits_while_excel_is_between_deleting_and_renaming(
    workbook: Path, now: datetime
) -> None:
    saving = workbook.rename(workbook.with_name("A1B2C3D4.tmp"))
    back = threading.Timer(0.2, lambda: saving.rename(workbook))
    back.start()

    assert snapshot(workbook, now).data == OLD
    back.join()


def test_a_missing_workbook_is_named(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(share.WorkbookMissing) as error:
        snapshot(tmp_path / "register.xlsx", now, patience_seconds=0)

    assert str(tmp_path / "register.xlsx") in error.value.message("en")
    assert error.value.exit_code == EXIT_WORLD


# --- commit


def test_a_commit_puts_the_new_bytes_in_place_and_keeps_the_old(
    workbook: Path, intent: Intent, now: datetime, host: PosixHost
) -> None:
    placed = put_in_place(intent, NEW, now, host=host)

    assert workbook.read_bytes() == NEW
    assert Path(placed.aside).read_bytes() == OLD
    assert names(workbook.parent) == {"register.xlsx", Path(intent.aside).name}


def test_an_intent_survives_the_journal(intent: Intent) -> None:
    assert Intent(**asdict(intent)) == intent


def test_the_same_bytes_are_nothing_to_commit(workbook: Path, now: datetime) -> None:
    with pytest.raises(ValueError, match="nothing to commit"):
        prepare(snapshot(workbook, now), OLD)


def test_other_bytes_than_those_of_the_intent_are_refused(intent: Intent, now: datetime) -> None:
    with pytest.raises(ValueError, match="intent"):
        put_in_place(intent, b"something else", now)


@pytest.mark.parametrize("moment", ["before", "flush temporary", "rename"])
def test_an_owner_file_stops_the_commit_whenever_it_appears(
    workbook: Path, intent: Intent, now: datetime, host: PosixHost, moment: str
) -> None:
    owner = workbook.with_name("~$register.xlsx")

    def open_in_excel() -> None:
        owner.write_bytes(excel_owner_file("李娜"))

    if moment == "before":
        open_in_excel()
    with pytest.raises(share.WorkbookOpen) as error:
        put_in_place(intent, NEW, now, host=host, step=at(moment, open_in_excel))

    assert error.value.by == "李娜"
    assert "李娜" in error.value.message("zh-Hans")
    assert workbook.read_bytes() == OLD
    assert names(workbook.parent) == {"register.xlsx", "~$register.xlsx"}


@pytest.mark.parametrize("moment", ["before", "rename"])
def test_a_program_that_has_the_workbook_open_for_writing_stops_the_commit(
    workbook: Path, intent: Intent, now: datetime, host: PosixHost, moment: str
) -> None:
    opened = [workbook.open("r+b")] if moment == "before" else []

    with pytest.raises(share.WorkbookOpen) as error:
        put_in_place(
            intent,
            NEW,
            now,
            host=host,
            step=at(moment, lambda: opened.append(workbook.open("r+b"))),
        )
    opened[0].write(THEIRS)
    opened[0].close()

    assert error.value.by is None
    assert workbook.read_bytes().startswith(THEIRS)


def test_a_reader_does_not_stop_the_commit(workbook: Path, intent: Intent, now: datetime) -> None:
    with workbook.open("rb") as reader:
        put_in_place(intent, NEW, now)
        assert reader.read() == OLD
    assert workbook.read_bytes() == NEW


@pytest.mark.parametrize(
    "moment", ["create temporary", "flush temporary", "flush folder", "rename"]
)
def test_a_person_who_saves_before_the_workbook_is_aside_keeps_the_edit(
    workbook: Path, intent: Intent, now: datetime, host: PosixHost, moment: str
) -> None:
    with pytest.raises(share.WorkbookChanged):
        put_in_place(
            intent, NEW, now, host=host, step=at(moment, lambda: save_by_rename(workbook, THEIRS))
        )

    assert workbook.read_bytes() == THEIRS
    assert names(workbook.parent) <= {"register.xlsx", Path(intent.aside).name}


def test_a_person_who_saves_into_the_gap_keeps_the_edit(
    workbook: Path, intent: Intent, now: datetime, host: PosixHost
) -> None:
    with pytest.raises(share.WorkbookChanged):
        put_in_place(
            intent,
            NEW,
            now,
            host=host,
            step=at("rename", lambda: save_by_rename(workbook, THEIRS), time=2),
        )

    assert workbook.read_bytes() == THEIRS
    assert Path(intent.aside).read_bytes() == OLD
    assert not Path(intent.temporary).exists()


def test_two_persons_saves_that_meet_are_both_kept_and_told(
    workbook: Path, intent: Intent, now: datetime
) -> None:
    def one_and_another() -> None:
        if not first:
            first.append(save_by_rename(workbook, b"first"))  # is taken aside
        else:
            save_by_rename(workbook, b"second")  # comes before it is put back

    first: list[None] = []

    def step(name: str) -> None:
        if name == "rename":
            one_and_another()

    with pytest.raises(share.WorkbookKeptTwice) as error:
        put_in_place(intent, NEW, now, step=step)

    kept = Path(error.value.kept)
    assert workbook.read_bytes() == b"second"
    assert kept.read_bytes() == b"first"
    assert kept.name == f"register (xlflow {intent.id}).xlsx"
    assert str(kept) in error.value.message("zh-Hant")


def test_a_workbook_that_is_moved_away_meanwhile_is_not_put_back(
    workbook: Path, intent: Intent, now: datetime
) -> None:
    def move() -> None:
        workbook.rename(workbook.with_name("moved.xlsx"))

    with pytest.raises(share.WorkbookChanged):
        put_in_place(intent, NEW, now, step=at("flush temporary", move))

    assert workbook.with_name("moved.xlsx").read_bytes() == OLD
    assert not workbook.exists()


# --- rights


def test_mode_owner_and_attributes_stay(workbook: Path, intent: Intent, now: datetime) -> None:
    workbook.chmod(0o664)
    os.setxattr(workbook, "user.department", "市场部".encode())
    if os.geteuid() == 0:
        os.chown(workbook, 1234, 2345)
    before = workbook.stat()

    placed = put_in_place(intent, NEW, now)

    after = workbook.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert os.getxattr(workbook, "user.department").decode() == "市场部"
    assert placed.lost == ()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other accounts may enter (pytest's own they may not)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def expect_read_only(workbook: Path, now: datetime) -> None:
    intent = prepare(snapshot(workbook, now), NEW)
    with pytest.raises(share.ShareReadOnly):
        put_in_place(intent, NEW, now)


def expect_unreadable(workbook: Path, now: datetime) -> None:
    with pytest.raises(share.WorkbookUnreadable):
        snapshot(workbook, now)


def expect_lost_owner(workbook: Path, now: datetime) -> None:
    placed = put_in_place(prepare(snapshot(workbook, now), NEW), NEW, now)
    assert placed.lost == ("group", "owner")


def test_a_folder_without_the_right_to_write_is_named_and_left_alone(
    public_folder: Path, now: datetime
) -> None:
    workbook = public_folder / "register.xlsx"
    workbook.write_bytes(OLD)
    public_folder.chmod(0o555)

    without_rights(expect_read_only, workbook, now)

    assert workbook.read_bytes() == OLD
    assert names(public_folder) == {"register.xlsx"}


def test_a_write_protected_workbook_is_left_alone(public_folder: Path, now: datetime) -> None:
    workbook = public_folder / "register.xlsx"
    workbook.write_bytes(OLD)
    workbook.chmod(0o444)
    public_folder.chmod(0o777)

    without_rights(expect_read_only, workbook, now)

    assert workbook.read_bytes() == OLD
    assert names(public_folder) == {"register.xlsx"}


def test_a_workbook_without_the_right_to_read_is_named(public_folder: Path, now: datetime) -> None:
    workbook = public_folder / "register.xlsx"
    workbook.write_bytes(OLD)
    workbook.chmod(0o000)

    without_rights(expect_unreadable, workbook, now)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
def test_rights_that_the_account_may_not_give_are_told(public_folder: Path, now: datetime) -> None:
    workbook = public_folder / "register.xlsx"
    workbook.write_bytes(OLD)
    workbook.chmod(0o666)
    public_folder.chmod(0o777)

    without_rights(expect_lost_owner, workbook, now)

    assert workbook.read_bytes() == NEW
    assert stat.S_IMODE(workbook.stat().st_mode) == 0o666


def expect_full(workbook: Path, now: datetime) -> None:
    large = bytes(3 << 20)
    intent = prepare(snapshot(workbook, now), large)
    with pytest.raises(share.DiskFull):
        put_in_place(intent, large, now)


def test_a_full_disk_changes_nothing_and_leaves_nothing(workbook: Path, now: datetime) -> None:
    with_room_for(2 << 20, expect_full, workbook, now)

    assert workbook.read_bytes() == OLD
    assert names(workbook.parent) == {"register.xlsx"}


# --- recovery and tidying up


def test_settling_what_never_began_changes_nothing(workbook: Path, intent: Intent) -> None:
    assert recover(intent).state == "undone"
    assert names(workbook.parent) == {"register.xlsx"}


def test_settling_what_was_done_says_so_as_often_as_asked(intent: Intent, now: datetime) -> None:
    put_in_place(intent, NEW, now)

    assert [recover(intent).state for _ in range(3)] == ["done"] * 3


def test_settling_sees_that_somebody_has_saved_since(
    workbook: Path, intent: Intent, now: datetime
) -> None:
    put_in_place(intent, NEW, now)
    save_by_rename(workbook, THEIRS)

    assert recover(intent).state == "changed"
    assert workbook.read_bytes() == THEIRS


def test_settling_touches_nothing_when_the_workbook_was_moved_away(
    workbook: Path, intent: Intent
) -> None:
    workbook.rename(workbook.with_name("moved.xlsx"))

    with pytest.raises(share.WorkbookMissing):
        recover(intent, patience_seconds=0.1)
    assert names(workbook.parent) == {"moved.xlsx"}


def test_settling_waits_for_a_person_who_is_saving_before_it_puts_the_old_one_back(
    workbook: Path, intent: Intent, now: datetime
) -> None:
    put_in_place(intent, NEW, now)
    workbook.unlink()
    saved = threading.Timer(0.2, lambda: save_by_rename(workbook, THEIRS))
    saved.start()

    assert recover(intent).state == "changed"
    saved.join()
    workbook.unlink()
    assert recover(intent, patience_seconds=0.1).state == "undone"
    assert workbook.read_bytes() == OLD


def test_a_temporary_that_somebody_cleans_away_costs_nobody_the_workbook(
    workbook: Path, intent: Intent, now: datetime, host: PosixHost
) -> None:
    with pytest.raises(share.ShareError):
        put_in_place(intent, NEW, now, host=host, step=at("rename", Path(intent.temporary).unlink))

    assert workbook.read_bytes() == OLD
    assert names(workbook.parent) == {"register.xlsx"}


def test_asides_are_removed_after_their_days_unless_an_open_intent_names_them(
    workbook: Path, now: datetime
) -> None:
    intents = []
    for days_ago, data in ((40, b"first"), (35, b"second"), (5, b"third")):
        taken = replace(snapshot(workbook, now), taken_at=now - timedelta(days=days_ago))
        intents.append(prepare(taken, data))
        put_in_place(intents[-1], data, now)
    workbook.with_name(".xlflow-notes.bak").write_text("not of a commit", encoding="utf-8")
    _, needed, recent = intents

    removed = share.prune_asides(str(workbook.parent), 30, now, keep={needed.aside})

    assert removed == (intents[0].aside,)
    assert names(workbook.parent) == {
        "register.xlsx",
        ".xlflow-notes.bak",
        Path(needed.aside).name,
        Path(recent.aside).name,
    }


# --- places


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//nas/team /mnt/team\\040share cifs rw 0 0
nas:/export /mnt/nfs nfs4 rw 0 0
/dev/sdb1 /mnt/nfs/local ext4 rw 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
/dev/sdc1 /mnt/usb fuseblk rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/mnt/team share/xlflow/ledger.sqlite3", True),
        ("/mnt/team shared elsewhere/ledger.sqlite3", False),
        ("/mnt/nfs/ledger.sqlite3", True),
        ("/mnt/nfs/local/ledger.sqlite3", False),
        ("/mnt/ssh/ledger.sqlite3", True),
        ("/mnt/usb/ledger.sqlite3", False),
        ("/srv/ledger.sqlite3", False),
        ("//nas/team/ledger.sqlite3", True),
    ],
)
def test_a_network_path_is_told_from_a_local_one(path: str, expected: bool) -> None:
    assert share.is_network_path(path, MOUNTS) is expected


def test_this_machines_own_disk_is_local(tmp_path: Path) -> None:
    assert not share.is_network_path(tmp_path / "not" / "yet" / "there")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("OneDrive - Contoso", "OneDrive - Contoso"),
        ("OneDrive", "OneDrive"),
        ("Library/CloudStorage/OneDrive-Contoso", "OneDrive-Contoso"),
        ("OneDrive migration", None),
        ("OneDrive-old", None),
    ],
)
def test_a_folder_of_onedrive_is_recognised(
    tmp_path: Path, folder: str, expected: str | None
) -> None:
    assert share.sync_folder(tmp_path / folder / "register.xlsx") == expected


def test_a_workbook_in_a_sync_folder_is_not_committed(tmp_path: Path, now: datetime) -> None:
    workbook = tmp_path / "OneDrive - Contoso" / "register.xlsx"
    workbook.parent.mkdir()
    workbook.write_bytes(OLD)

    with pytest.raises(share.SyncFolder) as error:
        prepare(snapshot(workbook, now), NEW)
    assert error.value.folder == "OneDrive - Contoso"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_says_where(language: Language) -> None:
    since = datetime(2024, 3, 15, 9, 30, tzinfo=UTC)
    errors = [
        share.WorkbookOpen("W.xlsx", by="李娜 (PC-07)", since=since),
        share.WorkbookOpen("W.xlsx"),
        share.WorkbookChanged("W.xlsx"),
        share.WorkbookKeptTwice("W.xlsx", kept="W (xlflow 1).xlsx"),
        share.WorkbookMissing("W.xlsx"),
        share.WorkbookUnreadable("W.xlsx"),
        share.ShareReadOnly("W.xlsx"),
        share.DiskFull("W.xlsx"),
        share.ShareUnreachable("W.xlsx", "Host is down"),
        share.ShareUnfit("W.xlsx"),
        share.SyncFolder("W.xlsx", folder="OneDrive"),
    ]
    texts = [error.message(language) for error in errors]

    assert all("W.xlsx" in text for text in texts)
    assert len(set(texts)) == len(texts)
    assert "2024-03-15 09:30" in texts[0]


# --- a real office


def test_a_workbook_that_libreoffice_has_open_is_not_committed(
    soffice: Office, tmp_path: Path, now: datetime
) -> None:
    workbook = tmp_path / "register.xlsx"
    with soffice.new() as book:
        book.save_as(workbook)
    old = workbook.read_bytes()
    intent = prepare(snapshot(workbook, now), NEW)

    with soffice.open(workbook), pytest.raises(share.WorkbookOpen) as error:
        put_in_place(intent, NEW, now)

    assert workbook.read_bytes() == old
    assert socket.gethostname() in error.value.by


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_told_at_once(
    tmp_path: Path, now: datetime, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "register.xlsx"
    make(path)
    with pytest.raises(share.NoWorkbookFile, match=r"xlflow\.toml"):
        snapshot(path, now)
