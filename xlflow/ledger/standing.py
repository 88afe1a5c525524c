"""What the last run over each register found, for as long as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from xlflow.ledger.tables import standing
from xlflow.ledger.transactions import Transactions, upsert


class Standing:
    """One note a register; the caller knows what is in it."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def of(self, register: str) -> Mapping[str, Any] | None:
        """What was noted last, if anything was."""
        query = select(standing.c.found).where(standing.c.register == register)
        with self._transactions.read() as connection:
            found: Mapping[str, Any] | None = connection.execute(query).scalar_one_or_none()
        return found

    def note(self, register: str, found: Mapping[str, Any], now: datetime) -> None:
        """Note what a run found, in place of what an earlier one did."""
        with self._transactions.write() as connection:
            new = upsert(connection, standing).values(
                register=register, found=dict(found), noted_at=now
            )
            changed = {"found": new.excluded.found, "noted_at": new.excluded.noted_at}
            connection.execute(new.on_conflict_do_update(index_elements=["register"], set_=changed))
