"""The connection to the database: where it is, how a transaction begins, how long one waits."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from xlflow.ledger.errors import (
    LedgerAddressWrong,
    LedgerDriverMissing,
    LedgerFolderMissing,
    explained,
)

T = TypeVar("T")
Step = Callable[[str], None]
"""Called with the step's name before each commit; it may end the process."""

_BATCH = 500  # SQLite takes 32,766 values a statement, older ones 999
_READ = "xlflow_reads_only"
_KEEPALIVES = (
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"  # seconds
)


def no_step(name: str, /) -> None:
    """The step of a run that nobody watches."""


class Transactions:
    """Reads and writes of one thread; a write within a write joins it."""

    def __init__(self, engine: Engine, where: str, step: Step) -> None:
        self.where = where
        self._engine = engine
        self._step = step
        self._writing: Connection | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing. Others' writes wait meanwhile.

        Raises:
            LedgerError
        """
        if self._writing is not None:
            yield self._writing
            return
        with explained(self.where), self._engine.begin() as connection:
            self._writing = connection
            try:
                yield connection
                self._step("commit ledger")
            finally:
                self._writing = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; within a write, the view of that write.

        Raises:
            LedgerError
        """
        if self._writing is not None:
            yield self._writing
            return
        with explained(self.where), self._engine.connect() as connection:
            yield connection.execution_options(**{_READ: True})

    @contextmanager
    def holding(self, key: int) -> Iterator[Callable[[], None]]:
        """Hold an advisory lock of a PostgreSQL server, until `close` or the end of the process.

        What it yields raises a LedgerError if the connection that holds it was lost.

        Raises:
            LedgerBusy: Another held it all the time.
            LedgerError
        """
        with ExitStack() as held:
            with explained(self.where):
                connection = held.enter_context(self._engine.connect())
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(select(func.pg_advisory_lock(key)))

            def still() -> None:
                with explained(self.where):
                    connection.execute(select(1))

            yield still

    @property
    def is_writing(self) -> bool:
        """Whether a transaction is open."""
        return self._writing is not None

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def connect(url: str, beside: Path | None, wait_seconds: float, step: Step) -> Transactions:
    """Prepare the connection; the database is not touched yet.

    Raises:
        LedgerAddressWrong, LedgerDriverMissing, LedgerFolderMissing
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        file = _file(address, beside)
        if not file.parent.is_dir():
            raise LedgerFolderMissing(str(file), str(file.parent))
        engine = create_engine(
            URL.create("sqlite", database=str(file)),
            connect_args={"timeout": wait_seconds},
            pool_size=1,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Transactions(engine, str(file), step)
    # as the settings have it, without the driver and the password
    where = address.set(drivername="postgresql").render_as_string(hide_password=True)
    # 0 would be for ever; and a machine that lost its power holds no lock for hours
    options = f"-c lock_timeout={max(1, int(wait_seconds * 1000))} {_KEEPALIVES}"
    try:
        engine = create_engine(
            address,
            connect_args={"options": options, "connect_timeout": _connect_seconds(wait_seconds)},
            pool_size=1,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as err:
        raise LedgerDriverMissing(where, err.name or "psycopg") from err
    return Transactions(engine, where, step)


def _connect_seconds(wait_seconds: float) -> int:
    # libpq waits at least two; a server in another town needs more than a lock's patience
    return max(5, math.ceil(wait_seconds))


def ledger_file(url: str, beside: Path | None = None) -> Path | None:
    """The file of a SQLite ledger, a relative one taken from `beside`; None for a server.

    Raises:
        LedgerAddressWrong
    """
    address = _address(url)
    return _file(address, beside) if address.get_backend_name() == "sqlite" else None


def upsert(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that takes ON CONFLICT, in the words of this database."""
    if connection.dialect.name == "postgresql":
        # the two classes spell on_conflict_do_update and excluded alike
        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)


def batches(held: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many values at a time as a statement may take."""
    return (held[start : start + _BATCH] for start in range(0, len(held), _BATCH))


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as err:
        raise LedgerAddressWrong(url.rpartition("@")[2]) from err
    if backend == "postgresql" and address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    in_memory = backend == "sqlite" and address.database in (None, "", ":memory:")
    if backend not in ("sqlite", "postgresql") or in_memory:
        raise LedgerAddressWrong(address.render_as_string(hide_password=True))
    return address


def _file(address: URL, beside: Path | None) -> Path:
    file = Path(address.database or "").expanduser()
    return (beside / file if beside else file).absolute()


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # a transaction that begins with reading cannot wait for another's write: it fails at once
    reads = connection.get_execution_options().get(_READ)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
