"""What runs by itself: which slot of a job was taken by whom, and what became of it.

    if ledger.slots.claim(key, holder, now):
        ... do the work ...
        ledger.slots.end(key, holder, Ending("done"), now)

A slot is claimed by one, whoever else tries. A claim holds for a while; that of a holder who was
killed is given up, and the slot is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, case, delete, func, select, update

from xlflow.ledger.tables import heartbeats, slots, timetables
from xlflow.ledger.transactions import Transactions, upsert

SlotState = Literal["claimed", "done", "deferred", "failed"]
CLAIM = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SlotKey:
    """A job, the register that it is about ("" = all), and the moment at which it is to run."""

    job: str
    register: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a slot.

    `error`: which error, for programs. `reason`: why, by language. `next_try_at`: None where it is
    not tried again.
    """

    state: Literal["done", "deferred", "failed"]
    figures: Mapping[str, int] = field(default_factory=dict)
    run: str | None = None
    error: str | None = None
    reason: Mapping[str, str] = field(default_factory=dict)
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot that was claimed at least once. `claimed_at`: the last time."""

    key: SlotKey
    state: SlotState
    tries: int
    claimed_at: datetime
    claimed_until: datetime
    ended_at: datetime | None
    next_try_at: datetime | None
    run: str | None
    figures: Mapping[str, int]
    error: str | None
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life of what runs by itself: `kind` "run" or "tick"."""

    kind: str
    holder: str
    started_at: datetime
    beat_at: datetime


