"""WHAT XLFLOW REMEMBERS: numbers, commits, runs, history, mails.

    with Ledger.open(url, beside=settings_folder) as ledger:
        with ledger.transaction():
            serials = ledger.numbers.reserve(scope, 2024, count=3, floor=17, intent=intent_id)
            ...
            ledger.intents.store(facts, register, now)
        ...
        ledger.settle(intent_id, now)      # or: ledger.release(intent_id, now)

SQLite by default, PostgreSQL by URL. No clock: `now` comes in, and has a time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

from xlflow.ledger.archived import Archived, Archives
from xlflow.ledger.baselines import Baselines
from xlflow.ledger.errors import (
    LedgerAddressWrong,
    LedgerBusy,
    LedgerDamaged,
    LedgerDatabaseMissing,
    LedgerDenied,
    LedgerDriverMissing,
    LedgerError,
    LedgerFolderMissing,
    LedgerForeign,
    LedgerFull,
    LedgerLoginRefused,
    LedgerNewer,
    LedgerUnreachable,
)
from xlflow.ledger.history import History, Sighting
from xlflow.ledger.intakes import Intake, Intakes
from xlflow.ledger.intents import Intents, JournalEntry
from xlflow.ledger.locking import held_lock, register_lock, schedule_lock
from xlflow.ledger.migrations import migrate
from xlflow.ledger.numbers import Numbers, NumberState
from xlflow.ledger.outbox import Delivery, Outbox
from xlflow.ledger.runs import Run, Runs
from xlflow.ledger.slots import Ending, Heartbeat, Slot, SlotJournal, SlotKey
from xlflow.ledger.standing import Standing
from xlflow.ledger.told import Told, Topic
from xlflow.ledger.transactions import Step, Transactions, connect, ledger_file, no_step
from xlflow.ledger.whereabouts import Registers, Whereabouts

__all__ = [
    "Archived",
    "Archives",
    "Baselines",
    "Delivery",
    "Ending",
    "Heartbeat",
    "History",
    "Intake",
    "Intakes",
    "Intents",
    "JournalEntry",
    "Ledger",
    "LedgerAddressWrong",
    "LedgerBusy",
    "LedgerDamaged",
    "LedgerDatabaseMissing",
    "LedgerDenied",
    "LedgerDriverMissing",
    "LedgerError",
    "LedgerFolderMissing",
    "LedgerForeign",
    "LedgerFull",
    "LedgerLoginRefused",
    "LedgerNewer",
    "LedgerUnreachable",
    "NumberState",
    "Numbers",
    "Outbox",
    "Run",
    "Runs",
    "Sighting",
    "Slot",
    "SlotJournal",
    "SlotKey",
    "Standing",
    "Told",
    "Topic",
    "Whereabouts",
    "held_lock",
    "ledger_file",
    "register_lock",
    "schedule_lock",
]

WAIT_SECONDS = 30.0


class Ledger:
    """The open ledger, for one thread of one process."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self.numbers = Numbers(transactions)
        self.intents = Intents(transactions)
        self.intakes = Intakes(transactions)
        self.runs = Runs(transactions)
        self.outbox = Outbox(transactions)
        self.standing = Standing(transactions)
        self.told = Told(transactions)
        self.history = History(transactions)
        self.baselines = Baselines(transactions)
        self.archived = Archives(transactions)
        self.registers = Registers(transactions)
        self.slots = SlotJournal(transactions)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        beside: Path | None = None,
        wait_seconds: float = WAIT_SECONDS,
        step: Step = no_step,
    ) -> Ledger:
        """Open the ledger, make it if it is new, bring it to today's schema.

        Args:
            url: ``sqlite:///xlflow.db`` or ``postgresql://user:password@host/database``.
            beside: The folder that a relative file is in.
            wait_seconds: How long to wait while another run writes.
            step: Called before each commit; it may end the process.

        Raises:
            LedgerError: It cannot be used; the subclass says why.
            LedgerAddressWrong, LedgerDriverMissing: The setting is at fault.
        """
        transactions = connect(url, beside, wait_seconds, step)
        try:
            migrate(transactions)
        except BaseException:
            transactions.close()
            raise
        return cls(transactions)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside happens together, or, after an exception, not at all."""
        with self._transactions.write():
            yield

    def settle(self, intent: str, now: datetime, *, undoes: str | None = None) -> None:
        """The commit is in place: its numbers are given. Twice equals once.

        `undoes`: the earlier commit that it took back, whose numbers are the next to be used.
        """
        with self.transaction():
            if self.intents.settle(intent, "done", now):
                self.numbers.give(intent)
                if undoes is not None:
                    self.numbers.take_back(undoes)

    def release(self, intent: str, now: datetime) -> None:
        """The commit came to nothing: its numbers are the next to be used. Twice equals once.

        If somebody saved meanwhile, `numbers.observe` what the workbook holds first: numbers that
        reached it stay given.
        """
        with self.transaction():
            if self.intents.settle(intent, "undone", now):
                self.numbers.free(intent)

    def close(self) -> None:
        """Close the connections."""
        self._transactions.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
