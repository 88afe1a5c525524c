"""The whole protocol on Windows' share modes: killed at each call, people saving at each step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import pytest
from workbook.ntfs import File, Killed, Ntfs, Pc
from workbook.test_owner_files import excel_owner_file

from xlflow.workbook.share import (
    Intent,
    ShareError,
    prepare,
    put_in_place,
    recover,
    snapshot,
)
from xlflow.workbook.share.windows.calls import (
    GENERIC_READ,
    GENERIC_WRITE,
    SHARE_ALL,
    SHARE_READ,
    CallFailed,
)
from xlflow.workbook.share.windows.host import WindowsHost

FOLDER = r"D:\team"
WORKBOOK = FOLDER + r"\register.xlsx"
OLD = b"the old workbook\n"
NEW = OLD + b"xlflow's line\n" * 100_000  # written in two pieces
READ_WRITE = GENERIC_READ | GENERIC_WRITE


@pytest.fixture
def drive() -> Ntfs:
    return new_drive()


def new_drive() -> Ntfs:
    drive = Ntfs(FOLDER)
    drive.add(WORKBOOK, File(bytearray(OLD)))
    return drive


def host_on(drive: Ntfs, before: Callable[[str], None] = lambda _: None) -> WindowsHost:
    return WindowsHost(Pc(drive, before), patience_seconds=0)


def prepared(drive: Ntfs, now: datetime) -> Intent:
    host = host_on(drive)
    return prepare(snapshot(WORKBOOK, now, host=host), NEW, host=host)


def settled(drive: Ntfs, intent: Intent) -> str:
    """How the next run finds it to have ended, asked twice."""
    states = {recover(intent, host=host_on(drive), patience_seconds=0).state for _ in range(2)}
    assert len(states) == 1
    return states.pop()


def expect_one_whole_workbook(drive: Ntfs, intent: Intent, state: str) -> None:
    assert drive.content(WORKBOOK) == {"done": NEW, "undone": OLD}[state]
    left = {intent.aside} if state == "done" else set()
    assert {f"{FOLDER}\\{name}" for name in drive.names(FOLDER)} == {WORKBOOK, *left}
    if state == "done":
        assert drive.content(intent.aside) == OLD


class DiesAt:
    """Ends its process before the `count`th call of Windows."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.pc: Pc | None = None

    def __call__(self, call: str) -> None:
        self.count -= 1
        if self.count == 0 and self.pc:
            self.pc.die()


def killed(drive: Ntfs, count: int, work: Callable[[WindowsHost], object]) -> bool:
    """Do `work` in a process that dies at its `count`th call; whether it did."""
    end = DiesAt(count)
    end.pc = Pc(drive, end)
    try:
        work(WindowsHost(end.pc, patience_seconds=0))
    except Killed:
        return True
    return False


def test_killed_at_any_call_of_a_commit_one_whole_workbook_is_there(now: datetime) -> None:
    states = []
    for count in itertools.count(1):
        drive = new_drive()
        intent = prepared(drive, now)
        alive = not killed(
            drive, count, lambda host, intent=intent: put_in_place(intent, NEW, now, host=host)
        )
        states.append(settled(drive, intent))
        expect_one_whole_workbook(drive, intent, states[-1])
        if alive:
            break

    # the new one counts from the moment that it has the name
    assert states == sorted(states, reverse=True)
    assert states.count("undone") > 30
    assert states[-1] == "done"


def test_the_settling_may_be_killed_at_any_call_too(now: datetime) -> None:
    """After a kill with the old one aside, the worst moment."""
    for count in itertools.count(1):
        drive = new_drive()
        intent = prepared(drive, now)
        drive.add(intent.temporary, File(bytearray(NEW)))
        old = drive.find(WORKBOOK)
        drive.forget(old)
        drive.add(intent.aside, old)

        alive = not killed(drive, count, lambda host, intent=intent: recover(intent, host=host))

        assert settled(drive, intent) == "undone"
        expect_one_whole_workbook(drive, intent, "undone")
        if alive:
            break
    assert count > 5


