"""Try the Windows host on a real drive: what Windows answers, kills, people who save meanwhile.

    python scripts/windows_trial.py FOLDER

FOLDER lies on a disk, a mapped drive or a share; a new folder is made in it, and removed if all
went well. Each line is a claim that the host, and the drive in memory of its tests, rely on.
"""

from __future__ import annotations

import itertools
import ntpath
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from xlflow.workbook.share import (
    LOCAL,
    ShareError,
    no_step,
    prepare,
    put_in_place,
    recover,
    snapshot,
)
from xlflow.workbook.share.windows import errors as code
from xlflow.workbook.share.windows.calls import (
    ATTRIBUTE_ARCHIVE,
    ATTRIBUTE_DIRECTORY,
    ATTRIBUTE_HIDDEN,
    DACL,
    DELETE,
    FILE_READ_ATTRIBUTES,
    GENERIC_READ,
    GENERIC_WRITE,
    SHARE_ALL,
    SHARE_DELETE,
    SHARE_READ,
    CallFailed,
    WindowsCalls,
    opened,
)
from xlflow.workbook.share.windows.host import WindowsHost
from xlflow.workbook.share.windows.names import extended
from xlflow.workbook.share.windows.rights import inheriting

READ_WRITE = GENERIC_READ | GENERIC_WRITE
READING = SHARE_READ | SHARE_DELETE
HOLDING = GENERIC_READ | DELETE
SAVES = 60
_KILLED = 9
_OLD, _NEW = b"old\n", b"old\n" + b"new\n" * 400_000

Fact = tuple[str, object, object]
"""A claim, what was expected, what was found."""


