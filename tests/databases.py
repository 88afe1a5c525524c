"""New, empty databases for ledgers: SQLite, and PostgreSQL on a server of the tests' own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clients.postgresql_server import PostgresqlServer

POSTGRESQL = "postgresql"
KINDS = ("sqlite", POSTGRESQL)


@contextmanager
def new_database(kind: str, folder: Path, server: Callable[[], PostgresqlServer]) -> Iterator[str]:
    """The address of a new, empty database, as long as the context lasts."""
    if kind == POSTGRESQL:
        with server().new_database() as url:
            yield url
        return
    # in memory where there is such a folder: thousands of commits, each flushed to disk
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else folder) as place:
        yield f"sqlite:///{place}/ledger.db"
