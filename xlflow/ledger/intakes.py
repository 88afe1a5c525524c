"""Forms that were taken in: each once, with its number, and where it lies now.

An intake is stored in the transaction that stores the intent of its commit. It holds while that
commit does: not if the commit came to nothing, nor after it was undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Text, and_, insert, select, type_coerce, update

from xlflow.ledger.tables import inbox_told, intakes, intents
from xlflow.ledger.transactions import Transactions, upsert


@dataclass(frozen=True, slots=True)
class Intake:
    """A form that became a record.

    `digest` is that of its answers, `sha256` that of its file; `form` is the id that copies of one
    form share. `moved_to` is None while the form is not in its place yet.
    """

    intent: str
    position: int
    register: str
    digest: str
    form: str | None
    file: str
    sha256: str
    number: str
    row: int
    answers: Mapping[str, Any]
    receipt: str
    taken_at: datetime
    moved_to: str | None = None


class Intakes:
    """What was taken in, of all registers."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def store(self, taken: Iterable[Intake]) -> None:
        """Store intakes; works only inside `Ledger.transaction()`, which stores their intent."""
        if not self._transactions.is_writing:
            raise RuntimeError("intakes are stored in the transaction that stores their intent")
        rows = [asdict(one) for one in taken]
        if rows:
            with self._transactions.write() as connection:
                connection.execute(insert(intakes), rows)

    def of_digest(self, register: str, digest: str) -> Intake | None:
        """The last form with these answers that was taken in; None if none was."""
        return self._last(and_(intakes.c.register == register, intakes.c.digest == digest))

    def of_form(self, register: str, form: str) -> tuple[Intake, ...]:
        """What copies of one form became, the last one first."""
        where = and_(intakes.c.register == register, intakes.c.form == form)
        return self._found(_holding(where).order_by(*_NEWEST_FIRST))

    def to_be_moved(self, register: str) -> tuple[Intake, ...]:
        """Those whose form is not in its place yet, in the order in which they were taken in."""
        where = and_(intakes.c.register == register, intakes.c.moved_to.is_(None))
        query = _holding(where).order_by(intakes.c.taken_at, intakes.c.intent, intakes.c.position)
        return self._found(query)

    def moved(self, taken: Intake, place: str) -> None:
        """Its form and its receipt are in their place."""
        this = and_(intakes.c.intent == taken.intent, intakes.c.position == taken.position)
        with self._transactions.write() as connection:
            connection.execute(update(intakes).where(this).values(moved_to=place))

    def tell_once(self, register: str, file: str, state: str, now: datetime) -> bool:
        """Note that people are told of a file that is no form; False if they were told before."""
        known = select(inbox_told.c.state).where(
            inbox_told.c.register == register, inbox_told.c.file == file
        )
        with self._transactions.write() as connection:
            if connection.execute(known).scalar_one_or_none() == state:
                return False
            new = upsert(connection, inbox_told).values(
                register=register, file=file, state=state, told_at=now
            )
            changed = {"state": new.excluded.state, "told_at": new.excluded.told_at}
            connection.execute(
                new.on_conflict_do_update(index_elements=["register", "file"], set_=changed)
            )
        return True

    def _last(self, where: ColumnElement[bool]) -> Intake | None:
        found = self._found(_holding(where).order_by(*_NEWEST_FIRST).limit(1))
        return found[0] if found else None

    def _found(self, query: Select[Any]) -> tuple[Intake, ...]:
        with self._transactions.read() as connection:
            rows = connection.execute(query).mappings()
            return tuple(Intake(**cast(Mapping[str, Any], row)) for row in rows)


_NEWEST_FIRST = (intakes.c.taken_at.desc(), intakes.c.intent.desc(), intakes.c.position.desc())


def _holding(where: ColumnElement[bool]) -> Select[Any]:
    """Intakes whose commit is done, and was not undone by another that is."""
    undo = intents.alias("undo")
    undone = (
        select(undo.c.id)
        .where(
            undo.c.state == "done",
            undo.c.register == intakes.c.register,
            type_coerce(undo.c.cells, Text).like('%"undoes": "' + intakes.c.intent + '"%'),
        )
        .exists()
    )
    done = and_(intents.c.id == intakes.c.intent, intents.c.state == "done")
    return select(intakes).join(intents, done).where(where, ~undone)