def facts(calls: WindowsCalls, folder: str) -> Iterator[Fact]:
    """What the host relies on; `folder` is empty and on NTFS, or on a share of one."""

    def path(name: str) -> str:
        return extended(ntpath.join(folder, name))

    def opening(name: str, access: int, share: int, *, new: bool = False) -> int:
        """The code that opening a file fails with, 0 if it does not."""
        return failure(lambda: calls.close(calls.open(path(name), access, share, new=new)))

    def made(name: str) -> str:
        with opened(calls, path(name), READ_WRITE, SHARE_ALL, new=True) as handle:
            calls.write(handle, b"content")
        return path(name)

    violation = code.ERROR_SHARING_VIOLATION
    made("a")
    with opened(calls, path("a"), READ_WRITE, SHARE_READ):  # as Excel has it
        yield (
            "a writer excludes readers who allow none",
            violation,
            opening("a", GENERIC_READ, READING),
        )
        yield "a writer admits readers who allow him", 0, opening("a", GENERIC_READ, SHARE_ALL)
        yield "a writer excludes a hold", violation, opening("a", HOLDING, 0)
        yield "a writer excludes renaming", violation, opening("a", DELETE, SHARE_ALL)
        yield "a writer excludes removal", violation, failure(lambda: calls.remove(path("a")))
        yield "attributes can be seen all the same", 0, opening("a", FILE_READ_ATTRIBUTES, 0)
    with opened(calls, path("a"), GENERIC_READ, SHARE_ALL):
        yield "a reader excludes a hold", violation, opening("a", HOLDING, 0)
    with opened(calls, path("a"), GENERIC_READ, READING):
        yield "a snapshot excludes writers", violation, opening("a", READ_WRITE, SHARE_ALL)
    made("b")
    with opened(calls, path("a"), HOLDING, 0) as held:
        yield "a hold excludes readers", violation, opening("a", GENERIC_READ, SHARE_ALL)
        yield "a hold shows attributes", 0, opening("a", FILE_READ_ATTRIBUTES, SHARE_ALL)
        yield (
            "renaming does not replace",
            code.ERROR_ALREADY_EXISTS,
            failure(lambda: calls.rename(held, path("B"))),
        )
        yield "a held file can be renamed", 0, failure(lambda: calls.rename(held, path("c")))
        yield "and read under its new name", b"content", calls.read(held)
    yield "names after that", ["b", "c"], sorted(calls.names(extended(folder)))
    with opened(calls, path("c"), GENERIC_READ, SHARE_ALL):
        yield "an open file can be marked for removal", 0, failure(lambda: calls.remove(path("c")))
        found = opening("c", GENERIC_READ, SHARE_ALL)
        gone = (code.ERROR_DELETE_PENDING, code.ERROR_FILE_NOT_FOUND)
        yield "then it is being deleted, or gone", True, found in gone
    yield "afterwards it is gone", code.ERROR_FILE_NOT_FOUND, opening("c", GENERIC_READ, SHARE_ALL)
    yield (
        "a new file replaces none",
        code.ERROR_FILE_EXISTS,
        opening("b", READ_WRITE, SHARE_ALL, new=True),
    )
    yield (
        "a folder that is missing",
        code.ERROR_PATH_NOT_FOUND,
        opening(r"x\y", GENERIC_READ, SHARE_ALL),
    )
    yield "a folder is one", ATTRIBUTE_DIRECTORY, calls.attributes(extended(folder)) & 0x10
    yield (
        "a folder is not opened as a file",
        code.ERROR_ACCESS_DENIED,
        failure(lambda: calls.open(extended(folder), GENERIC_READ, SHARE_ALL)),
    )
    created, hidden = 130_000_000_000_000_000, ATTRIBUTE_HIDDEN | ATTRIBUTE_ARCHIVE
    with opened(calls, path("b"), READ_WRITE, SHARE_ALL) as handle:
        calls.set_facts(handle, attributes=hidden, created=created)
        yield "attributes can be set", hidden, calls.facts(handle).attributes
        yield "the creation time can be set", created, calls.facts(handle).created
    with opened(calls, path("b") + ":Zone.Identifier", GENERIC_WRITE, SHARE_ALL, new=True) as zone:
        calls.write(zone, b"[ZoneTransfer]")
    yield "a stream is listed", ["Zone.Identifier"], calls.streams(path("b"))
    before = calls.security(path("b"))
    calls.set_security(path("b"), DACL, inheriting(before))
    yield "an ACL that is set again is the same", before, calls.security(path("b"))


def failure(action: Callable[[], object]) -> int:
    """The code that `action` fails with; 0 if it does not."""
    try:
        action()
    except CallFailed as err:
        return err.code
    return 0


def kills(workbook: str) -> Iterator[Fact]:
    """End a process before each step of a commit; the next one finds a whole workbook."""
    for count in range(1, 100):
        for left in Path(workbook).parent.iterdir():
            left.unlink()
        Path(workbook).write_bytes(_OLD)
        intent = prepare(snapshot(workbook, _now()), _NEW)
        child = _child("commit", workbook, intent.id, str(count))
        code = child.wait()
        state = recover(intent).state
        expected = {"done": _NEW, "undone": _OLD}.get(state)
        yield f"killed at step {count}: {state}", True, Path(workbook).read_bytes() == expected
        left_over = sorted(path.suffix for path in Path(workbook).parent.iterdir())
        yield "  what lies there", [".bak", ".xlsx"] if state == "done" else [".xlsx"], left_over
        if code != _KILLED:
            yield "  the last came to its end", 0, code
            return


def people(workbook: str) -> Iterator[Fact]:
    """Two people save as Excel does while a job commits as fast as it can."""
    Path(workbook).write_bytes(b"")
    names = ("Li", "Wang")
    job, *team = (_child("job", workbook), *(_child("person", workbook, name) for name in names))
    ends = [person.wait() for person in team]
    Path(workbook).with_name("stop").touch()
    yield "everybody came to the end", [0, 0, 0], [*ends, job.wait()]
    found = Path(workbook).parent.glob("*.xlsx")
    kept = {line for path in found for line in path.read_text(encoding="utf-8").splitlines()}
    lost = {f"{name} {number}" for name in names for number in range(SAVES)} - kept
    yield f"edits lost of {2 * SAVES}", set(), lost
    done = sum(line.startswith("xlflow") for line in kept)
    yield f"the job committed meanwhile ({done} times)", True, done > 0


