"""The outbox: mails that are to go out, each once, whatever happens.

The key says what a mail is about ("weekly:2024-W12"); a second one of the same key is not taken.
Who sends claims a mail first; a sender that is killed loses its claim after a while.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update

from xlflow.ledger.tables import deliveries
from xlflow.ledger.transactions import Transactions, upsert

DeliveryState = Literal["pending", "failed", "sent", "dead"]
CLAIM = timedelta(minutes=15)
_WAITING = ("pending", "failed")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail of the outbox; `recipients` are those that it has not reached yet."""

    key: str
    message_id: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    state: DeliveryState
    tries: int
    created_at: datetime
    next_try_at: datetime
    settled_at: datetime | None
    last_error: str | None


class Outbox:
    """The mails of all registers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def put(
        self, key: str, message_id: str, recipients: Collection[str], content: bytes, now: datetime
    ) -> bool:
        """Put a mail into the outbox; False if one of that key was there before."""
        with self._transactions.write() as connection:
            new = upsert(connection, deliveries).values(
                key=key,
                message_id=message_id,
                recipients=list(recipients),
                content=content,
                state="pending",
                tries=0,
                created_at=now,
                next_try_at=now,
            )
            stored = new.on_conflict_do_nothing(index_elements=["key"]).returning(deliveries.c.key)
            return connection.execute(stored).first() is not None

    def claim(
        self, now: datetime, *, limit: int = 50, claim_for: timedelta = CLAIM
    ) -> tuple[Delivery, ...]:
        """Take the mails that are due, oldest first; nobody else gets them for `claim_for`.

        Each must be answered by `sent`, `again` or `dead`.
        """
        due = (
            select(deliveries.c.key)
            .where(deliveries.c.state.in_(_WAITING), deliveries.c.next_try_at <= now)
            .order_by(deliveries.c.created_at, deliveries.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)  # on PostgreSQL; SQLite has one writer anyway
        )
        claimed = (
            update(deliveries)
            .where(deliveries.c.key.in_(due.scalar_subquery()))
            .values(next_try_at=now + claim_for)
            .returning(deliveries)
        )
        with self._transactions.write() as connection:
            rows = connection.execute(claimed).mappings().all()
        return tuple(sorted((_delivery(row) for row in rows), key=lambda d: (d.created_at, d.key)))

    def sent(self, key: str, now: datetime, note: str | None = None) -> None:
        """It is out. `note`: what a person should know all the same (recipients refused)."""
        self._answer(key, state="sent", settled_at=now, last_error=note, tries=_one_more())

    def again(
        self,
        key: str,
        recipients: Collection[str],
        next_try_at: datetime,
        error: str,
        *,
        counts: bool = True,
    ) -> None:
        """It did not reach `recipients`; try again then. `counts` as a try of this mail."""
        values: dict[str, Any] = {"tries": _one_more()} if counts else {}
        left = list(recipients)
        self._answer(
            key,
            state="failed",
            recipients=left,
            next_try_at=next_try_at,
            last_error=error,
            **values,
        )

    def dead(self, key: str, error: str, now: datetime) -> None:
        """It will never go out: a person must be told."""
        self._answer(key, state="dead", settled_at=now, last_error=error, tries=_one_more())

    def get(self, key: str) -> Delivery | None:
        """One mail; None if there is none of that key."""
        with self._transactions.read() as connection:
            row = (
                connection.execute(select(deliveries).where(deliveries.c.key == key))
                .mappings()
                .first()
            )
        return _delivery(row) if row else None

    def counts(self) -> dict[str, int]:
        """State -> how many mails are in it."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        with self._transactions.read() as connection:
            return {state: int(count) for state, count in connection.execute(query)}

    def _answer(self, key: str, **values: Any) -> None:
        """Only a mail that waits is answered: one that was sent stays sent."""
        waiting = (deliveries.c.key == key) & deliveries.c.state.in_(_WAITING)
        with self._transactions.write() as connection:
            connection.execute(update(deliveries).where(waiting).values(**values))


def _one_more() -> Any:
    return deliveries.c.tries + 1


def _delivery(row: Any) -> Delivery:
    return Delivery(**{**row, "recipients": tuple(row["recipients"])})
