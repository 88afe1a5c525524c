"""One run at a time over a register, on whatever machine: the lock lies where the ledger lies.

And one schedule at a time over all registers of a ledger, likewise.

For a SQLite ledger it is a file beside it. A PostgreSQL server holds it for the connection of the
run. A run that is killed lets go of either at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from xlflow.ledger.errors import LedgerBusy, LedgerDenied, LedgerFolderMissing
from xlflow.ledger.transactions import connect, ledger_file, no_step

Held = Callable[[], None]
"""Raises a LedgerError if the lock is no longer held."""


@contextmanager
def register_lock(
    url: str, register: str, wait_seconds: float, *, beside: Path | None = None
) -> Iterator[None]:
    """Hold a register among all that work with this ledger.

    Raises:
        LedgerBusy: Another held it all the time; `where` is the lock.
        LedgerFolderMissing, LedgerDenied, LedgerUnreachable
        LedgerAddressWrong, LedgerDriverMissing: The setting is at fault.
    """
    with _held(url, f"register {register}", _of_register(register), wait_seconds, beside):
        yield


@contextmanager
def schedule_lock(url: str, *, beside: Path | None = None) -> Iterator[Held]:
    """Hold the schedule of all registers of this ledger, or raise LedgerBusy at once.

    What it yields raises a LedgerError once it is no longer held: a server that was started anew
    has forgotten it.

    Raises:
        LedgerError, LedgerAddressWrong, LedgerDriverMissing: As `register_lock`.
    """
    with _held(url, "schedule", _OF_SCHEDULE, 0, beside) as held:
        yield held


@contextmanager
def _held(
    url: str, name: str, file_name: str, wait_seconds: float, beside: Path | None
) -> Iterator[Held]:
    ledger = ledger_file(url, beside)
    if ledger is None:
        with _held_by_server(url, name, wait_seconds) as still:
            yield still
        return
    if not ledger.parent.is_dir():  # the lock would make it
        raise LedgerFolderMissing(str(ledger), str(ledger.parent))
    file = _place(ledger) / file_name
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(file).acquire(timeout=wait_seconds))
        except Timeout as err:
            raise LedgerBusy(str(file)) from err
        except PermissionError as err:
            raise LedgerDenied(str(ledger)) from err
        yield lambda: None  # the system lets go of it with the process only


def held_lock(url: str, register: str, *, beside: Path | None = None) -> str | None:
    """The lock of a register if a run holds it now; none is made where there was never a run.

    Raises:
        LedgerError, LedgerAddressWrong, LedgerDriverMissing: As `register_lock`.
    """
    ledger = ledger_file(url, beside)
    if ledger is not None and not (_place(ledger) / _of_register(register)).exists():
        return None
    try:
        with register_lock(url, register, 0, beside=beside):
            return None
    except LedgerBusy as err:
        return str(err.facts["where"])


# No register's: no id begins with a full stop.
_OF_SCHEDULE = ".xlflow-.schedule.lock"


def _place(ledger: Path) -> Path:
    """The one folder in which it lies, by whatever links one gets there."""
    return ledger.parent.resolve()


def _of_register(register: str) -> str:
    return f".xlflow-{register}.lock"


@contextmanager
def _held_by_server(url: str, name: str, wait_seconds: float) -> Iterator[Held]:
    transactions = connect(url, None, wait_seconds, no_step)
    digest = hashlib.sha256(f"xlflow {name}".encode()).digest()
    try:
        with transactions.holding(int.from_bytes(digest[:8], "big", signed=True)) as still:
            yield still
    finally:
        transactions.close()
