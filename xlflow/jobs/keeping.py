"""Opening what xlflow keeps beside its settings: the ledger, and the lock of one run at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from xlflow.errors import XlflowError
from xlflow.ledger import Ledger, LedgerBusy, held_lock, ledger_file, register_lock
from xlflow.settings import Settings
from xlflow.workbook.share import is_network_path

WAIT_SECONDS = 10.0


class LedgerOnShare(XlflowError):
    """The ledger would lie on a network drive, where SQLite loses data."""


class AnotherRun(XlflowError):
    """Another run is at work on the same register: it held the lock at `path` all the time."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("jobs.another-run", path=path, seconds=round(seconds))


def open_ledger(settings: Settings) -> Ledger:
    """The ledger of the settings.

    Raises:
        LedgerOnShare: Its file lies on a network drive. Source: sqlite.org, "How To Corrupt", 2.1.
        LedgerError: It cannot be used.
    """
    refuse_share(settings)
    return Ledger.open(settings.ledger.url, beside=settings.folder)


@contextmanager
def one_run_at_a_time(settings: Settings, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the register's lock; a killed run's lock is free at once.

    It lies with the ledger: runs from other folders or machines with the same ledger wait too.

    Raises:
        AnotherRun: Another run held it all the time.
        LedgerOnShare, LedgerError: As `open_ledger`.
    """
    refuse_share(settings)
    url, register = settings.ledger.url, settings.workbook.id
    with ExitStack() as held:
        try:
            held.enter_context(register_lock(url, register, wait_seconds, beside=settings.folder))
        except LedgerBusy as err:
            raise AnotherRun(err.facts["where"], wait_seconds) from err
        yield


def lock_at_work(settings: Settings) -> str | None:
    """The lock that a run at work holds now, if one is."""
    return held_lock(settings.ledger.url, settings.workbook.id, beside=settings.folder)


def refuse_share(settings: Settings) -> None:
    """Let no ledger lie on a network drive.

    Raises:
        LedgerOnShare
    """
    file = ledger_file(settings.ledger.url, settings.folder)
    if file is not None and is_network_path(file.parent):
        raise LedgerOnShare("jobs.ledger-on-share", path=file)
