"""Numbers: unique per scope and year, gapless, and none used up by a commit that failed.

A number is reserved for an intent, in the transaction that stores the intent; when the intent is
settled it is given for good, or free again and the next to be used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Literal, cast

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, select, update

from xlflow.ledger.tables import numbers, sequences
from xlflow.ledger.transactions import Transactions, upsert

NumberState = Literal["reserved", "given", "free"]


class Numbers:
    """The numbers of all scopes; a scope is a register, or registers that share their numbers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def observe(self, scope: str, serials: Mapping[int, Collection[int]]) -> None:
        """Take note of the numbers that the register holds: year -> serials.

        They count as given, whoever gave them, so a ledger that was lost or begun late agrees with
        the workbook. Call it before `reserve`, and before `release` when somebody saved meanwhile.
        """
        with self._transactions.write() as connection:
            for year, seen in serials.items():
                if seen:
                    self._raise_to(connection, scope, year, max(seen))
                    self._note_given(connection, scope, year, frozenset(seen))

    def take_turn(self, scope: str, earlier: str) -> None:
        """Keep others from numbers of this scope until the transaction ends. Call it first.

        `earlier`: the scope of the register's own numbers, should it have begun to share a sequence
        only now; this one goes on behind them. Twice equals once.
        """
        with self._transactions.write() as connection:
            _wait_for_turn(connection, scope)
            query = select(sequences.c.year, sequences.c.last).where(sequences.c.scope == earlier)
            for year, last in connection.execute(query).all() if earlier != scope else ():
                self._raise_to(connection, scope, year, last)

    def reserve(
        self, scope: str, year: int, count: int, floor: int, intent: str
    ) -> tuple[int, ...]:
        """The next `count` serials, in order: freed ones first, then on from the highest known.

        `floor`: the highest serial in the register, 0 if none. Works only inside
        `Ledger.transaction()`, which stores the intent with that id too.
        """
        if not self._transactions.is_writing:
            raise RuntimeError("numbers are reserved in the transaction that stores their intent")
        with self._transactions.write() as connection:
            # the upsert also locks the year's row: others wait here until we commit
            self._raise_to(connection, scope, year, floor)
            freed = self._take_freed(connection, scope, year, count, intent)
            return *freed, *self._take_new(connection, scope, year, count - len(freed), intent)

    def states(self, scope: str, year: int) -> dict[int, NumberState]:
        """Serial -> state of all numbers of a year that the ledger knows."""
        query = select(numbers.c.serial, numbers.c.state).where(_of(scope, year))
        with self._transactions.read() as connection:
            rows = connection.execute(query.order_by(numbers.c.serial)).all()
        return {serial: cast(NumberState, state) for serial, state in rows}

    def give(self, intent: str) -> None:
        """The numbers of this intent are in the workbook: given for good."""
        self._settle(intent, "reserved", "given")

    def free(self, intent: str) -> None:
        """The numbers of this intent never got into the workbook: to be used next."""
        self._settle(intent, "reserved", "free")

    def take_back(self, intent: str) -> None:
        """The workbook is again as it was before this intent: nobody has its numbers any more."""
        self._settle(intent, "given", "free")

    def _settle(self, intent: str, before: NumberState, after: NumberState) -> None:
        of_intent = and_(numbers.c.intent == intent, numbers.c.state == before)
        with self._transactions.write() as connection:
            connection.execute(update(numbers).where(of_intent).values(state=after))

    @staticmethod
    def _raise_to(connection: Connection, scope: str, year: int, floor: int) -> None:
        new = upsert(connection, sequences).values(scope=scope, year=year, last=floor)
        last, offered = sequences.c.last, new.excluded.last
        connection.execute(
            new.on_conflict_do_update(
                index_elements=["scope", "year"],
                set_={"last": case((last < offered, offered), else_=last)},
            )
        )

    @staticmethod
    def _note_given(connection: Connection, scope: str, year: int, seen: frozenset[int]) -> None:
        known = select(numbers.c.serial).where(_of(scope, year), numbers.c.state == "given")
        fresh = seen - set(connection.execute(known).scalars())
        if not fresh:
            return
        new = upsert(connection, numbers)
        given = new.on_conflict_do_update(
            index_elements=["scope", "year", "serial"], set_={"state": new.excluded.state}
        )
        rows = [
            {"scope": scope, "year": year, "serial": serial, "state": "given", "intent": None}
            for serial in sorted(fresh)
        ]
        connection.execute(given, rows)

    @staticmethod
    def _take_freed(
        connection: Connection, scope: str, year: int, count: int, intent: str
    ) -> list[int]:
        free = select(numbers.c.serial).where(_of(scope, year), numbers.c.state == "free")
        serials = list(connection.execute(free.order_by(numbers.c.serial).limit(count)).scalars())
        if serials:
            connection.execute(
                update(numbers)
                .where(_of(scope, year), numbers.c.serial.in_(serials))
                .values(state="reserved", intent=intent)
            )
        return serials

    @staticmethod
    def _take_new(connection: Connection, scope: str, year: int, count: int, intent: str) -> range:
        if count == 0:
            return range(0)
        last = connection.execute(
            update(sequences)
            .where(sequences.c.scope == scope, sequences.c.year == year)
            .values(last=sequences.c.last + count)
            .returning(sequences.c.last)
        ).scalar_one()
        serials = range(last - count + 1, last + 1)
        connection.execute(
            insert(numbers),
            [
                {
                    "scope": scope,
                    "year": year,
                    "serial": serial,
                    "state": "reserved",
                    "intent": intent,
                }
                for serial in serials
            ],
        )
        return serials


def _wait_for_turn(connection: Connection, scope: str) -> None:
    """SQLite lets one write at a time. On a server, two would wait for each other's years."""
    if connection.dialect.name == "postgresql":
        digest = hashlib.sha256(f"xlflow numbers {scope}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def _of(scope: str, year: int) -> ColumnElement[bool]:
    return and_(numbers.c.scope == scope, numbers.c.year == year)
