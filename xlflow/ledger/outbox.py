"""The outbox: mails that are to go out, each once, whatever happens.

The key says what a mail is about ("weekly:2024-W12"); a second one of the same key is not taken,
also when the first has been sent and its text is forgotten. Who sends claims a mail first, and
says before each one that it still holds it; a sender that is killed loses its claim after a while.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from xlflow.ledger.tables import deliveries
from xlflow.ledger.transactions import Transactions, upsert

DeliveryState = Literal["pending", "failed", "dead", "sent", "discarded"]
"""failed: it is tried again. dead: a person must see to it. discarded: it will never go out."""

DELIVERY_STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
CLAIM = timedelta(minutes=15)
WAITING: tuple[DeliveryState, ...] = ("pending", "failed")
_HEAD_BYTES = 8192
_EMPTY = b""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail of the outbox; `recipients` are those that it has not reached yet.

    `content` is empty once it was forgotten. `held_until`: a sender has it at work.
    """

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
    held_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        """Whether a sender has it at work."""
        return self.held_until is not None and self.held_until > now

    def is_due(self, now: datetime) -> bool:
        """Whether the next sender takes it."""
        return self.state in WAITING and self.next_try_at <= now and not self.is_held(now)


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

        Each must be answered by `sent`, `again` or `dead`, after `hold` has said that it is ours.
        """
        due = (
            select(deliveries.c.key)
            .where(_waits(), deliveries.c.next_try_at <= now, _is_free(now))
            .order_by(deliveries.c.created_at, deliveries.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)  # on PostgreSQL; SQLite has one writer anyway
        )
        claimed = (
            update(deliveries)
            .where(deliveries.c.key.in_(due.scalar_subquery()))
            .values(held_until=now + claim_for)
            .returning(deliveries)
        )
        with self._transactions.write() as connection:
            rows = connection.execute(claimed).mappings().all()
        return tuple(sorted((_delivery(row) for row in rows), key=lambda d: (d.created_at, d.key)))

    def hold(self, claimed: Delivery, until: datetime) -> bool:
        """Hold a claimed mail longer; False where the claim ended and it is no longer ours."""
        return self._change(_is_ours(claimed), held_until=until)

    def release(self, claimed: Delivery) -> None:
        """Let go of a claimed mail that was not tried."""
        self._change(_is_ours(claimed), held_until=None)

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
            row = connection.execute(select(deliveries).where(_is(key))).mappings().first()
        return _delivery(row) if row else None

    def listing(self, states: Iterable[DeliveryState] = DELIVERY_STATES) -> tuple[Delivery, ...]:
        """The mails in these states, oldest first; `content` is cut to what holds the headers."""
        head = func.substr(deliveries.c.content, 1, _HEAD_BYTES, type_=deliveries.c.content.type)
        others = [column for column in deliveries.c if column.name != "content"]
        query: Select[Any] = (
            select(*others, head.label("content"))
            .where(_stands(set(states)))
            .order_by(deliveries.c.created_at, deliveries.c.key)
        )
        with self._transactions.read() as connection:
            return tuple(_delivery(row) for row in connection.execute(query).mappings())

    def latest(self, prefix: str) -> Delivery | None:
        """The mail that was put in last of those whose keys begin so."""
        query = (
            select(deliveries)
            .where(deliveries.c.key.startswith(prefix, autoescape=True))
            .order_by(deliveries.c.created_at.desc(), deliveries.c.key.desc())
            .limit(1)
        )
        with self._transactions.read() as connection:
            row = connection.execute(query).mappings().first()
        return _delivery(row) if row else None

    def known_keys(self) -> tuple[str, ...]:
        """The keys of all mails that ever were in it."""
        with self._transactions.read() as connection:
            found = connection.execute(select(deliveries.c.key).order_by(deliveries.c.key))
            return tuple(found.scalars())

    def counts(self) -> dict[str, int]:
        """State -> how many mails are in it."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        gone = select(func.count()).where(deliveries.c.state == "dead", ~_has_text())
        with self._transactions.read() as connection:
            held = {state: int(count) for state, count in connection.execute(query)}
            held["discarded"] = int(connection.execute(gone).scalar_one())
        held["dead"] = held.get("dead", 0) - held["discarded"]
        return {state: count for state, count in held.items() if count}

    def waits_since(self) -> datetime | None:
        """When the oldest mail that waits was put in; None where none waits."""
        query = select(deliveries.c.created_at).where(_waits()).order_by(deliveries.c.created_at)
        with self._transactions.read() as connection:
            return connection.execute(query.limit(1)).scalar()

    def line_up(self, key: str, now: datetime) -> bool:
        """Let a mail whose text is kept go out now, as it is stored; its tries begin anew.

        False where there is none such, or a sender has it at work.
        """
        wanted = _is(key) & _is_free(now) & _has_text()
        values: dict[str, Any] = {"state": "pending", "tries": 0, "settled_at": None}
        return self._change(wanted, next_try_at=now, held_until=None, **values)

    def discard(self, key: str, now: datetime) -> bool:
        """Let a mail that was not sent never go out; False where there is none such, or a sender
        has it at work.
        """
        unsent = _is(key) & _is_free(now) & (deliveries.c.state != "sent")
        kept = _has_text()
        values: dict[str, Any] = {"state": "dead", "content": _EMPTY, "settled_at": now}
        return self._change(unsent & kept, held_until=None, **values)

    def forget(self, before: datetime) -> int:
        """Forget the texts of the mails that were settled before; their keys stay. How many."""
        old = (deliveries.c.settled_at < before) & deliveries.c.state.in_(("sent", "dead"))
        kept = _has_text()
        with self._transactions.write() as connection:
            forgotten = update(deliveries).where(old, kept).values(content=_EMPTY)
            return connection.execute(forgotten).rowcount

    def _answer(self, key: str, **values: Any) -> None:
        """Only a mail that waits is answered: one that was sent stays sent."""
        self._change(_is(key) & _waits(), held_until=None, **values)

    def _change(self, which: ColumnElement[bool], **values: Any) -> bool:
        with self._transactions.write() as connection:
            changed = connection.execute(update(deliveries).where(which).values(**values))
            return changed.rowcount > 0


