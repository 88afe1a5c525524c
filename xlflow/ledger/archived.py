"""Which records have left a register for an archive, and in which file they lie.

Each move is noted in the transaction that stores the intent of its commit, and counts when that
commit is settled as done; so the ledger never says of a record that it was archived before it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, func, insert, or_, select

from xlflow.ledger.tables import archived, intents
from xlflow.ledger.transactions import Transactions

Move = Literal["archived", "taken-back"]


@dataclass(frozen=True, slots=True)
class Archived:
    """A move of one record.

    `file`: the archive's name. `content`: a digest of the record with its lines, as it lies there.
    `run` is the job that wrote it there; None where the record was found there as it is.
    """

    number: str
    move: Move
    file: str
    content: str
    at: datetime
    run: str | None = None


class Archives:
    """The moves of all registers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def note(self, register: str, moves: Iterable[Archived], *, intent: str | None = None) -> None:
        """Note moves that the commit `intent` makes; without one they hold at once."""
        with self._transactions.write() as connection:
            last = select(func.max(archived.c.place)).where(archived.c.register == register)
            place = (connection.execute(last).scalar_one() or 0) + 1
            rows = [
                {
                    "register": register,
                    "place": place + n,
                    "number": move.number,
                    "move": move.move,
                    "file": move.file,
                    "content": move.content,
                    "intent": intent,
                    "at": move.at,
                }
                for n, move in enumerate(moves)
            ]
            if rows:
                connection.execute(insert(archived), rows)

    def of(self, register: str) -> dict[str, Archived]:
        """Number -> where the record lies, for those that are in an archive now."""
        latest = self._latest(register)
        return {number: move for number, move in latest.items() if move.move == "archived"}

    def taken_back(self, register: str) -> dict[str, datetime]:
        """Number -> when the record was put back into the register, for those that are there."""
        latest = self._latest(register)
        return {number: move.at for number, move in latest.items() if move.move == "taken-back"}

    def contents(self, register: str) -> dict[str, frozenset[str]]:
        """Number -> every content that xlflow has written, or was about to write, for it."""
        known: dict[str, set[str]] = {}
        query = select(archived.c.number, archived.c.content).where(
            archived.c.register == register, archived.c.move == "archived"
        )
        with self._transactions.read() as connection:
            for number, content in connection.execute(query):
                known.setdefault(number, set()).add(content)
        return {number: frozenset(held) for number, held in known.items()}

    def _latest(self, register: str) -> dict[str, Archived]:
        """The newest move of each number that came to its end."""
        with self._transactions.read() as connection:
            rows = connection.execute(_ended(register)).mappings()
            return {row["number"]: Archived(**row) for row in rows}  # later ones win


def _ended(register: str) -> Select[Any]:
    columns = (archived.c[name] for name in ("number", "move", "file", "content", "at"))
    return (
        select(*columns, intents.c.run)
        .outerjoin(intents, intents.c.id == archived.c.intent)
        .where(
            archived.c.register == register,
            or_(archived.c.intent.is_(None), intents.c.state == "done"),
        )
        .order_by(archived.c.place)
    )
