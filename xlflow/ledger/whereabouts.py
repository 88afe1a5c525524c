"""In which registers the ledger has seen the record of a number."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select

from xlflow.ledger.archived import Archives
from xlflow.ledger.tables import entries
from xlflow.ledger.transactions import Transactions

Whereabouts = Literal["present", "archived", "gone"]


class Registers:
    """All registers, asked for one number."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def with_number(self, number: str) -> dict[str, Whereabouts]:
        """The id of each register that has or had such a record, and where it is now."""
        query = select(entries.c.register, entries.c.state).where(
            entries.c.sheet == "register", entries.c.number == number
        )
        with self._transactions.read() as connection:
            seen = connection.execute(query).all()
        found: dict[str, Whereabouts] = {}
        for register, state in seen:
            if state == "present":
                found[register] = "present"
            elif found.get(register) != "present":
                is_archived = number in Archives(self._transactions).of(register)
                found[register] = "archived" if is_archived else "gone"
        return found
