"""How a ledger is doing, asked without changing it: none is made, and no schema is brought up."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from xlflow.ledger.errors import LedgerDamaged, LedgerDenied, LedgerFolderMissing
from xlflow.ledger.intents import Intents, JournalEntry
from xlflow.ledger.migrations import KNOWN, usable_version
from xlflow.ledger.runs import Run, Runs
from xlflow.ledger.transactions import Transactions, connect, ledger_file, no_step

_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Condition:
    """A ledger that can be used, or that the first run will make.

    `schema`: None where there is none yet. `open_intents`, `last_run`: those of one register, told
    of a ledger with the schema that is `known`.
    """

    where: str
    schema: int | None
    known: int = KNOWN
    open_intents: tuple[JournalEntry, ...] = ()
    last_run: Run | None = None


def condition(url: str, register: str, *, beside: Path | None = None) -> Condition:
    """Look whether the ledger at `url` can be used, and what it says of a register.

    Raises:
        LedgerError: It cannot be used; the subclass says why.
        LedgerAddressWrong, LedgerDriverMissing: The setting is at fault.
    """
    file = ledger_file(url, beside)
    if file is None:
        transactions = connect(url, beside, _WAIT_SECONDS, no_step)
        try:
            _refuse_without_rights(transactions)
            return _condition(transactions, register)
        finally:
            transactions.close()
    if not file.parent.is_dir():
        raise LedgerFolderMissing(str(file), str(file.parent))
    if not all(os.access(place, os.W_OK) for place in (file.parent, file) if place.exists()):
        raise LedgerDenied(str(file))
    if not file.exists():
        return Condition(str(file), None)
    with _reading(file) as transactions:
        _refuse_damaged(transactions)
        return _condition(transactions, register)


@contextmanager
def _reading(file: Path) -> Iterator[Transactions]:
    """The file opened for reading only.

    SQLite would put two files beside a database in WAL mode, even for that. Where they are absent
    nobody is at work, and nothing is missed if the database is taken for unchangeable.
    """
    is_in_use = file.with_name(f"{file.name}-wal").exists()
    uri = f"{file.as_uri()}?mode=ro" + ("" if is_in_use else "&immutable=1")
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS),
        poolclass=NullPool,
    )
    transactions = Transactions(engine, str(file), no_step)
    try:
        yield transactions
    finally:
        transactions.close()


def _refuse_damaged(transactions: Transactions) -> None:
    with transactions.read() as connection:
        told = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if told != "ok":
        raise LedgerDamaged(transactions.where)


def _refuse_without_rights(transactions: Transactions) -> None:
    """A server: the account may make tables, and it takes changes."""
    asked = "SELECT has_schema_privilege(current_schema(), 'CREATE'), pg_is_in_recovery()"
    with transactions.read() as connection:
        may_create, is_standby = connection.execute(text(asked)).one()
    if not may_create or is_standby:
        raise LedgerDenied(transactions.where)


def _condition(transactions: Transactions, register: str) -> Condition:
    with transactions.read() as connection:
        schema = usable_version(connection, transactions.where)
    if schema != KNOWN:  # an older one may lack the tables
        return Condition(transactions.where, schema)
    last = Runs(transactions).latest(register)
    return Condition(
        where=transactions.where,
        schema=schema,
        open_intents=Intents(transactions).open(register),
        last_run=last[0] if last else None,
    )
