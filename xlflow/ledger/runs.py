"""Registers that were seen, and the runs over them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from xlflow.ledger.tables import registers, runs
from xlflow.ledger.transactions import Transactions, upsert


@dataclass(frozen=True, slots=True)
class Run:
    """One run over a register; `outcome` is None while it is at work, or if it was killed."""

    id: str
    register: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    counts: Mapping[str, int]


class Runs:
    """The history of runs."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def see_register(self, register: str, path: str, now: datetime) -> str | None:
        """Note where a register lies; returns where it lay the last time, None if it is new.

        Another path than before: it was moved, or copied.
        """
        with self._transactions.write() as connection:
            known = select(registers.c.path).where(registers.c.id == register)
            before = connection.execute(known).scalar_one_or_none()
            new = upsert(connection, registers).values(
                id=register, path=path, first_seen_at=now, last_seen_at=now
            )
            seen = {"path": new.excluded.path, "last_seen_at": new.excluded.last_seen_at}
            connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=seen))
        return before

    def start(self, register: str, now: datetime) -> str:
        """A new run; its id tells its moment: "20240315T093000Z-5f0c2a1b"."""
        run = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        with self._transactions.write() as connection:
            connection.execute(
                insert(runs).values(id=run, register=register, started_at=now, counts={})
            )
        return run

    def end(self, run: str, outcome: str, counts: Mapping[str, int], now: datetime) -> None:
        """The run is over. Raises KeyError for one that was never started."""
        with self._transactions.write() as connection:
            changed = connection.execute(
                update(runs)
                .where(runs.c.id == run)
                .values(outcome=outcome, counts=dict(counts), ended_at=now)
            ).rowcount
        if not changed:
            raise KeyError(run)

    def latest(self, register: str, limit: int = 1) -> tuple[Run, ...]:
        """The newest runs over a register, newest first."""
        query = select(runs).where(runs.c.register == register)
        newest = query.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
        with self._transactions.read() as connection:
            return tuple(Run(**row) for row in connection.execute(newest).mappings())
