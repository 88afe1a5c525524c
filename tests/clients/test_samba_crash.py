"""Killed in a commit to a real Samba, or cut off from it: one whole workbook is there.

The server closes what a killed client had open; nothing else is undone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from clients.samba_server import Place, SambaServer
from workbook.children import Step, killed_at_each_step
from workbook.test_share import at

from xlflow.workbook.share import (
    Intent,
    ShareUnreachable,
    prepare,
    put_in_place,
    recover,
    snapshot,
)
from xlflow.workbook.share.smb.host import SmbHost

NAME = "登记.xlsx"
# the new one is written in two pieces
OLD, NEW, THEIRS = os.urandom(100_000), os.urandom(1_200_000), b"what a person saved"


@pytest.fixture
def place(samba: SambaServer) -> Place:
    return samba.place()


def name_of(location: str) -> str:
    return location.rpartition("/")[2]


@pytest.fixture
def host(place: Place) -> Iterator[SmbHost]:
    """The connection of the run before and of the next one."""
    with place.host() as host:
        yield host


def start_over(place: Place, host: SmbHost, now: datetime) -> Intent:
    for left in place.folder.iterdir():
        left.unlink()
    place.path(NAME).write_bytes(OLD)
    place.path(NAME).chmod(0o666)
    return prepare(snapshot(place.location(NAME), now, host=host), NEW, host=host)


def commit(place: Place, intent: Intent, now: datetime, data: bytes, step: Step) -> None:
    with place.host() as host:
        put_in_place(intent, data, now, host=host, step=step)


def settle(place: Place, intent: Intent, step: Step) -> None:
    with place.host() as host:
        recover(intent, host=host, step=step)


def expect_one_whole_workbook(place: Place, intent: Intent, state: str) -> None:
    assert place.path(NAME).read_bytes() == {"done": NEW, "undone": OLD}[state]
    aside = {name_of(intent.aside)} if state == "done" else set()
    assert place.names() == {NAME} | aside
    for name in aside:
        assert place.path(name).read_bytes() == OLD


def test_killed_at_any_step_of_a_commit_one_whole_workbook_is_there(
    place: Place, host: SmbHost, now: datetime
) -> None:
    intents: list[Intent] = []
    states = []

    def prepared() -> tuple[object, ...]:
        intents.append(start_over(place, host, now))
        return place, intents[-1], now, NEW

    for _ in killed_at_each_step(commit, prepared):
        states.append(recover(intents[-1], host=host).state)
        expect_one_whole_workbook(place, intents[-1], states[-1])
        assert recover(intents[-1], host=host).state == states[-1]

    # the new one counts from the moment that it has the name
    assert states == sorted(states, reverse=True)
    assert states.count("undone") >= 8
    assert states[-1] == "done"
    expect_one_whole_workbook(place, intents[-1], "done")


def test_the_settling_may_be_killed_too(place: Place, host: SmbHost, now: datetime) -> None:
    """Each step of settling, after a kill with the old one aside (the worst moment)."""
    intents: list[Intent] = []

    def interrupted() -> tuple[object, ...]:
        intents.append(start_over(place, host, now))
        place.path(name_of(intents[-1].temporary)).write_bytes(NEW)
        place.path(NAME).rename(place.path(name_of(intents[-1].aside)))
        return place, intents[-1]

    kills = 0
    for _ in killed_at_each_step(settle, interrupted):
        kills += 1
        assert recover(intents[-1], host=host).state == "undone"
        expect_one_whole_workbook(place, intents[-1], "undone")
    assert kills >= 3


def test_an_edit_that_was_caught_aside_when_the_run_was_killed_comes_back(
    place: Place, host: SmbHost, now: datetime
) -> None:
    intent = start_over(place, host, now)
    place.path(name_of(intent.temporary)).write_bytes(NEW)
    place.path(name_of(intent.aside)).write_bytes(THEIRS)
    place.path(NAME).unlink()

    assert recover(intent, host=host).state == "changed"
    assert place.path(NAME).read_bytes() == THEIRS
    assert place.names() == {NAME}


STEPS = [
    ("create temporary", 1),
    ("write temporary", 2),
    ("flush temporary", 1),
    ("rename", 1),
    ("rename", 2),
    ("flush folder", 2),
]


@pytest.mark.parametrize(("step", "time"), STEPS)
def test_a_server_that_starts_anew_in_the_middle_is_reached_again_and_all_is_settled(
    samba: SambaServer, place: Place, host: SmbHost, now: datetime, step: str, time: int
) -> None:
    intent = start_over(place, host, now)

    def restart() -> None:
        samba.crash()
        samba.listen()

    with pytest.raises(ShareUnreachable):
        put_in_place(intent, NEW, now, host=host, step=at(step, restart, time))

    state = "done" if (step, time) == ("flush folder", 2) else "undone"
    expect_one_whole_workbook(place, intent, state)
    assert recover(intent, host=host).state == state


@pytest.mark.parametrize(("step", "time"), [("write temporary", 2), ("rename", 2)])
def test_when_the_server_stays_away_the_next_run_settles_it(
    samba: SambaServer, place: Place, host: SmbHost, now: datetime, step: str, time: int
) -> None:
    intent = start_over(place, host, now)
    try:
        with pytest.raises(ShareUnreachable):
            put_in_place(intent, NEW, now, host=host, step=at(step, samba.crash, time))
    finally:
        samba.listen()

    assert recover(intent, host=host).state == "undone"
    expect_one_whole_workbook(place, intent, "undone")


@pytest.mark.parametrize("time", [1, 2])
def test_a_server_that_hangs_is_not_waited_for_for_ever(
    samba: SambaServer, place: Place, host: SmbHost, now: datetime, time: int
) -> None:
    """It still holds the workbook for the connection that was given up, until it comes to."""
    intent = start_over(place, host, now)
    stopped: list[int] = []

    with place.host(timeout_seconds=1) as hasty:
        hang = at("rename", lambda: stopped.extend(samba.hang()), time)
        try:
            with pytest.raises(ShareUnreachable):
                put_in_place(intent, NEW, now, host=hasty, step=hang)
        finally:
            samba.go_on(stopped)

    assert recover(intent, host=host).state == "undone"
    expect_one_whole_workbook(place, intent, "undone")
