from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

import pytest
from workbook.children import Step, killed_at_each_step

from xlflow.workbook.share import (
    Intent,
    ShareUnreachable,
    prepare,
    put_in_place,
    recover,
)
from xlflow.workbook.share import snapshot as take
from xlflow.workbook.share.posix import PosixHost

# the new one is written in two pieces
OLD, NEW, THEIRS = os.urandom(100_000), os.urandom(1_200_000), b"what a person saved"
HOSTS = [
    pytest.param(PosixHost(), id="renameat2"),
    pytest.param(PosixHost(exclusive_rename=False), id="link-unlink"),
]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return tmp_path / "register.xlsx"


def commit(intent: Intent, now: datetime, host: PosixHost, data: bytes, step: Step) -> None:
    put_in_place(intent, data, now, host=host, step=step)


def settle(intent: Intent, host: PosixHost, step: Step) -> None:
    recover(intent, host=host, step=step)


def start_over(workbook: Path, now: datetime) -> Intent:
    for left in workbook.parent.iterdir():
        left.unlink()
    workbook.write_bytes(OLD)
    return prepare(take(workbook, now), NEW)


def expect_one_whole_workbook(workbook: Path, intent: Intent, state: str) -> None:
    expected = {"done": NEW, "undone": OLD}[state]
    assert hashlib.sha256(workbook.read_bytes()).digest() == hashlib.sha256(expected).digest()
    left = {path.name for path in workbook.parent.iterdir()} - {workbook.name}
    assert left == ({Path(intent.aside).name} if state == "done" else set())
    if state == "done":
        assert Path(intent.aside).read_bytes() == OLD


@pytest.mark.parametrize("host", HOSTS)
def test_killed_at_any_step_of_a_commit_one_whole_workbook_is_there(
    workbook: Path, now: datetime, host: PosixHost
) -> None:
    intents: list[Intent] = []
    states = []

    def prepared() -> tuple[object, ...]:
        intents.append(start_over(workbook, now))
        return intents[-1], now, host, NEW

    for _ in killed_at_each_step(commit, prepared):
        state = recover(intents[-1], host=host).state
        expect_one_whole_workbook(workbook, intents[-1], state)
        assert recover(intents[-1], host=host).state == state
        states.append(state)

    # the new one counts from the moment that it has the name
    assert states == sorted(states, reverse=True)
    assert states.count("undone") >= 9
    assert states[-1] == "done"
    expect_one_whole_workbook(workbook, intents[-1], "done")


@pytest.mark.parametrize("host", HOSTS)
def test_the_settling_may_be_killed_too(workbook: Path, now: datetime, host: PosixHost) -> None:
    """Each step of settling, after a kill with the old one aside (the worst moment)."""
    intents: list[Intent] = []

    def interrupted() -> tuple[object, ...]:
        intent = start_over(workbook, now)
        Path(intent.temporary).write_bytes(NEW)
        workbook.rename(intent.aside)
        intents.append(intent)
        return intent, host

    kills = 0
    for _ in killed_at_each_step(settle, interrupted):
        kills += 1
        assert recover(intents[-1], host=host).state == "undone"
        expect_one_whole_workbook(workbook, intents[-1], "undone")
    assert kills >= 3
    expect_one_whole_workbook(workbook, intents[-1], "undone")


@pytest.mark.parametrize("host", HOSTS)
def test_an_edit_that_was_caught_aside_when_the_run_was_killed_comes_back(
    workbook: Path, now: datetime, host: PosixHost
) -> None:
    intent = start_over(workbook, now)
    Path(intent.temporary).write_bytes(NEW)
    Path(intent.aside).write_bytes(THEIRS)
    workbook.unlink()

    assert recover(intent, host=host).state == "changed"
    assert workbook.read_bytes() == THEIRS
    assert {path.name for path in workbook.parent.iterdir()} == {workbook.name}


def test_a_half_written_temporary_is_removed_and_never_used(workbook: Path, now: datetime) -> None:
    intent = start_over(workbook, now)
    Path(intent.temporary).write_bytes(NEW[:1000])
    workbook.rename(intent.aside)

    assert recover(intent).state == "undone"
    expect_one_whole_workbook(workbook, intent, "undone")


def test_settling_beside_a_run_at_work_never_removes_the_only_copy(
    workbook: Path, now: datetime
) -> None:
    """Two that hold no common lock: the run puts the workbook aside while the other looks."""
    intent = start_over(workbook, now)
    Path(intent.temporary).write_bytes(NEW)

    class HostOfTwo(PosixHost):
        def read(self, location: str) -> bytes:
            data = super().read(location)
            if location == intent.target and not Path(intent.aside).exists():
                workbook.rename(intent.aside)
            return data

    recover(intent, host=HostOfTwo())
    assert recover(intent, patience_seconds=0).state == "undone"
    expect_one_whole_workbook(workbook, intent, "undone")


def test_a_leftover_of_the_same_intent_is_never_overwritten(workbook: Path, now: datetime) -> None:
    intent = start_over(workbook, now)
    Path(intent.temporary).write_bytes(b"left by a killed run")

    with pytest.raises(ShareUnreachable):
        put_in_place(intent, NEW, now)

    expect_one_whole_workbook(workbook, intent, "undone")
