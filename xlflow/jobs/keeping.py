"""Opening what xlflow keeps beside its settings: the ledger, and the lock of one run at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from xlflow.errors import XlflowError
from xlflow.ledger import Ledger, ledger_file
from xlflow.settings import Settings
from xlflow.workbook.share import is_network_path

WAIT_SECONDS = 10.0


class LedgerOnShare(XlflowError):
    """The ledger would lie on a network drive, where SQLite loses data."""


class AnotherRun(XlflowError):
    """Another run is at work on the same register: it held the lock at `path` all the time."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("jobs.another-run", path=path, seconds=round(seconds))


def open_ledger(settings: Settings) -> Ledger:
    """The ledger of the settings.

    Raises:
        LedgerOnShare: Its file lies on a network drive. Source: sqlite.org, "How To Corrupt", 2.1.
        LedgerError: It cannot be used.
    """
    url = settings.ledger.url
    file = ledger_file(url, settings.folder)
    if file is not None and is_network_path(file.parent):
        raise LedgerOnShare("jobs.ledger-on-share", path=file)
    return Ledger.open(url, beside=settings.folder)


def lock_file(settings: Settings) -> Path:
    """What a run holds while it is at work."""
    return settings.folder / f".xlflow-{settings.workbook.id}.lock"


@contextmanager
def one_run_at_a_time(settings: Settings, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the register's lock; a killed run's lock is free at once.

    Raises:
        AnotherRun: Another run held it all the time.
    """
    path = lock_file(settings)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as err:
        raise AnotherRun(path, wait_seconds) from err
    try:
        yield
    finally:
        lock.release()
