"""How a ledger is doing, asked without changing it: none is made, and no schema is brought up."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from xlflow.ledger.errors import LedgerDamaged, LedgerDenied, LedgerFolderMissing
from xlflow.ledger.intents import Intents, JournalEntry
from xlflow.ledger.migrations import KNOWN, usable_version
from xlflow.ledger.outbox import Outbox
from xlflow.ledger.reading import transactions_reading
from xlflow.ledger.runs import Run, Runs
from xlflow.ledger.slots import SlotJournal
from xlflow.ledger.transactions import Transactions, ledger_file


@dataclass(frozen=True, slots=True)
class Condition:
    """A ledger that can be used, or that the first run will make.

    `schema`: None where there is none yet. The others are told of a ledger with the schema that is
    `known`: `open_intents`, `last_run` of one register; `mails`: state -> how many are in it;
    `mails_wait_since`: the oldest; `is_unattended`: jobs run by themselves.
    """

    where: str
    schema: int | None
    known: int = KNOWN
    open_intents: tuple[JournalEntry, ...] = ()
    last_run: Run | None = None
    mails: Mapping[str, int] = field(default_factory=dict)
    mails_wait_since: datetime | None = None
    is_unattended: bool = False


def condition(url: str, register: str, *, beside: Path | None = None) -> Condition:
    """Look whether the ledger at `url` can be used, and what it says of a register.

    Raises:
        LedgerError: It cannot be used; the subclass says why.
        LedgerAddressWrong, LedgerDriverMissing: The setting is at fault.
    """
    file = ledger_file(url, beside)
    if file is not None:
        _refuse_place(file)
        if not file.exists():
            return Condition(str(file), None)
    with transactions_reading(url, beside) as transactions:
        if file is None:
            _refuse_without_rights(transactions)
        else:
            _refuse_damaged(transactions)
        return _condition(transactions, register)


def _refuse_place(file: Path) -> None:
    if not file.parent.is_dir():
        raise LedgerFolderMissing(str(file), str(file.parent))
    if not all(os.access(place, os.W_OK) for place in (file.parent, file) if place.exists()):
        raise LedgerDenied(str(file))


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
    last, outbox = Runs(transactions).latest(register), Outbox(transactions)
    return Condition(
        where=transactions.where,
        schema=schema,
        open_intents=Intents(transactions).open(register),
        last_run=last[0] if last else None,
        mails=outbox.counts(),
        mails_wait_since=outbox.waits_since(),
        is_unattended=bool(SlotJournal(transactions).heartbeats()),
    )