class SlotJournal:
    """The slots of all jobs."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def known_since(self, job: str, register: str, timetable: str, now: datetime) -> datetime:
        """Since when the job has this timetable; another one than before counts from now on."""
        key = (timetables.c.job == job) & (timetables.c.register == register)
        query = select(timetables.c.timetable, timetables.c.since).where(key)
        with self._transactions.read() as connection:
            found = connection.execute(query).first()
        if found is not None and found.timetable == timetable:
            return found.since  # type: ignore[no-any-return]
        values = {"timetable": timetable, "since": now}
        with self._transactions.write() as connection:
            new = upsert(connection, timetables).values(job=job, register=register, **values)
            # of two that begin at once the first one counts
            changed = new.on_conflict_do_update(
                index_elements=["job", "register"],
                set_=values,
                where=timetables.c.timetable != timetable,
            )
            connection.execute(changed)
            return connection.execute(query).one().since  # type: ignore[no-any-return]

    def switched_off(self, job: str, register: str) -> None:
        """The job has no timetable now: when it has one again, that counts from then on."""
        key = (timetables.c.job == job) & (timetables.c.register == register)
        with self._transactions.read() as connection:
            is_known = connection.execute(select(timetables.c.since).where(key)).first()
        if is_known is not None:
            with self._transactions.write() as connection:
                connection.execute(delete(timetables).where(key))

    def timetable_since(self, job: str, register: str, timetable: str) -> datetime | None:
        """The same, asked without noting anything; None for one that was never seen."""
        query = select(timetables.c.since).where(
            timetables.c.job == job,
            timetables.c.register == register,
            timetables.c.timetable == timetable,
        )
        with self._transactions.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def claim(
        self, key: SlotKey, holder: str, now: datetime, *, claim_for: timedelta = CLAIM
    ) -> int | None:
        """Take a slot that nobody had, or that is to be tried again; how many tries that makes.

        None if another has it or has done it, or if it is not yet time to try again.
        """
        claimed = {
            "state": "claimed",
            "holder": holder,
            "claimed_at": now,
            "claimed_until": now + claim_for,
        }
        may_be_tried = and_(
            slots.c.state.in_(("failed", "deferred")),
            slots.c.next_try_at <= now,
        )
        with self._transactions.write() as connection:
            new = upsert(connection, slots).values(
                job=key.job,
                register=key.register,
                slot_at=key.at,
                tries=1,
                figures={},
                reason={},
                **claimed,
            )
            taken = new.on_conflict_do_update(
                index_elements=["job", "register", "slot_at"],
                set_={**claimed, "tries": slots.c.tries + 1, "next_try_at": None},
                where=may_be_tried,
            ).returning(slots.c.tries)
            return connection.execute(taken).scalar_one_or_none()

    def is_open(self, key: SlotKey, now: datetime) -> bool:
        """Whether it may be claimed, as far as one can see without claiming it."""
        query = select(slots.c.state, slots.c.next_try_at).where(_is(key))
        with self._transactions.read() as connection:
            found = connection.execute(query).first()
        if found is None:
            return True
        again_at = found.next_try_at
        return found.state in ("failed", "deferred") and again_at is not None and again_at <= now

    def end(self, key: SlotKey, holder: str, ending: Ending, now: datetime) -> bool:
        """Note what became of a slot; False if the holder had lost it meanwhile."""
        values = {
            "state": ending.state,
            "ended_at": now,
            "next_try_at": ending.next_try_at,
            "run": ending.run,
            "figures": dict(ending.figures),
            "error": ending.error,
            "reason": dict(ending.reason),
        }
        held = and_(_is(key), slots.c.state == "claimed", slots.c.holder == holder)
        with self._transactions.write() as connection:
            return connection.execute(update(slots).where(held).values(**values)).rowcount > 0

    def abandoned(self, now: datetime, *, alone: bool) -> tuple[Slot, ...]:
        """The claims whose holder is gone: they ran out, or nobody else is at work (`alone`)."""
        gone = slots.c.state == "claimed"
        if not alone:
            gone = and_(gone, slots.c.claimed_until <= now)
        return self._all(select(slots).where(gone).order_by(slots.c.slot_at))

    def give_up(self, slot: Slot, ending: Ending, now: datetime) -> bool:
        """Note for a holder that is gone what became of its slot; False if it changed meanwhile."""
        as_it_was = and_(
            _is(slot.key), slots.c.state == "claimed", slots.c.claimed_at == slot.claimed_at
        )
        values = {
            "state": ending.state,
            "ended_at": now,
            "next_try_at": ending.next_try_at,
            "error": ending.error,
            "reason": dict(ending.reason),
        }
        with self._transactions.write() as connection:
            return connection.execute(update(slots).where(as_it_was).values(**values)).rowcount > 0

    def latest(self, job: str, register: str, states: tuple[SlotState, ...] = ()) -> Slot | None:
        """The newest slot of a job, or the newest that is in one of these states."""
        query = select(slots).where(slots.c.job == job, slots.c.register == register)
        if states:
            query = query.where(slots.c.state.in_(states))
        found = self._all(query.order_by(slots.c.slot_at.desc()).limit(1))
        return found[0] if found else None

    def failing(self, job: str, register: str) -> tuple[Slot, ...]:
        """The slots of a job that failed since it was last done or held up, oldest first."""
        failed = [slots.c.job == job, slots.c.register == register, slots.c.state == "failed"]
        good = self.latest(job, register, ("done", "deferred"))
        if good is not None:
            failed.append(slots.c.slot_at > good.key.at)
        return self._all(select(slots).where(*failed).order_by(slots.c.slot_at))

    def all(self, job: str, register: str = "") -> tuple[Slot, ...]:
        """All slots of a job that are remembered, oldest first."""
        query = select(slots).where(slots.c.job == job, slots.c.register == register)
        return self._all(query.order_by(slots.c.slot_at))

    def forget(self, before: datetime) -> int:
        """Forget slots of long ago, but the newest good one of each job; how many."""
        newest = (
            select(slots.c.job, slots.c.register, func.max(slots.c.slot_at).label("slot_at"))
            .where(slots.c.state == "done")
            .group_by(slots.c.job, slots.c.register)
            .subquery()
        )
        is_newest = (
            select(newest.c.job)
            .where(
                newest.c.job == slots.c.job,
                newest.c.register == slots.c.register,
                newest.c.slot_at == slots.c.slot_at,
            )
            .exists()
        )
        old = and_(slots.c.slot_at < before, slots.c.state != "claimed", ~is_newest)
        with self._transactions.write() as connection:
            return connection.execute(delete(slots).where(old)).rowcount

    def beat(self, kind: str, holder: str, now: datetime) -> None:
        """Note a sign of life."""
        with self._transactions.write() as connection:
            values = {"holder": holder, "beat_at": now}
            new = upsert(connection, heartbeats).values(kind=kind, started_at=now, **values)
            is_same = heartbeats.c.holder == holder
            began = case((is_same, heartbeats.c.started_at), else_=new.excluded.started_at)
            changed = new.on_conflict_do_update(
                index_elements=["kind"], set_={**values, "started_at": began}
            )
            connection.execute(changed)

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """The last signs of life, the newest first."""
        query = select(heartbeats).order_by(heartbeats.c.beat_at.desc())
        with self._transactions.read() as connection:
            return tuple(Heartbeat(**row) for row in connection.execute(query).mappings())

    def _all(self, query: Any) -> tuple[Slot, ...]:
        with self._transactions.read() as connection:
            return tuple(_slot(row) for row in connection.execute(query).mappings())


def _is(key: SlotKey) -> Any:
    return and_(slots.c.job == key.job, slots.c.register == key.register, slots.c.slot_at == key.at)


def _slot(row: Any) -> Slot:
    held = dict(row)
    key = SlotKey(held.pop("job"), held.pop("register"), held.pop("slot_at"))
    del held["holder"]
    return Slot(key=key, **held)
