"""The journal of commits: what was going to be written where, and how it ended.

An intent is stored before the workbook is touched. One that is still open when a run begins was
left by a run that was killed: the run asks the share how it ended, and settles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Select, insert, select, update

from xlflow.ledger.tables import intents
from xlflow.ledger.transactions import Transactions

IntentState = Literal["open", "done", "undone"]
_FACTS = ("id", "target", "temporary", "aside", "sha_before", "sha_after")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An intent as the ledger keeps it.

    `cells`: what the commit writes, as the caller described it (JSON).
    """

    id: str
    register: str
    run: str | None
    target: str
    temporary: str
    aside: str
    sha_before: str
    sha_after: str
    cells: Any
    state: IntentState
    opened_at: datetime
    settled_at: datetime | None

    @property
    def facts(self) -> dict[str, str]:
        """What the share's own `Intent` is made of."""
        return {name: getattr(self, name) for name in _FACTS}


class Intents:
    """The journal of all registers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def store(
        self,
        facts: Mapping[str, str],
        register: str,
        now: datetime,
        *,
        run: str | None = None,
        cells: Any = None,
    ) -> None:
        """Store an open intent; `facts` as in `JournalEntry.facts`."""
        row = {name: facts[name] for name in _FACTS}
        row_state = {"register": register, "run": run, "cells": cells, "state": "open"}
        with self._transactions.write() as connection:
            connection.execute(insert(intents).values(**row, **row_state, opened_at=now))

    def open(self, register: str | None = None) -> tuple[JournalEntry, ...]:
        """The intents that nobody has settled, oldest first; of one register or of all."""
        query = select(intents).where(intents.c.state == "open")
        if register is not None:
            query = query.where(intents.c.register == register)
        return self._entries(query)

    def files_in_use(self) -> frozenset[str]:
        """What open intents of any register have beside their workbooks: not to be tidied away."""
        return frozenset(path for entry in self.open() for path in (entry.aside, entry.temporary))

    def of_target(self, target: str) -> tuple[JournalEntry, ...]:
        """The open intents on one workbook, oldest first, for one that cannot be read."""
        return self._entries(
            select(intents).where(intents.c.state == "open", intents.c.target == target)
        )

    def get(self, intent: str) -> JournalEntry:
        """One intent. Raises KeyError."""
        entries = self._entries(select(intents).where(intents.c.id == intent))
        if not entries:
            raise KeyError(intent)
        return entries[0]

    def settle(self, intent: str, state: Literal["done", "undone"], now: datetime) -> bool:
        """Say how it ended; False if that was known already.

        Raises:
            KeyError: There is no such intent.
            ValueError: It ended otherwise.
        """
        still_open = (intents.c.id == intent) & (intents.c.state == "open")
        with self._transactions.write() as connection:
            changed = connection.execute(
                update(intents).where(still_open).values(state=state, settled_at=now)
            ).rowcount
            if changed:
                return True
            before = self.get(intent).state
            if before != state:
                raise ValueError(f"the intent {intent} is {before}, so it cannot be {state}")
            return False

    def _entries(self, query: Select[Any]) -> tuple[JournalEntry, ...]:
        with self._transactions.read() as connection:
            rows = connection.execute(query.order_by(intents.c.opened_at, intents.c.id)).mappings()
            return tuple(JournalEntry(**cast(Mapping[str, Any], row)) for row in rows)
