"""People who save on a real Samba while xlflow commits as fast as it can: nobody's edit is lost.

Each person is a process with a connection of its own, and works as programs do: the workbook is
held open, to be changed by nobody else; saved under another name; closed; and then either deleted
and replaced (Excel) or replaced at once (LibreOffice and others). The turns that people take are
theirs (they see that a colleague has it open); the job knows nothing of them.
"""

from __future__ import annotations

import multiprocessing.sharedctypes
import multiprocessing.synchronize
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from typing import TypeVar

import pytest
from clients.samba_person import BUSY, GONE, TAKEN, Person
from clients.samba_server import LI, WANG, XLFLOW, Place, SambaServer
from smbprotocol.exceptions import SMBOSError
from workbook.children import CONTEXT

from xlflow.workbook.share import ShareError, prepare, put_in_place, snapshot
from xlflow.workbook.share.smb.host import SmbHost

NAME, SAVED = "register.xlsx", "A1B2C3D4.tmp"
_COUNT = b"xlflow counts "

Event = multiprocessing.synchronize.Event
Lock = multiprocessing.synchronize.Lock
Counter = multiprocessing.sharedctypes.Synchronized
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """Each person saves so often at least, and until the job has written so often; and rests."""

    saves: int
    commits: int
    rest_seconds: float


@dataclass(frozen=True)
class Result:
    """What came of it: edits made and lost, how often the job wrote, whether its cell is right."""

    edits: int
    lost: set[str]
    commits: int
    counts_right: bool


# --- people


def edit(place: Place, user: str, plan: Plan, turn: Lock, commits: Counter) -> None:
    """Add a line to the workbook, save it, rest; again and again, in both ways."""
    pauses = random.Random(user)
    made = []
    with Person(place, user) as me:
        for number in count():
            if number >= plan.saves and commits.value >= plan.commits:
                break
            save = replace_at_once if number % 2 else delete_and_rename
            with turn:
                insist(partial(add_line, me, f"{user} {number}", pauses))
                time.sleep(pauses.random() / 500)
                insist(partial(save, me))
            made.append(f"{user} {number}")
            time.sleep(pauses.random() * plan.rest_seconds)
    place.path(f"{user}.edits").write_text("\n".join(made), encoding="utf-8")


def add_line(me: Person, line: str, pauses: random.Random) -> None:
    """Open it, change it, and save it under another name."""
    with me.opens(NAME) as file:
        time.sleep(pauses.random() / 100)
        me.writes(SAVED, file.read() + f"{line}\n".encode())


def replace_at_once(me: Person) -> None:
    me.replaces(SAVED, NAME)


def delete_and_rename(me: Person) -> None:
    try:
        me.removes(NAME)
    except SMBOSError as err:
        if err.ntstatus not in GONE:
            raise
    me.renames(SAVED, NAME)


def insist(action: Callable[[], T]) -> T:
    """Try again while the server says no, as a person does."""
    give_up_at = time.monotonic() + 60
    while True:
        try:
            return action()
        except SMBOSError as err:
            if err.ntstatus not in BUSY | GONE | TAKEN or time.monotonic() > give_up_at:
                raise
            time.sleep(0.002)


# --- jobs


def recount(content: bytes, commit: int) -> bytes:
    """What the job writes: its own line, which counts those of the people."""
    lines = people_lines(content)
    return b"".join(lines) + _COUNT + b"%d (%d)\n" % (len(lines), commit)


def people_lines(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines(keepends=True) if not line.startswith(_COUNT)]


def safe_job(place: Place, now: datetime, stop: Event, commits: Counter) -> None:
    """Commit as fast as it can, by the protocol."""
    with place.host() as host:
        while not stop.is_set():
            with suppress(ShareError):
                commit_once(host, place, now, commits.value)
                commits.value += 1


def commit_once(host: SmbHost, place: Place, now: datetime, number: int) -> None:
    before = snapshot(place.location(NAME), now, host=host, patience_seconds=0.5)
    data = recount(before.data, number)
    put_in_place(prepare(before, data, host=host), data, now, host=host)


def naive_job(place: Place, now: datetime, stop: Event, commits: Counter) -> None:
    """What a careful script does: look whether the workbook is still the same, then replace it."""
    with Person(place, XLFLOW) as me:
        while not stop.is_set():
            with suppress(SMBOSError):
                before = content_of(me)
                me.writes("job.tmp", recount(before, commits.value))
                if content_of(me) == before:
                    time.sleep(0.02)  # networks are slower than loopback
                    me.replaces("job.tmp", NAME)
                    commits.value += 1


def content_of(me: Person) -> bytes:
    with me.looks_at(NAME) as file:
        return file.read()


# --- both


Job = Callable[[Place, datetime, Event, Counter], None]


def work_together(place: Place, now: datetime, job: Job, plan: Plan) -> Result:
    place.path(NAME).write_bytes(b"")
    place.path(NAME).chmod(0o666)
    turn, stop, commits = CONTEXT.Lock(), CONTEXT.Event(), CONTEXT.Value("i", 0)
    people = [
        CONTEXT.Process(target=edit, args=(place, user, plan, turn, commits)) for user in (LI, WANG)
    ]
    worker = CONTEXT.Process(target=job, args=(place, now, stop, commits))
    for process in (*people, worker):
        process.start()
    for person in people:
        person.join(60 + 2 * plan.saves)
    stop.set()
    worker.join(30)
    codes = [process.exitcode for process in (*people, worker)]
    for process in (*people, worker):
        process.kill()
    assert codes == [0, 0, 0]

    with place.host() as host:  # the next run
        commit_once(host, place, now, -1)
    content = place.path(NAME).read_bytes()
    kept = b"".join(path.read_bytes() for path in place.folder.glob("register*.xlsx"))
    edits = set().union(
        *(path.read_text("utf-8").splitlines() for path in place.folder.glob("*.edits"))
    )
    return Result(
        edits=len(edits),
        lost=edits - set(kept.decode().splitlines()),
        commits=commits.value,
        counts_right=content == recount(content, -1),
    )


def test_no_edit_of_two_persons_is_lost_to_a_fast_job(samba: SambaServer, now: datetime) -> None:
    plan = Plan(saves=10, commits=3, rest_seconds=1)

    result = work_together(samba.place(), now, safe_job, plan)

    assert result.edits >= 2 * plan.saves
    assert result.commits >= plan.commits
    assert not result.lost
    assert result.counts_right


@pytest.mark.soak
@pytest.mark.parametrize("run", range(12))
def test_no_edit_is_lost_however_long_they_work(
    samba: SambaServer, now: datetime, run: int
) -> None:
    plan = Plan(saves=150, commits=20, rest_seconds=0.5)

    result = work_together(samba.place(), now, safe_job, plan)

    assert result.edits >= 2 * plan.saves
    assert not result.lost
    assert result.counts_right


def test_the_same_people_lose_edits_to_a_job_that_looks_and_then_renames(
    samba: SambaServer, now: datetime
) -> None:
    """Else the tests above would see nothing."""
    plan = Plan(saves=15, commits=30, rest_seconds=0.05)
    assert work_together(samba.place(), now, naive_job, plan).lost
