"""The scope that both sides signed, version by version. Source: the process standard, step 3."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, insert, select

from xlflow.history.cells import digest
from xlflow.ledger.tables import baselines
from xlflow.ledger.transactions import Transactions, batches
from xlflow.record.memory import Baseline


class Baselines:
    """The baselines of all registers; a version never changes."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def digests(self, register: str) -> dict[str, str]:
        """Number -> the digest of its newest baseline's scope (`history.cells.digest`)."""
        query = (
            select(baselines.c.number, baselines.c.digest)
            .where(baselines.c.register == register)
            .order_by(baselines.c.version)
        )
        with self._transactions.read() as connection:
            rows = connection.execute(query).all()
        return {row.number: row.digest for row in rows}  # newer ones win

    def of(self, register: str, numbers: Collection[str]) -> dict[str, tuple[Baseline, ...]]:
        """Number -> its baselines, the first version first; of records that have any."""
        found: dict[str, tuple[Baseline, ...]] = {}
        for batch in batches(sorted(numbers)):
            query = select(baselines).where(
                baselines.c.register == register, baselines.c.number.in_(batch)
            )
            found |= self._found(query)
        return found

    def of_number(self, register: str, number: str) -> tuple[Baseline, ...]:
        """The baselines of one record, the first version first."""
        return self.of(register, [number]).get(number, ())

    def add(self, register: str, run: str, made: Iterable[Baseline]) -> None:
        """Note new versions."""
        rows = [
            {
                "register": register,
                "number": one.number,
                "version": one.version,
                "run": run,
                "made_at": one.made_at,
                "business_signed_on": one.signed_on[0],
                "technical_signed_on": one.signed_on[1],
                "digest": digest(one.values),
                "cells": dict(one.values),
                "changes": list(one.changes),
            }
            for one in made
        ]
        if rows:
            with self._transactions.write() as connection:
                connection.execute(insert(baselines), rows)

    def _found(self, query: Select[Any]) -> dict[str, tuple[Baseline, ...]]:
        found: dict[str, tuple[Baseline, ...]] = {}
        ordered = query.order_by(baselines.c.number, baselines.c.version)
        with self._transactions.read() as connection:
            for row in connection.execute(ordered):
                one = Baseline(
                    row.number,
                    row.version,
                    row.made_at,
                    (row.business_signed_on, row.technical_signed_on),
                    row.cells,
                    tuple(row.changes),
                )
                found[row.number] = (*found.get(row.number, ()), one)
        return found
