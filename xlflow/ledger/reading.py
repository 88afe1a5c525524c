"""A ledger opened for reading only: none is made, and none is brought up to a newer schema."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine

from xlflow.ledger import Ledger
from xlflow.ledger.migrations import KNOWN, usable_version
from xlflow.ledger.transactions import Transactions, connect, ledger_file, no_step

WAIT_SECONDS = 5.0


@contextmanager
def reading(url: str, *, beside: Path | None = None) -> Iterator[Ledger | None]:
    """The ledger at `url`; None where there is none yet, or one of an older schema.

    Raises:
        LedgerError: It cannot be used; the subclass says why.
        LedgerAddressWrong, LedgerDriverMissing: The setting is at fault.
    """
    file = ledger_file(url, beside)
    if file is not None and not file.exists():
        yield None
        return
    # Beside a run that is at work, only a reader that takes part in the locking sees one state.
    if file is None or all(os.access(place, os.W_OK) for place in (file, file.parent)):
        transactions = connect(url, beside, WAIT_SECONDS, no_step)
    else:
        transactions = _of_file(file)
    try:
        with transactions.read() as connection:
            is_known = usable_version(connection, transactions.where) == KNOWN
        yield Ledger(transactions) if is_known else None
    finally:
        transactions.close()


@contextmanager
def transactions_reading(url: str, beside: Path | None) -> Iterator[Transactions]:
    """A connection that cannot write, as far as the database can see to that."""
    file = ledger_file(url, beside)
    transactions = _of_file(file) if file else connect(url, beside, WAIT_SECONDS, no_step)
    try:
        yield transactions
    finally:
        transactions.close()


def _of_file(file: Path) -> Transactions:
    """The file, opened for reading only.

    SQLite would put two files beside a database in WAL mode, even for that. Where they are absent
    nobody is at work, and nothing is missed if the database is taken for unchangeable.
    """
    is_in_use = file.with_name(f"{file.name}-wal").exists()
    uri = f"{file.as_uri()}?mode=ro" + ("" if is_in_use else "&immutable=1")
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS),
        poolclass=NullPool,
    )
    return Transactions(engine, str(file), no_step)
