"""People who save while xlflow commits as fast as it can: nobody's edit is lost."""

from __future__ import annotations

import multiprocessing.synchronize
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from workbook.children import CONTEXT

from xlflow.workbook.share import ShareError, prepare, put_in_place, snapshot

SAVES = 150
Save = Callable[[Path, Path], None]


def replace_by_rename(saved: Path, workbook: Path) -> None:
    saved.replace(workbook)


def delete_then_rename(saved: Path, workbook: Path) -> None:
    workbook.unlink(missing_ok=True)
    saved.rename(workbook)


def edit(
    workbook: Path,
    name: str,
    save: Save,
    one_at_a_time: multiprocessing.synchronize.Lock,
) -> None:
    """A person opens the workbook, adds a line, saves; again and again, one person at a time."""
    pauses = random.Random(name)
    for number in range(SAVES):
        with one_at_a_time:
            saved = workbook.with_name(f"{name}-{number}.tmp")
            while True:
                try:
                    saved.write_bytes(workbook.read_bytes() + f"{name} {number}\n".encode())
                    time.sleep(pauses.random() / 200)
                    save(saved, workbook)
                    break
                except FileNotFoundError:
                    continue  # between two names for a moment: try again, as a person does
        time.sleep(pauses.random() / 20)


def commit_until(workbook: Path, stop: multiprocessing.synchronize.Event, now: datetime) -> None:
    """xlflow adds its own line, counting up, as fast as it can."""
    done = 0
    while not stop.is_set():
        with suppress(ShareError):
            before = snapshot(workbook, now, patience_seconds=0.5)
            data = before.data + f"xlflow {done}\n".encode()
            put_in_place(prepare(before, data), data, now)
            done += 1
    workbook.with_name("commits").write_text(str(done), encoding="utf-8")


@pytest.mark.parametrize("save", [replace_by_rename, delete_then_rename])
def test_no_edit_of_two_persons_is_lost_to_a_fast_job(
    tmp_path: Path, now: datetime, save: Save
) -> None:
    workbook = tmp_path / "register.xlsx"
    workbook.write_bytes(b"")
    one_at_a_time, stop = CONTEXT.Lock(), CONTEXT.Event()
    people = [
        CONTEXT.Process(target=edit, args=(workbook, name, save, one_at_a_time))
        for name in ("Li", "Wang")
    ]
    job = CONTEXT.Process(target=commit_until, args=(workbook, stop, now))
    for process in (*people, job):
        process.start()
    for person in people:
        person.join(60)
    stop.set()
    job.join(60)

    assert [process.exitcode for process in (*people, job)] == [0, 0, 0]
    assert int((tmp_path / "commits").read_text(encoding="utf-8")) > 10
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("register*.xlsx"))
    lines = set(kept.decode().splitlines())
    lost = {f"{name} {n}" for name in ("Li", "Wang") for n in range(SAVES)} - lines
    assert not lost
