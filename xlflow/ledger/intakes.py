"""Forms that were taken in: each once, with its number, and where it lies now.

An intake is stored in the transaction that stores the intent of its commit. It holds while that
commit does: not if the commit came to nothing, nor after it was undone. Where somebody saved before
a killed commit was settled, it holds if its number is in what they saved: then that is given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    insert,
    select,
    type_coerce,
    update,
)

from xlflow.ledger.tables import inbox_told, intakes, intents, numbers
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

    def of_form(self, register: str, form: str, most: int = 100) -> tuple[Intake, ...]:
        """What copies of one form became, the last one first; `most` of them."""
        where = and_(intakes.c.register == register, intakes.c.form == form)
        return self._found(_settled(where).order_by(*_NEWEST_FIRST).limit(most))

    def to_be_moved(self, register: str) -> tuple[Intake, ...]:
        """Those whose form is not in its place yet, in the order in which they were taken in."""
        where = and_(intakes.c.register == register, intakes.c.moved_to.is_(None))
        query = _settled(where).order_by(intakes.c.taken_at, intakes.c.intent, intakes.c.position)
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
        return next(iter(self._found(_settled(where).order_by(*_NEWEST_FIRST))), None)

    def _found(self, query: Select[Any]) -> tuple[Intake, ...]:
        """The intakes of settled commits that hold."""
        with self._transactions.read() as connection:
            rows = connection.execute(query).mappings().all()
            unsure = {row["intent"] for row in rows if row["state"] == "undone"}
            given = _given(connection, unsure)
        held = (
            Intake(**{name: row[name] for name in _NAMES})
            for row in rows
            if row["state"] == "done" or _is_one_of(row["number"], given.get(row["intent"], ()))
        )
        return tuple(held)


_NAMES = tuple(found.name for found in fields(Intake))
_NEWEST_FIRST = (intakes.c.taken_at.desc(), intakes.c.intent.desc(), intakes.c.position.desc())


def _settled(where: ColumnElement[bool]) -> Select[Any]:
    """Intakes of settled commits that no other commit has undone, with how their commit ended."""
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
    settled = and_(intents.c.id == intakes.c.intent, intents.c.state != "open")
    found = select(intakes, intents.c.state.label("state")).join(intents, settled)
    return found.where(where, ~undone)


def _given(connection: Connection, commits: Collection[str]) -> dict[str, set[tuple[int, int]]]:
    """Intent -> year and serial of its numbers that were given all the same."""
    found: dict[str, set[tuple[int, int]]] = {}
    if commits:
        query = select(numbers.c.intent, numbers.c.year, numbers.c.serial).where(
            numbers.c.intent.in_(commits), numbers.c.state == "given"
        )
        for intent, year, serial in connection.execute(query):
            found.setdefault(intent, set()).add((year, serial))
    return found


def _is_one_of(number: str, given: Collection[tuple[int, int]]) -> bool:
    return any(number.endswith(f"{year}-{serial:03d}") for year, serial in given)
