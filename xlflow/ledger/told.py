"""What each person was told already, so that nobody is told twice.

It is noted in the transaction that puts the mail into the outbox: a kill loses and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import select

from xlflow.ledger.tables import told
from xlflow.ledger.transactions import Transactions, upsert


@dataclass(frozen=True, slots=True)
class Topic:
    """What a person is told once: at a level, of a version of a matter of a record or line.

    `recipient`: an address in small letters. `entry`: the ledger's own id of the record or line, 0
    for what has none. `about`: the deadline or rule. `version`: the due date, or what the cell
    held.
    """

    recipient: str
    register: str
    entry: int
    about: str
    version: str
    level: str


_NAMES = ("recipient", "register", "entry", "about", "version", "level")


_ROWS = 100  # of eight values each; older versions of SQLite take 999 a statement


class Told:
    """The topics of all registers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def of(self, register: str) -> frozenset[Topic]:
        """What was told of a register, to anybody."""
        query = select(*(told.c[name] for name in _NAMES)).where(told.c.register == register)
        with self._transactions.read() as connection:
            return frozenset(Topic(*row) for row in connection.execute(query))

    def note(self, topics: Iterable[Topic], mail: str, now: datetime) -> bool:
        """Note what the mail of a key tells; works only inside `Ledger.transaction()`.

        False if some of it was told before: then the mail must not go out, and the transaction
        has to be given up.
        """
        if not self._transactions.is_writing:
            raise RuntimeError("what is told is noted in the transaction that stores its mail")
        rows = [
            {**dict(zip(_NAMES, astuple(topic), strict=True)), "mail": mail, "told_at": now}
            for topic in topics
        ]
        noted = 0
        with self._transactions.write() as connection:
            for start in range(0, len(rows), _ROWS):
                new = upsert(connection, told).values(rows[start : start + _ROWS])
                stored = new.on_conflict_do_nothing(index_elements=list(_NAMES))
                noted += len(connection.execute(stored.returning(told.c.entry)).all())
        return noted == len(rows)