class Excel:
    """A person at a PC of their own, who does what Excel does.

    Source: Microsoft Support, "Description of the way that Excel saves files".
    """

    def __init__(self, drive: Ntfs, person: str) -> None:
        self.pc = Pc(drive)
        self.person = person
        self.line = f"{person}'s line\n".encode()
        self.owner_file = rf"{FOLDER}\~$register.xlsx"
        self.handles: list[int] = []
        self.data = b""

    def open(self) -> None:
        """The workbook for reading and writing, others may read; the owner file beside it."""
        workbook = self.pc.open(WORKBOOK, READ_WRITE, SHARE_READ)
        owner = self.pc.open(self.owner_file, READ_WRITE, SHARE_READ, new=True)
        self.pc.write(owner, excel_owner_file(self.person))
        self.handles = [workbook, owner]
        self.data = self.pc.read(workbook)

    def save(self) -> None:
        """A temporary with a random name, the original deleted, the temporary renamed."""
        saved = rf"{FOLDER}\{self.person}.tmp"
        handle = self.pc.open(saved, READ_WRITE, SHARE_READ, new=True)
        self.pc.write(handle, self.data + self.line)
        self.pc.close(handle)
        self.pc.close(self.handles.pop(0))
        self.pc.remove(WORKBOOK)
        host = WindowsHost(self.pc)
        host.rename(saved, WORKBOOK, lambda _: None)
        self.handles.insert(0, self.pc.open(WORKBOOK, READ_WRITE, SHARE_READ))

    def close(self) -> None:
        for handle in self.handles:
            self.pc.close(handle)
        self.handles = []
        self.pc.remove(self.owner_file)


class Person:
    """Opens the workbook at one step of the run and saves it at a later one.

    Whom Windows refuses, because xlflow has the workbook for a moment, tries again at the next.
    """

    def __init__(self, drive: Ntfs, name: str, opens_at: int, saves_at: int) -> None:
        self.excel = Excel(drive, name)
        self.opens_at, self.saves_at = opens_at, saves_at
        self.has_opened = self.has_saved = False

    def act(self, step: int) -> None:
        if not self.has_opened and step >= self.opens_at:
            with suppress(CallFailed):
                self.excel.open()
                self.has_opened = True
        if self.has_opened and not self.has_saved and step >= self.saves_at:
            self.excel.save()
            self.excel.close()
            self.has_saved = True


class Team:
    """People, told each step of the run."""

    def __init__(self, *people: Person) -> None:
        self.people = people
        self.steps = 0

    def __call__(self, name: str) -> None:
        self.steps += 1
        self.act(self.steps)

    def act(self, step: int) -> None:
        for person in self.people:
            person.act(step)


STEPS = 14  # more than a commit with its settling has


@pytest.mark.parametrize("opens_at", range(1, STEPS))
def test_whoever_opens_and_saves_at_any_two_steps_loses_nothing(
    now: datetime, opens_at: int
) -> None:
    for saves_at in range(opens_at, STEPS):
        drive = new_drive()
        people = [
            Person(drive, "Li", opens_at, saves_at),
            Person(drive, "Wang", saves_at, saves_at),
        ]
        steps = itertools.count(1)

        def step(
            _: str, people: list[Person] = people, steps: itertools.count[int] = steps
        ) -> None:
            number = next(steps)
            for person in people:
                person.act(number)

        intent = prepared(drive, now)
        with suppress(ShareError):
            put_in_place(intent, NEW, now, host=host_on(drive), step=step)
        for person in people:
            person.act(STEPS)
        settled(drive, intent)

        kept = [name for name in drive.names(FOLDER) if name.startswith("register")]
        lines = b"".join(drive.content(rf"{FOLDER}\{name}") for name in kept)
        assert b"Li's line" in lines
        assert b"Wang's line" in lines
        assert "register.xlsx" in kept
        assert not [name for name in drive.names(FOLDER) if name.endswith(".tmp")]


def test_while_excel_has_the_workbook_open_the_commit_waits_for_nobody_and_changes_nothing(
    drive: Ntfs, now: datetime
) -> None:
    intent = prepared(drive, now)
    excel = Excel(drive, "Li")
    excel.open()

    with pytest.raises(ShareError, match="Li"):
        put_in_place(intent, NEW, now, host=host_on(drive))
    excel.save()
    excel.close()

    assert drive.content(WORKBOOK) == OLD + b"Li's line\n"
    assert drive.names(FOLDER) == ["register.xlsx"]


def test_a_program_that_lets_others_write_still_keeps_its_edit(drive: Ntfs, now: datetime) -> None:
    """One that asks for no deny mode, and writes into the workbook itself."""
    intent = prepared(drive, now)
    pc = Pc(drive)
    handle = pc.open(WORKBOOK, READ_WRITE, SHARE_ALL)

    with pytest.raises(ShareError):
        put_in_place(intent, NEW, now, host=host_on(drive))
    pc.write(handle, b"an edit")

    assert drive.content(WORKBOOK) == OLD + b"an edit"
