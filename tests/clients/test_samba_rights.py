"""Who may do what with the workbook, and how it looks, on a real Samba: as before the commit.

What is expected is read by Samba's own client.
"""

from __future__ import annotations

import os
import re
import struct
import time
from datetime import datetime

import pytest
from clients.samba_person import Person
from clients.samba_server import (
    ADMINISTRATOR,
    LI,
    NTFS,
    SHARE,
    WANG,
    XLFLOW,
    Place,
    SambaServer,
    id_of,
)

from xlflow.workbook.share import Placed, no_step, prepare, put_in_place, recover, snapshot

NAME = "register.xlsx"
OLD, NEW = b"the old workbook", b"the new workbook"


def place_of_li(samba: SambaServer, share: str) -> Place:
    """A folder with a workbook that Li made."""
    place = samba.place(share)
    with Person(place, LI) as li:
        li.writes(NAME, OLD)
    return place


def commit(place: Place, now: datetime, user: str = XLFLOW) -> Placed:
    with place.host(user) as host:
        before = snapshot(place.location(NAME), now, host=host)
        return put_in_place(prepare(before, NEW, host=host), NEW, now, host=host)


def rights(place: Place) -> dict[str, object]:
    """Owner, group and list of rights (each once), as Samba's client prints them."""
    told = place.shell(f'showacls; ls "{NAME}"')
    entries = re.findall(
        r"ACE\s+type: ([^\n]+) flags: (\S+).*?Permissions: (\w+).*?SID: (\S+)", told, re.S
    )
    assert entries
    return {
        "owner": re.search(r"Owner SID:\s+(\S+)", told)[1],
        "group": re.search(r"Group SID:\s+(\S+)", told)[1],
        "acl": list(dict.fromkeys(entries)),
    }


def looks(place: Place) -> tuple[str, str]:
    """Attributes and the time that it was made, as Samba's client prints them."""
    told = place.shell(f'allinfo "{NAME}"')
    attributes = re.search(r"attributes:\s+(\w*) ", told)[1]
    return attributes, re.search(r"create_time:\s+(.+)", told)[1]


@pytest.mark.parametrize("share", [SHARE, NTFS])
def test_who_may_give_files_away_keeps_all_rights(
    samba: SambaServer, now: datetime, share: str
) -> None:
    place = place_of_li(samba, share)
    place.path(NAME).chmod(0o640)
    before = rights(place)

    placed = commit(place, now, ADMINISTRATOR)

    assert place.path(NAME).read_bytes() == NEW
    assert rights(place) == before
    assert placed.lost == ()


def test_the_owner_keeps_the_list_of_rights_that_somebody_has_set(
    samba: SambaServer, now: datetime
) -> None:
    place = place_of_li(samba, SHARE)
    entries = [(1, 6, -1), (2, 6, id_of(WANG)[0]), (4, 4, -1), (0x10, 6, -1), (0x20, 0, -1)]
    packed = b"".join(struct.pack("<HHi", *entry) for entry in entries)
    os.setxattr(place.path(NAME), "system.posix_acl_access", struct.pack("<I", 2) + packed)
    before = rights(place)

    placed = commit(place, now, LI)

    assert rights(place) == before
    assert placed.lost == ()


def test_rights_that_the_account_may_not_give_are_told(samba: SambaServer, now: datetime) -> None:
    place = place_of_li(samba, NTFS)
    before = rights(place)

    placed = commit(place, now)

    after = rights(place)
    assert placed.lost == ("group", "owner")
    assert {part for part in before if before[part] != after[part]} == {"group", "owner"}


def test_the_old_owner_may_still_write_where_rights_hang_on_the_owner(
    samba: SambaServer, now: datetime
) -> None:
    place = place_of_li(samba, SHARE)

    placed = commit(place, now)

    assert placed.lost == ("acl", "group", "owner")
    with Person(place, LI) as li, li.opens(NAME) as file:
        file.write(OLD)
    assert place.path(NAME).read_bytes() == OLD


def test_attributes_and_the_time_that_it_was_made_stay(samba: SambaServer, now: datetime) -> None:
    place = place_of_li(samba, SHARE)
    place.shell(f'setmode "{NAME}" +s')
    before = looks(place)
    time.sleep(1.1)  # Samba's client prints seconds

    commit(place, now)

    assert looks(place) == before
    assert before[0] == "SA"


def test_a_workbook_is_never_hidden_afterwards(samba: SambaServer, now: datetime) -> None:
    place = place_of_li(samba, SHARE)
    assert commit(place, now).lost == ("acl", "group", "owner")
    assert looks(place)[0] == "A"

    place.shell(f'setmode "{NAME}" +h')
    place.path(NAME).write_bytes(OLD)
    assert "hidden" in commit(place, now).lost
    assert looks(place)[0] == "A"


def test_a_workbook_that_is_put_back_is_not_hidden_either(
    samba: SambaServer, now: datetime
) -> None:
    """A name with a dot in front hides a file on Samba, and the copy aside has such a name."""
    place = place_of_li(samba, SHARE)
    with place.host() as host:
        before = snapshot(place.location(NAME), now, host=host)
        intent = prepare(before, NEW, host=host)
        with host.hold(intent.target) as held:
            held.rename(intent.aside, no_step)
        assert recover(intent, host=host, patience_seconds=0).state == "undone"

    assert looks(place)[0] == "A"


@pytest.mark.parametrize("configuration", ["nt acl support = no", "store dos attributes = no"])
def test_a_server_that_keeps_no_rights_or_attributes_takes_commits_too(
    now: datetime, configuration: str
) -> None:
    with SambaServer.start(configuration) as server:
        place = place_of_li(server, SHARE)
        place.path(NAME).chmod(0o666)
        commit(place, now)
        assert place.path(NAME).read_bytes() == NEW
