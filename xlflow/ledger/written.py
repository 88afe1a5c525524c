"""What xlflow last wrote into its own cells, to put back what was pasted over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from xlflow.ledger.tables import written
from xlflow.ledger.transactions import Transactions, upsert

CellValue = str | int | float | bool | None
_BATCH = 500  # SQLite takes 32,766 values a statement, older ones 999


@dataclass(frozen=True, slots=True)
class Written:
    """xlflow's own cells of one record.

    `content`: what tells the record apart without its number, as the caller made it.
    `cells`: field key -> value, dates as ISO text.
    """

    content: str
    cells: Mapping[str, CellValue]


class LastWritten:
    """The last written cells of all registers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def of(self, register: str) -> dict[str, Written]:
        """Number -> what was last written for that record."""
        columns = (written.c.number, written.c.content, written.c.cells)
        query = select(*columns).where(written.c.register == register)
        with self._transactions.read() as connection:
            rows = connection.execute(query).all()
        return {number: Written(content, cells) for number, content, cells in rows}

    def remember(self, register: str, records: Mapping[str, Written], now: datetime) -> int:
        """Note what was written, by number; returns how many records differ from before."""
        with self._transactions.write() as connection:
            before = self.of(register)
            rows = [
                {
                    "register": register,
                    "number": number,
                    "content": record.content,
                    "cells": dict(record.cells),
                    "written_at": now,
                }
                for number, record in records.items()
                if before.get(number) != record
            ]
            if rows:
                new = upsert(connection, written)
                changed = {name: new.excluded[name] for name in ("content", "cells", "written_at")}
                connection.execute(
                    new.on_conflict_do_update(index_elements=["register", "number"], set_=changed),
                    rows,
                )
        return len(rows)

    def forget(self, register: str, numbers: Collection[str]) -> None:
        """These records have left the register."""
        left = sorted(numbers)
        with self._transactions.write() as connection:
            for start in range(0, len(left), _BATCH):
                connection.execute(
                    delete(written).where(
                        written.c.register == register,
                        written.c.number.in_(left[start : start + _BATCH]),
                    )
                )
