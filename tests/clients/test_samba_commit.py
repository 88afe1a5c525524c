"""The commit protocol on a real Samba: what people do there, and what the server refuses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from clients.samba_person import Person
from clients.samba_server import LI, READ_ONLY, Place, SambaServer, id_of
from smbprotocol.exceptions import SMBOSError
from smbprotocol.header import NtStatus
from workbook.test_owner_files import age, excel_owner_file
from workbook.test_share import at

from xlflow.workbook import share
from xlflow.workbook.share import Intent, Placed, prepare, put_in_place, recover, snapshot
from xlflow.workbook.share.host import Step, no_step
from xlflow.workbook.share.intent import kept_name
from xlflow.workbook.share.smb.errors import OtherShare
from xlflow.workbook.share.smb.file import SmbFile
from xlflow.workbook.share.smb.host import SmbHost

OLD, NEW, THEIRS = b"the old workbook", b"the new workbook", b"what a person saved"
NAME = "登记 #1 100%.xlsx"

Opens = Callable[[Person, str], AbstractContextManager[object]]


@pytest.fixture
def place(samba: SambaServer) -> Place:
    """A folder with a workbook that everybody may change."""
    place = samba.place()
    place.path(NAME).write_bytes(OLD)
    place.path(NAME).chmod(0o666)
    return place


def intent_of(place: Place, host: SmbHost, now: datetime, data: bytes = NEW) -> Intent:
    return prepare(snapshot(place.location(NAME), now, host=host), data, host=host)


def commit(place: Place, now: datetime, step: Step = no_step, data: bytes = NEW) -> Placed:
    with place.host() as host:
        intent = intent_of(place, host, now, data)
        return put_in_place(intent, data, now, host=host, step=step)


# --- nobody in the way


def test_a_folder_is_made_once_and_no_file_is_taken_for_it(place: Place) -> None:
    with place.host() as host:
        for _ in range(2):
            host.make_folder(place.location("archive"))
            assert host.names(place.location("archive")) == []
        with pytest.raises(NotADirectoryError):
            host.make_folder(place.location(NAME))
    assert place.path("archive").is_dir()


def test_a_commit_puts_the_new_bytes_in_place_and_keeps_the_old(
    place: Place, now: datetime
) -> None:
    placed = commit(place, now)

    assert placed.path == place.location(NAME)
    aside = placed.aside.rpartition("/")[2]
    assert place.names() == {NAME, aside}
    assert (place.path(NAME).read_bytes(), place.path(aside).read_bytes()) == (NEW, OLD)


def test_a_workbook_of_several_megabytes_arrives_whole(place: Place, now: datetime) -> None:
    large = os.urandom(5_000_000)

    commit(place, now, data=large)

    assert place.path(NAME).read_bytes() == large
    with place.host() as host:
        assert snapshot(place.location(NAME), now, host=host).data == large


def test_a_workbook_at_the_top_of_a_share_is_replaced_too(place: Place, now: datetime) -> None:
    top = replace(place, name=".")
    shutil.copy(place.path(NAME), top.path("top.xlsx"))
    top.path("top.xlsx").chmod(0o666)

    with top.host() as host:
        location = host.locate(top.location("top.xlsx"))
        assert location == f"smb://127.0.0.1:{top.port}/{top.share}/top.xlsx"
        intent = prepare(snapshot(location, now, host=host), NEW, host=host)
        put_in_place(intent, NEW, now, host=host)

    assert top.path("top.xlsx").read_bytes() == NEW


def test_an_address_from_a_browser_names_the_same_workbook(place: Place, now: datetime) -> None:
    address = place.location("%E7%99%BB%E8%AE%B0%20%231%20100%25.xlsx").replace(" ", "%20")
    with place.host() as host:
        assert snapshot(address, now, host=host).path == place.location(NAME)


def test_what_lies_there_is_told_by_name_size_and_time(place: Place) -> None:
    os.utime(place.path(NAME), (1_700_000_000, 1_700_000_000))
    with place.host() as host:
        folder, name = host.split(place.location(NAME))
        assert (name, host.names(folder)) == (NAME, [NAME])
        assert host.size(place.location(NAME)) == len(OLD)
        assert host.modified_at(place.location(NAME)).timestamp() == 1_700_000_000


def test_old_copies_are_removed_by_their_age(place: Place, now: datetime) -> None:
    aside = commit(place, now - timedelta(days=40)).aside
    with place.host() as host:
        folder, _ = host.split(aside)
        assert share.prune_asides(folder, 30, now, host=host) == (aside,)
        host.remove(aside, no_step)  # gone already
    assert place.names() == {NAME}


def test_a_server_is_no_place_for_a_ledger_nor_a_folder_of_onedrive_for_a_commit(
    place: Place, now: datetime
) -> None:
    assert share.is_network_path(place.location("ledger.sqlite3"))
    inside = place.path("OneDrive - Contoso")
    inside.mkdir()
    (inside / NAME).write_bytes(OLD)

    with place.host() as host, pytest.raises(share.SyncFolder):
        prepare(snapshot(place.location(f"{inside.name}/{NAME}"), now, host=host), NEW, host=host)


# --- people who have it open


def test_a_workbook_that_excel_has_open_is_read_but_not_replaced(
    place: Place, now: datetime
) -> None:
    with place.host() as host, Person(place) as li, li.opens(NAME):
        place.path(f"~${NAME}").write_bytes(excel_owner_file("李娜"))
        taken = snapshot(place.location(NAME), now, host=host)
        with pytest.raises(share.WorkbookOpen) as error:
            put_in_place(prepare(taken, NEW, host=host), NEW, now, host=host)

    assert taken.data == OLD
    assert taken.opened_by is not None
    assert taken.opened_by.person == error.value.by == "李娜"
    assert place.path(NAME).read_bytes() == OLD
    assert place.names() == {NAME, f"~${NAME}"}


@pytest.mark.parametrize("opens", [Person.opens, Person.opens_to_rewrite, Person.looks_at])
@pytest.mark.parametrize("moment", ["before", "flush temporary"])
def test_who_has_it_open_without_an_owner_file_stops_the_commit(
    place: Place, now: datetime, moment: str, opens: Opens
) -> None:
    with ExitStack() as opened, Person(place) as li:

        def open_it() -> None:
            opened.enter_context(opens(li, NAME))

        if moment == "before":
            open_it()
        with pytest.raises(share.WorkbookOpen):
            commit(place, now, at(moment, open_it))

    assert place.path(NAME).read_bytes() == OLD
    assert place.names() == {NAME}


@pytest.mark.parametrize("opens", [Person.opens, Person.opens_to_rewrite, Person.looks_at])
def test_while_it_is_renamed_aside_nobody_can_open_it(
    place: Place, now: datetime, opens: Opens
) -> None:
    with Person(place) as li:

        def try_to_open() -> None:
            with pytest.raises(SMBOSError) as error, opens(li, NAME):
                pass
            assert error.value.ntstatus == NtStatus.STATUS_SHARING_VIOLATION

        commit(place, now, at("rename", try_to_open))

    assert place.path(NAME).read_bytes() == NEW


@pytest.mark.parametrize(
    ("name", "data", "person"),
    [
        (f"~${NAME}", excel_owner_file("李娜"), "李娜"),
        (f".~lock.{NAME}#", "李娜,li,PC-07,18.03.2026 09:50,;".encode(), "李娜 (PC-07)"),
        (f".~{NAME}", excel_owner_file("Wang Wei"), "Wang Wei"),
    ],
    ids=["Excel", "LibreOffice", "WPS"],
)
def test_the_sign_of_each_program_names_the_person(
    place: Place, now: datetime, name: str, data: bytes, person: str
) -> None:
    place.path(name).write_bytes(data)
    with place.host() as host, pytest.raises(share.WorkbookOpen) as error:
        share.refuse_if_open(place.location(NAME), now, host=host)
    assert error.value.by == person


def test_an_owner_file_that_is_left_from_a_crash_stops_nobody(place: Place, now: datetime) -> None:
    place.path(f"~${NAME}").write_bytes(excel_owner_file("Li Na"))
    age(place.path(f"~${NAME}"), now, 40)

    commit(place, now)

    assert place.path(NAME).read_bytes() == NEW


@pytest.mark.parametrize("held", [NAME, f"~${NAME}"])
def test_an_old_owner_file_counts_as_long_as_excel_runs(
    place: Place, now: datetime, held: str
) -> None:
    place.path(f"~${NAME}").write_bytes(excel_owner_file("Li Na"))
    place.path(f"~${NAME}").chmod(0o666)
    age(place.path(f"~${NAME}"), now, 40)

    with Person(place) as li, li.opens(held), pytest.raises(share.WorkbookOpen) as error:
        commit(place, now)

    assert error.value.by == "Li Na"


def test_an_owner_file_that_excel_lets_nobody_read_still_counts(
    place: Place, now: datetime
) -> None:
    with Person(place) as li:
        li.writes(f"~${NAME}", excel_owner_file("Li Na"))
        with li.keeps(f"~${NAME}"), pytest.raises(share.WorkbookOpen) as error:
            commit(place, now)

    assert error.value.by == "Excel"


def test_an_owner_file_that_the_server_shows_to_nobody_else_still_counts(
    place: Place, now: datetime
) -> None:
    place.path(f"~${NAME}").write_bytes(excel_owner_file("Li Na"))
    place.path(f"~${NAME}").chmod(0o600)

    with pytest.raises(share.WorkbookOpen) as error:
        commit(place, now)

    assert (error.value.by, error.value.since) == ("Excel", now)


def test_a_workbook_that_is_being_rewritten_is_waited_for(
    place: Place, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place.host() as host, Person(place) as li, li.opens_to_rewrite(NAME) as file:
        read = SmbFile.read

        def read_while_li_writes(opened: SmbFile) -> bytes:
            data = read(opened)
            file.seek(0)
            file.write(os.urandom(8))
            return data

        with monkeypatch.context() as busy:
            busy.setattr(SmbFile, "read", read_while_li_writes)
            with pytest.raises(share.WorkbookOpen):
                snapshot(place.location(NAME), now, host=host, patience_seconds=0.1)

        taken = snapshot(place.location(NAME), now, host=host)
    assert taken.data == place.path(NAME).read_bytes()


def test_a_workbook_that_is_gone_once_its_last_reader_closes_it_is_in_use(
    place: Place, now: datetime
) -> None:
    with place.host() as host, Person(place) as li, Person(place) as wang:
        with wang.looks_at(NAME):
            li.removes(NAME)
            with pytest.raises(share.WorkbookOpen):
                snapshot(place.location(NAME), now, host=host, patience_seconds=0)
        with pytest.raises(share.WorkbookMissing):
            snapshot(place.location(NAME), now, host=host, patience_seconds=0)


# --- people who save

SAVES = [Person.saves_as_excel, Person.saves_as_libreoffice]
Saves = Callable[[Person, str, bytes], None]


@pytest.mark.parametrize("save", SAVES)
@pytest.mark.parametrize("moment", ["create temporary", "keep rights", "flush folder"])
def test_a_person_who_saves_before_the_workbook_is_held_keeps_the_edit(
    place: Place, now: datetime, moment: str, save: Saves
) -> None:
    with Person(place) as li, pytest.raises(share.WorkbookChanged):
        commit(place, now, at(moment, lambda: save(li, NAME, THEIRS)))

    assert place.path(NAME).read_bytes() == THEIRS
    assert place.names() == {NAME}


def test_a_save_by_deleting_is_kept_off_while_the_workbook_is_held(
    place: Place, now: datetime
) -> None:
    with Person(place) as li:

        def try_to_save() -> None:
            with pytest.raises(SMBOSError) as error:
                li.saves_as_excel(NAME, THEIRS)
            assert error.value.ntstatus == NtStatus.STATUS_SHARING_VIOLATION

        commit(place, now, at("rename", try_to_save))
        assert place.path(NAME).read_bytes() == NEW
        li.saves_as_excel(NAME, THEIRS)

    assert place.path(NAME).read_bytes() == THEIRS


def test_a_save_by_renaming_over_a_held_workbook_is_not_taken_for_the_base(
    place: Place, now: datetime
) -> None:
    """Samba lets nobody open a held file, but lets everybody rename another one over it."""
    with Person(place) as li, pytest.raises(share.WorkbookChanged):
        commit(place, now, at("rename", lambda: li.saves_as_libreoffice(NAME, THEIRS)))

    assert place.path(NAME).read_bytes() == THEIRS
    assert place.names() == {NAME}


@pytest.mark.parametrize("save", SAVES)
def test_a_person_who_saves_into_the_gap_keeps_the_edit(
    place: Place, now: datetime, save: Saves
) -> None:
    with Person(place) as li, place.host() as host:
        intent = intent_of(place, host, now)
        with pytest.raises(share.WorkbookChanged):
            put_in_place(
                intent,
                NEW,
                now,
                host=host,
                step=at("rename", lambda: save(li, NAME, THEIRS), time=2),
            )

    assert place.path(NAME).read_bytes() == THEIRS
    assert place.names() == {NAME, intent.aside.rpartition("/")[2]}


def test_two_persons_saves_that_meet_are_both_kept_and_told(place: Place, now: datetime) -> None:
    with Person(place) as li, place.host() as host:
        intent = intent_of(place, host, now)
        saves = iter((b"first", b"second"))

        def step(name: str) -> None:
            if name == "rename" and (data := next(saves, None)):
                li.saves_as_libreoffice(NAME, data)

        with pytest.raises(share.WorkbookKeptTwice) as error:
            put_in_place(intent, NEW, now, host=host, step=step)

    kept = kept_name(NAME, intent.id)
    assert error.value.kept == place.location(kept)
    assert place.path(NAME).read_bytes() == b"second"
    assert place.path(kept).read_bytes() == b"first"


# --- what the server refuses


def test_a_missing_workbook_and_a_missing_folder_are_named(place: Place, now: datetime) -> None:
    with place.host() as host:
        for name in ("other.xlsx", "no folder/register.xlsx"):
            with pytest.raises(share.WorkbookMissing):
                snapshot(place.location(name), now, host=host, patience_seconds=0)


def test_a_folder_is_no_workbook(place: Place, now: datetime) -> None:
    place.path("folder.xlsx").mkdir()
    with place.host() as host, pytest.raises(share.NoWorkbookFile):
        snapshot(place.location("folder.xlsx"), now, host=host)


def test_a_workbook_without_the_right_to_read_is_named(place: Place, now: datetime) -> None:
    place.path(NAME).chmod(0o600)
    with place.host() as host, pytest.raises(share.WorkbookUnreadable):
        snapshot(place.location(NAME), now, host=host)


def test_a_share_that_may_only_be_read_is_left_alone(samba: SambaServer, now: datetime) -> None:
    place = samba.place(READ_ONLY)
    place.path(NAME).write_bytes(OLD)
    with pytest.raises(share.ShareReadOnly):
        commit(place, now)
    assert place.names() == {NAME}


def test_a_folder_that_may_only_be_read_is_left_alone(place: Place, now: datetime) -> None:
    place.folder.chmod(0o555)
    with pytest.raises(share.ShareReadOnly):
        commit(place, now)
    assert place.names() == {NAME}


def test_a_workbook_that_may_only_be_read_is_left_alone(place: Place, now: datetime) -> None:
    place.path(NAME).chmod(0o644)
    with pytest.raises(share.ShareReadOnly):
        commit(place, now)
    assert place.path(NAME).read_bytes() == OLD
    assert place.names() == {NAME}


def test_a_workbook_that_is_write_protected_is_left_alone(place: Place, now: datetime) -> None:
    os.chown(place.path(NAME), *id_of(LI))  # Samba lets the owner alone protect a file
    place.shell(f'setmode "{NAME}" +r', user=LI)
    with pytest.raises(share.ShareReadOnly):
        commit(place, now)
    assert place.names() == {NAME}


def test_a_full_disk_changes_nothing_and_leaves_nothing(
    place: Place, samba: SambaServer, now: datetime
) -> None:
    with samba.with_room_for(2_000_000), pytest.raises(share.DiskFull):
        commit(place, now, data=bytes(3_000_000))
    assert place.path(NAME).read_bytes() == OLD
    assert place.names() == {NAME}


def test_a_commit_that_was_left_open_on_another_share_is_named(place: Place, now: datetime) -> None:
    elsewhere = replace(place, share=READ_ONLY)
    with place.host() as host, elsewhere.host() as other:
        intent = intent_of(place, host, now)
        with pytest.raises(OtherShare, match=READ_ONLY):
            recover(intent, host=other)