def _is(key: str) -> ColumnElement[bool]:
    return deliveries.c.key == key


def _waits() -> ColumnElement[bool]:
    return deliveries.c.state.in_(WAITING)


def _is_ours(claimed: Delivery) -> ColumnElement[bool]:
    """Nobody else can have made the same claim: each ends later than the one before."""
    return _is(claimed.key) & _waits() & (deliveries.c.held_until == claimed.held_until)


def _is_free(now: datetime) -> ColumnElement[bool]:
    held_until = deliveries.c.held_until
    return or_(held_until.is_(None), held_until <= now)


def _stands(states: set[DeliveryState]) -> ColumnElement[bool]:
    """In one of these states, as they are told: a dead mail without a text is none to see to."""
    stored: set[str] = {*states - {"discarded"}} | ({"dead"} if "discarded" in states else set())
    wanted = deliveries.c.state.in_(sorted(stored))
    if "discarded" not in states:
        return wanted & ((deliveries.c.state != "dead") | _has_text())
    if "dead" not in states:
        return wanted & ((deliveries.c.state != "dead") | ~_has_text())
    return wanted


def _has_text() -> ColumnElement[bool]:
    return func.length(deliveries.c.content) > 0


def _one_more() -> Any:
    return deliveries.c.tries + 1


def _delivery(row: Any) -> Delivery:
    # SQLite calls a piece of no bytes NULL.
    held = {**row, "recipients": tuple(row["recipients"]), "content": row["content"] or _EMPTY}
    if held["state"] == "dead" and not held["content"]:
        held["state"] = "discarded"
    return Delivery(**held)