def commit(host: WindowsHost, workbook: str, intent_id: str, count: str) -> None:
    """The child that is killed."""
    left = int(count)

    def step(_: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            os._exit(_KILLED)

    intent = prepare(snapshot(workbook, _now(), host=host), _NEW, intent_id=intent_id, host=host)
    put_in_place(intent, _NEW, _now(), host=host, step=step)


def job(host: WindowsHost, workbook: str) -> None:
    """Xlflow adds its own line, counting up, until it is told to stop."""
    done = 0
    while not Path(workbook).with_name("stop").exists():
        with suppress(ShareError):
            before = snapshot(workbook, _now(), host=host)
            data = before.data + f"xlflow {done}\n".encode()
            put_in_place(prepare(before, data, host=host), data, _now(), host=host)
            done += 1


def person(host: WindowsHost, workbook: str, name: str) -> None:
    """Opens the workbook for writing while others may read, adds a line, saves as Excel does."""
    calls, pauses = host.calls, random.Random(name)  # noqa: S311  # only to be unlike each other
    path, folder = extended(workbook), Path(workbook).parent
    number = 0
    for attempt in itertools.count():
        saved, replaced = (str(folder / f"{name}-{attempt}.{kind}") for kind in ("new", "old"))
        try:
            with opened(calls, path, READ_WRITE | DELETE, SHARE_READ) as handle:
                data = calls.read(handle) + f"{name} {number}\n".encode()
                time.sleep(pauses.random() / 100)
                with opened(
                    calls, extended(saved), READ_WRITE | DELETE, SHARE_READ, new=True
                ) as new:
                    calls.write(new, data)
                    calls.rename(handle, extended(replaced))
                    calls.rename(new, path)
        except CallFailed as err:
            if err.code not in (code.ERROR_SHARING_VIOLATION, code.ERROR_FILE_NOT_FOUND):
                raise
            time.sleep(0.002)
            continue
        host.remove(replaced, no_step)
        time.sleep(pauses.random() / 10)
        number += 1
        if number == SAVES:
            return


def _child(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, __file__, "--child", *arguments])


def _now() -> datetime:
    return datetime.now(UTC)


def tell(claims: Iterator[Fact]) -> int:
    """Print each claim and whether it holds; how many do not."""
    wrong = 0
    for claim, expected, found in claims:
        good = expected == found
        wrong += not good
        print(
            "ok   " if good else "WRONG", claim if good else f"{claim}: {found!r}, not {expected!r}"
        )
    return wrong


CHILDREN: dict[str, Callable[..., None]] = {"commit": commit, "job": job, "person": person}


def main(arguments: list[str]) -> int:
    """0: every claim holds; 1: one does not; 2: this is not Windows, or no folder is given."""
    if not isinstance(LOCAL, WindowsHost) or not arguments:
        print(__doc__)
        return 2
    if arguments[0] == "--child":
        CHILDREN[arguments[1]](LOCAL, *arguments[2:])
        return 0
    folder = Path(LOCAL.locate(arguments[0])) / f"xlflow-trial-{_now():%Y%m%dT%H%M%S}"
    wrong = 0
    for name, claims in (("facts", None), ("登记 kills", kills), ("登记 people", people)):
        place = folder / name
        place.mkdir(parents=True)
        print(f"== {place}")
        workbook = str(place / "需求登记.xlsx")
        wrong += tell(claims(workbook) if claims else facts(LOCAL.calls, str(place)))
    if not wrong:
        shutil.rmtree(folder)
    print(f"{wrong} wrong" if wrong else "all as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
